"""The queue: the leads of the staff member's points and offices, by status, the newest first. One lead is `lead.py`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console.desk import HOME, Desk, Visit, page
from bot.console.lead_words import LeadWords
from bot.leads.lead import CLOSED, OPEN

PROGRAMMES = ("student", "water", "housing", "released", "abroad", "jobs")
TABS: dict[str, tuple[str, ...]] = {**{status: (status,) for status in OPEN}, "closed": CLOSED}
PAGE = 50


def routes(desk: Desk) -> list[Route]:
    return [Route("/", _home), Route("/leads", page(desk, show_queue), methods=["GET"])]


async def _home(request: Request) -> Response:
    return RedirectResponse(HOME, status_code=303)


async def show_queue(visit: Visit) -> Response:
    """The list of one status, with how many wait in each."""
    tab = visit.asked("status") if visit.asked("status") in TABS else "new"
    programme = visit.asked("programme") if visit.asked("programme") in PROGRAMMES else None
    number = int(visit.asked("page")) if visit.asked("page").isdecimal() and len(visit.asked("page")) < 6 else 1
    counts = await visit.access.counts(visit.staff)
    rows = await visit.access.queue(visit.staff, TABS[tab], programme, PAGE + 1, (max(number, 1) - 1) * PAGE)
    now = visit.now()
    return visit.show(
        "queue/list.html",
        tabs=[(name, sum(counts.get(status, 0) for status in statuses)) for name, statuses in TABS.items()],
        tab=tab,
        programme=programme,
        programmes=PROGRAMMES,
        rows=[{**row, "age": age(now - row["created_at"])} for row in rows[:PAGE]],
        number=max(number, 1),
        words=LeadWords(visit.desk.book(), visit.language),
        more=len(rows) > PAGE,
        waiting=len(await visit.access.handovers(visit.staff)),
    )


def age(waited: Any) -> tuple[str, int]:
    """How long something waits, as a catalogue key with its number."""
    minutes = max(int(waited.total_seconds() // 60), 0)
    if minutes < 60:
        return "console.age.minutes", minutes
    if minutes < 48 * 60:
        return "console.age.hours", minutes // 60
    return "console.age.days", minutes // (24 * 60)
