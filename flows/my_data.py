"""My data: shows what we hold, lets it be corrected, erases it; offers to take consent back."""

from __future__ import annotations

from flows import correcting, lead_status, moving, unconsent
from flows.engine.conversation import Case
from flows.engine.effects import Choice, Erase, Withdraw
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.scene import CLOSED, Scene, choice
from flows.engine.text import Joined, Text, Value
from flows.unconsent import KEPT, TAKEN_BACK


def begin(scene: Scene) -> None:
    """Say what is held of the person at hand, then ask what to do with it."""
    lines: list[Value] = [line for _, line in correcting.told(scene, inferred=True)]
    lines += lead_status.lead_lines(scene)
    if lines:
        scene.say("data.held", lines=Joined(tuple(lines), "bullets"))
        scene.enter("my_data")
    elif unconsent.given(scene):
        scene.say("data.nothing")  # and yet there is a consent to take back
        scene.enter("my_data")
    else:
        _say_nothing_held(scene)


def begin_erasing(scene: Scene) -> None:
    """Asked for in words: ask at once whether it is sure."""
    if any(unconsent.holds(case) or case.consent for case in scene.conversation.cases):
        scene.enter("my_data", erasing=True)
    else:
        _say_nothing_held(scene)


def _say_nothing_held(scene: Scene) -> None:
    """With nothing to show or erase, the talk goes on where it was."""
    scene.say("data.nothing")
    if scene.conversation.flow is None:
        scene.enter("programme_info" if scene.programme else "welcome")


def _take(scene: Scene, given: Given) -> bool:
    match given.picked:
        case "mend":
            correcting.begin(scene)
        case "unconsent":
            unconsent.begin(scene)
        case "erase":
            scene.set_data(erasing=True)
        case "move":
            moving.give_code(scene, "")
            scene.enter("programme_info" if scene.programme else "welcome")
        case "keep":
            scene.say("data.kept")
            scene.enter("programme_info" if scene.programme else "welcome")
        case _:
            return False
    return True


def _choices(scene: Scene) -> tuple[Choice, ...]:
    words = ("mend", "move", "erase", "keep") if correcting.told(scene) else ("erase", "keep")
    back = ("unconsent",) if unconsent.given(scene) else ()
    return tuple(choice("data", word, f"data.{word}") for word in (*words[:-2], *back, *words[-2:]))


WHAT = Question(
    slot="data",
    text=lambda scene: Text("data.ask"),
    take=_take,
    needed=lambda scene: not scene.data("erasing"),
    choices=_choices,
    expects="choice",
)


def _take_erase(scene: Scene, given: Given) -> bool:
    word = given.picked or {True: "yes", False: "no"}.get(given.answer if isinstance(given.answer, bool) else None)
    if word == "yes":
        erase(scene)
        return True
    if word == "no":
        scene.say("data.kept")
        scene.enter("programme_info" if scene.programme else "welcome")
        return True
    return False


def _is_open(scene: Scene) -> bool:
    return any(note.status not in CLOSED for case in scene.conversation.cases for note in case.leads.values())


ERASE = Question(
    slot="erase",
    text=lambda scene: (
        Text("erase.ask_lead") if _is_open(scene) else Text("erase.ask")
    ),
    take=_take_erase,
    needed=lambda scene: bool(scene.data("erasing")),
    choices=lambda scene: (choice("erase", "yes", "erase.yes"), choice("erase", "no", "erase.no")),
    expects="choice",
)


def erase(scene: Scene) -> None:
    """Take open leads back, forget all cases, and ask the shell to erase what it holds."""
    for case in scene.conversation.cases:
        for lead, note in case.leads.items():
            if note.status in TAKEN_BACK:
                scene.do(Withdraw(lead=lead))
    kept = any(note.status in KEPT for case in scene.conversation.cases for note in case.leads.values())
    scene.do(Erase(scope="everything"))
    scene.change(cases=(Case(by=scene.conversation.by),), active=1, pending=None, handover=False)
    scene.leave()
    scene.say("erase.done_but_dossier" if kept else "erase.done")


def _finish(scene: Scene) -> None:
    scene.enter("programme_info" if scene.programme else "welcome")


FLOW: Flow = in_order("my_data", (WHAT, ERASE), _finish)
