"""Nobody is written to at night; working days are counted without weekends and fixed holidays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.daytime import after_working_days, by_day

ZONE = "+07:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}{ZONE}")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-25T09:30", "2026-11-25T09:30"),
        ("2026-11-25T08:00", "2026-11-25T08:00"),
        ("2026-11-25T07:59", "2026-11-25T08:00"),
        ("2026-11-25T00:00", "2026-11-25T08:00"),
        ("2026-11-25T19:59", "2026-11-25T19:59"),
        ("2026-11-25T20:00", "2026-11-26T08:00"),
        ("2026-12-31T23:30", "2027-01-01T08:00"),
    ],
)
def test_between_eight_and_eight(moment: str, day: str) -> None:
    assert by_day(at(moment)) == at(day)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))
def test_never_earlier_never_a_day_later_and_always_by_day(naive: datetime) -> None:
    moment = naive.replace(tzinfo=at("2026-01-01T00:00").tzinfo)
    day = by_day(moment)
    assert moment <= day < moment + timedelta(hours=12, microseconds=1)
    assert 8 <= day.hour < 20
    assert by_day(day) == day


@pytest.mark.parametrize(
    ("asked", "answered_by"),
    [
        ("2026-11-23T09:00", "2026-11-25T09:00"),  # Monday -> Wednesday
        ("2026-11-26T15:00", "2026-11-30T15:00"),  # Thursday -> Monday
        ("2026-11-28T10:00", "2026-12-01T10:00"),  # Saturday -> Tuesday
        ("2026-04-29T10:00", "2026-05-05T10:00"),  # over 30 April, 1 May and a weekend
        ("2026-11-23T22:00", "2026-11-26T08:00"),  # by day
    ],
)
def test_two_working_days(asked: str, answered_by: str) -> None:
    assert after_working_days(at(asked), 2) == at(answered_by)
