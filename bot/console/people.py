"""The staff's accounts, for the admin: who there is, whose applicants are theirs, a first password, closing an account."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import EVERYWHERE, ROLES, check_admin
from bot.console.desk import Desk, Visit, act, go, page
from bot.console.sign_in import HASHER, set_password
from bot.stores.tables import staff

PEOPLE = "/console/people"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_CODE = re.compile(r"[0-9A-Za-z._-]{1,32}")
_SCOPES = ("points", "offices", "provinces")


def routes(desk: Desk) -> list[Route]:
    return [
        Route("/people", page(desk, show_people), methods=["GET"]),
        Route("/people", act(desk, add), methods=["POST"]),
        Route("/people/{number:int}", page(desk, show_person), methods=["GET"]),
        Route("/people/{number:int}", act(desk, change), methods=["POST"]),
        Route("/people/{number:int}/password", act(desk, give_password), methods=["POST"]),
    ]


async def show_people(visit: Visit) -> Response:
    check_admin(visit.staff)
    return await _list(visit)


async def add(visit: Visit) -> Response:
    """A new account; its first password is shown once and has to be changed."""
    check_admin(visit.staff)
    values, problem = _read(visit)
    values["login"] = visit.words("login", 64).lower()
    if not LOGIN.fullmatch(values["login"]):
        problem = "console.problem.login"
    if problem:
        return await _list(visit, problem, values)
    password = new_password()
    values["password_hash"] = await asyncio.to_thread(HASHER.hash, password)
    try:
        async with visit.desk.store.session() as connection:
            await connection.execute(
                insert(staff).values(**values, active=True, must_change=True, created_at=visit.now())
            )
    except IntegrityError:
        return await _list(visit, "console.problem.login_taken", values)
    await visit.desk.store.note(visit.staff.who, "added", "staff", values["login"], at=visit.now())
    return await _list(visit, first_password=(values["login"], password))


async def show_person(visit: Visit) -> Response:
    check_admin(visit.staff)
    return await _detail(visit)


async def change(visit: Visit) -> Response:
    """Name, rank, whose applicants, open or closed; a closed account is signed out at once."""
    check_admin(visit.staff)
    person = await _person(visit)
    if person is None:
        return await _detail(visit)
    values, problem = _read(visit)
    values["active"] = visit.words("active", 4) == "yes"
    loses_admin = person["role"] == "admin" and person["active"] and (values["role"] != "admin" or not values["active"])
    if loses_admin and await _admins(visit.desk) < 2:
        problem = "console.problem.last_admin"
    if problem:
        return await _detail(visit, problem=problem, status=422)
    async with visit.desk.store.session() as connection:
        await connection.execute(update(staff).where(staff.c.id == person["id"]).values(**values))
    if not values["active"]:
        await visit.desk.close_sessions_of(person["id"])
    changed = sorted(name for name, value in values.items() if person[name] != value)
    details = {"fields": changed, "active": values["active"], "role": values["role"]}
    await visit.desk.store.note(visit.staff.who, "changed", "staff", person["login"], at=visit.now(), details=details)
    return go(f"{PEOPLE}/{person['id']}", "saved")


async def give_password(visit: Visit) -> Response:
    """A new first password for someone who lost theirs."""
    check_admin(visit.staff)
    person = await _person(visit)
    if person is None:
        return await _detail(visit)
    password = new_password()
    await set_password(visit.desk, person["id"], password, must_change=True)
    await visit.desk.close_sessions_of(person["id"])
    await visit.desk.store.note(visit.staff.who, "gave_password", "staff", person["login"], at=visit.now())
    return await _detail(visit, first_password=(person["login"], password))


def new_password() -> str:
    """Sixteen signs in four groups, without those that look alike, so that it can be read out on the phone."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(4)) for _ in range(4))


def _read(visit: Visit) -> tuple[dict[str, Any], str | None]:
    values: dict[str, Any] = {"name": visit.words("name", 128), "role": visit.words("role", 16)}
    for scope in _SCOPES:
        values[scope] = [code for code in re.split(r"[\s,;]+", visit.words(scope, 4000)) if code]
    if not values["name"]:
        return values, "console.problem.name"
    if values["role"] not in ROLES:
        return values, "console.problem.choice"
    codes = [code for scope in _SCOPES for code in values[scope] if (scope, code) != ("provinces", EVERYWHERE)]
    if not all(_CODE.fullmatch(code) for code in codes):
        return values, "console.problem.codes"
    return values, None


async def _list(
    visit: Visit, problem: str = "", values: Any = None, first_password: tuple[str, str] | None = None
) -> Response:
    async with visit.desk.store.reading() as connection:
        rows = [dict(row._mapping) for row in await connection.execute(select(staff).order_by(staff.c.login))]
    return visit.show(
        "people/list.html",
        422 if problem else 200,
        rows=rows,
        roles=ROLES,
        problem=problem,
        values=values or {},
        first_password=first_password,
    )


async def _detail(
    visit: Visit, problem: str = "", first_password: tuple[str, str] | None = None, status: int = 200
) -> Response:
    person = await _person(visit)
    if person is None:
        return visit.show("refused.html", 404, sentence="console.refused.no_such_person")
    return visit.show(
        "people/detail.html", status, person=person, roles=ROLES, problem=problem, first_password=first_password
    )


async def _person(visit: Visit) -> dict[str, Any] | None:
    number = visit.number("number")
    async with visit.desk.store.reading() as connection:
        row = (await connection.execute(select(staff).where(staff.c.id == number))).first()
        return dict(row._mapping) if row is not None else None


async def _admins(desk: Desk) -> int:
    query = select(func.count()).where(staff.c.role == "admin", staff.c.active)
    async with desk.store.reading() as connection:
        return int((await connection.execute(query)).scalar() or 0)
