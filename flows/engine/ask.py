"""Asking: what the active flow asks next, again after an interruption, and differently when it was not understood."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from flows.engine.conversation import Pending
from flows.engine.effects import Ask, Choice
from flows.engine.flow import Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Text, Value

FLOWS_A_TURN = 8  # a flow may end and start another; more than this in one turn would be a loop
WAYS_TO_SAY_NOT_UNDERSTOOD = 4
PLACE, PLACE_TRIES = "residence", 2  # so often a place is asked for in other words, then it is left to staff
WRITTEN = frozenset({"money", "integer", "months", "number", "date"})
MENUS = frozenset({"menu", "next"})


class EndlessFlow(RuntimeError):
    """Flows hand over to each other without ever asking anything. A fault of ours: a flow's `finish` has to leave."""


def advance(scene: Scene) -> None:
    """Ask what is to be asked now; with no flow active, offer what can be done next."""
    from flows import FLOWS  # here, because the flows are written in this engine's words

    for _ in range(FLOWS_A_TURN):
        if scene.has_asked:
            return
        flow = FLOWS.get(scene.conversation.flow or "")
        if flow is None:
            return
        question = flow.next_question(scene)
        if question is not None:
            put(scene, question)
            return
        flow.finish(scene)
    raise EndlessFlow(scene.conversation.flow or "")


def put(scene: Scene, question: Question, lead_in: Text | None = None, more: tuple[Choice, ...] = ()) -> None:
    """Ask a question. One that was open already is asked in a shorter way."""
    pending = scene.conversation.pending
    same = pending is not None and pending.slot == question.slot
    text = question.again(scene) if same and question.again is not None else question.text(scene)
    if same and lead_in is None and scene.has_spoken and question.slot not in MENUS:
        text = Text("ask.again", {"question": Joined((text,), "question")})
    parts: tuple[Value, ...] = (lead_in, text) if lead_in else (text,)
    offer(
        scene,
        question.slot,
        Joined(parts, "paragraphs") if len(parts) > 1 else text,
        (*question.choices(scene), *_more_of_the_answer(scene), *more, *_quick_hide(scene, question)),
        _expects(scene, question),
        tries=pending.tries if same and pending else 0,
    )
    scene.note_asked(question.slot)


def _expects(scene: Scene, question: Question) -> str:
    """A number is written, not picked: there "1" means one, so the way out ("I don't know") bears no number."""
    fact = scene.book.facts.get(question.slot)
    written = fact is not None and fact.kind in WRITTEN and not scene.data(f"which:{question.slot}")
    return "text" if written and question.expects == "choice" else question.expects


def _more_of_the_answer(scene: Scene) -> tuple[Choice, ...]:
    """Buttons for the rest of what was answered in passing, for a person after anger, for passing a fraud on; once each."""
    if scene.data("calmed") and scene.has_spoken:
        scene.drop_data("calmed")
        return (choice("do", "human", "choice.human"),)
    told = scene.data("more")
    if scene.data("report") and scene.has_spoken:
        from flows.scam import report_choice

        scene.drop_data("report")
        return (report_choice(),)
    if not told or not scene.has_spoken:
        return ()
    scene.drop_data("more")
    return (choice("do", f"topic:{told}", "choice.more"),)


def _quick_hide(scene: Scene, question: Question) -> tuple[Choice, ...]:
    """Where the matter is nobody's business, a button that clears the screen, beside other buttons."""
    from flows.discretion import is_discreet

    if question.expects != "choice" or not is_discreet(scene.conversation, scene.book):
        return ()
    return (choice("do", "hide", "choice.hide"),)


def offer(
    scene: Scene,
    slot: str,
    text: Text | Joined,
    choices: tuple[Choice, ...],
    expects: str = "choice",
    *,
    tries: int = 0,
) -> None:
    """Ask in so many words, and remember what was asked."""
    token = str(scene.conversation.turn)
    worded = text if isinstance(text, Text) else Text("ask.joined", {"text": text})
    if expects == "choice" and not choices:
        expects = "text"
    scene.change(pending=Pending(slot, token, worded, choices, expects, tries))
    scene.do(Ask(text=worded, slot=slot, token=token, choices=choices, expects=expects))


def nudge(scene: Scene, text: Text, choices: tuple[Choice, ...]) -> None:
    """A notice with buttons. The question that is open stays open: only "do=…" choices, which need no question, go here."""
    scene.do(Ask(text=text, slot="notice", token=str(scene.conversation.turn), choices=choices, expects="choice"))


def ask_again_differently(scene: Scene, question: Question, guesses: Sequence[str] = ()) -> None:
    """The answer was not understood: what it may have asked, or an example, then choices to skip, then a person. Never the
    same words twice. `guesses`: topics that the words may have been about."""
    pending = scene.conversation.pending
    tries = (pending.tries if pending else 0) + 1
    if tries > WAYS_TO_SAY_NOT_UNDERSTOOD and question.slot in scene.book.facts:
        scene.say("not_understood.left_out")  # never a loop: what can be left out is
        scene.set_fact(question.slot, None, "said", "unsure")
        scene.change(pending=None)
        return
    enough = PLACE_TRIES if question.slot == PLACE else WAYS_TO_SAY_NOT_UNDERSTOOD
    if tries > enough and question.take(scene, Given(unsure=True)):
        scene.say("not_understood.left_out")
        scene.change(pending=None)
        return
    if pending is not None:
        scene.change(pending=msgspec.structs.replace(pending, tries=tries))
    hint = question.hint(scene)
    last = WAYS_TO_SAY_NOT_UNDERSTOOD
    way = tries if tries <= last else last - (tries - last) % 2  # the last two in turn, never one twice running
    lead_in = Text(f"not_understood.{way}")
    guessed: tuple[Choice, ...] = ()
    if guesses and tries == 1:
        lead_in = Text("not_understood.maybe")
        guessed = tuple(choice("do", f"topic:{topic}", "choice.asked", topic=_short(topic)) for topic in guesses)
    elif hint is not None and tries == 1:
        lead_in = Text("not_understood.example", {"hint": hint})
    put(scene, question, lead_in, (*guessed, *_ways_out(tries)))


def _short(topic: str) -> Text:
    return Text(f"topic.{topic}.short")


def _ways_out(tries: int) -> tuple[Choice, ...]:
    if tries < 2:
        return ()
    return (choice("do", "skip", "choice.skip"), choice("do", "human", "choice.human"))
