"""What every page of the console stands on: who is signed in, the way a form is checked, how a refusal looks.

Signing in itself is `sign_in.py`; who may see what is `access.py`; what a page shows is in the noun's own file.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from limits.aio.strategies import RateLimiter
from sqlalchemy import delete, insert, select, update
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.access import Access, Refusal, Refused, Staff, check_desk
from bot.pages import from_elsewhere, render
from bot.ports import Clock
from bot.privacy import KeyRing
from bot.stores.lead_rows import LeadRows
from bot.stores.tables import staff as staff_table
from bot.stores.tables import staff_sessions
from bot.wording import LANGUAGES, has
from flows.eligibility.book import Book

HOME = "/console/leads"
SIGN_IN = "/console/sign-in"
PASSWORD = "/console/password"
LONGEST_WORDS = 2_000  # of what staff write, in code points
_IDLE = timedelta(minutes=60)


@dataclass(frozen=True)
class Desk:
    """The parts that the console is put together from."""

    store: LeadRows
    clock: Clock
    ring: KeyRing
    limiter: RateLimiter
    secure: bool
    session_hours: int
    language: str
    book: Callable[[], Book]  # for the words of facts and verdicts; nothing is decided here

    @property
    def access(self) -> Access:
        return Access(self.store, self.clock, self.book)

    @property
    def cookie(self) -> str:
        return "__Host-desk" if self.secure else "desk"

    # --- sessions: kept by the server, so that signing out and deactivating work at once ------------------------------

    async def open_session(self, staff: int) -> str:
        """A new session; the browser gets the token, we keep its hash."""
        token, now = secrets.token_urlsafe(32), self.clock.now()
        row = {
            "id_hash": self._session_hash(token),
            "staff": staff,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + timedelta(hours=self.session_hours),
        }
        async with self.store.session() as connection:
            await connection.execute(delete(staff_sessions).where(staff_sessions.c.expires_at < now))
            await connection.execute(insert(staff_sessions).values(row))
        return token

    async def staff_of(self, request: Request) -> Staff | None:
        """Who is signed in, or None. An hour without a click ends a session, too."""
        token = request.cookies.get(self.cookie, "")
        if not token:
            return None
        now, id_hash = self.clock.now(), self._session_hash(token)
        query = (
            select(staff_table, staff_sessions.c.seen_at.label("session_seen_at"))
            .join(staff_sessions, staff_sessions.c.staff == staff_table.c.id)
            .where(staff_sessions.c.id_hash == id_hash, staff_sessions.c.expires_at > now)
        )
        async with self.store.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        if row is None or not row["active"] or row["session_seen_at"] < now - _IDLE:
            return None
        if row["session_seen_at"] < now - timedelta(minutes=1):
            await self._seen(id_hash, now)
        return as_staff(row)

    async def close_session(self, request: Request) -> None:
        async with self.store.session() as connection:
            id_hash = self._session_hash(request.cookies.get(self.cookie, ""))
            await connection.execute(delete(staff_sessions).where(staff_sessions.c.id_hash == id_hash))

    async def close_sessions_of(self, staff: int) -> None:
        """After a new password or a deactivation nobody stays signed in."""
        async with self.store.session() as connection:
            await connection.execute(delete(staff_sessions).where(staff_sessions.c.staff == staff))

    async def _seen(self, id_hash: str, now: datetime) -> None:
        async with self.store.session() as connection:
            await connection.execute(
                update(staff_sessions).where(staff_sessions.c.id_hash == id_hash).values(seen_at=now)
            )

    def _session_hash(self, token: str) -> str:
        return self.ring.hash("staff-session", token)

    def form_token(self, request: Request) -> str:
        """Ties a form to the session (or, before signing in, to nothing but us)."""
        return self.ring.hash("staff-form", request.cookies.get(self.cookie, ""))[:32]

    def set_cookie(self, response: Response, token: str) -> None:
        age = self.session_hours * 3600
        response.set_cookie(
            self.cookie, token, max_age=age, path="/", secure=self.secure, httponly=True, samesite="lax"
        )


@dataclass
class Visit:
    """One request of a signed-in staff member."""

    desk: Desk
    request: Request
    staff: Staff
    form: FormData = field(default_factory=FormData)

    @property
    def access(self) -> Access:
        return self.desk.access

    @property
    def language(self) -> str:
        return page_language(self.desk, self.request)

    def now(self) -> datetime:
        return self.desk.clock.now()

    def words(self, name: str, longest: int = LONGEST_WORDS) -> str:
        """A field of the form, without what no person types."""
        text = str(self.form.get(name, "")).encode("utf-8", "replace").decode().replace("\0", "").replace("\r\n", "\n")
        return text.strip()[:longest]

    def asked(self, name: str, longest: int = 64) -> str:
        """A field of the address, likewise."""
        return self.request.query_params.get(name, "").replace("\0", "").strip()[:longest]

    def code(self, name: str) -> str:
        """A part of the path that names something."""
        return str(self.request.path_params[name]).replace("\0", "")[:32]

    def number(self, name: str) -> int:
        """A part of the path that counts something; beyond what a database counts to there is nothing anyway."""
        return min(int(self.request.path_params[name]), 2**62)

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page of the console with its frame."""
        done = self.request.query_params.get("done", "")
        frame = {
            "staff": self.staff,
            "form": self.desk.form_token(self.request),
            "done": f"console.done.{done}" if has(f"console.done.{done}") else "",
            "problem": "",
            "here": self.request.url.path,
        }
        return render(self.request, f"console/{template}", {**frame, **context}, self.language, status)


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def page_language(desk: Desk, request: Request) -> str:
    chosen = request.cookies.get("lang", "")
    return chosen if chosen in LANGUAGES else desk.language


