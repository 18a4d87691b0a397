"""Visit: when the bank is at the person's point next, whether today still works, the way there, a calendar file, a reminder.

Only what a branch has told of a point is said; a presumed one has no day and no place. Which point: `flows/routing.py`; which
day: `flows/calendar.py`.
"""

from __future__ import annotations

import re

from flows import discretion
from flows.calendar import Session, next_session, reminder_time, session_on, upcoming
from flows.engine.conversation import Case
from flows.engine.effects import Attachment, Choice, RemindAt
from flows.engine.events import WaitExpired
from flows.engine.flow import Flow, in_order
from flows.engine.scene import Scene, choice
from flows.engine.text import Day, Joined, Text, Value
from flows.place_question import FORMER, PLACE, here, settled
from flows.plain_words import bare
from flows.routing import Point, Route, route, spoken

REMINDER = "session."  # the waits of this room are called "session.<case>"
REMINDED_OF = "reminder"  # the slot that holds the moment of a reminder
# How people ask for this in their own words, without accents. Whole phrases only: each is more than any other answer says.
TODAY = re.compile(
    r"\b(?:con kip|kip khong|kip k|kip ko)\b|\bhom nay\b.{0,40}\b(?:lam viec|giao dich|mo cua|con lam|con mo|den duoc)\b"
    r"|\bam i (?:still )?in time\b|\bis it open today\b"
)
REMIND = re.compile(
    r"\bnhac (?:giup |gium |cho )?(?:toi|em|minh|tui|chau|con|bac|co|chu|anh|chi)\b|\bdat lich nhac\b|\bremind me\b"
)
NO_REMINDER = re.compile(
    r"\b(?:dung|khong can|thoi|huy|tat|bo)\b.{0,12}\bnhac\b|\b(?:stop|no|cancel) (?:the |my )?remind"
)


# --- what the person asks ------------------------------------------------------------------------------------------------


def asked(scene: Scene, text: str) -> bool:
    """Answer "hôm nay còn kịp không", "nhắc tôi nhé", "đừng nhắc nữa"; False where the words ask something else."""
    words = bare(text)
    if NO_REMINDER.search(words) and scene.slot(REMINDED_OF):
        remind(scene, "off")
        return True
    if REMIND.search(words) and _known_session(scene) is not None:
        remind(scene, "on")
        return True
    if TODAY.search(words) and settled(scene):
        return say_visit(scene, today=True)
    return False


def begin(scene: Scene, argument: str) -> None:
    """The button "when and where": at once if the place is known, else it is asked for."""
    if not say_visit(scene):
        scene.enter("visit")


def say_visit(scene: Scene, today: bool = False) -> bool:
    """Say when and where; `today`: that was asked. False where the place is not known."""
    found = here(scene)
    if found is None:
        return False
    if _rerouted(scene.case):
        scene.say("visit.rerouted")
        return True
    point = found.point
    if point is None:
        scene.say("where.queue", why=found.why)
    elif not point.confirmed:
        scene.say("visit.presumed", point=point.name)
    else:
        lines = [*_when(scene, point, today), *way(scene, point), *_uncertain(found)]
        scene.say(Text("visit.all", {"lines": Joined(tuple(lines), "lines")}), attachments(scene, point))
    return True


def _when(scene: Scene, point: Point, today: bool) -> tuple[Text, ...]:
    session = next_session(point, scene.at)
    if session is None:
        return (Text("session.unknown"),)
    values: dict[str, Value] = {"point": point.name, "when": when(session)}
    held = session_on(point, scene.on)
    if session.today:
        said = Text("visit.today" if session.end else "visit.today_no_hours", values)
    elif held is not None and held.hours:
        said = Text("visit.over", {**values, "hours": held.hours})
    elif held is not None:
        said = Text("visit.over_no_hours", values)
    else:
        said = Text("visit.not_today" if today else "visit.next", values)
    return (said, *_moved(session))


def when(session: Session) -> Text:
    """A session as it is said: "thứ Năm, 12/11/2026, 07:30–11:00"."""
    values: dict[str, Value] = {
        "weekday": Text(f"weekday.{session.day.weekday()}"),
        "day": Day(session.day.isoformat()),
    }
    if session.hours:
        return Text("visit.when", {**values, "hours": session.hours})
    return Text("visit.when_no_hours", values)


def _moved(session: Session) -> tuple[Text, ...]:
    if session.moved_from is None:
        return ()
    day = Day(session.moved_from.isoformat())
    return (
        Text("visit.moved_why", {"day": day, "reason": session.reason})
        if session.reason
        else Text("visit.moved", {"day": day}),
    )


def way(scene: Scene, point: Point) -> list[Text]:
    """The way there in words: venue and address, what stands beside it, what the place was called before."""
    lines = []
    place = ", ".join(part for part in (point.venue, point.address) if part)
    if place:
        lines.append(Text("visit.place", {"place": place}))
    if point.landmark:
        lines.append(Text("visit.landmark", {"landmark": point.landmark}))
    directory = scene.book.points
    before = directory.former(point.commune, point.former) if directory is not None and point.former else None
    now = directory.communes.get(point.commune) if directory is not None else None
    if before is not None and now is not None and before.name != now.name:
        lines.append(Text("visit.former", {"former": spoken(before.name), "commune": spoken(now.name)}))
    if point.phone:
        lines.append(Text("visit.phone", {"phone": point.phone}))
    return lines


