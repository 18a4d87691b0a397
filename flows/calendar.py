"""The next session of a transaction point: fixed day of the month, hours, exceptions, and whether today still works.

The bank holds a session on its fixed day also when that is a weekend or a holiday, unless an exception says otherwise.
Pure: the moment of asking is handed in. The calendar file is `bot/papers/calendar_file.py`.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from flows.routing import Point

LAST_CALL = timedelta(minutes=30)  # later than this before the end, "today" is no longer promised
REMIND_AT = time(19, 0)  # the evening before; the calendar file rings then too
MONTHS_AHEAD = 14
# The holidays that fall on the same day each year (month, day), for points that do not hold their session then. Tết and the
# Hùng kings' day follow the moon: a branch enters those as dated exceptions.
HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})


class Session(msgspec.Struct, frozen=True):
    """One session. `start`, `end`: as far as known. `moved_from`: the fixed day that it stands for, if it was moved."""

    day: date
    start: time | None = None
    end: time | None = None
    moved_from: date | None = None
    reason: str = ""
    today: bool = False

    @property
    def hours(self) -> str:
        """ "07:30–11:00", or as far as known."""
        return "–".join(f"{moment:%H:%M}" for moment in (self.start, self.end) if moment is not None)


def next_session(point: Point, at: datetime) -> Session | None:
    """The first session that a person who asks at `at` can still reach; None where the day is not known."""
    return next(upcoming(point, at), None)


def still_today(point: Point, at: datetime) -> bool:
    """Whether there is a session today that can still be reached."""
    session = next_session(point, at)
    return session is not None and session.day == at.date()


def session_on(point: Point, day: date) -> Session | None:
    """The session of a day, whether or not it can still be reached."""
    if point.day_of_month is None or not point.confirmed or not point.serves_on(day):
        return None
    held = (_held(point, fixed_day(point.day_of_month, *_month(day, shift))) for shift in (-1, 0, 1))
    return next((session for session in held if session is not None and session.day == day), None)


def reminder_time(session: Session, at: datetime) -> datetime | None:
    """When to remind of a session: the evening before, while papers can still be gathered; None where that is past."""
    moment = datetime.combine(session.day - timedelta(days=1), REMIND_AT, at.tzinfo)
    return moment if moment > at else None


def upcoming(point: Point, at: datetime, months_ahead: int = MONTHS_AHEAD) -> Iterator[Session]:
    """Sessions from `at` on, in order."""
    if point.day_of_month is None or not point.confirmed:
        return
    today = at.date()
    found = []
    # A session of the month before may have been moved into this one.
    for shift in range(-1, months_ahead):
        fixed = fixed_day(point.day_of_month, *_month(today, shift))
        session = _held(point, fixed)
        if session is not None and session.day >= today and point.serves_on(session.day):
            found.append(session)
    for session in sorted(found, key=lambda each: each.day):
        if session.day > today or _reachable(session, at):
            yield msgspec.structs.replace(session, today=session.day == today)


def fixed_day(day_of_month: int, year: int, month: int) -> date:
    """The fixed day in a month; the 31st of a shorter month is its last day."""
    return date(year, month, min(day_of_month, months.monthrange(year, month)[1]))


def _month(day: date, shift: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + shift, 12)
    return day.year + years, month + 1


def _held(point: Point, fixed: date) -> Session | None:
    start, end = _clock(point.start_time), _clock(point.end_time)
    for exception in point.exceptions:
        if exception.original == fixed:
            if exception.moved_to is None:
                return None
            return Session(exception.moved_to, start, end, moved_from=fixed, reason=exception.reason)
    if point.if_holiday == "same_day" or not _holiday(fixed):
        return Session(fixed, start, end)
    if point.if_holiday == "skip":
        return None
    step = timedelta(days=1 if point.if_holiday == "next_day" else -1)
    day = fixed
    while _holiday(day):
        day += step
    return Session(day, start, end, moved_from=fixed)


def _holiday(day: date) -> bool:
    return (day.month, day.day) in HOLIDAYS


def _reachable(session: Session, at: datetime) -> bool:
    if session.end is None:
        # The hours are not known: the morning is promised, no more.
        return at.time() < time(10, 0)
    ends = datetime.combine(session.day, session.end)
    return at.replace(tzinfo=None) + LAST_CALL <= ends


def _clock(written: str | None) -> time | None:
    return time.fromisoformat(written) if written else None
