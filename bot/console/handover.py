"""Talks that wait for a person: what is known, what was said since, the answer, and giving the talk back to the bot."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import Refusal, Refused
from bot.console.desk import Desk, Visit, act, go, page
from bot.console.lead_words import LeadWords
from bot.console.queue import age
from bot.stores.lead_rows import NoSuchHandover
from flows.outgoing import asks_for

TALKS = "/console/talks"


def routes(desk: Desk) -> list[Route]:
    return [
        Route("/talks", page(desk, show_talks), methods=["GET"]),
        Route("/talks/{number:int}", page(desk, show_talk), methods=["GET"]),
        Route("/talks/{number:int}/reply", act(desk, reply), methods=["POST"]),
        Route("/talks/{number:int}/close", act(desk, close), methods=["POST"]),
    ]


async def show_talks(visit: Visit) -> Response:
    """Who waits, longest first."""
    now = visit.now()
    rows = [{**row, "age": age(now - row["opened_at"])} for row in await visit.access.handovers(visit.staff)]
    return visit.show("handover/list.html", rows=rows, words=LeadWords(visit.desk.book(), visit.language))


async def show_talk(visit: Visit) -> Response:
    return await _page(visit)


async def reply(visit: Visit) -> Response:
    """An answer that reaches the person's chat."""
    number, text = _number(visit), visit.words("text")
    if not text:
        return await _page(visit, "console.problem.empty", 422)
    if asks_for(text) is not None:
        return await _page(visit, "console.problem.asks_for", 422)
    await visit.access.handover(visit.staff, number, "replied")
    try:
        await visit.desk.store.reply_handover(number, visit.staff.id, text, at=visit.now())
    except NoSuchHandover:
        return await _page(visit, "console.problem.talk_closed", 422)
    return go(f"{TALKS}/{number}", "replied")


async def close(visit: Visit) -> Response:
    """The bot answers again."""
    number = _number(visit)
    await visit.access.handover(visit.staff, number, "closed")
    try:
        await visit.desk.store.close_handover(number, visit.staff.id, at=visit.now())
    except NoSuchHandover:
        raise Refused(Refusal.NO_SUCH_HANDOVER) from None
    return go(TALKS, "talk_closed")


async def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    number = _number(visit)
    row = await visit.access.handover(visit.staff, number)
    words = LeadWords(visit.desk.book(), visit.language)
    known = [
        (words.label(name), words.value(name, value))
        for name, value in (row["known"] or {}).items()
        if value is not None
    ]
    return visit.show(
        "handover/detail.html",
        status,
        problem=problem,
        talk=row,
        words=words,
        known=known,
        messages=await visit.desk.store.handover_messages(number),
        age=age(visit.now() - row["opened_at"]),
    )


def _number(visit: Visit) -> int:
    return visit.number("number")
