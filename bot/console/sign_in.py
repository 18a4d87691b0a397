"""Signing in and out, and one's own password. Who may see what afterwards is `access.py`; other people's accounts `people.py`.

Whatever is wrong (login, password, a locked or closed account, too many tries) the answer is the same sentence.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from limits import RateLimitItemPerMinute
from sqlalchemy import select, update
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console.access import Staff
from bot.console.desk import (
    HOME,
    PASSWORD,
    SIGN_IN,
    Desk,
    Visit,
    act,
    checked_form,
    go,
    page,
    page_language,
)
from bot.pages import network_of, render
from bot.stores.tables import staff as staff_table

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
SHORTEST_PASSWORD = 12
_TRIES = 5
_LOCKED = timedelta(minutes=1)  # doubled with each further try, up to sixteen times that
_PER_NETWORK = RateLimitItemPerMinute(20)


def routes(desk: Desk) -> list[Route]:
    async def ask(request: Request) -> Response:
        if await desk.staff_of(request) is not None:
            return RedirectResponse(HOME, status_code=303)
        return _page(desk, request)

    async def sign_in(request: Request) -> Response:
        form = await checked_form(desk, request)
        login = str(form.get("login", "")).strip().lower()[:64]
        if not await desk.limiter.hit(_PER_NETWORK, "sign-in", network_of(request)):
            return _page(desk, request, wrong=True, status=429)
        staff = await verify(desk, login, str(form.get("password", ""))[:256])
        if staff is None:
            return _page(desk, request, wrong=True, status=401)
        token = await desk.open_session(staff.id)
        response = RedirectResponse(PASSWORD if staff.must_change else HOME, status_code=303)
        desk.set_cookie(response, token)
        return response

    async def sign_out(request: Request) -> Response:
        await checked_form(desk, request)
        staff = await desk.staff_of(request)
        if staff is not None:
            await desk.store.note(staff.who, "signed_out", "staff", staff.login, at=desk.clock.now())
        await desk.close_session(request)
        response = RedirectResponse(SIGN_IN, status_code=303)
        response.delete_cookie(desk.cookie, path="/", secure=desk.secure, httponly=True)
        return response

    return [
        Route("/sign-in", ask, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
        Route("/password", page(desk, _ask_password), methods=["GET"]),
        Route("/password", act(desk, _change_password), methods=["POST"]),
    ]


async def verify(desk: Desk, login: str, password: str) -> Staff | None:
    """Who this is, or None. An unknown login takes as long as a wrong password."""
    from bot.console.desk import as_staff

    row = await _account(desk, login)
    right = await asyncio.to_thread(_matches, row["password_hash"] if row else _nobody(), password)
    if row is None:
        return None
    row = await _account(desk, login)  # as it is now: other guesses may have closed the door while this one was weighed
    now = desk.clock.now()
    if row is None or not row["active"] or (row["locked_until"] is not None and row["locked_until"] > now):
        await desk.store.note("system", "sign_in_refused", "staff", login, at=now)
        return None
    if not right:
        await _count_failure(desk, row)
        return None
    await _values(desk, row["id"], failures=0, locked_until=None)
    await desk.store.note(f"staff:{login}", "signed_in", "staff", login, at=now)
    return as_staff(row)


async def _account(desk: Desk, login: str) -> Any:
    async with desk.store.reading() as connection:
        return (await connection.execute(select(staff_table).where(staff_table.c.login == login))).mappings().first()


async def _count_failure(desk: Desk, row: Any) -> None:
    """Counted by the database, because guesses that come at the same moment would otherwise count as one."""
    mine = staff_table.c.id == row["id"]
    async with desk.store.session() as connection:
        more = update(staff_table).where(mine).values(failures=staff_table.c.failures + 1)
        failures = (await connection.execute(more.returning(staff_table.c.failures))).scalar_one()
        if failures >= _TRIES:
            locked_until = desk.clock.now() + _LOCKED * 2 ** min(failures - _TRIES, 4)
            await connection.execute(update(staff_table).where(mine).values(locked_until=locked_until))
    await desk.store.note("system", "sign_in_failed", "staff", row["login"], at=desk.clock.now())


async def _ask_password(visit: Visit) -> Response:
    return visit.show("sign_in/password.html", shortest=SHORTEST_PASSWORD)


async def _change_password(visit: Visit) -> Response:
    """A new password of one's own; everybody who was signed in with the old one is signed out."""
    new, again = str(visit.form.get("new", "")), str(visit.form.get("again", ""))
    problem = None
    if await verify(visit.desk, visit.staff.login, str(visit.form.get("old", ""))[:256]) is None:
        problem = "console.password.wrong"
    elif (weak := weakness(new, visit.staff.login)) is not None:
        problem = weak
    elif new != again:
        problem = "console.password.differ"
    if problem:
        return visit.show("sign_in/password.html", 422, shortest=SHORTEST_PASSWORD, problem=problem)
    await set_password(visit.desk, visit.staff.id, new, must_change=False)
    await visit.desk.store.note(visit.staff.who, "changed_password", "staff", visit.staff.login, at=visit.now())
    await visit.desk.close_sessions_of(visit.staff.id)
    response = go(HOME, "password")
    visit.desk.set_cookie(response, await visit.desk.open_session(visit.staff.id))
    return response


async def set_password(desk: Desk, staff: int, password: str, *, must_change: bool) -> None:
    """Keep a new password's hash and unlock the account."""
    hashed = await asyncio.to_thread(HASHER.hash, password)
    await _values(desk, staff, password_hash=hashed, must_change=must_change, failures=0, locked_until=None)


def weakness(password: str, login: str) -> str | None:
    """The catalogue key of what is wrong with a new password, or None."""
    if len(password) < SHORTEST_PASSWORD:
        return "console.password.short"
    if len(password) > 256:
        return "console.password.long"
    if login.lower() in password.lower() or len(set(password)) < 6:
        return "console.password.weak"
    return None


def _page(desk: Desk, request: Request, wrong: bool = False, status: int = 200) -> Response:
    context = {
        "form": desk.form_token(request),
        "problem": "console.sign_in.wrong" if wrong else "",
        "staff": None,
        "done": "",
    }
    return render(request, "console/sign_in/detail.html", context, page_language(desk, request), status)


async def _values(desk: Desk, staff: int, **values: Any) -> None:
    async with desk.store.session() as connection:
        await connection.execute(update(staff_table).where(staff_table.c.id == staff).values(**values))


def _matches(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")
