"""Places and points from a shell: `place`, `route`, `points import | list | next`, `units import | list`. Words of people stay in the catalogues."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from bot.commands.given import WrongInput
from bot.wording import word
from flows.calendar import Session, next_session
from flows.engine.text import Day, Text
from flows.routing import Point, PointDirectory, route
from nlu.entities.place import read_places
from nlu.places.index import PlaceIndex, packaged
from nlu.reading import Places

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TOO_LONG = 20_000  # characters of one line of --jsonl
SHOWN = 12


class Location(click.ParamType):
    """LAT,LON in degrees."""

    name = "LAT,LON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        try:
            return read_location(value)
        except ValueError:
            self.fail("give it as LAT,LON, for example 20.00,105.89", param, ctx)


def read_location(value: Any) -> tuple[float, float]:
    """ "20.0,105.9" or [20.0, 105.9]; raises ValueError for anything else."""
    parts = value.split(",") if isinstance(value, str) else list(value) if isinstance(value, (list, tuple)) else []
    if len(parts) != 2:
        raise ValueError("two numbers are needed")
    lat, lon = (float(part) for part in parts)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("latitude first, then longitude")
    return lat, lon


# --- place ---------------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("text", required=False)
@click.option("--near", type=Location(), help="Order what is equally likely by nearness to this location.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--jsonl", is_flag=True, help='One {"id","text","near"?} a line on stdin, one answer a line.')
def place(text: str | None, near: tuple[float, float] | None, as_json: bool, jsonl: bool) -> None:
    """Which communes an address may mean, as people write it."""
    index = units_known()
    if jsonl:
        for line in sys.stdin:
            if line.strip():
                click.echo(json.dumps(_place_line(line, index), ensure_ascii=False))
        return
    if text is None:
        raise click.UsageError("give the address as TEXT, or --jsonl")
    places = read_places(text, near, index)
    if as_json:
        click.echo(json.dumps(place_json(places), ensure_ascii=False))
        return
    for candidate in places.candidates:
        before = (
            f"{candidate.former.name}, {candidate.former.district}, {candidate.former.province} -> "
            if candidate.former
            else ""
        )
        now = candidate.commune
        click.echo(f"{candidate.score:.2f}  {before}{now.name}, {now.province} ({now.code})")
    click.echo("ambiguous" if places.ambiguous else "found" if places.candidates else "nothing found", err=True)


def place_json(places: Places) -> dict[str, Any]:
    """As in the contract, section 7."""
    return {"candidates": [msgspec.to_builtins(each) for each in places.candidates], "ambiguous": places.ambiguous}


def _place_line(line: str, index: PlaceIndex) -> dict[str, Any]:
    identity = None
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise ValueError("a line is one JSON object")
        identity = asked.get("id")
        text = asked.get("text")
        if not isinstance(text, str) or len(text) > TOO_LONG:
            raise ValueError(f"text is a string of at most {TOO_LONG} characters")
        near = read_location(asked["near"]) if asked.get("near") is not None else None
        return {"id": identity, **place_json(read_places(text, near, index))}
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return {"id": identity, "error": str(error)}


# --- route ---------------------------------------------------------------------------------------------------------------


@click.command("route")
@click.option("--commune", required=True, help="Official code of the commune of today.")
@click.option("--former", help="Official code of the former commune.")
@click.option("--hamlet", help="Name of the hamlet.")
@click.option("--near", type=Location(), help="Orders the points of this commune, where nothing better is known.")
@click.option("--programme", help="With --scheme: where the papers are handed in.")
@click.option("--scheme")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which the points have to be in force (today).")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def route_command(
    commune: str, former: str | None, hamlet: str | None, near: tuple[float, float] | None, as_json: bool, **given: Any
) -> None:
    """Which transaction point serves a place, and why."""
    index = units_known()
    commune = commune.zfill(5) if commune.isdigit() else commune
    former = former.zfill(5) if former and former.isdigit() else former
    if commune not in index.communes:
        raise WrongInput(f"--commune: {commune} is no commune of today")
    if former and former not in index.predecessors.get(commune, ()):
        raise WrongInput(f"--former: {former} is no former commune of {commune}")
    filed_at, kind = filed_and_kind(given["programme"], given["scheme"])
    on = given["on"].date() if given["on"] else datetime.now(VIETNAM).date()
    found = route(points_or_presumed(), commune, former, hamlet, near=near, on=on, kind=kind)
    why = word(found.why, given["lang"])
    if not as_json:
        click.echo(found.point.name if found.point else f"{found.queue} {found.queue_code}")
        click.echo(why)
        return
    answer = {
        "point": point_json(found.point),
        "rule": found.rule,
        "why": why,
        "filed_at": filed_at,
        "queue": found.queue,
        "queue_code": found.queue_code,
        "uncertain": found.uncertain,
        "ask": found.ask,
        "options": [msgspec.to_builtins(option) for option in found.options],
    }
    click.echo(json.dumps(answer, ensure_ascii=False))


def filed_and_kind(programme: str | None, scheme: str | None) -> tuple[str, str]:
    """Where the papers of a scheme are handed in, and what lies at its place."""
    if programme is None:
        return "point", "residence"
    from flows.eligibility.book import load_book

    book = load_book()
    if programme not in book.programmes:
        raise WrongInput(f"--programme: {programme} is none of {', '.join(book.programmes)}")
    schemes = book.programmes[programme].schemes
    if scheme is not None and scheme not in schemes:
        raise WrongInput(f"--scheme: {scheme} is none of {', '.join(schemes)}")
    chosen = schemes[scheme] if scheme else next(iter(schemes.values()))
    return chosen.filed_at, chosen.place_kind


def point_json(point: Point | None) -> dict[str, Any] | None:
    """A point for other programs: what is known of it, nothing else."""
    if point is None:
        return None
    return {name: value for name, value in msgspec.to_builtins(point).items() if value not in (None, "", [], ())}


# --- points --------------------------------------------------------------------------------------------------------------


@click.group()
def points() -> None:
    """Transaction points: import a branch's list, look at it, ask for the next session."""


