"""Helping someone else: whose matter it is, kept apart from one's own, named by the helper's own words."""

from __future__ import annotations

from flows.engine.conversation import Case
from flows.engine.effects import Choice
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.scene import Scene, choice
from flows.engine.text import Text


def begin_about(scene: Scene, about: str) -> None:
    """Take up the matter of the person called `about`; make it if it is new."""
    words = about.strip()[:40]
    for case in scene.conversation.cases:
        if case.about.casefold() == words.casefold():
            _switch(scene, case)
            return
    current = scene.case
    if not current.about and not current.facts and not current.slots and current.consent is None and not current.leads:
        scene.change_case(about=words)  # nothing told yet: this talk is about them from the start
    else:
        fresh = Case(
            id=max(case.id for case in scene.conversation.cases) + 1,
            about=words,
            by=scene.conversation.by,
            programme=current.programme,
        )
        scene.change(cases=(*scene.conversation.cases, fresh), active=fresh.id, pending=None)
        scene.leave()
    scene.say("about.taken_up", about=words)


def back_to_self(scene: Scene) -> None:
    """Take up the speaker's own matter; make it if it is new."""
    own = next((case for case in scene.conversation.cases if not case.about), None)
    if own is None:
        own = Case(id=max(case.id for case in scene.conversation.cases) + 1, by=scene.conversation.by)
        scene.change(cases=(*scene.conversation.cases, own))
    _switch(scene, own)


def _switch(scene: Scene, case: Case) -> None:
    if case.id == scene.conversation.active:
        return
    scene.change(active=case.id, pending=None)
    scene.leave()
    scene.say(Text("about.switched", {"about": case.about}) if case.about else Text("about.switched_self"))


def _choices(scene: Scene) -> tuple[Choice, ...]:
    return tuple(
        choice("case", str(case.id), Text("about.case", {"about": case.about}) if case.about else Text("about.self"))
        for case in scene.conversation.cases
    )


def _take(scene: Scene, given: Given) -> bool:
    case = next((one for one in scene.conversation.cases if str(one.id) == given.picked), None)
    if case is None:
        return False
    _switch(scene, case)
    scene.set_data(chosen=True)
    return True


WHOSE = Question(
    slot="case",
    text=lambda scene: Text("about.which"),
    take=_take,
    needed=lambda scene: not scene.data("chosen"),
    choices=_choices,
    expects="choice",
)


def _finish(scene: Scene) -> None:
    scene.enter("programme_info" if scene.programme else "welcome")


FLOW: Flow = in_order("volunteering", (WHOSE,), _finish)
