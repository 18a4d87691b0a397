"""Who saw or changed what, when and why: the append-only list, for the admin. Lines are written where the act happens."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import check_admin
from bot.console.desk import Desk, Visit, page
from bot.stores.tables import audit

PAGE = 100


def routes(desk: Desk) -> list[Route]:
    return [Route("/audit", page(desk, show_audit), methods=["GET"])]


async def show_audit(visit: Visit) -> Response:
    """The newest lines, by whom, of what kind and about what."""
    check_admin(visit.staff)
    chosen = {name: visit.asked(name) for name in ("who", "action", "subject")}
    before = visit.asked("before")
    query = select(audit).order_by(audit.c.id.desc()).limit(PAGE + 1)
    for name, value in chosen.items():
        if value:
            query = query.where(audit.c[name] == value)
    if before.isascii() and before.isdigit() and len(before) < 16:
        query = query.where(audit.c.id < int(before))
    async with visit.desk.store.reading() as connection:
        rows = [dict(row._mapping) for row in await connection.execute(query)]
        actions = list((await connection.execute(select(audit.c.action).distinct().order_by(audit.c.action))).scalars())
    return visit.show("audit/list.html", rows=rows[:PAGE], chosen=chosen, actions=actions, more=len(rows) > PAGE)
