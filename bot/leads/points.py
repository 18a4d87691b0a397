"""Transaction points in the database: what a file would change, changing it all at once, and the directory for routing.

The difference is worked out here without a database; only `load`, `stored` and `apply` touch one. Reading and checking a
file is `bot/leads/point_file.py`, choosing a point `flows/routing.py`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.leads.point_file import PointFile, Problem, Refused
from bot.stores.engine import Sessions
from bot.stores.tables import hamlets, imports, point_exceptions, point_versions, points
from flows.engine.text import Text
from flows.routing import Hamlet, Point, PointDirectory, SessionException
from nlu.places.index import PlaceIndex, packaged
from nlu.reading import Commune, FormerCommune

KEPT_OUT = ("import_id", "updated_at")  # columns that say who wrote a row, not what the point is
CHUNK = 500


class Stored(msgspec.Struct, frozen=True):
    """What the database holds, as far as an import of one kind needs it."""

    points: dict[str, dict[str, Any]] = {}
    hamlets: dict[tuple[str, str], dict[str, Any]] = {}
    exceptions: dict[tuple[str, date], dict[str, Any]] = {}


class Difference(msgspec.Struct, frozen=True):
    """What an import would do. `changed`: code -> column -> (before, after); `absent`: points of the file's offices that
    the file does not name; `uncovered`: communes that would have no active point any more."""

    kind: str
    added: tuple[str, ...] = ()
    changed: dict[str, dict[str, tuple[Any, Any]]] = {}
    unchanged: int = 0
    absent: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    hamlets_added: tuple[dict[str, Any], ...] = ()
    hamlets_gone: tuple[dict[str, Any], ...] = ()
    exceptions_added: tuple[dict[str, Any], ...] = ()
    exceptions_changed: tuple[dict[str, Any], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the database is already as the file says."""
        return not (
            self.added
            or self.changed
            or self.closing
            or self.hamlets_added
            or self.hamlets_gone
            or self.exceptions_added
            or self.exceptions_changed
        )

    def counts(self) -> dict[str, int]:
        """How many of each, for the journal of imports and for `--json`."""
        names = (
            "added",
            "changed",
            "absent",
            "closing",
            "uncovered",
            "hamlets_added",
            "hamlets_gone",
            "exceptions_added",
            "exceptions_changed",
        )
        return {**{name: len(getattr(self, name)) for name in names}, "unchanged": self.unchanged}


# --- what would change (pure) --------------------------------------------------------------------------------------------


def difference(
    file: PointFile, stored: Stored, *, offices: Iterable[str] | None = None, replace: bool = False
) -> Difference:
    """Compare a checked file with what is stored; raises `Refused` where it would touch another office's points.

    `offices`: those for whom the import is made (None: those that the file names). `replace`: points of these offices that
    the file leaves out are closed; otherwise they stay as they are.
    """
    if file.kind == "exceptions":
        return _exceptions_difference(file, stored)
    if file.kind == "hamlets":
        return _hamlets_difference(file, stored, set())
    _check_offices(file, stored, set(offices) if offices is not None else None)
    changed = {}
    for code, row in file.points.items():
        before = stored.points.get(code)
        if before is not None:
            fields = {name: (before[name], value) for name, value in row.items() if before[name] != value}
            if fields:
                changed[code] = fields
    ours = set(offices) if offices is not None else {row["office_code"] for row in file.points.values()}
    absent = sorted(
        code
        for code, row in stored.points.items()
        if row["office_code"] in ours and row["status"] == "active" and code not in file.points
    )
    added = tuple(code for code in file.points if code not in stored.points)
    closing = tuple(absent) if replace else ()
    # A file that lists hamlets says all of those points' hamlets; one that lists none leaves them alone.
    listed = {row["point"] for row in file.hamlets}
    hamlet_part = _hamlets_difference(file, stored, listed)
    return msgspec.structs.replace(
        hamlet_part,
        kind="points",
        added=added,
        changed=changed,
        unchanged=len(file.points) - len(added) - len(changed),
        absent=tuple(absent),
        closing=closing,
        uncovered=_uncovered(file, stored, closing),
    )


def _check_offices(file: PointFile, stored: Stored, offices: set[str] | None) -> None:
    problems = []
    for code, row in file.points.items():
        before = stored.points.get(code)
        if before is not None and before["office_code"] != row["office_code"]:
            values = {"value": code, "office": before["office_name"], "office_code": before["office_code"]}
            problems.append(Problem(file.lines.get(code, 0), file.column, Text("points.problem.other_office", values)))
        elif offices is not None and row["office_code"] not in offices:
            values = {"value": row["office_code"], "point": code}
            problems.append(
                Problem(file.lines.get(code, 0), file.column, Text("points.problem.not_your_office", values))
            )
    if problems:
        raise Refused(problems)


