"""Retired names and later decrees in the database, and the index of all units as they stand on a day.

Checking a file is `bot/leads/unit_file.py`; how a decree changes the units is `nlu/places/changes.py`.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.leads.points import Source
from bot.leads.unit_file import UnitFile
from bot.stores.engine import Sessions
from bot.stores.tables import imports, retired_names, unit_changes
from nlu.places.changes import UnitChange, in_force
from nlu.places.index import PlaceIndex, RetiredName, packaged

REFORM = "2025-07-01"


class UnitDifference(msgspec.Struct, frozen=True):
    """What an import of units would do. `corrected`: pairs that were told otherwise before."""

    kind: str
    added: tuple[dict[str, Any], ...] = ()
    corrected: tuple[dict[str, Any], ...] = ()
    unchanged: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.added or self.corrected)

    def counts(self) -> dict[str, int]:
        return {"added": len(self.added), "corrected": len(self.corrected), "unchanged": self.unchanged}


class StoredUnits(msgspec.Struct, frozen=True):
    """What the database holds of units."""

    names: tuple[dict[str, Any], ...] = ()
    changes: tuple[dict[str, Any], ...] = ()


async def stored_units(sessions: Sessions) -> StoredUnits:
    """All retired names and later decrees as they stand."""
    async with sessions.reading() as connection:
        return await _stored(connection)


async def _stored(connection: AsyncConnection) -> StoredUnits:
    names = (await connection.execute(select(retired_names).order_by(retired_names.c.id))).mappings().all()
    changes = (await connection.execute(select(unit_changes).order_by(unit_changes.c.id))).mappings().all()
    return StoredUnits(tuple(map(dict, names)), tuple(map(dict, changes)))


def unit_difference(file: UnitFile, held: StoredUnits) -> UnitDifference:
    """Compare a checked file with what is stored."""
    if file.kind == "former_names":
        known = {_name_key(row) for row in held.names}
        added = tuple(row for row in file.names if _name_key(row) not in known)
        return UnitDifference(file.kind, added, unchanged=len(file.names) - len(added))
    before = {_pair_key(row): row for row in held.changes}
    added = tuple(row for row in file.changes if _pair_key(row) not in before)
    corrected = tuple(
        row
        for row in file.changes
        if (was := before.get(_pair_key(row))) is not None and any(was[name] != value for name, value in row.items())
    )
    return UnitDifference(file.kind, added, corrected, len(file.changes) - len(added) - len(corrected))


async def apply_units(sessions: Sessions, file: UnitFile, source: Source) -> tuple[UnitDifference, int | None]:
    """Take the file in, in one transaction; None for the number if there was nothing to change."""
    async with sessions.session() as connection:
        found = unit_difference(file, await _stored(connection))
        if found.nothing:
            return found, None
        row = {
            "kind": file.kind,
            "file_name": source.file_name[-256:],
            "sha256": hashlib.sha256(source.data).hexdigest(),
            "at": source.at,
            "who": source.who,
            "rows": len(file.names) + len(file.changes),
            "difference": found.counts(),
        }
        number = int((await connection.execute(insert(imports).values(row))).inserted_primary_key[0])
        table = retired_names if file.kind == "former_names" else unit_changes
        if found.added:
            await connection.execute(insert(table), [{**one, "import_id": number} for one in found.added])
        for one in found.corrected:
            same = [table.c[name] == one[name] for name in ("old_code", "new_code", "since")]
            await connection.execute(update(table).where(*same).values(**one, import_id=number))
        return found, number


# --- the index ---------------------------------------------------------------------------------------------------------------


def index_of(held: StoredUnits, on: date) -> PlaceIndex:
    """The units as they stand on a day: the packaged tables, what operators know besides, and the decrees in force."""
    changes = in_force(map(_change, held.changes), on)
    if not held.names and not changes:
        return packaged()
    return PlaceIndex(
        [RetiredName(row["name"], row["former_code"], row["commune_code"]) for row in held.names], changes
    )


def version_of(held: StoredUnits, on: date) -> str:
    """The tables that a routing rests on, in a few words."""
    changes = in_force(map(_change, held.changes), on)
    latest = changes[-1].since.isoformat() if changes else REFORM
    return f"units {latest}" + (f" (+{len(held.names)} names)" if held.names else "")


async def units_mark(sessions: Sessions, on: date) -> tuple[object, ...]:
    """Changes whenever the index does: with an import, or on the day from which a decree holds."""
    async with sessions.reading() as connection:
        marks = [
            (await connection.execute(select(func.count(), func.max(table.c.import_id)))).one()
            for table in (retired_names, unit_changes)
        ]
        due = select(func.count()).select_from(unit_changes).where(unit_changes.c.since <= on)
        return (*map(tuple, marks), (await connection.execute(due)).scalar())


async def load_index(sessions: Sessions, on: date) -> tuple[PlaceIndex, str]:
    """The index of a day and its version."""
    held = await stored_units(sessions)
    return index_of(held, on), version_of(held, on)


def _change(row: dict[str, Any]) -> UnitChange:
    return UnitChange(
        old=row["old_code"],
        new=row["new_code"],
        name=row["new_name"],
        type=row["new_type"],
        province=row["province_code"],
        since=row["since"],
        whole=row["whole"],
        lat=row["lat"],
        lon=row["lon"],
        decree=row["decree"],
    )


def _name_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["name"], row["former_code"], row["commune_code"]


def _pair_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["old_code"], row["new_code"], row["since"]
