"""Helping someone else: whose matter it is, kept apart from one's own, named by the helper's own words."""

from __future__ import annotations

from collections.abc import Sequence

from flows.answers import bare
from flows.engine.conversation import Case
from flows.engine.effects import Choice
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Text
from flows.fact_question import is_valid, label_text, value_text
from nlu.reading import Neighbour

SPEAKERS = frozenset({"tôi", "toi", "tui", "em", "mình", "con", "cháu", "chau", "tao", "tau"})  # as written: Minh is a name
RESUMED = frozenset({"screening", "pre_application"})
LEFT_IN = "left_in"  # slot of a case: where we were when another case was taken up
GOES_BACK_IN = 8  # words; a longer message that names somebody tells of them


def begin_about(scene: Scene, about: str, programme: str | None = None) -> None:
    """Take up the matter of the person called `about`; make it if it is new. `programme`: the loan named for them."""
    words = _without_speaker(about.strip()[:40])
    for case in scene.conversation.cases:
        if case.about.casefold() == words.casefold():
            _switch(scene, case)
            return
    current, wanted = scene.case, programme if programme in scene.book.programmes else None
    if _untouched(current):
        scene.change_case(about=words)
    else:
        fresh = Case(
            id=max(case.id for case in scene.conversation.cases) + 1,
            about=words,
            by=scene.conversation.by,
            programme=wanted or current.programme,
        )
        _note_where(scene)
        scene.change(cases=(*scene.conversation.cases, fresh), active=fresh.id, pending=None)
        scene.leave()
    scene.say("about.taken_up", about=words)


def begin_several(scene: Scene, people: Sequence[Neighbour]) -> None:
    """Open a case for each of several people, what is told kept apart; begin with the first, say that the others wait."""
    begun = [_opened(scene, one) for one in people]
    for case in begun:
        scene.change(active=case)
        kept = {"programmes": [scene.programme]} if scene.programme else {}
        scene.set_slot(LEFT_IN, {"flow": "screening", "data": kept, "told": list(scene.case.facts)})
    first, *others = begun
    scene.change(active=first, pending=None)
    scene.leave()
    names = tuple(case.about for case in scene.conversation.cases if case.id in others)
    scene.say("about.several", about=scene.case.about, others=Joined(names, "list"))
    _go_on(scene)


def _opened(scene: Scene, person: Neighbour) -> int:
    """The case of a person, made if there is none yet, with what was told of them."""
    words = _without_speaker(person.about.strip()[:40])
    case = next((one for one in scene.conversation.cases if one.about.casefold() == words.casefold()), None)
    if case is None and _untouched(scene.case):
        scene.change_case(about=words)
        case = scene.case
    if case is None:
        case = Case(
            id=max(one.id for one in scene.conversation.cases) + 1, about=words, by=scene.conversation.by
        )
        scene.change(cases=(*scene.conversation.cases, case))
    if not scene.case.about:
        _note_where(scene)  # what the speaker was doing for themselves
    scene.change(active=case.id)
    if person.programme in scene.book.programmes and scene.programme is None:
        scene.change_case(programme=person.programme)
    for fact, value in person.facts.items():
        if fact in scene.book.facts and fact not in scene.case.facts and is_valid(scene, fact, value):
            scene.set_fact(fact, value, "volunteered")
    return case.id


def _untouched(case: Case) -> bool:
    """Nothing told yet: this talk is about somebody else from the start."""
    return not (case.about or case.programme or case.facts or case.slots or case.consent or case.leads)


def take_up(scene: Scene, argument: str) -> None:
    """The button `do=case:…`: the case with this id."""
    case = next((one for one in scene.conversation.cases if str(one.id) == argument), None)
    if case is not None:
        _switch(scene, case)


def waiting(scene: Scene) -> tuple[Choice, ...]:
    """Buttons for the people whose matter waits."""
    others = [case for case in scene.conversation.cases if case.id != scene.conversation.active and case.about]
    return tuple(
        choice("do", f"case:{case.id}", "about.case", about=case.about) for case in others if case.slots.get(LEFT_IN)
    )


def _without_speaker(about: str) -> str:
    """ "Con gái tôi" is "con gái" when we speak of her: our "tôi" is somebody else."""
    words = about.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in SPEAKERS else about


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
        _read_back(scene, left.get("told") or ())
        scene.enter(left["flow"], **left["data"])
    else:
        scene.enter("programme_info" if scene.programme else "welcome")


def _read_back(scene: Scene, told: Sequence[str]) -> None:
    """What was told of them before their turn came."""
    lines = tuple(
        Text("noted.fact", {"label": label_text(fact), "value": value_text(scene.book.facts[fact], scene.known[fact])})
        for fact in told
        if fact in scene.known
    )
    if lines:
        scene.say("noted.all", facts=Joined(lines, "bullets"))


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
