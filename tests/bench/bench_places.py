"""Places: how well addresses are read, beside others; how fast; what the index costs; divided communes; imports of points.

Sets: `own_dev.csv` and `own_blind.csv` (other people's), 12,600 generated ones, and the yardstick's where
GEO_YARDSTICK_DIR names its folder.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SETS = HERE.parent / "nlu" / "places"
sys.path[:0] = [str(HERE), str(SETS)]

import generated_addresses  # noqa: E402
import peers  # noqa: E402
from scoring import Score, ours, rows_of, score  # noqa: E402

from nlu.entities.place import near, read_places  # noqa: E402
from nlu.places.index import packaged  # noqa: E402

POINTS = 9_965  # the bank's real number
YARDSTICK = os.environ.get("GEO_YARDSTICK_DIR")


def rows() -> Iterator[dict[str, Any]]:
    yield from _accuracy()
    yield from _speed()
    yield from _index()
    yield from _divided()
    yield from _locations()
    yield from _imports()


# ---- how well


def _sets() -> Iterator[tuple[str, list[dict[str, str]]]]:
    yield "own, seen while working", rows_of(SETS / "own_dev.csv")
    yield "own, not looked at", rows_of(SETS / "own_blind.csv")
    if YARDSTICK:
        yield "messy (yardstick)", rows_of(Path(YARDSTICK) / "messy_addresses.csv")
    yield "generated", list(generated_addresses.rows(packaged()))


def _accuracy() -> Iterator[dict[str, Any]]:
    others = {"rapidfuzz": peers.plain_rapidfuzz(packaged()), "vietnamadminunits": peers.vietnamadminunits()}
    for name, labelled in _sets():
        found = score(labelled, ours)
        yield from _told(f"{name}, {len(labelled)}: ours", found, aims=True)
        for peer, read in others.items():
            if read is not None:
                yield from _told(f"{name}, {len(labelled)}: {peer}", score(labelled, read, strict=False), aims=False)
        if name == "generated":
            yield from _weakest(labelled)


def _told(name: str, found: Score, aims: bool) -> Iterator[dict[str, Any]]:
    wanted = {
        "first": (95, "higher"),
        "among_three": (99, "higher"),
        "silent": (0.5, "lower"),
        "asked": (None, "lower"),
    }
    words = {"first": "right first", "among_three": "right among three", "silent": "silently wrong", "asked": "asks"}
    for what, (aim, better) in wanted.items():
        if aims or what in ("first", "silent"):
            row = {"name": f"{name}: {words[what]}", "measured": 100 * found.share(what), "unit": "%", "better": better}
            yield {**row, "aim": aim} if aims and aim is not None else row


def _weakest(labelled: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    ways = dict.fromkeys(row["category"] for row in labelled)
    found = {way: score([row for row in labelled if row["category"] == way], ours) for way in ways}
    for way in sorted(found, key=lambda way: found[way].first)[:4]:
        yield {"name": f"generated, {way}: right first", "measured": 100 * found[way].share("first"), "unit": "%"}


# ---- how fast


def _speed() -> Iterator[dict[str, Any]]:
    texts = [row["input"] for name, labelled in _sets() for row in labelled[:: 10 if name == "generated" else 1]]
    spent = _times(read_places, texts)
    yield {"name": f"an address, 95th of 100 ({len(texts)} texts)", "measured": _p95(spent), "unit": "ms", "aim": 2}
    yield {"name": "an address, median", "measured": statistics.median(spent), "unit": "ms"}
    yield {"name": "an address, the slowest", "measured": max(spent), "unit": "ms"}


def _times(read: Callable[[str], object], texts: list[str]) -> list[float]:
    """Milliseconds for each text, the better of two tries: what else the machine does is not ours."""
    spent = []
    for text in texts:
        tries = []
        for _ in range(2):
            started = time.perf_counter()
            read(text)
            tries.append(time.perf_counter() - started)
        spent.append(1000 * min(tries))
    return spent


def _p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[-1]


# ---- what the index costs


def _index() -> Iterator[dict[str, Any]]:
    once, twice = _loaded(False), _loaded(True)
    yield {"name": "index: time to load", "measured": once["seconds"], "unit": "s", "aim": 1}
    yield {"name": "index: memory", "measured": once["megabytes"], "unit": "MB", "aim": 100}
    yield {
        "name": f"index: units, twice as many ({twice['units']})",
        "measured": twice["units"] / once["units"],
        "unit": "×",
    }
    for what, unit in (("seconds", "time to load"), ("megabytes", "memory"), ("p95", "an address, 95th of 100")):
        yield {
            "name": f"index: {unit}, with twice the units",
            "measured": twice[what] / once[what],
            "unit": "×",
            "aim": 2.5,
        }


def _loaded(double: bool) -> dict[str, float]:
    """Figures of a process of its own that loads the index; `double`: every unit a second time under another name and code."""
    command = [sys.executable, str(HERE / "place_index_cost.py"), "double" if double else "once"]
    tries = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    return {name: min(one[name] for one in tries) for name in tries[0]}


# ---- divided communes, one by one


def _divided() -> Iterator[dict[str, Any]]:
    index = packaged()
    divided = [code for code, found in index.successors.items() if len(found) > 1]
    yield {"name": "former communes that were divided", "measured": len(divided), "unit": "communes"}
    for name, write in (
        ("in full", lambda one: f"{one.name}, {one.district}, {one.province}"),
        ("without marks", lambda one: generated_addresses.plain(f"{one.name} {one.district} {one.province}")),
        ("a house in front", lambda one: f"số 5 đường Lê Lợi, {one.name}, {one.district}, {one.province}"),
        ("without the province", lambda one: f"{one.name}, {one.district}"),
    ):
        guessed = [code for code in divided if not _asks_all(code, write(index.formers[code]))]
        yield {
            "name": f"divided communes, {name}: guessed or offered in part",
            "measured": len(guessed),
            "unit": "communes",
        }


def _asks_all(code: str, text: str) -> bool:
    """Whether every successor is offered, and none taken."""
    places = read_places(text)
    offered = {each.commune.code for each in places.candidates}
    return places.ambiguous and {commune for commune, _ in packaged().successors[code]} <= offered


# ---- shared locations


def _locations() -> Iterator[dict[str, Any]]:
    if not YARDSTICK:
        return
    index = packaged()
    first = three = count = 0
    for row in rows_of(Path(YARDSTICK) / "old_communes.csv"):
        if row["coord_quality"] != "A" or row["code"] not in index.successors:
            continue
        wanted = {code for code, _ in index.successors[row["code"]]}
        found = [each.commune.code for each in near(float(row["lat"]), float(row["lon"]))]
        first += bool(found) and found[0] in wanted
        three += bool(wanted & set(found))
        count += 1
    yield {
        "name": f"shared locations, {count}: right commune first",
        "measured": 100 * first / count,
        "unit": "%",
        "better": "higher",
    }
    yield {
        "name": f"shared locations, {count}: right among three",
        "measured": 100 * three / count,
        "unit": "%",
        "better": "higher",
    }


# ---- imports of points


def points_file(count: int = POINTS) -> bytes:
    """As many generated points as the bank has, one a former commune, as CSV."""
    index = packaged()
    out = io.StringIO()
    writer = csv.writer(out)
    own = "point_code,point_name,pgd_code,pgd_name,new_commune_code,former_commune_code,villages,venue,day_of_month"
    writer.writerow([*own.split(","), "start_time", "end_time", "status"])
    for number, (code, former) in enumerate(sorted(index.formers.items())[:count]):
        office = f"{int(index.district_of[code]):06d}"
        where = [
            index.successors[code][0][0],
            code,
            f"Thôn {number % 9 + 1}|Thôn {number % 9 + 2}",
            "Trụ sở UBND xã cũ",
        ]
        when = [number % 28 + 1, "07:30", "11:00", "active"]
        writer.writerow([f"VD{number:06d}", f"Điểm {former.name}", office, f"PGD {former.district}", *where, *when])
    return out.getvalue().encode()


def _imports() -> Iterator[dict[str, Any]]:
    first, again, routed = asyncio.run(_imported(points_file()))
    yield {"name": f"import of {POINTS} points, dry run and all", "measured": first, "unit": "s", "aim": 20}
    yield {"name": "the same file again, nothing to do", "measured": again, "unit": "s", "aim": 10}
    yield {"name": "the directory for routing, loaded anew", "measured": routed, "unit": "s", "aim": 5}


async def _imported(data: bytes) -> tuple[float, float, float]:
    from bot.leads.point_file import read_file
    from bot.leads.points import Source, apply, difference, load, stored
    from bot.privacy import KeyRing
    from bot.stores.sql import SqlStore
    from bot.stores.tables import VIETNAM

    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite+aiosqlite:///{folder}/bench.db", KeyRing.fresh())
        await store.migrate()
        spent = []
        for _ in range(2):
            started = time.perf_counter()
            held = await stored(store)
            content = read_file(data, "points.csv", packaged(), known=held.points)
            difference(content, held)
            found, _ = await apply(store, content, Source(data, "points.csv", "bench", datetime.now(VIETNAM)))
            spent.append(time.perf_counter() - started)
        if not found.nothing:
            raise AssertionError("the same file again changed something")
        started = time.perf_counter()
        await load(store)
        await store.close()
        return spent[0], spent[1], time.perf_counter() - started
