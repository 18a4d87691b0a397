"""One lead: who it is and how to reach them, verdict, answers, place, history; and what staff do with it.

Which moves there are stands in `bot/leads/lead.py`, who may make them in `access.py`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from bot.console.desk import HOME, Desk, Visit, act, go, page
from bot.console.lead_words import LeadWords
from bot.console.queue import age
from bot.leads.lead import MOVES, WANTS_WHY, MoveRefused, is_open
from bot.privacy import mask_phone
from bot.stores.lead_rows import Changed
from bot.stores.tables import staff as staff_table
from flows.outgoing import asks_for
from flows.routing import Point

NEXT = {
    "new": "seen",
    "seen": "contacted",
    "contacted": "invited",
    "invited": "dossier_received",
    "dossier_received": "closed_lent",
}
REASONS = ("call", "check", "other")  # why a phone number is shown


def routes(desk: Desk) -> list[Route]:
    forms = {"reveal": reveal, "move": move, "reply": reply, "reroute": reroute, "changes": decide_change}
    return [
        Route("/leads/{lead}", page(desk, show_lead), methods=["GET"]),
        *(Route(f"/leads/{{lead}}/{name}", act(desk, handler), methods=["POST"]) for name, handler in forms.items()),
    ]


async def show_lead(visit: Visit) -> Response:
    """The page; opening it is written into the audit."""
    row = await visit.access.lead(visit.staff, _id(visit))
    return await _page(visit, row)


async def reveal(visit: Visit) -> Response:
    """The page with the phone number on it."""
    reason = visit.words("why", 40)
    phone = await visit.access.phone(visit.staff, _id(visit), reason if reason in REASONS else "call")
    row = await visit.access.lead(visit.staff, _id(visit))
    return await _page(visit, row, phone=phone)


async def move(visit: Visit) -> Response:
    """Another status, with its reason and, for an invitation, the day."""
    row = await visit.access.lead_to_move(visit.staff, _id(visit))
    to, why = visit.words("to", 24), visit.words("why", 500) or None
    problem = _what_is_wrong(visit, to, why)
    if problem is None:
        try:
            await visit.desk.store.move_lead(
                row["id"],
                to,
                who=visit.staff.who,
                at=visit.now(),
                why=why,
                session=_day(visit.words("session", 10)) if to == "invited" else None,
                version=_version(visit),
            )
            return go(f"{HOME}/{row['id']}", "moved")
        except Changed:
            problem = "console.problem.changed"
        except (MoveRefused, KeyError):
            problem = "console.problem.move"
    return await _page(visit, row, problem=problem, status=422)


def _what_is_wrong(visit: Visit, to: str, why: str | None) -> str | None:
    if to in WANTS_WHY and not why:
        return "console.problem.why"
    if to == "invited":
        day = _day(visit.words("session", 10))
        if day is None:
            return "console.problem.session"
        if day < visit.now().date():
            return "console.problem.session_past"
    return None


async def reply(visit: Visit) -> Response:
    """An answer that goes to the person's talk."""
    row = await visit.access.lead_to_answer(visit.staff, _id(visit))
    text = visit.words("text")
    if not text:
        return await _page(visit, row, problem="console.problem.empty", status=422)
    if asks_for(text) is not None:
        return await _page(visit, row, problem="console.problem.asks_for", status=422)
    await visit.desk.store.reply(row["id"], visit.staff.id, text, at=visit.now())
    await visit.desk.store.note(visit.staff.who, "replied", "lead", row["id"], at=visit.now())
    return go(f"{HOME}/{row['id']}", "replied")


