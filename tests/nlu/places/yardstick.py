"""Our tables against the yardstick's, row by row, every difference with its reason.

    GEO_YARDSTICK_DIR=… python tests/nlu/places/yardstick.py [--all]

Prints how many rows agree and each one that does not; `--all` also those that differ in marks or capitals alone. A difference
without a reason is a fault of one side: look it up in the resolution, then correct our table or add the reason here.
"""

from __future__ import annotations

import csv
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from nlu.places.index import KINDS, PlaceIndex, packaged
from nlu.places.spelling import bare, marks, syllables

SAME_BUT_WRITING = "the same syllables; the tone mark, capitals, hyphens or apostrophes are placed otherwise"
# Names that the yardstick writes otherwise than the package; both are in use and both are found.
SPELLED_OTHERWISE = {
    "03469": "Kan Hồ / Can Hồ",
    "19780": "Phường Đúc: the ward's own name begins with Phường",
    "23344": "Đăk Blô / Đăk Plô",
    "23851": "Chơ Long / Chơ GLong",
    "24100": "Ia HDreh / Ia Dreh",
    "24850": "Đưng KNớ / Đưng K'Nớ",
    "24973": "N'Thol Hạ / N' Thôn Hạ",
    "24658": "Cư Knia / Cư K'nia",
    "04603": "Tà Si Láng / Tà Xi Láng",
}
# Names from minority languages: official lists part, join and mark their syllables each in its own way.
OTHER_LANGUAGE = "a name from a minority language: the lists part, join or mark its syllables otherwise; both are found"
OTHER_LANGUAGE_COMMUNES = frozenset(
    [
        "20440", "20443", "20452", "20455", "20458", "20461", "23464", "23644", "23710", "23776", "23840", "23893", "24037",
        "24091", "24202", "24643", "24889", "25099", "25117", "25225", "26119",
    ]
)  # fmt: skip
OTHER_LANGUAGE_DISTRICTS = frozenset({"Huyện Đăk Hà", "Huyện Ia H'Drai", "Huyện Đak Đoa"})
ONE_MARK = "one mark differs between the lists; not yet compared with the resolution's own text; both are found"
ONE_MARK_COMMUNES = frozenset({"03115", "03826", "09383", "30055"})
# The yardstick has a ward where the law says commune.
TYPE_BY_LAW = {"22267": "NQ 1660/NQ-UBTVQH15, khoản 94 Điều 1 names “xã Hòa Tân Đông”"}


@dataclass(frozen=True)
class Difference:
    """One cell that differs. `why` empty: nobody knows yet."""

    table: str
    code: str
    column: str
    ours: str
    theirs: str
    why: str = ""


