"""For operators: serve, work, migrate, staff, doctor. What they start is put together in `bot/app.py`."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click
import structlog
import uvicorn
from sqlalchemy import func, select

from bot.app import App, open_store, running
from bot.clock import SystemClock
from bot.commands.running import run, settings_of
from bot.console.access import EVERYWHERE, ROLES
from bot.console.people import LOGIN, new_password
from bot.console.sign_in import HASHER
from bot.doctor import examine
from bot.settings import BadSettings, Settings
from bot.stores.sql import SqlStore
from bot.stores.tables import staff as staff_table
from bot.web import build_asgi

log = structlog.get_logger(__name__)


# --- serve and work ----------------------------------------------------------------------------------------------------


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on (VAYVON_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port to listen on (PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Web chat and staff console; Telegram too if its token is set."""
    settings = settings_of(host=host, port=port)
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
    listening = _listen(settings)
    async with running(settings) as app:
        first = await first_login(app.store)
        server = Server(_server_settings(app))
        _on_signal(server.leave)
        if settings.embedded_worker:
            app.start_work()
            app.start_polling()
        else:
            app.start_upkeep()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.05)
        if server.started:
            _greet(settings, listening.getsockname()[1], first)
        await _first_to_end(serving, app)
        server.should_exit = True
        await serving


class Server(uvicorn.Server):
    """A server that leaves signals to us: uvicorn's own way kills the process before the rest of the app has ended."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def leave(self) -> None:
        """Finish the requests that have begun; at the second signal, don't."""
        self.force_exit = self.should_exit
        self.should_exit = True


def _on_signal(act: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, act)


def _server_settings(app: App) -> uvicorn.Config:
    settings = app.settings
    return uvicorn.Config(
        build_asgi(app),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # its lines hold network addresses
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=20,
    )


async def _first_to_end(serving: asyncio.Task[None], app: App) -> None:
    """Until the server ends, or a part beside it fails."""
    parts = asyncio.create_task(app.wait())
    await asyncio.wait({serving, parts}, return_when=asyncio.FIRST_COMPLETED)
    if parts.done():
        parts.result()
    parts.cancel()


def _listen(settings: Settings) -> socket.socket:
    """The socket, taken first: that a port is in use has to be said at once, in one line."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise BadSettings(f"PORT: {settings.host}:{settings.port} can't be listened on: {error.strerror}") from None


def _greet(settings: Settings, port: int, first: tuple[str, str] | None) -> None:
    site = settings.public_url.rstrip("/") or f"http://{settings.host}:{port}"
    click.echo(f"web chat       {site}/")
    click.echo(f"staff console  {site}/console/")
    click.echo(f"telegram       {'on' if settings.telegram_token else 'off (TELEGRAM_TOKEN is not set)'}")
    if first is not None:
        click.echo(
            f"first staff login: {first[0]}   password: {first[1]}   (shown once; you will be asked to change it)"
        )


@click.command("work")
def work() -> None:
    """Deliver the outbox, wake reminders, forget what is past its time; Telegram is polled here, too."""
    settings = settings_of()

    async def forever() -> None:
        stopped = asyncio.Event()
        _on_signal(stopped.set)
        async with running(settings) as app:
            app.start_work()
            app.start_polling()
            log.info("work.started")
            ends = {asyncio.create_task(stopped.wait()), asyncio.create_task(app.wait())}
            done, pending = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            for task in done:
                task.result()

    run(forever())


# --- database and people -----------------------------------------------------------------------------------------------


@click.command("migrate")
@click.option("--reseal", is_flag=True, help="After a key rotation: seal anew what older keys sealed.")
def migrate(reseal: bool) -> None:
    """Bring the database's schema up to date."""
    settings = settings_of(quiet=True)

    async def upgrade() -> tuple[str | None, str | None, int]:
        async with open_store(settings, migrated=False) as store:
            before, _ = await store.schema()
            await store.migrate()
            await store.check_keys()
            return before, (await store.schema())[0], await store.reseal() if reseal else 0

    before, after, resealed = run(upgrade())
    click.echo(f"schema {after}" if before == after else f"schema {before or 'none'} -> {after}")
    if reseal:
        click.echo(f"{resealed} rows sealed anew")