def _uncovered(file: PointFile, stored: Stored, closing: tuple[str, ...]) -> tuple[str, ...]:
    before = {row["commune_code"] for row in stored.points.values() if row["status"] == "active"}
    after = {code: row for code, row in {**stored.points, **file.points}.items() if code not in closing}
    return tuple(sorted(before - {row["commune_code"] for row in after.values() if row["status"] == "active"}))


def _hamlets_difference(file: PointFile, stored: Stored, complete: set[str]) -> Difference:
    new = {(row["point"], row["folded"]): row for row in file.hamlets}
    added = [row for pair, row in new.items() if not _same_hamlet(stored.hamlets.get(pair), row)]
    replaced = [
        stored.hamlets[pair]
        for pair, row in new.items()
        if pair in stored.hamlets and not _same_hamlet(stored.hamlets[pair], row)
    ]
    gone = [
        row
        for pair, row in stored.hamlets.items()
        if row["point"] in complete and pair not in new and row["source"] == "import"
    ]
    return Difference(
        "hamlets", unchanged=len(new) - len(added), hamlets_added=tuple(added), hamlets_gone=(*replaced, *gone)
    )


def _same_hamlet(before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> bool:
    return before is not None and all(before[name] == row[name] for name in ("commune_code", "former_code", "name"))


def _exceptions_difference(file: PointFile, stored: Stored) -> Difference:
    added, changed = [], []
    for row in file.exceptions:
        before = stored.exceptions.get((row["point"], row["original_date"]))
        if before is None:
            added.append(row)
        elif (before["new_date"], before["reason"]) != (row["new_date"], row["reason"]):
            changed.append(row)
    unchanged = len(file.exceptions) - len(added) - len(changed)
    return Difference(
        "exceptions", unchanged=unchanged, exceptions_added=tuple(added), exceptions_changed=tuple(changed)
    )


# --- the database --------------------------------------------------------------------------------------------------------


async def stored(sessions: Sessions) -> Stored:
    """All points, hamlets and exceptions as they stand."""
    async with sessions.reading() as connection:
        return await _stored(connection)


async def _stored(connection: AsyncConnection) -> Stored:
    point_rows = (await connection.execute(select(points))).mappings().all()
    hamlet_rows = (await connection.execute(select(hamlets))).mappings().all()
    exception_rows = (await connection.execute(select(point_exceptions))).mappings().all()
    return Stored(
        {row["code"]: {name: value for name, value in row.items() if name not in KEPT_OUT} for row in point_rows},
        {(row["point"], row["folded"]): dict(row) for row in hamlet_rows},
        {(row["point"], row["original_date"]): dict(row) for row in exception_rows},
    )


class Source(msgspec.Struct, frozen=True):
    """Where an import came from: the file, who gave it, when."""

    data: bytes
    file_name: str
    who: str
    at: datetime


class Stamp(msgspec.Struct, frozen=True):
    """What each row that an import wrote carries."""

    number: int
    who: str
    at: datetime


async def apply(
    sessions: Sessions,
    file: PointFile,
    source: Source,
    *,
    offices: Iterable[str] | None = None,
    replace: bool = False,
) -> tuple[Difference, int | None]:
    """Make the database say what the file says, in one transaction; the earlier rows are kept as versions.

    Gives the difference and the import's number, None if there was nothing to change.
    """
    async with sessions.session() as connection:
        # Worked out again here: what the clerk saw in the dry run may have changed meanwhile.
        before = await _stored(connection)
        found = difference(file, before, offices=offices, replace=replace)
        if found.nothing:
            return found, None
        stamp = Stamp(await _note_import(connection, file, found, source), source.who, source.at)
        await _keep_versions(connection, before, [*found.changed, *found.closing], stamp)
        await _write_points(connection, file, found, stamp)
        await _write_hamlets(connection, found, stamp)
        await _write_exceptions(connection, found, stamp)
        return found, stamp.number


async def _note_import(connection: AsyncConnection, file: PointFile, found: Difference, source: Source) -> int:
    row = {
        "kind": file.kind,
        "file_name": source.file_name[-256:],
        "sha256": hashlib.sha256(source.data).hexdigest(),
        "at": source.at,
        "who": source.who,
        "rows": len(file.points) + len(file.exceptions) or len(file.hamlets),
        "difference": found.counts(),
    }
    result = await connection.execute(insert(imports).values(row))
    return int(result.inserted_primary_key[0])


async def _keep_versions(connection: AsyncConnection, before: Stored, codes: list[str], stamp: Stamp) -> None:
    kept = {code: {name: _plain(value) for name, value in before.points[code].items()} for code in codes}
    rows = [
        {"point": code, "import_id": stamp.number, "row": row, "who": stamp.who, "at": stamp.at}
        for code, row in kept.items()
    ]
    for chunk in _chunks(rows):
        await connection.execute(insert(point_versions), chunk)


async def _write_points(connection: AsyncConnection, file: PointFile, found: Difference, stamp: Stamp) -> None:
    marks = {"import_id": stamp.number, "updated_at": stamp.at}
    for chunk in _chunks([{**file.points[code], **marks} for code in found.added]):
        await connection.execute(insert(points), chunk)
    for code, fields in found.changed.items():
        values = {name: after for name, (_, after) in fields.items()}
        await connection.execute(update(points).where(points.c.code == code).values(**values, **marks))
    for chunk in _chunks(list(found.closing)):
        await connection.execute(update(points).where(points.c.code.in_(chunk)).values(status="closed", **marks))


async def _write_hamlets(connection: AsyncConnection, found: Difference, stamp: Stamp) -> None:
    for chunk in _chunks([row["id"] for row in found.hamlets_gone]):
        await connection.execute(delete(hamlets).where(hamlets.c.id.in_(chunk)))
    for chunk in _chunks([{**row, "source": "import", "import_id": stamp.number} for row in found.hamlets_added]):
        await connection.execute(insert(hamlets), chunk)


async def _write_exceptions(connection: AsyncConnection, found: Difference, stamp: Stamp) -> None:
    for chunk in _chunks([{**row, "import_id": stamp.number} for row in found.exceptions_added]):
        await connection.execute(insert(point_exceptions), chunk)
    for row in found.exceptions_changed:
        same = (point_exceptions.c.point == row["point"], point_exceptions.c.original_date == row["original_date"])
        values = {"new_date": row["new_date"], "reason": row["reason"], "import_id": stamp.number}
        await connection.execute(update(point_exceptions).where(*same).values(values))


def _chunks(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# --- the directory for routing -------------------------------------------------------------------------------------------


async def load(
    sessions: Sessions, index: PlaceIndex | None = None, units_version: str = "units 2025-07-01"
) -> PointDirectory:
    """All points as routing needs them; made anew after each import or correction (`version` tells)."""
    async with sessions.reading() as connection:
        rows = await _stored(connection)
        mark = select(func.max(imports.c.id), func.count(), func.max(points.c.updated_at)).select_from(points)
        last, count, touched = (
            await connection.execute(mark.outerjoin(imports, imports.c.id == points.c.import_id))
        ).one()
    version = f"{units_version}; points {count}, import {last or 0}, {touched or 'none'}"
    return directory(rows, index or packaged(), version)


def directory(rows: Stored, index: PlaceIndex, version: str = "") -> PointDirectory:
    """A directory of stored rows and the units; with no rows, every point is presumed."""
    exceptions: dict[str, list[SessionException]] = defaultdict(list)
    for row in rows.exceptions.values():
        exceptions[row["point"]].append(SessionException(row["original_date"], row["new_date"], row["reason"] or ""))
    all_points = [
        _point({**row, "commune_code": commune}, tuple(exceptions.get(code, ())))
        for code, row in sorted(rows.points.items())
        for commune in communes_now(index, row["commune_code"], row["former_code"])
    ]
    all_hamlets = [
        Hamlet(commune, row["name"], row["point"], row["former_code"])
        for row in rows.hamlets.values()
        for commune in communes_now(index, row["commune_code"], row["former_code"])
    ]
    communes, formers = units(index)
    return PointDirectory(all_points, communes, formers, all_hamlets, version)


def communes_now(index: PlaceIndex, commune: str, former: str | None) -> tuple[str, ...]:
    """Where a point lies that was told for a commune which a later decree ended: with its former commune, else in any part.

    Until the branch imports its list anew it is offered in each commune that it may serve.
    """
    if commune in index.communes or commune not in index.gone:
        return (commune,)
    after = index.gone[commune][1]
    own = [code for code, _ in index.successors.get(former or "", ()) if code in after]
    return tuple(own) or after


def units(index: PlaceIndex) -> tuple[dict[str, Commune], dict[str, tuple[FormerCommune, ...]]]:
    """Communes by code, and the former communes of each: what a directory needs besides points."""
    formers = {code: tuple(index.formers[each] for each in rows) for code, rows in index.predecessors.items()}
    return index.communes, formers


def _point(row: Mapping[str, Any], exceptions: tuple[SessionException, ...]) -> Point:
    same = (
        "code",
        "name",
        "office_code",
        "office_name",
        "is_primary",
        "venue",
        "address",
        "landmark",
        "lat",
        "lon",
        "day_of_month",
    )
    return Point(
        **{name: row[name] for name in same},
        commune=row["commune_code"],
        former=row["former_code"],
        active=row["status"] == "active",
        start_time=row["start_time"],
        end_time=row["end_time"],
        if_holiday=row["if_holiday"] or "same_day",
        phone=row["contact_phone"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        exceptions=exceptions,
    )
