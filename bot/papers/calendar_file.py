"""The next sessions of a transaction point as a calendar file (.ics), for the calendar of a phone.

It tells where and when the bank's staff are there, and nothing of the person: no name, no programme, no lead. The same point
and day always give the same id, so that a file opened twice makes no second entry, and a moved session moves the first one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from bot.wording import word
from flows.calendar import REMIND_AT, Session
from flows.engine.text import Day, Joined, Text
from flows.routing import Point

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PRODUCT = "-//vayvon//transaction point sessions//VI"
AT_LEAST = timedelta(hours=1)  # for a session whose end is not known: the calendar needs one


def calendar_file(point: Point, sessions: Iterable[Session], *, at: datetime, language: str = "vi") -> str:
    """The file for these sessions, made at the moment `at`. Sessions as `flows.calendar.upcoming` gives them."""
    held = tuple(sessions)
    made = Calendar.new(
        prodid=PRODUCT,
        method="PUBLISH",
        name=word(Text("calendar.name", {"point": point.name}), language),
        uid=f"{point.code}-sessions@vayvon",  # else a new one each time
        subcomponents=[_event(point, session, at, language) for session in held],
    )
    if any(session.start is not None for session in held):
        days = [session.day for session in held]
        made.add_missing_timezones(first_date=min(days) - timedelta(days=1), last_date=max(days) + timedelta(days=1))
    return made.to_ical().decode("utf-8")


def _event(point: Point, session: Session, at: datetime, language: str) -> Event:
    start, end = _hours(session)
    event = Event.new(
        uid=f"{point.code}-{(session.moved_from or session.day).isoformat()}@vayvon",
        stamp=at,
        start=start,
        end=end,
        summary=word(Text("calendar.session", {"point": point.name}), language),
        location=", ".join(part for part in (point.venue, point.address) if part) or point.name,
        description=word(Joined(tuple(_notes(point, session)), "lines"), language),
        subcomponents=[_reminder(session, language)],
    )
    if point.lat is not None and point.lon is not None:
        event.add("geo", (point.lat, point.lon))
    return event


def _hours(session: Session) -> tuple[date, date] | tuple[datetime, datetime]:
    """Start and end; a whole day where the hours are not known."""
    if session.start is None:
        return session.day, session.day + timedelta(days=1)
    start = datetime.combine(session.day, session.start, VIETNAM)
    end = start + AT_LEAST if session.end is None else datetime.combine(session.day, session.end, VIETNAM)
    return start, end


def _notes(point: Point, session: Session) -> Iterable[Text]:
    if session.moved_from is not None:
        yield Text("calendar.moved", {"day": Day(session.moved_from.isoformat())})
    if session.start is None:
        yield Text("calendar.no_hours")
    yield Text("calendar.may_change")
    if point.phone:
        yield Text("calendar.phone", {"phone": point.phone})
    yield Text("calendar.no_fee")


def _reminder(session: Session, language: str) -> Alarm:
    """At seven in the evening before, when there is still time to gather papers."""
    start = datetime.combine(session.day, session.start or time(0, 0))
    evening = datetime.combine(session.day - timedelta(days=1), REMIND_AT)
    alarm = Alarm.new(description=word(Text("calendar.reminder"), language))
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", evening - start)
    return alarm
