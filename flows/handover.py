"""Handover: a person at the transaction point takes over, with what we know so far; said honestly, without a promised hour.

The bot is silent while staff write. It comes back when they close, when the person calls it, and when nobody answered for two
working days; the talk then stays in the queue, and an answer that comes late still takes over.
"""

from __future__ import annotations

import msgspec

from flows import discretion, visit
from flows.consent import CONSENT
from flows.daytime import after_working_days, by_day
from flows.discretion import is_discreet
from flows.engine.ask import advance, nudge
from flows.engine.effects import Choice, HandOver, RemindAt
from flows.engine.events import StaffReplied
from flows.engine.flow import Flow, in_order, what_next
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Text
from flows.place_question import PLACE, here, queue_at

WAIT = "handover"  # the name of the wait for an answer
PATIENCE = 2  # working days without a word of staff; then the bot takes up again
AWAITING = "awaiting"  # in flow_data: the wait runs
UNANSWERED = "unanswered"  # the slot of a case whose wait ran out: an answer that comes yet is welcome
SCAM = "scam"  # the topic of a report of fraud


def begin(scene: Scene, topic: str = "") -> None:
    """Ask for what is needed to pass the person on: their consent and their commune."""
    scene.say("handover.intro_scam" if topic == SCAM else "handover.intro")
    scene.enter("handover", topic=topic or scene.data("told") or "")


def _finish(scene: Scene) -> None:
    found = here(scene)
    queue, code, _, _ = queue_at(scene)
    topic = scene.data("topic") or ""
    reported = scene.slot("reported") or {}
    scene.do(
        HandOver(
            queue=queue,
            queue_code=code,
            topic=topic,
            programme=scene.programme,
            lead=next(iter(scene.case.leads), None),
            known={**scene.known, **(reported if topic == SCAM else {})},
        )
    )
    scene.change(handover=True)
    scene.forget_slot(UNANSWERED)
    name = found.point.name if found is not None and found.point is not None else ""
    scene.say(Text("handover.done_point", {"point": name}) if name else "handover.done")
    scene.say("handover.tell_scam" if topic == SCAM else "handover.patience")
    scene.leave()
    await_answer(scene)


# --- while staff have the word -------------------------------------------------------------------------------------------------


def await_answer(scene: Scene) -> None:
    """The person waits for staff: from now on the days count, unless they count already."""
    if not scene.data(AWAITING):
        scene.set_data(**{AWAITING: True})
        scene.do(RemindAt(name=WAIT, at=after_working_days(scene.at, PATIENCE).isoformat()))


def take_back(scene: Scene) -> None:
    """The bot has the word again, at the person's wish."""
    if scene.conversation.handover:
        scene.change(handover=False)
        scene.drop_data(AWAITING)
        scene.do(RemindAt(name=WAIT, at=None))


def staff_replied(scene: Scene, event: StaffReplied) -> None:
    """Staff wrote. In a direct talk they have the word, also where we had stopped waiting for them."""
    late = event.handover and any(case.slots.get(UNANSWERED) for case in scene.conversation.cases)
    if late and not scene.conversation.handover:
        _forget_unanswered(scene)
        scene.leave()
        scene.change(handover=True)
    text = Text("staff.reply", {"text": event.text})
    if scene.conversation.handover:
        scene.drop_data(AWAITING, "passed_on")
        scene.do(RemindAt(name=WAIT, at=None))
        discretion.tell(scene, Text("staff.reply_late", {"text": event.text}) if late else text)
        return
    if discretion.tell(scene, text) and event.handover:
        nudge(scene, Text("handover.answer_ask"), (choice("do", "human", "handover.answer"),))


def closed(scene: Scene) -> None:
    """Staff gave the talk back. Where the person had taken it back already, there is nothing to say."""
    had_the_word = scene.conversation.handover
    take_back(scene)
    _forget_unanswered(scene)
    if had_the_word:
        scene.say("handover.closed")


def unanswered(scene: Scene) -> None:
    """Nobody answered: say so once, by day, give another way on, and take up again."""
    if not scene.conversation.handover:
        return
    if by_day(scene.at) > scene.at:
        scene.do(RemindAt(name=WAIT, at=by_day(scene.at).isoformat()))
        return
    scene.change(handover=False)
    scene.set_slot(UNANSWERED, True)
    if is_discreet(scene.conversation, scene.book):
        scene.say("handover.unanswered_quiet")
    else:
        scene.say(Text("handover.unanswered", {"way": _another_way(scene)}))
    scene.enter("unanswered")
    advance(scene)


def _forget_unanswered(scene: Scene) -> None:
    cases = tuple(
        msgspec.structs.replace(case, slots={name: held for name, held in case.slots.items() if name != UNANSWERED})
        for case in scene.conversation.cases
    )
    scene.change(cases=cases)


def _another_way(scene: Scene) -> Text | Joined:
    """The point's phone, day and place as far as the branch told them; else whom to ask nearby."""
    found = here(scene)
    point = found.point if found is not None else None
    if point is None or not point.confirmed:
        return Text("handover.way.nearby")
    session = visit.next_session(point, scene.at)
    when = (Text("handover.way.session", {"point": point.name, "when": visit.when(session)}),) if session else ()
    return Joined((*when, *visit.way(scene, point)) or (Text("handover.way.nearby"),), "lines")


def _choices(scene: Scene) -> tuple[Choice, ...]:
    return (
        *visit.offers(scene),
        choice("do", "human", "handover.wait_on"),
        choice("do", "menu", "choice.menu"),
    )


NEXT = what_next(lambda scene: Text("handover.unanswered_next"), _choices)

FLOW: Flow = in_order("handover", (CONSENT, PLACE), _finish)
UNANSWERED_FLOW: Flow = in_order("unanswered", (NEXT,), lambda scene: scene.leave())