@points.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--province", help="Province of the communes, where the file names them without it.")
@click.option("--office", "offices", multiple=True, help="Refuse rows of any office but these (codes).")
@click.option(
    "--replace", is_flag=True, help="The file is the complete list: close the offices' points that it leaves out."
)
@click.option("--who", default="operator", show_default=True, help="Who imports, for the history.")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def import_points(file: Path, dry_run: bool, as_json: bool, lang: str, **given: Any) -> None:
    """Import points, dated exceptions or hamlets from CSV or XLSX: all or nothing."""
    from bot.leads import points as point_store
    from bot.leads.point_file import Refused, read_file
    from bot.leads.units import load_index

    data = file.read_bytes()

    async def run() -> tuple[Any, int | None]:
        async with opened_store() as store:
            held = await point_store.stored(store)
            index, _ = await load_index(store, datetime.now(VIETNAM).date())
            content = read_file(data, file.name, index, given["province"], held.points)
            options = {"offices": given["offices"] or None, "replace": given["replace"]}
            if dry_run:
                return point_store.difference(content, held, **options), None
            source = point_store.Source(data, file.name, given["who"], datetime.now(VIETNAM))
            return await point_store.apply(store, content, source, **options)

    try:
        found, number = asyncio.run(run())
    except Refused as refused:
        _refuse(file, refused, lang, as_json)
        raise click.exceptions.Exit(2) from None
    if as_json:
        click.echo(json.dumps({"import": number, "dry_run": dry_run, **difference_json(found)}, ensure_ascii=False))
        return
    for line in difference_lines(found, dry_run, lang):
        click.echo(line)


def _refuse(file: Path, refused: Any, lang: str, as_json: bool) -> None:
    problems = [
        {"row": problem.row, "column": problem.column, "message": word(problem.text, lang)}
        for problem in refused.problems
    ]
    if as_json:
        click.echo(json.dumps({"file": file.name, "refused": problems}, ensure_ascii=False))
    click.echo(word(Text("points.refused", {"file": file.name, "count": len(problems)}), lang), err=True)
    for problem in problems:
        click.echo(f"  {_where(problem, lang)}{problem['message']}", err=True)


