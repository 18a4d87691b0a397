"""Reminding once of a draft: only if the person agreed, by day, never when it was sent or they are at it again.

`draft.py` says what a draft is. In a discreet talk the reminder names neither loan nor bank.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flows import draft
from flows.daytime import by_day
from flows.discretion import is_discreet
from flows.engine.ask import nudge
from flows.engine.effects import RemindAt
from flows.engine.events import WaitExpired
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.scene import Scene, choice
from flows.engine.text import Day, Text
from flows.plain_words import bare

FLOW_ID = "draft_reminder"
WAIT = "draft."  # the waits of this room are called "draft.<case>"
SETTLED = "draft_reminder"  # the slot: when to remind (ISO), DECLINED or DONE
DECLINED, DONE = "no", "done"
AFTER = timedelta(days=2)
LATER = re.compile(
    r"^\W*(?:de )?(?:mai mot |hom khac |khi khac )?nhac (?:giup )?(?:lai )?(?:toi|em|minh|tui|chau|con|bac|co|chu|anh|chi) (?:sau|lam tiep|gui|lai)\b"
    r"|\bnhac lai sau\b|\bremind me later\b"
)
LEAVE = re.compile(
    r"^(?:thoi |thoi thi |minh |toi |em |dang ban )*(?:de|hen) (?:sau|mai|hom khac|luc khac|bua khac|khi khac|khi nao ranh)\b"
    r"|^(?:luc|hom|bua|khi) khac\b|^(?:maybe )?later\b|^another time\b"
)
NO_MORE = re.compile(r"\b(?:dung|khong can|thoi|huy|tat|bo)\b.{0,12}\bnhac\b|\b(?:stop|no|cancel) (?:the |my )?remind")


def asked(scene: Scene, text: str) -> bool:
    """Answer "thôi để sau", "nhắc tôi sau" and "đừng nhắc nữa" where a draft is meant."""
    words = bare(text)
    if NO_MORE.search(words) and _due(scene) is not None:
        act(scene, "off")
        return True
    if LATER.search(words) and draft.unfinished(scene) is not None and scene.slot(SETTLED) != DONE:
        act(scene, "on")
        return True
    if LEAVE.search(words) and scene.conversation.flow == "pre_application" and draft.unfinished(scene) is not None:
        scene.say("confirm.kept")
        if not offer(scene):
            scene.enter("programme_info")
        return True
    return False


def may_offer(scene: Scene) -> bool:
    """Whether this draft was neither reminded of nor is going to be, and the person did not say no."""
    return draft.unfinished(scene) is not None and scene.slot(SETTLED) is None


def offer(scene: Scene) -> bool:
    """The person leaves a draft: ask once whether to remind them. False if that is settled."""
    if not may_offer(scene):
        return False
    scene.enter(FLOW_ID)
    return True


def act(scene: Scene, argument: str) -> None:
    """The button "Nhắc tôi sau" and its taking back."""
    if argument == "off":
        scene.do(RemindAt(name=f"{WAIT}{scene.case.id}", at=None))
        scene.set_slot(SETTLED, DECLINED)
        scene.say("draft.remind.off")
        return
    if draft.unfinished(scene) is None or scene.slot(SETTLED) == DONE:
        scene.say("draft.remind.nothing")
        return
    moment = by_day(scene.at + AFTER)
    _set(scene, moment)
    scene.say("draft.remind.on", day=Day(moment.date().isoformat()))
    scene.enter("programme_info")


def sent(scene: Scene) -> None:
    """The draft became a lead: nothing is left to remind of."""
    if _due(scene) is not None:
        scene.do(RemindAt(name=f"{WAIT}{scene.case.id}", at=None))
    scene.forget_slot(SETTLED)
    scene.forget_slot(draft.BEGUN)


def reminded(scene: Scene, event: WaitExpired) -> None:
    """The moment has come. Who wrote meanwhile is left two more days; at night the morning is waited for."""
    number = event.name.removeprefix(WAIT)
    case = next((case for case in scene.conversation.cases if str(case.id) == number), None)
    if case is None:
        return
    active = scene.conversation.active
    scene.change(active=case.id)
    if _due(scene) is not None and draft.unfinished(scene) is not None:
        wanted = by_day(max(scene.at, scene.last_act + AFTER))
        if wanted > scene.at or scene.conversation.handover:
            _set(scene, by_day(max(wanted, scene.at + timedelta(days=1))) if scene.conversation.handover else wanted)
        else:
            _remind_now(scene, active)
    scene.change(active=active)


def _remind_now(scene: Scene, active: int) -> None:
    scene.set_slot(SETTLED, DONE)
    programme = str(draft.unfinished(scene))
    button = (choice("do", f"apply:{programme}", "resume.go_on"),)
    if is_discreet(scene.conversation, scene.book):
        nudge(scene, Text("draft.reminder_quiet"), button)
    elif scene.case.id != active:
        scene.say("draft.reminder_about", about=scene.case.about or Text("about.self"))  # the button would act on another's matter
    elif scene.programme == programme and (lacks := draft.missing(scene)):
        told = {"loan": draft.loan(scene, programme), "missing": draft.named(lacks)}
        nudge(scene, Text("draft.reminder_lacks", told), button)
    else:
        nudge(scene, Text("draft.reminder"), button)


def _set(scene: Scene, moment: datetime) -> None:
    scene.do(RemindAt(name=f"{WAIT}{scene.case.id}", at=moment.isoformat()))
    scene.set_slot(SETTLED, moment.isoformat())


def _due(scene: Scene) -> str | None:
    """When this draft is going to be reminded of, or None."""
    settled = scene.slot(SETTLED)
    return settled if settled not in {None, DECLINED, DONE} else None


# --- the one question ---------------------------------------------------------------------------------------------------------


def _take(scene: Scene, given: Given) -> bool:
    word = given.picked or {True: "yes", False: "no"}.get(given.answer if isinstance(given.answer, bool) else None)
    if word == "yes":
        act(scene, "on")
    elif word == "no" or given.declined or given.unsure:
        scene.set_slot(SETTLED, DECLINED)
        scene.say("draft.remind.none")
        scene.enter("programme_info")
    else:
        return False
    return True


REMIND = Question(
    slot="draft_reminder",
    text=lambda scene: Text("draft.remind.ask"),
    take=_take,
    needed=lambda scene: scene.slot(SETTLED) is None,
    choices=lambda scene: (
        choice("draft_reminder", "yes", "draft.remind.yes"),
        choice("draft_reminder", "no", "draft.remind.no"),
    ),
    expects="choice",
)

FLOW: Flow = in_order(FLOW_ID, (REMIND,), lambda scene: scene.enter("programme_info"))
