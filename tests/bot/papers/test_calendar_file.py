"""The calendar file: the point's sessions in Vietnam's time, the same id each time, nothing of the person."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import islice

import pytest
from icalendar import Calendar

from bot.papers.calendar_file import calendar_file
from flows.calendar import upcoming
from flows.routing import Point, SessionException

AT = datetime(2026, 11, 1, 9, 0, tzinfo=timezone(timedelta(hours=7)))


def point(**more) -> Point:
    known = {"start_time": "07:30", "end_time": "11:00", "venue": "Trụ sở UBND xã", "address": "Thôn 1; số 5, đường A"}
    return Point(
        **{"code": "VD1", "name": "Điểm giao dịch Mẫu", "commune": "15298", "day_of_month": 12, **known, **more}
    )


def read(made: Point, count: int = 3, language: str = "vi") -> Calendar:
    return Calendar.from_ical(calendar_file(made, islice(upcoming(made, AT), count), at=AT, language=language))


def test_each_session_at_its_hours_in_vietnam() -> None:
    events = read(point()).events
    assert [event.start.isoformat() for event in events] == [
        "2026-11-12T07:30:00+07:00",
        "2026-12-12T07:30:00+07:00",
        "2027-01-12T07:30:00+07:00",
    ]
    assert all(event.end - event.start == timedelta(hours=3, minutes=30) for event in events)
    first = events[0]
    assert str(first["SUMMARY"]) == "Ngân hàng về Điểm giao dịch Mẫu"
    assert str(first["LOCATION"]) == "Trụ sở UBND xã, Thôn 1; số 5, đường A"


def test_the_file_follows_the_standard() -> None:
    text = calendar_file(point(), islice(upcoming(point(), AT), 3), at=AT)
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = Calendar.from_ical(text)
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["Asia/Ho_Chi_Minh"]
    assert {
        name for event in calendar.events for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY") if name not in event
    } == set()


def test_the_reminder_comes_the_evening_before() -> None:
    event = read(point(), 1).events[0]
    assert event.start + event.alarms.times[0].alarm.TRIGGER == datetime.fromisoformat("2026-11-11T19:00:00+07:00")
    whole_day = read(point(start_time=None, end_time=None), 1).events[0]
    assert [time.alarm.TRIGGER for time in whole_day.alarms.times] == [timedelta(hours=-5)]


def test_a_day_without_hours_is_a_whole_day() -> None:
    event = read(point(start_time=None, end_time=None), 1).events[0]
    assert (event.start, event.end) == (date(2026, 11, 12), date(2026, 11, 13))
    assert "Giờ làm việc chưa rõ" in str(event["DESCRIPTION"])


def test_without_an_end_an_hour_is_kept() -> None:
    event = read(point(end_time=None), 1).events[0]
    assert event.end - event.start == timedelta(hours=1)


def test_a_moved_session_keeps_its_id_and_says_so() -> None:
    moved = point(exceptions=(SessionException(date(2026, 11, 12), date(2026, 11, 14), "bão"),))
    fixed, event = read(point(), 1).events[0], read(moved, 1).events[0]
    assert event.start.date() == date(2026, 11, 14)
    assert event["UID"] == fixed["UID"]
    assert "12/11/2026" in str(event["DESCRIPTION"])


def test_the_same_moment_gives_the_same_file() -> None:
    files = {calendar_file(point(), islice(upcoming(point(), AT), 3), at=AT) for _ in range(2)}
    assert len(files) == 1


def test_it_tells_nothing_of_the_person_and_warns_of_fees() -> None:
    text = str(read(point(phone="0900 000 000"), 1).events[0]["DESCRIPTION"])
    assert "Không ai được thu phí" in text
    assert "0900 000 000" in text
    assert "anh/chị" not in text  # spoken to nobody


def test_where_it_is_if_the_bank_told() -> None:
    assert "GEO" not in read(point(), 1).events[0]
    assert read(point(lat=20.5, lon=106.25), 1).events[0]["GEO"].to_ical() == "20.5;106.25"


@pytest.mark.parametrize(("language", "word"), [("vi", "Lịch"), ("en", "Sessions")])
def test_in_each_language(language: str, word: str) -> None:
    assert word in str(read(point(), 1, language).calendar_name)


def test_no_session_no_event() -> None:
    empty = Calendar.from_ical(calendar_file(point(), (), at=AT))
    assert (empty.events, empty.timezones) == ([], [])
