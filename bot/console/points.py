"""Transaction points: the list, one point with its calendar, and its correction by the staff of its own office.

Importing a branch's whole list is `bot/leads/points.py`; who may correct which point stands in `access.py`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import phonenumbers
from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import Refusal, Refused, check_desk, check_point, may_correct_point, their_points
from bot.console.desk import Desk, Visit, act, go, page
from bot.stores.tables import point_exceptions, point_versions, points
from flows.calendar import fixed_day
from nlu.entities.place import inside_vietnam

POINTS = "/console/points"
HOLIDAYS = ("same_day", "next_day", "previous_day", "skip")
STATUSES = ("active", "closed")
PAGE = 50
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LOCATION = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


def routes(desk: Desk) -> list[Route]:
    return [
        Route("/points", page(desk, show_points), methods=["GET"]),
        Route("/points/{point}", page(desk, show_point), methods=["GET"]),
        Route("/points/{point}", act(desk, correct), methods=["POST"]),
        Route("/points/{point}/exceptions", act(desk, add_exception), methods=["POST"]),
        Route("/points/{point}/exceptions/drop", act(desk, drop_exception), methods=["POST"]),
    ]


async def show_points(visit: Visit) -> Response:
    """The points that they look after or oversee, by name or code."""
    check_desk(visit.staff)
    wanted, page_asked = visit.asked("q"), visit.asked("page")
    number = int(page_asked) if page_asked.isdecimal() and len(page_asked) < 6 else 1
    found = select(points).where(their_points(visit.staff))
    if wanted:
        like = f"%{wanted.replace('%', '').replace('_', '')}%"
        found = found.where(or_(points.c.name.ilike(like), points.c.code.ilike(like), points.c.commune_code == wanted))
    rows = await _rows(
        visit.desk, found.order_by(points.c.name, points.c.code).limit(PAGE + 1).offset((max(number, 1) - 1) * PAGE)
    )
    total = await _rows(
        visit.desk, select(func.count().label("n")).select_from(points).where(their_points(visit.staff))
    )
    return visit.show(
        "points/list.html",
        rows=rows[:PAGE],
        wanted=wanted,
        number=max(number, 1),
        more=len(rows) > PAGE,
        total=total[0]["n"],
    )


async def show_point(visit: Visit) -> Response:
    return await _page(visit, await _seen_point(visit))


async def correct(visit: Visit) -> Response:
    """New values for one point; the earlier ones are kept."""
    point = await _seen_point(visit)
    check_point(visit.staff, point)
    values, problem = _read(visit)
    if problem:
        return await _page(visit, {**point, **values}, problem, 422)
    changed = {name: value for name, value in values.items() if point[name] != value}
    if not changed:
        return go(f"{POINTS}/{point['code']}", "same")
    now = visit.now()
    async with visit.desk.store.session() as connection:
        before = {name: _plain(value) for name, value in point.items()}
        version = {
            "point": point["code"],
            "import_id": point["import_id"],
            "row": before,
            "who": visit.staff.who,
            "at": now,
        }
        await connection.execute(insert(point_versions).values(version))
        await connection.execute(update(points).where(points.c.code == point["code"]).values(**changed, updated_at=now))
    details = {"fields": sorted(changed)}
    await visit.desk.store.note(visit.staff.who, "corrected", "point", point["code"], at=now, details=details)
    return go(f"{POINTS}/{point['code']}", "corrected")


async def add_exception(visit: Visit) -> Response:
    """One session that is held on another day, or not at all."""
    point = await _seen_point(visit)
    check_point(visit.staff, point)
    original, new = _day(visit.words("original", 10)), _day(visit.words("new", 10))
    if original is None or (new is None and visit.words("new", 10)):
        return await _page(visit, point, "console.problem.date", 422)
    if point["day_of_month"] and fixed_day(point["day_of_month"], original.year, original.month) != original:
        return await _page(visit, point, "console.problem.no_session", 422)
    row = {
        "point": point["code"],
        "original_date": original,
        "new_date": new,
        "reason": visit.words("reason", 256) or None,
    }
    try:
        async with visit.desk.store.session() as connection:
            await connection.execute(insert(point_exceptions).values(row))
    except IntegrityError:
        return await _page(visit, point, "console.problem.exception_twice", 422)
    details = {"original": original.isoformat(), "new": new.isoformat() if new else None}
    await visit.desk.store.note(visit.staff.who, "corrected", "point", point["code"], at=visit.now(), details=details)
    return go(f"{POINTS}/{point['code']}", "corrected")


async def drop_exception(visit: Visit) -> Response:
    """A session is held on its fixed day after all."""
    point = await _seen_point(visit)
    check_point(visit.staff, point)
    original = _day(visit.words("original", 10))
    same = (point_exceptions.c.point == point["code"], point_exceptions.c.original_date == original)
    async with visit.desk.store.session() as connection:
        gone = await connection.execute(delete(point_exceptions).where(*same))
    if gone.rowcount:
        details = {"original": str(original), "dropped": True}
        await visit.desk.store.note(
            visit.staff.who, "corrected", "point", point["code"], at=visit.now(), details=details
        )
    return go(f"{POINTS}/{point['code']}", "corrected")


async def _seen_point(visit: Visit) -> dict[str, Any]:
    """The point, if it is one of those that they look after or oversee."""
    check_desk(visit.staff)
    code = visit.code("point")
    found = await _rows(visit.desk, select(points).where(points.c.code == code))
    if not found:
        raise Refused(Refusal.NO_SUCH_POINT)
    if not await _rows(visit.desk, select(points.c.code).where(points.c.code == code, their_points(visit.staff))):
        raise Refused(Refusal.ANOTHER_OFFICE)
    return found[0]


async def _page(visit: Visit, point: dict[str, Any], problem: str = "", status: int = 200) -> Response:
    exceptions = select(point_exceptions).where(
        point_exceptions.c.point == point["code"], point_exceptions.c.original_date >= visit.now().date()
    )
    versions = (
        select(point_versions).where(point_versions.c.point == point["code"]).order_by(point_versions.c.id.desc())
    )
    return visit.show(
        "points/detail.html",
        status,
        problem=problem,
        point=point,
        may_correct=may_correct_point(visit.staff, point),
        holidays=HOLIDAYS,
        statuses=STATUSES,
        exceptions=await _rows(visit.desk, exceptions.order_by(point_exceptions.c.original_date)),
        versions=await _rows(visit.desk, versions.limit(20)),
        today=visit.now().date(),
    )


def _read(visit: Visit) -> tuple[dict[str, Any], str | None]:
    """The form's values, and the catalogue key of the first thing that is wrong."""
    day, start, end = visit.words("day_of_month", 2), visit.words("start_time", 5), visit.words("end_time", 5)
    phone = visit.words("contact_phone", 32)
    values: dict[str, Any] = {
        "venue": visit.words("venue", 256) or None,
        "address": visit.words("address", 512) or None,
        "landmark": visit.words("landmark", 256) or None,
        "day_of_month": int(day) if day.isascii() and day.isdigit() else None,
        "start_time": start or None,
        "end_time": end or None,
        "if_holiday": visit.words("if_holiday", 16) or None,
        "contact_phone": phone or None,
        "note": visit.words("note", 2000) or None,
        "status": visit.words("status", 16),
    }
    if day and not 1 <= (values["day_of_month"] or 0) <= 31:
        return values, "console.problem.day"
    if any(time and not _TIME.fullmatch(time) for time in (start, end)):
        return values, "console.problem.time"
    if start and end and start >= end:
        return values, "console.problem.times"
    if values["if_holiday"] not in (None, *HOLIDAYS) or values["status"] not in STATUSES:
        return values, "console.problem.choice"
    if phone and not _is_phone(phone):
        return values, "console.problem.phone"
    return values, _read_location(visit, values)


def _read_location(visit: Visit, values: dict[str, Any]) -> str | None:
    """Put "20.00313, 105.89738" into the values, as maps show it; empty: nobody measured the place. What is wrong, or None."""
    written = visit.words("location", 40)
    found = _LOCATION.fullmatch(written)
    lat, lon = (float(found[1]), float(found[2])) if found else (None, None)
    values["lat"], values["lon"] = lat, lon
    if written and (lat is None or lon is None or not inside_vietnam(lat, lon)):
        return "console.problem.location"
    return None


def _is_phone(text: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "VN"))
    except phonenumbers.NumberParseException:
        return False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


async def _rows(desk: Desk, query: Select[Any]) -> list[dict[str, Any]]:
    async with desk.store.reading() as connection:
        return [dict(row._mapping) for row in await connection.execute(query)]
