"""The database engine: how SQLite and PostgreSQL are opened, and the two kinds of session. No table is named here."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.ports import Away
from bot.privacy import KeyRing

_BUSY_MS = 15_000


def open_engine(url: str, ring: KeyRing) -> AsyncEngine:
    """An engine whose sealed columns open with `ring`; its errors never quote a parameter."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite(url, parsed.database)
    else:
        engine = create_async_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10)
    engine.dialect.key_ring = ring  # where `Sealed` looks for it
    return engine


def _sqlite(url: str, database: str | None) -> AsyncEngine:
    if not database or database == ":memory:":
        # One connection that never ends: the database lives and dies with it.
        engine = create_async_engine(
            url, hide_parameters=True, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0
        )
    else:
        _make_private(Path(database))
        engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _make_private(file: Path) -> None:
    """What is not sealed in the file (ids, times, places) is still nobody else's business on this machine."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreAway(f"{file}: {error.strerror}") from None


def _prepare(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten in the file too
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads and later writes fails at once if another one wrote in between; taking the lock first waits.
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


@contextmanager
def _away_is_a_kind() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, OSError, TimeoutError) as error:
        raise StoreAway(type(error).__name__) from None


class StoreAway(Away):
    """The database is down, out of reach or too busy: nothing was written, the same may be tried again later."""


class Sessions:
    """Transactions on one engine: `session` to write, `reading` to read."""

    def __init__(self, engine: AsyncEngine, ring: KeyRing) -> None:
        self.engine = engine
        self.ring = ring
        self._reading = engine.execution_options(reads_only=True)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, rolled back on an exception."""
        with _away_is_a_kind():
            async with self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads (several may run beside a writer)."""
        with _away_is_a_kind():
            async with self._reading.begin() as connection:
                yield connection

    async def settle(self) -> None:
        """Bring what was overwritten or erased from SQLite's log into its file, where until then the old bytes still stand."""
        if self.on_postgres:
            return
        with _away_is_a_kind():
            async with self.engine.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                if driver is not None:
                    # Past SQLAlchemy, which would begin a transaction; this works outside of one only.
                    await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    @property
    def on_postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"
