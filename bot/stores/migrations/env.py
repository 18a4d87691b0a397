"""Alembic's door: runs the migrations on the connection that `upgrade` hands over, or compares it with the tables."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.privacy import Sealed
from bot.stores.tables import Moment, metadata


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A migration names the database's types, not ours, which may change."""
    if kind == "type" and isinstance(item, Sealed):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render,
    render_as_batch=True,  # SQLite changes a table by copying it
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
