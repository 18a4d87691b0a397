"""The next session: fixed day, month ends, weekends, exceptions, and whether today still works."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.calendar import fixed_day, next_session, still_today, upcoming
from flows.routing import Point, SessionException

HANOI = timezone(timedelta(hours=7))


def point(day=12, exceptions=(), **more):
    known = {"start_time": "07:30", "end_time": "11:00", "confirmed": True, "commune": "15298"}
    return Point(
        **{"code": "VD1", "name": "Điểm VD1", "day_of_month": day, "exceptions": tuple(exceptions), **known, **more}
    )


def at(day, hour=8, minute=0):
    return datetime.combine(date.fromisoformat(day), time(hour, minute), HANOI)


def day_of(point, when):
    session = next_session(point, when)
    return session.day.isoformat() if session else None


@pytest.mark.parametrize(
    ("day", "asked", "found"),
    [
        (12, "2026-11-01", "2026-11-12"),
        (12, "2026-11-13", "2026-12-12"),  # a Saturday, held as usual
        (31, "2026-11-05", "2026-11-30"),
        (31, "2027-02-01", "2027-02-28"),
        (30, "2028-02-10", "2028-02-29"),
        (1, "2026-12-02", "2027-01-01"),  # a holiday, held as usual
        (2, "2026-09-01", "2026-09-02"),
    ],
)
def test_the_fixed_day(day, asked, found):
    assert day_of(point(day), at(asked)) == found


def test_today_while_it_lasts():
    assert day_of(point(), at("2026-11-12", 10, 30)) == "2026-11-12"
    assert still_today(point(), at("2026-11-12", 6))
    assert day_of(point(), at("2026-11-12", 10, 31)) == "2026-12-12"
    assert not still_today(point(), at("2026-11-12", 14))


def test_without_hours_only_the_early_morning_is_promised():
    unknown = point(start_time=None, end_time=None)
    assert still_today(unknown, at("2026-11-12", 9)) and not still_today(unknown, at("2026-11-12", 11))
    assert next_session(unknown, at("2026-11-12", 9)).hours == ""


def test_a_moved_session():
    moved = point(exceptions=[SessionException(date(2027, 2, 12), date(2027, 2, 20), "Tết")])
    session = next_session(moved, at("2027-02-01"))
    assert (session.day, session.moved_from, session.reason) == (date(2027, 2, 20), date(2027, 2, 12), "Tết")


def test_a_session_moved_into_the_next_month_comes_before_that_months_own():
    moved = point(28, [SessionException(date(2026, 11, 28), date(2026, 12, 2))])
    assert day_of(moved, at("2026-12-01")) == "2026-12-02"
    assert day_of(moved, at("2026-12-03")) == "2026-12-28"


def test_a_session_that_is_not_held():
    assert day_of(point(exceptions=[SessionException(date(2026, 12, 12))]), at("2026-12-01")) == "2027-01-12"


@pytest.mark.parametrize(
    ("rule", "found"),
    [("same_day", "2027-04-30"), ("next_day", "2027-05-02"), ("previous_day", "2027-04-29"), ("skip", "2027-05-30")],
)
def test_a_point_may_move_its_session_off_a_holiday(rule, found):
    assert day_of(point(30, if_holiday=rule), at("2027-04-15")) == found


def test_no_day_is_invented():
    assert next_session(point(None), at("2026-11-01")) is None
    assert next_session(point(confirmed=False), at("2026-11-01")) is None


def test_a_point_that_ends_has_no_later_session():
    ending = point(valid_to=date(2026, 12, 1))
    assert day_of(ending, at("2026-11-01")) == "2026-11-12" and day_of(ending, at("2026-11-13")) is None
    assert day_of(point(valid_from=date(2027, 1, 1)), at("2026-11-01")) == "2027-01-12"


def test_hours_are_told_as_known():
    assert next_session(point(), at("2026-11-01")).hours == "07:30–11:00"
    assert next_session(point(end_time=None), at("2026-11-01")).hours == "07:30"


@given(st.integers(1, 31), st.dates(date(2025, 7, 1), date(2035, 1, 1)))
def test_there_is_always_one_within_a_month(day, asked):
    session = next_session(point(day), datetime.combine(asked, time(0, 0)))
    assert asked <= session.day <= asked + timedelta(days=31)
    assert session.day == fixed_day(day, session.day.year, session.day.month)


@given(st.integers(1, 31), st.dates(date(2025, 7, 1), date(2035, 1, 1)))
def test_sessions_come_in_order_one_a_month(day, asked):
    days = [session.day for session in upcoming(point(day), datetime.combine(asked, time(0, 0)))]
    assert days == sorted(set(days)) and len({(each.year, each.month) for each in days}) == len(days) >= 13