async def reroute(visit: Visit) -> Response:
    """To another point, office or province, with the reason; there it is new again."""
    row = await visit.access.lead_to_move(visit.staff, _id(visit))
    why, target = visit.words("why", 500), visit.words("target", 64) or visit.words("code", 64)
    found = _target(visit.desk, target)
    problem = None
    if not why:
        problem = "console.problem.why"
    elif found is None:
        problem = "console.problem.target"
    else:
        queue, code = found
        try:
            point = code if queue == "point" else None
            await visit.desk.store.reroute_lead(
                row["id"], queue=queue, queue_code=code, point=point, who=visit.staff.who, at=visit.now(), why=why
            )
        except MoveRefused:
            problem = "console.problem.same_queue"
    if problem:
        return await _page(visit, row, problem=problem, status=422)
    return go(HOME, "rerouted")


async def decide_change(visit: Visit) -> Response:
    """A change that the person asked for: taken over or not."""
    row = await visit.access.lead_to_move(visit.staff, _id(visit))
    number = visit.words("request", 12)
    asked = {str(each["id"]) for each in await visit.desk.store.change_requests(row["id"]) if each["state"] == "open"}
    if number in asked:
        done = visit.words("decision", 8) == "done"
        await visit.desk.store.decide_change(int(number), done, staff=visit.staff.id, at=visit.now())
        details = {"request": int(number), "done": done}
        await visit.desk.store.note(visit.staff.who, "decided", "lead", row["id"], at=visit.now(), details=details)
    return go(f"{HOME}/{row['id']}", "decided")


# --- the page ------------------------------------------------------------------------------------------------------------


async def _page(
    visit: Visit, row: dict[str, Any], *, phone: str = "", problem: str = "", status: int = 200
) -> Response:
    store, words = visit.desk.store, LeadWords(visit.desk.book(), visit.language)
    changes = await store.change_requests(row["id"])
    messages = await store.lead_messages(row["id"])
    if any(each["direction"] == "in" and each["read_at"] is None for each in messages):
        await store.read_messages(row["id"], at=visit.now())
    names = await _names(visit.desk, {each["staff"] for each in messages if each["staff"]})
    moves = [each for each in MOVES[row["status"]] if each != NEXT.get(row["status"])]
    return visit.show(
        "lead/detail.html",
        status,
        problem=problem,
        lead=row,
        words=words,
        age=age(visit.now() - row["created_at"]),
        phone=phone,
        masked=mask_phone(row["phone"]),
        reasons=REASONS,
        verdict=words.verdict(row),
        answers=words.answers(row),
        why=words.why(row["why"]),
        next=NEXT.get(row["status"]),
        moves=moves,
        wants_why=WANTS_WHY,
        open=is_open(row["status"]),
        history=await store.lead_moves(row["id"]),
        messages=messages,
        names=names,
        changes=changes,
        deliveries=await store.lead_deliveries(row["id"]),
        near=_near(visit.desk, row),
        today=visit.now().date(),
    )


def _near(desk: Desk, row: dict[str, Any]) -> list[Point]:
    """The points that a lead is most often passed on to: the others of the same commune."""
    directory = desk.book().points
    found = directory.by_commune(row["commune_code"] or "") if directory is not None else ()
    return [point for point in found if point.code != row["point"]]


def _target(desk: Desk, code: str) -> tuple[str, str] | None:
    """Which queue a code names: a point (a presumed one, too), an office or a province."""
    directory = desk.book().points
    if directory is None or not code:
        return None
    if directory.by_code(code) is not None:
        return "point", code
    if any(point.office_code == code for point in directory.listed()):
        return "office", code
    if any(commune.province_code == code for commune in directory.communes.values()):
        return "province", code
    return None


async def _names(desk: Desk, ids: set[int]) -> dict[int, str]:
    query = select(staff_table.c.id, staff_table.c.name).where(staff_table.c.id.in_(ids))
    async with desk.store.reading() as connection:
        return {each.id: each.name for each in await connection.execute(query)}


def _id(visit: Visit) -> str:
    return visit.code("lead")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _version(visit: Visit) -> int | None:
    text = visit.words("version", 12)
    return int(text) if text.isascii() and text.isdigit() else None