def go(path: str, done: str = "") -> Response:
    """On to a page after a form, so that reloading repeats nothing; `done` names the sentence it greets with."""
    return RedirectResponse(f"{path}?done={done}" if done else path, status_code=303)


def page(desk: Desk, handler: Handler) -> Endpoint:
    """A page for those who are signed in."""

    async def endpoint(request: Request) -> Response:
        staff = await desk.staff_of(request)
        if staff is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        return await _guarded(Visit(desk, request, staff), handler)

    return endpoint


def act(desk: Desk, handler: Handler) -> Endpoint:
    """A form that changes something: sent by our own page, within this very session."""

    async def endpoint(request: Request) -> Response:
        staff = await desk.staff_of(request)
        if staff is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        form = await checked_form(desk, request)
        return await _guarded(Visit(desk, request, staff, form), handler)

    return endpoint


async def checked_form(desk: Desk, request: Request) -> FormData:
    """The form, if our own page sent it."""
    if from_elsewhere(request):
        raise HTTPException(403, "web.error.elsewhere")
    form = await request.form(max_files=0, max_fields=200)
    if not hmac.compare_digest(str(form.get("form", "")).encode(), desk.form_token(request).encode()):
        raise HTTPException(403, "web.error.elsewhere")
    return form


async def _guarded(visit: Visit, handler: Handler) -> Response:
    try:
        if visit.request.url.path != PASSWORD:
            check_desk(visit.staff)
        return await handler(visit)
    except Refused as refused:
        if refused.refusal is Refusal.PASSWORD_FIRST:
            return RedirectResponse(PASSWORD, status_code=303)
        status = 404 if refused.refusal.name.startswith("NO_SUCH") else 403
        return visit.show("refused.html", status, sentence=refused.refusal.value)


def as_staff(row: Any) -> Staff:
    """A row of the staff table as the value that the console works with."""
    return Staff(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=row["role"],
        points=tuple(row["points"]),
        offices=tuple(row["offices"]),
        provinces=tuple(row["provinces"]),
        active=row["active"],
        must_change=row["must_change"],
    )
