"""The store of one process that forgets at its end, for tests and for `vayvon chat --dry`.

It is the SQL store over a database in memory, so that it cannot drift from the truth and the console works on it too.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.privacy import KeyRing
from bot.stores.sql import SqlStore
from bot.stores.tables import metadata


class MemoryStore(SqlStore):
    """A store in memory, with keys of its own."""

    def __init__(self, gateways: Sequence[str] = (), ring: KeyRing | None = None) -> None:
        super().__init__("sqlite+aiosqlite:///:memory:", ring or KeyRing.fresh(), gateways)

    async def migrate(self) -> None:
        """Make all tables at once: there is nothing older to bring up to date."""
        async with self.session() as connection:
            await connection.run_sync(metadata.create_all)

    async def schema(self) -> tuple[str | None, str]:
        return "memory", "memory"