def _uncertain(found: Route) -> tuple[Text, ...]:
    return (Text("visit.uncertain"),) if found.uncertain else ()


def attachments(scene: Scene, point: Point) -> tuple[Attachment, ...]:
    """The calendar file where a session is known, and the person's own map where the branch gave real coordinates."""
    found = []
    if next_session(point, scene.at) is not None:
        found.append(Attachment("calendar", f"calendar/{point.code}", Text("visit.calendar")))
    if point.confirmed and point.lat is not None and point.lon is not None:
        place = f"{point.lat:.6f},{point.lon:.6f}"
        found.append(Attachment("link", f"geo:{place}?q={place}", Text("visit.map")))
    return tuple(found)


def offers(scene: Scene) -> tuple[Choice, ...]:
    """What can be done about the visit now: see when and where, be reminded."""
    if _known_session(scene) is None:
        asked_where = scene.data("told_where") and not settled(scene)
        return (choice("do", "visit", "choice.visit"),) if asked_where else ()
    mine = () if scene.data("after") == "visit" else (choice("do", "visit", "choice.visit"),)
    if scene.slot(REMINDED_OF):
        return mine
    return (*mine, choice("do", "remind:on", "choice.remind"))


# --- the reminder ------------------------------------------------------------------------------------------------------------


def remind(scene: Scene, argument: str) -> None:
    """Set or take back a reminder of the next session. It can't outlive the talk, which is forgotten when it has to be."""
    name = f"{REMINDER}{scene.case.id}"
    if argument == "off":
        scene.do(RemindAt(name=name, at=None))
        scene.forget_slot(REMINDED_OF)
        scene.say("visit.remind.off")
        return
    point = _known_session(scene)
    if point is None:
        scene.say("session.unknown")
        return
    set_for = _set(scene, point, name)
    if set_for is None:
        scene.say(Text("visit.remind.too_far"), attachments(scene, point))
    else:
        scene.say("visit.remind.on", when=when(set_for))


def _set(scene: Scene, point: Point, name: str) -> Session | None:
    """Set the reminder for the first session that leaves time for one; None if the talk will be forgotten before."""
    for session in upcoming(point, scene.at):
        moment = reminder_time(session, scene.at)
        if moment is None:
            continue
        if moment >= scene.lifetime():
            return None
        scene.do(RemindAt(name=name, at=moment.isoformat()))
        scene.set_slot(REMINDED_OF, moment.isoformat())
        return session
    return None


def reminded(scene: Scene, event: WaitExpired) -> None:
    """The moment has come. The calendar is looked at anew: what was moved meanwhile is said, and reminded of again."""
    number = event.name.removeprefix(REMINDER)
    case = next((case for case in scene.conversation.cases if str(case.id) == number), None)
    if case is None or not case.slots.get(REMINDED_OF):
        return
    active = scene.conversation.active
    scene.change(active=case.id)
    scene.forget_slot(REMINDED_OF)
    _remind_now(scene, event.name)
    scene.change(active=active)


def _remind_now(scene: Scene, name: str) -> None:
    point = _point(scene)
    session = next_session(point, scene.at) if point is not None else None
    if point is None or session is None:
        discretion.tell(scene, Text("visit.remind.unknown"))
        return
    values = {"point": point.name, "when": when(session)}
    if reminder_time(session, scene.at) is None:  # today or tomorrow, as was meant
        lines = Joined((Text("visit.remind.now", values), *way(scene, point), Text("visit.remind.papers")), "lines")
        discretion.tell(scene, Text("visit.all", {"lines": lines}), attachments(scene, point))
        return
    discretion.tell(scene, Text("visit.remind.moved", values))
    _set(scene, point, name)


def _known_session(scene: Scene) -> Point | None:
    """The point of the place at hand, if the branch told its day."""
    point = _point(scene)
    return point if point is not None and next_session(point, scene.at) is not None else None


def _point(scene: Scene) -> Point | None:
    place, directory = scene.case.place, scene.book.points
    if place is None or place.commune is None or directory is None or _rerouted(scene.case):
        return None
    former = place.former["code"] if place.former else None
    return route(directory, place.commune["code"], former, place.hamlet, on=scene.on).point


def _rerouted(case: Case) -> bool:
    """Staff sent the lead on: where to is theirs to tell."""
    return bool(case.slots.get("rerouted"))


# --- the flow: only the place is asked -----------------------------------------------------------------------------------------


def _finish(scene: Scene) -> None:
    if not say_visit(scene):
        place = scene.case.place
        scene.say("visit.no_place" if place is None or place.commune is None else "session.unknown")
    scene.enter("programme_info", after="visit")


FLOW: Flow = in_order("visit", (PLACE, FORMER), _finish)

__all__ = ["FLOW", "asked", "attachments", "begin", "offers", "remind", "reminded", "say_visit", "when"]
