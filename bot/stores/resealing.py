"""After a key rotation: which rows are still sealed with an older key, and sealing them anew, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, LargeBinary, Select, Table, and_, func, literal, or_, select, type_coerce, update

from bot.privacy import Sealed
from bot.stores.engine import Sessions
from bot.stores.tables import metadata

BATCH = 200


class Resealing(Sessions):
    """The part of the store that follows a rotation."""

    async def sealed_with_old_keys(self) -> int:
        """How many rows hold something that the current key does not open."""
        count = 0
        async with self.reading() as connection:
            for table, columns in _sealed():
                query = select(func.count()).select_from(table).where(or_(*(self._is_old(one) for one in columns)))
                count += (await connection.execute(query)).scalar() or 0
        return count

    async def reseal(self) -> int:
        """Seal anew what older keys sealed; how many rows. May be broken off and begun again at any time."""
        done = 0
        for table, columns in _sealed():
            while rows := await self._reseal_some(table, columns):
                done += rows
        return done

    async def _reseal_some(self, table: Table, columns: list[Column[object]]) -> int:
        keys = list(table.primary_key.columns)
        old: Select[tuple[object, ...]] = (
            select(*keys, *columns).where(or_(*(self._is_old(one) for one in columns))).limit(BATCH).with_for_update()
        )
        async with self.session() as connection:
            rows = (await connection.execute(old)).all()
            for row in rows:
                here = and_(*(key == value for key, value in zip(keys, row, strict=False)))
                values = dict(zip((one.name for one in columns), row[len(keys) :], strict=True))
                await connection.execute(update(table).where(here).values(values))
        return len(rows)

    def _is_old(self, column: Column[object]) -> object:
        head = self.ring.head
        raw = type_coerce(column, LargeBinary)
        return and_(raw.is_not(None), func.substr(raw, 1, len(head)) != literal(head, LargeBinary))


def _sealed() -> Iterator[tuple[Table, list[Column[object]]]]:
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, Sealed)]
        if columns:
            yield table, columns
