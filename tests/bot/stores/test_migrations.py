"""The migrations make just the tables of `bot/stores/tables.py`, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fresh_database import postgres_database
from sqlalchemy import Connection, text

from bot.privacy import KeyRing
from bot.stores.sql import SqlStore
from bot.stores.tables import metadata


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, metadata)


async def test_migrated_sqlite_is_what_the_tables_say(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/m.db", KeyRing.fresh())
    await store.migrate()
    await store.migrate()
    async with store.reading() as connection:
        assert await connection.run_sync(differences) == []
        triggers = await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        assert {name for (name,) in triggers} == {"audit_no_update", "audit_no_delete"}
    here, wanted = await store.schema()
    assert here == wanted
    await store.close()


@pytest.mark.postgres
async def test_migrated_postgres_is_what_the_tables_say() -> None:
    async with postgres_database() as url:
        store = SqlStore(url, KeyRing.fresh())
        await asyncio.gather(store.migrate(), store.migrate())  # two processes that start at once
        async with store.reading() as connection:
            assert await connection.run_sync(differences) == []
        await store.close()
