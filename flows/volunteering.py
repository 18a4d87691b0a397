"""Helping someone else: whose matter it is, kept apart from one's own, named by the helper's own words."""

from __future__ import annotations

from flows.answers import bare
from flows.engine.conversation import Case
from flows.engine.effects import Choice
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.scene import Scene, choice
from flows.engine.text import Text

SPEAKERS = frozenset({"toi", "tui", "em", "minh", "con", "chau", "tao", "tau"})
RESUMED = frozenset({"screening", "pre_application"})
LEFT_IN = "left_in"  # slot of a case: where we were when another case was taken up
GOES_BACK_IN = 8  # words; a longer message that names somebody tells of them


def begin_about(scene: Scene, about: str) -> None:
    """Take up the matter of the person called `about`; make it if it is new."""
    words = _without_speaker(about.strip()[:40])
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
        _note_where(scene)
        scene.change(cases=(*scene.conversation.cases, fresh), active=fresh.id, pending=None)
        scene.leave()
    scene.say("about.taken_up", about=words)


def _without_speaker(about: str) -> str:
    """ "Con gái tôi" is "con gái" when we speak of her: our "tôi" is somebody else."""
    words = about.split()
    return " ".join(words[:-1]) if len(words) > 1 and bare(words[-1]) in SPEAKERS else about


def named(scene: Scene, text: str) -> str | None:
    """Another case that a short message goes back to by its name ("hỏi tiếp cho con gái"), or None."""
    heard = f" {bare(text)} "
    if len(heard.split()) > GOES_BACK_IN:
        return None
    others = [case.about for case in scene.conversation.cases if case.about and case.id != scene.conversation.active]
    return next((about for about in others if f" {bare(about)} " in heard), None)


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
    _note_where(scene)
    scene.change(active=case.id, pending=None)
    scene.leave()
    scene.say(Text("about.switched", {"about": case.about}) if case.about else Text("about.switched_self"))
    _go_on(scene)


def _note_where(scene: Scene) -> None:
    """Keep with the case what was being done in it."""
    if scene.conversation.flow in RESUMED:
        kept = {name: scene.data(name) for name in ("programmes", "then") if scene.data(name)}
        scene.set_slot(LEFT_IN, {"flow": scene.conversation.flow, "data": kept})


def _go_on(scene: Scene) -> None:
    """Take up what was being done in this case; the next question is that of its flow."""
    left = scene.slot(LEFT_IN)
    scene.forget_slot(LEFT_IN)
    if left:
        scene.enter(left["flow"], **left["data"])
    else:
        scene.enter("programme_info" if scene.programme else "welcome")


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