@click.group("staff")
def staff() -> None:
    """The people of the console, and whom they invite."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Name, as colleagues know it.")
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True, help="What they may do.")
@click.option("--point", "points", multiple=True, help="Code of a transaction point whose leads they see.")
@click.option("--office", "offices", multiple=True, help="Code of a transaction office.")
@click.option("--province", "provinces", multiple=True, help="Code of a province; '*' for all.")
def add(
    *, login: str, name: str, role: str, points: tuple[str, ...], offices: tuple[str, ...], provinces: tuple[str, ...]
) -> None:
    """Add a member of staff; the password is shown once and has to be changed."""
    if not LOGIN.fullmatch(login.strip().lower()):
        raise click.UsageError(f"{login!r} is no login: 2 to 63 of a-z 0-9 . _ -, a letter or digit first")
    settings = settings_of(quiet=True)
    scopes = {"points": list(points), "offices": list(offices), "provinces": list(provinces)}

    async def insert() -> str:
        async with open_store(settings) as store:
            return await add_staff(store, login, name, role, scopes)

    password = run(insert())
    click.echo(f"{login.lower()}   password: {password}   (shown once; to be changed at the first sign-in)")


@staff.command("invite")
@click.argument("login")
@click.option(
    "--days", type=click.IntRange(1, 90), default=7, show_default=True, help="Days that the code is good for."
)
def invite(login: str, days: int) -> None:
    """A code with which a volunteer opens the chat, invited by this member of staff."""
    settings = settings_of(quiet=True)

    async def make() -> str:
        now = SystemClock().now()
        async with open_store(settings) as store:
            async with store.reading() as connection:
                query = select(staff_table.c.id).where(staff_table.c.login == login.lower(), staff_table.c.active)
                number = (await connection.execute(query)).scalar()
            if number is None:
                raise click.ClickException(f"there is no active member of staff called {login}")
            code = await store.invite(number, at=now, until=now + timedelta(days=days))
            await store.note(f"staff:{login.lower()}", "invited_helper", "staff", login.lower(), at=now)
            return code

    click.echo(f"{run(make())}   (works once, {days} days)")


async def add_staff(store: SqlStore, login: str, name: str, role: str, scopes: dict[str, list[str]]) -> str:
    """Write the account; its first password."""
    login = login.strip().lower()
    password = new_password()
    row = {
        "login": login,
        "password_hash": await asyncio.to_thread(HASHER.hash, password),
        "name": name,
        "role": role,
        "must_change": True,
        "created_at": SystemClock().now(),
        **scopes,
    }
    async with store.session() as connection:
        taken = select(func.count()).select_from(staff_table).where(staff_table.c.login == login)
        if (await connection.execute(taken)).scalar():
            raise click.ClickException(f"the login {login} is taken")
        await connection.execute(staff_table.insert().values(row))
    await store.note("system", "added", "staff", login, at=SystemClock().now(), details={"role": role})
    return password


async def first_login(store: SqlStore) -> tuple[str, str] | None:
    """On a database without staff: an administrator's login and password."""
    async with store.reading() as connection:
        if (await connection.execute(select(func.count()).select_from(staff_table))).scalar():
            return None
    try:
        password = await add_staff(
            store, "admin", "admin", "admin", {"points": [], "offices": [], "provinces": [EVERYWHERE]}
        )
    except click.ClickException:
        return None  # another process was faster
    return "admin", password


# --- doctor ------------------------------------------------------------------------------------------------------------


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--revive", is_flag=True, help="Try everything that could not be delivered once more.")
def doctor(as_json: bool, revive: bool) -> None:
    """Is everything all right? One line a part; status 2 if one of them is not."""
    settings = settings_of(quiet=True)
    findings = run(examine(settings, revive=revive))
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False))
    else:
        _print(findings)
    broken = [finding.part for finding in findings if not finding.ok]
    if broken:
        raise click.ClickException("not all right: " + ", ".join(broken))


def _print(findings: Iterable[Any]) -> None:
    for finding in findings:
        click.echo(f"{'ok ' if finding.ok else 'BAD'}  {finding.part:<12} {finding.says}")


COMMANDS = [serve, work, migrate, staff, doctor]