def rows(name: str) -> list[dict[str, str]]:
    with (Path(os.environ["GEO_YARDSTICK_DIR"]) / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def differences(index: PlaceIndex, agreed: Counter[str] | None = None) -> Iterator[Difference]:
    """Every difference between the tables; counts the rows that were compared in `agreed`."""
    agreed = agreed if agreed is not None else Counter()
    yield from _provinces(index, agreed)
    yield from _communes(index, agreed)
    yield from _formers(index, agreed)
    yield from _pairs(index, agreed)


def _provinces(index: PlaceIndex, agreed: Counter[str]) -> Iterator[Difference]:
    theirs = rows("provinces.csv")
    agreed["provinces.csv"] += len(theirs)
    columns = list(theirs[0])
    old_code, old_name, new_code, new_name = (
        next(column for column in columns if column.startswith(side) and column.endswith(what))
        for side in ("old", "new")
        for what in ("code", "name")
    )
    for row in theirs:
        name, province = index.former_provinces.get(row[old_code], ("", ""))
        yield from _cell("provinces", row[old_code], "name", bare(name), bare(row[old_name]))
        if province != row[new_code]:
            yield Difference("provinces", row[old_code], "province of today", province, row[new_code])
        yield from _cell(
            "provinces", row[new_code], "name", bare(index.provinces.get(row[new_code], "")), bare(row[new_name])
        )
    yield from _missing("provinces", set(index.former_provinces), {row[old_code] for row in theirs})


def _communes(index: PlaceIndex, agreed: Counter[str]) -> Iterator[Difference]:
    theirs = rows("new_communes.csv")
    agreed["new_communes.csv"] += len(theirs)
    for row in theirs:
        ours = index.communes.get(row["code"])
        if ours is None:
            continue
        yield from _cell("communes", row["code"], "name", ours.name, row["name"])
        yield from _cell("communes", row["code"], "type", ours.type, row["type"])
        yield from _cell("communes", row["code"], "province", ours.province_code, row["province_code"])
    yield from _missing("communes", set(index.communes), {row["code"] for row in theirs})


def _formers(index: PlaceIndex, agreed: Counter[str]) -> Iterator[Difference]:
    theirs = rows("old_communes.csv")
    agreed["old_communes.csv"] += len(theirs)
    for row in theirs:
        code = row["code"]
        ours = index.formers.get(code)
        if ours is None:
            continue
        yield from _cell("former communes", code, "name", bare(ours.name), bare(row["name"]), _spelling(code))
        if index.former_kind[code] != KINDS[row["type"].lower()]:
            yield Difference(
                "former communes", code, "type", index.former_kind[code], row["type"], TYPE_BY_LAW.get(code, "")
            )
        why = OTHER_LANGUAGE if ours.district in OTHER_LANGUAGE_DISTRICTS else ""
        yield from _cell("former communes", code, "district", ours.district, row["district_name"], why)
        yield from _cell("former communes", code, "province", bare(ours.province), bare(row["province_name"]))
    yield from _missing("former communes", set(index.formers), {row["code"] for row in theirs})


def _spelling(code: str) -> str:
    if code in OTHER_LANGUAGE_COMMUNES:
        return OTHER_LANGUAGE
    return ONE_MARK if code in ONE_MARK_COMMUNES else SPELLED_OTHERWISE.get(code, "")


def _pairs(index: PlaceIndex, agreed: Counter[str]) -> Iterator[Difference]:
    theirs = rows("mapping_old_new.csv")
    agreed["mapping_old_new.csv"] += len(theirs)
    ours = {(former, commune): whole for former, found in index.successors.items() for commune, whole in found}
    for row in theirs:
        pair = row["old_code"], row["new_code"]
        if pair not in ours:
            continue
        settled = row["default_basis"] in ("only_successor", "all_population_per_resolution")
        if ours[pair] != settled:
            said = "whole" if ours[pair] else "part"
            yield Difference("mapping", "→".join(pair), "population", said, row["default_basis"])
    shown = {"→".join(pair) for pair in ours}
    yield from _missing("mapping", shown, {f"{row['old_code']}→{row['new_code']}" for row in theirs})


def _missing(table: str, ours: set[str], theirs: set[str]) -> Iterator[Difference]:
    for code in sorted(ours ^ theirs):
        yield Difference(
            table, code, "row", "there" if code in ours else "missing", "there" if code in theirs else "missing"
        )


def _cell(table: str, code: str, column: str, ours: str, theirs: str, why: str = "") -> Iterator[Difference]:  # noqa: PLR0917
    ours, theirs = unicodedata.normalize("NFC", ours), unicodedata.normalize("NFC", theirs)
    if ours != theirs:
        yield Difference(
            table,
            code,
            column,
            ours,
            theirs,
            why or (SAME_BUT_WRITING if _syllables(ours) == _syllables(theirs) else ""),
        )


def _syllables(name: str) -> list[tuple[str, str, str]]:
    """With their marks, wherever the tone is placed ("Hoà" and "Hòa" are one)."""
    return [marks(syllable) for syllable in syllables(name.replace("'", "").replace("’", ""))]


def main() -> int:
    if not os.environ.get("GEO_YARDSTICK_DIR"):
        print("GEO_YARDSTICK_DIR names no folder with the geography yardstick", file=sys.stderr)
        return 2
    compared: Counter[str] = Counter()
    found = list(differences(packaged(), compared))
    for name, count in compared.items():
        print(f"{name}: {count} rows compared")
    reasons = Counter(one.why or "NOT EXPLAINED" for one in found)
    print(f"{len(found)} cells differ")
    for why, count in reasons.most_common():
        print(f"  {count:5}  {why}")
    for one in found:
        if "--all" in sys.argv[1:] or one.why != SAME_BUT_WRITING:
            print(f"{one.table} {one.code} {one.column}: {one.ours} | {one.theirs}  ({one.why or 'NOT EXPLAINED'})")
    return 1 if reasons["NOT EXPLAINED"] else 0


if __name__ == "__main__":
    sys.exit(main())