def _where(problem: dict[str, Any], lang: str) -> str:
    if not problem["row"]:
        return ""
    key = "points.at" if problem["column"] else "points.at_row"
    return word(Text(key, {"row": str(problem["row"]), "column": problem["column"]}), lang) + " "


def difference_json(found: Any) -> dict[str, Any]:
    """A difference for other programs: counts, and the codes behind them."""
    changed = {
        code: {name: [_plain(before), _plain(after)] for name, (before, after) in fields.items()}
        for code, fields in found.changed.items()
    }
    lists = {
        "added": list(found.added),
        "changed": changed,
        "absent": list(found.absent),
        "closing": list(found.closing),
    }
    return {
        "kind": found.kind,
        "counts": found.counts(),
        **lists,
        "uncovered": list(found.uncovered),
        "nothing": found.nothing,
    }


def difference_lines(found: Any, dry_run: bool, lang: str) -> Iterator[str]:
    """A difference as an office clerk reads it."""
    if found.nothing:
        yield word(Text("points.nothing", {"count": found.unchanged}), lang)
        return
    yield word(Text("points.would_change" if dry_run else "points.changed"), lang)
    for name, count in found.counts().items():
        if count:
            yield "  " + word(Text(f"points.count.{name}", {"count": count}), lang)
    for code in found.added[:SHOWN]:
        yield f"  + {code}"
    for code, fields in list(found.changed.items())[:SHOWN]:
        yield f"  ~ {code}: " + "; ".join(
            f"{name}: {_plain(before)} -> {_plain(after)}" for name, (before, after) in fields.items()
        )
    for code in found.closing[:SHOWN]:
        yield f"  - {code}"
    communes = units_known().communes
    for code in found.uncovered[:SHOWN]:
        name = communes[code].name if code in communes else code
        yield "  ! " + word(Text("points.uncovered", {"commune": name, "code": code}), lang)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime, time)) else value


@points.command("list")
@click.option("--commune", help="Official code of the commune of today.")
@click.option("--office", help="Code of the office (PGD).")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def list_points(commune: str | None, office: str | None, as_json: bool) -> None:
    """The points that are known; of one commune also the presumed ones."""
    directory = points_or_presumed()
    if commune:
        found = list(directory.by_commune(commune.zfill(5)))
    else:
        found = [point for point in directory.listed() if office in (None, point.office_code)]
    if as_json:
        click.echo(
            json.dumps(
                {"version": directory.version, "points": [point_json(point) for point in found]}, ensure_ascii=False
            )
        )
        return
    for point in found:
        day = point.day_of_month or "-"
        click.echo(
            f"{point.code}\t{point.name}\t{point.commune}\t{day}\t{point.venue or '-'}\t{point.office_name or '-'}"
        )


@points.command("next")
@click.argument("code")
@click.option("--on", help="Day, or day and time, from which to look: 2026-11-22 or 2026-11-22T09:00 (now).")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def next_command(code: str, on: str | None, lang: str, as_json: bool) -> None:
    """The next session of a point."""
    point = points_or_presumed().by_code(code)
    if point is None:
        raise WrongInput(f"{code}: no such point")
    try:
        at = datetime.fromisoformat(on) if on else datetime.now(VIETNAM)
    except ValueError:
        raise click.UsageError("--on: a day (2026-11-22) or a day and time (2026-11-22T09:00)") from None
    session = next_session(point, at)
    if as_json:
        click.echo(json.dumps({"point": point_json(point), "next": session_json(session)}, ensure_ascii=False))
        return
    if session is None:
        click.echo(word(Text("points.no_session", {"point": point.name}), lang))
        return
    values = {
        "point": point.name,
        "day": Day(session.day.isoformat()),
        "hours": session.hours or "?",
        "venue": point.venue or "?",
    }
    click.echo(word(Text("points.next_session", values), lang))


def session_json(session: Session | None) -> dict[str, Any] | None:
    """A session for other programs; null where the day is not known."""
    if session is None:
        return None
    return {
        "date": session.day.isoformat(),
        "start": f"{session.start:%H:%M}" if session.start else None,
        "end": f"{session.end:%H:%M}" if session.end else None,
        "moved_from": session.moved_from.isoformat() if session.moved_from else None,
        "reason": session.reason or None,
        "today": session.today,
    }


