"""The migrations make just the tables of `bot/stores/tables.py`, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fresh_database import postgres_database
from sqlalchemy import Connection, text

from bot.privacy import KeyRing
from bot.stores.migrations import configuration
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


async def test_the_reason_of_a_lead_is_sealed_where_it_was_written_in_the_clear(tmp_path: Path) -> None:
    ring = KeyRing.fresh()
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/m.db", ring)
    async with store.session() as connection:
        await connection.run_sync(lambda inner: _upgrade_to(inner, "0001"))
        for number, erased in (("VV-KEPT", None), ("VV-ERASED", "2026-11-23 09:00:00")):
            await connection.execute(text(_OLD_LEAD), {"id": number, "erased": erased})
        await connection.execute(
            text(
                "INSERT INTO lead_moves (lead, at, who, to_status) VALUES ('VV-KEPT', '2026-11-23', 'applicant', 'new')"
            )
        )
    await store.migrate()
    assert not any(b"Kin Dao" in file.read_bytes() for file in tmp_path.glob("m.db*"))
    kept, erased = await store.lead("VV-KEPT"), await store.lead("VV-ERASED")
    assert kept is not None and kept["why"] == {"key": "route.place", "values": {"hamlet": "Kin Dao"}}
    assert erased is not None and erased["why"] is None
    await store.close()


def _upgrade_to(connection: Connection, revision: str) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


_OLD_LEAD = """
INSERT INTO leads (id, version, status, "case", channel, language, programme, truth, place_kind, queue, queue_code, rule,
                   why, filed_at, "by", consent_at, consent_version, created_at, updated_at, erased_at)
VALUES (:id, 1, 'closed_withdrawn', 1, 'web', 'vi', 'water', 'yes', 'works', 'point', 'P-1', 'former_commune',
        '{"key": "route.place", "values": {"hamlet": "Kin Dao"}}', 'point', 'applicant', '2026-11-23 09:00:00', '1',
        '2026-11-23 09:00:00', '2026-11-23 09:00:00', :erased)
"""
