"""Figures: how many leads a programme has in each status and with each verdict. Counts only, no person in them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import func, select
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import check_desk, their_leads
from bot.console.desk import Desk, Visit, page
from bot.console.lead_words import LeadWords
from bot.console.queue import PROGRAMMES
from bot.leads.lead import OPEN
from bot.stores.tables import leads

PERIODS = {"30": 30, "90": 90, "all": None}
TRUTHS = ("yes", "unknown", "no")
COLUMNS = (*OPEN, "closed_lent", "closed_other")


def routes(desk: Desk) -> list[Route]:
    return [Route("/figures", page(desk, show_figures), methods=["GET"])]


async def show_figures(visit: Visit) -> Response:
    """A table a programme, over their own leads."""
    check_desk(visit.staff)
    period = visit.request.query_params.get("days", "30")
    period = period if period in PERIODS else "30"
    counted = func.count().label("n")
    query = select(leads.c.programme, leads.c.status, leads.c.truth, counted).where(their_leads(visit.staff))
    if (days := PERIODS[period]) is not None:
        query = query.where(leads.c.created_at >= visit.now() - timedelta(days=days))
    by_status: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_truth: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    async with visit.desk.store.reading() as connection:
        grouped = query.group_by(leads.c.programme, leads.c.status, leads.c.truth)
        for programme, status, truth, count in await connection.execute(grouped):
            by_status[programme][_column(status)] += count
            by_truth[programme][truth] += count
    return visit.show(
        "figures/list.html",
        programmes=PROGRAMMES,
        columns=COLUMNS,
        truths=TRUTHS,
        by_status=by_status,
        by_truth=by_truth,
        totals={column: sum(row[column] for row in by_status.values()) for column in COLUMNS},
        truth_totals={truth: sum(row[truth] for row in by_truth.values()) for truth in TRUTHS},
        total=sum(sum(row.values()) for row in by_status.values()),
        period=period,
        periods=tuple(PERIODS),
        words=LeadWords(visit.desk.book(), visit.language),
    )


def _column(status: str) -> str:
    return status if status in COLUMNS else "closed_other"