# --- units ---------------------------------------------------------------------------------------------------------------


@click.group()
def units() -> None:
    """Units beyond the packaged tables: retired names and later decrees, imported by an operator."""


@units.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--who", default="operator", show_default=True, help="Who imports, for the history.")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def import_units(file: Path, dry_run: bool, who: str, lang: str, as_json: bool) -> None:
    """Import retired names (former_name, old_code or new_code) or a decree (old_code, new_code, new_name, …): all or nothing."""
    from bot.leads import units as unit_store
    from bot.leads.point_file import Refused
    from bot.leads.points import Source
    from bot.leads.unit_file import read_unit_file

    data = file.read_bytes()

    async def run() -> tuple[Any, int | None]:
        async with opened_store() as store:
            held = await unit_store.stored_units(store)
            # A decree may follow on one that is imported but not in force yet.
            content = read_unit_file(data, file.name, unit_store.index_of(held, date.max))
            if dry_run:
                return unit_store.unit_difference(content, held), None
            source = Source(data, file.name, who, datetime.now(VIETNAM))
            return await unit_store.apply_units(store, content, source)

    try:
        found, number = asyncio.run(run())
    except Refused as refused:
        _refuse(file, refused, lang, as_json)
        raise click.exceptions.Exit(2) from None
    if as_json:
        rows = [{name: _plain(value) for name, value in row.items()} for row in (*found.added, *found.corrected)]
        answer = {"import": number, "dry_run": dry_run, "kind": found.kind, "counts": found.counts(), "rows": rows}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if found.nothing:
        click.echo(word(Text("points.nothing", {"count": found.unchanged}), lang))
        return
    click.echo(word(Text("points.would_change" if dry_run else "points.changed"), lang))
    for name, count in found.counts().items():
        if count:
            click.echo("  " + word(Text(f"units.count.{name}", {"count": count}), lang))
    for row in (*found.added, *found.corrected)[:SHOWN]:
        shown = row.get("name") or f"{row['old_code']} -> {row['new_code']} {row['new_name']} ({row['since']})"
        click.echo(f"  + {shown}")


@units.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def list_units(as_json: bool) -> None:
    """What was imported beyond the packaged tables."""
    from bot.leads.units import stored_units

    async def run() -> Any:
        async with opened_store() as store:
            return await stored_units(store)

    held = asyncio.run(run())
    tables = {"retired_names": held.names, "unit_changes": held.changes}
    rows = {
        name: [{key: _plain(value) for key, value in row.items()} for row in found] for name, found in tables.items()
    }
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, found in rows.items():
        for row in found:
            click.echo(
                f"{name}\t" + "\t".join(str(value) for key, value in row.items() if key not in ("id", "import_id"))
            )


# --- the store -----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def opened_store() -> Any:
    """The ordinary store, brought up to date."""
    from bot.settings import BadSettings, key_ring, load
    from bot.stores.sql import SqlStore

    try:
        settings = load()
        store = SqlStore(settings.database, key_ring(settings))
    except BadSettings as error:
        raise WrongInput(str(error)) from None
    try:
        await store.migrate()
        yield store
    finally:
        await store.close()


def points_or_presumed() -> PointDirectory:
    """The directory of the ordinary store."""
    from bot.leads.points import load as load_directory
    from bot.leads.units import load_index

    async def run() -> PointDirectory:
        async with opened_store() as store:
            return await load_directory(store, *await load_index(store, datetime.now(VIETNAM).date()))

    return asyncio.run(run())


def units_known() -> PlaceIndex:
    """The units with what was imported into the ordinary store; the packaged ones where there is no store yet."""
    from bot.leads.units import load_index
    from bot.settings import BadSettings, load

    try:
        settings = load()
    except BadSettings as error:
        raise WrongInput(str(error)) from None
    if settings.database_url is None and not (settings.var / "vayvon.db").exists():
        return packaged()

    async def run() -> PlaceIndex:
        async with opened_store() as store:
            return (await load_index(store, datetime.now(VIETNAM).date()))[0]

    return asyncio.run(run())


COMMANDS: list[click.Command] = [place, route_command, points, units]
