"""A PostgreSQL database of a test's own, gone when it is over. The server's address comes from VAYVON_TEST_POSTGRES."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """The URL of a new, empty database."""
    server = os.environ["VAYVON_TEST_POSTGRES"]
    name = f"test_{uuid.uuid4().hex[:16]}"
    await _outside_a_transaction(server, f"CREATE DATABASE {name}")
    try:
        yield server.rsplit("/", 1)[0] + f"/{name}"
    finally:
        await _outside_a_transaction(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _outside_a_transaction(server: str, statement: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
