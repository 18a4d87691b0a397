"""The web server's face: which address leads to which part. No page and no rule here; `bot/app.py` puts the parts in."""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web import WebChat
from bot.console import pages as console
from bot.console.desk import Desk
from bot.pages import STATIC, SafetyHeaders, SmallBodies, render
from bot.papers.calendar_link import FILE_NAME, PATH, CalendarLinks, point_calendar
from bot.ports import Clock
from bot.rulebook import Rulebook
from bot.settings import Settings
from bot.stores.engine import StoreAway
from bot.stores.redis import Limiter
from bot.stores.sql import SqlStore
from bot.turn import Turns
from bot.wording import LANGUAGES, word
from flows.engine.text import Text

LONGEST_BODY = 128 * 1024  # bytes; nobody sends a file
SENTENCES = {
    400: "web.error.bad_request",
    403: "web.error.elsewhere",
    404: "web.error.not_found",
    405: "web.error.not_found",
    413: "web.error.too_big",
    429: "web.error.too_fast",
}


class Parts(Protocol):
    """What of the running app the web server needs (`bot/app.py`)."""

    settings: Settings
    store: SqlStore
    turns: Turns
    clock: Clock
    rules: Rulebook
    limiter: Limiter


def build_asgi(app: Parts, more: tuple[BaseRoute, ...] = ()) -> Starlette:
    """The web chat, the staff console, their static files and a sign of life; `more` for the webhooks of other channels."""
    settings = app.settings
    chat = WebChat(
        app.turns,
        app.store,
        app.clock,
        app.limiter,
        app.store.ring.hash("web", "cookie"),
        secure=settings.secure_cookies,
        language=settings.language,
        starts_per_minute=settings.web_starts_per_minute,
    )
    desk = Desk(
        store=app.store,
        clock=app.clock,
        ring=app.store.ring,
        limiter=app.limiter,
        secure=settings.secure_cookies,
        session_hours=settings.session_hours,
        language=settings.language,
        book=app.rules.book,
    )
    links = CalendarLinks(app.store.ring.hash("web", "calendar"), settings.address)
    asgi = Starlette(
        routes=[
            *chat.routes(),
            Mount("/console", routes=console.routes(desk)),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route(f"/{PATH}/{{token}}.ics", partial(_calendar, app, links), methods=["GET"]),
            Route("/healthz", _alive, methods=["GET"]),
            *more,
        ],
        middleware=[
            Middleware(SafetyHeaders, https=settings.secure_cookies),
            Middleware(SmallBodies, most=LONGEST_BODY),
        ],
        exception_handlers={HTTPException: _refused, StoreAway: _away, Exception: _broken},
    )
    asgi.state.site = settings.public_url
    return asgi


async def _calendar(app: Parts, links: CalendarLinks, request: Request) -> Response:
    """A point's calendar file, for whoever was given its address."""
    opened = links.opened(request.path_params["token"])
    directory = app.rules.book().points
    point = directory.by_code(opened[0]) if opened is not None and directory is not None else None
    body = point_calendar(point, app.clock.now(), opened[1]) if opened is not None and point is not None else None
    if body is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _sorry(request, SENTENCES.get(status, "web.error.ours"), status)


async def _away(request: Request, error: Exception) -> Response:
    """The database is out of reach for a moment: nothing was written, trying again is right."""
    return _sorry(request, "web.error.ours", 503)


async def _broken(request: Request, error: Exception) -> Response:
    """Our fault: the log has the rest, the person a plain sentence."""
    return _sorry(request, "web.error.ours", 500)


def _sorry(request: Request, key: str, status: int) -> Response:
    chosen = request.cookies.get("lang", "")
    language = chosen if chosen in LANGUAGES else "vi"
    sentence = word(Text(key), language)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status_code=status)
    home = "/console/leads" if request.url.path.startswith("/console") else "/"
    context: dict[str, Any] = {"title": word(Text("web.title"), language), "sentence": sentence}
    return render(request, "chat/plain.html", {**context, "back": home}, language, status)
