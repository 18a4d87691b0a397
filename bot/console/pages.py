"""All pages of the console, written out: one noun a file. Nothing joins by being imported."""

from __future__ import annotations

from starlette.routing import Route

from bot.console import audit, figures, handover, lead, people, points, queue, sign_in
from bot.console.desk import Desk


def routes(desk: Desk) -> list[Route]:
    """The routes under /console."""
    return [
        *sign_in.routes(desk),
        *queue.routes(desk),
        *lead.routes(desk),
        *handover.routes(desk),
        *points.routes(desk),
        *people.routes(desk),
        *figures.routes(desk),
        *audit.routes(desk),
    ]
