"""The tables of this folder as one index, loaded once: units by code, by name, by nearness, before and after the reform.

Nothing is decided here: which unit a text means is `nlu/entities/place.py`.
"""

from __future__ import annotations

import csv
import gc
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from importlib import resources

import msgspec
import yaml

from nlu.places.changes import Pairs, Spot, UnitChange, Units, lay_over
from nlu.places.spelling import bare, fold, key, marks, syllables
from nlu.reading import Commune, FormerCommune

KINDS = {
    "xã": "xa", "phường": "phuong", "thị trấn": "thitran", "đặc khu": "dackhu", "huyện đảo": "huyendao", "quận": "quan",
    "huyện": "huyen", "thị xã": "thixa", "thành phố": "thanhpho", "tỉnh": "tinh",
}  # fmt: skip
ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7", "VIII": "8", "IX": "9", "X": "10"}
SHORT_KEY = 5  # a shorter name is never searched with a typo: too many neighbours
EARTH_KM = 12742.0


class Name(msgspec.Struct, frozen=True):
    """One name of one unit. `level`: province, former_province, district, former, commune; `kind`: its unit word, as in KINDS.

    `written`: syllables with their marks, empty where the marks are not known. `said`: the retired name, to say back.
    `loose`: a nickname or short form, weaker than an official name. `capitals`: counts only when written in capitals.
    """

    level: str
    code: str
    kind: str
    written: tuple[tuple[str, str, str], ...]
    said: str = ""
    loose: bool = False
    capitals: bool = False


class RetiredName(msgspec.Struct, frozen=True):
    """A name that was gone before the reform, as an operator imports it: of a former commune, or straight of a commune of today."""

    name: str
    former: str | None = None
    commune: str | None = None


class PlaceIndex:
    """All units. Build it once; it is not changed afterwards.

    `retired`: names that an operator knows besides; `changes`: later decrees, those in force on the day that counts.
    """

    def __init__(self, retired: Iterable[RetiredName] = (), changes: Iterable[UnitChange] = ()) -> None:
        self.names: dict[str, tuple[Name, ...]] = {}
        self._reach: dict[tuple[str, str], tuple[frozenset[str], frozenset[tuple[str, str]]]] = {}
        self._load_units(tuple(changes))
        self._load_names(retired)
        self.lands = frozenset(  # the provinces; by themselves "LA" and "TH" say too little
            spelled
            for spelled, found in self.names.items()
            if any(n.level.endswith("province") and not n.loose for n in found)
        )
        self._longest = max(map(len, self.names))
        self.begins_name = lru_cache(maxsize=16384)(partial(_begins, sorted(self.names)))
        self.begins_land = lru_cache(maxsize=16384)(partial(_begins, sorted(self.lands)))
        self._neighbours = _deletions(self.names)

    # --- units -----------------------------------------------------------------------------------------------------

    def _load_units(self, changes: tuple[UnitChange, ...]) -> None:
        self.provinces = {row["code"]: row["name"] for row in _rows("provinces.csv")}
        self.former_provinces = {row["code"]: (row["name"], row["province"]) for row in _rows("former_provinces.csv")}
        self.districts = {row["code"]: (row["name"], row["former_province"]) for row in _rows("districts.csv")}
        self.communes: dict[str, Commune] = {}
        self.spots: dict[str, Spot] = {}
        for row in _rows("communes.csv"):
            province = row["province"]
            self.communes[row["code"]] = Commune(
                row["code"], row["name"], row["type"], province, self.provinces[province]
            )
            radius = math.sqrt(float(row["km2"] or 30) / math.pi)
            self.spots[row["code"]] = Spot(float(row["lat"]), float(row["lon"]), radius)
        self.formers: dict[str, FormerCommune] = {}
        self.former_kind: dict[str, str] = {}
        self.district_of: dict[str, str] = {}
        for row in _rows("former_communes.csv"):
            district, former_province = self.districts[row["district"]]
            province_name = self.former_provinces[former_province][0]
            self.formers[row["code"]] = FormerCommune(row["code"], row["name"], district, province_name)
            self.former_kind[row["code"]] = KINDS[row["type"].lower()]
            self.district_of[row["code"]] = row["district"]
        pairs: Pairs = defaultdict(list)
        for row in _rows("successors.csv"):
            pairs[row["former"]].append((row["commune"], row["population"] == "whole"))
        units = Units(self.communes, self.spots, pairs, self.provinces)
        lay_over(units, changes)
        self.gone = units.gone  # communes since July 2025 that are no more: code -> (what it was, its successors)
        self._load_successors(pairs)

    def _load_successors(self, successors: Pairs) -> None:
        predecessors: dict[str, list[str]] = defaultdict(list)
        for former, rows in successors.items():
            for commune, _ in rows:
                predecessors[commune].append(former)
        # The successor that took the whole population comes first.
        self.successors = {code: tuple(sorted(rows, key=lambda row: not row[1])) for code, rows in successors.items()}
        self.predecessors = {code: tuple(rows) for code, rows in predecessors.items()}
        self.districts_of = {c: frozenset(self.district_of[f] for f in rows) for c, rows in predecessors.items()}
        self.former_provinces_of = {
            code: frozenset(self.districts[district][1] for district in rows)
            for code, rows in self.districts_of.items()
        }
        self.formers_in: dict[str, list[str]] = defaultdict(list)
        self.communes_in: dict[str, list[str]] = defaultdict(list)
        for code, district in self.district_of.items():
            self.formers_in[district].append(code)
        for code, rows in self.districts_of.items():
            for district in rows:
                self.communes_in[district].append(code)

    def reach(self, level: str, code: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        """(districts, provinces as (level, code)) that a commune of either generation belongs or belonged to."""
        found = self._reach.get((level, code))
        if found is None:
            found = self._reach[level, code] = self._worked_out_reach(level, code)
        return found

    def _worked_out_reach(self, level: str, code: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        districts = frozenset({self.district_of[code]}) if level == "former" else self.districts_of[code]
        before = {self.districts[district][1] for district in districts}
        lands = {("former_province", province) for province in before}
        lands |= {("province", self.former_provinces[province][1]) for province in before}
        return districts, frozenset(lands)

    # --- names -----------------------------------------------------------------------------------------------------

    def _load_names(self, retired: Iterable[RetiredName]) -> None:
        names: dict[str, list[Name]] = defaultdict(list)
        for spelled, name in self._official_names():
            names[spelled].append(name)
        known = {(name.level, name.code, spelled) for spelled, found in names.items() for name in found}
        for spelled, name in (*self._retired_names(), *self._gone_names(), *self._imported_names(retired)):
            if (name.level, name.code, spelled) not in known:
                names[spelled].append(name)
                known.add((name.level, name.code, spelled))
        for spelled, name in self._nicknames():
            # "Huế" is the official name already.
            if (name.level, name.code, spelled) not in known:
                names[spelled].append(name)
        self.names = {spelled: tuple(found) for spelled, found in names.items()}

    def _official_names(self) -> Iterator[tuple[str, Name]]:
        for code, name in self.provinces.items():
            yield _named("province", code, name)
        for code, (name, _) in self.former_provinces.items():
            yield _named("former_province", code, name)
        for code, (name, _) in self.districts.items():
            yield _named("district", code, name)
        for code, commune in self.communes.items():
            yield _named("commune", code, commune.name, KINDS[commune.type.lower()])
        for code, former in self.formers.items():
            kind = self.former_kind[code]
            yield _named("former", code, former.name, kind)
            rest = former.name.split(" ", 1)[1]
            if rest in ROMAN:
                yield ROMAN[rest], Name("former", code, kind, ())

    def _retired_names(self) -> Iterator[tuple[str, Name]]:
        for row in _rows("retired_names.csv"):
            yield row["key"], Name("former", row["former"], KINDS[row["type"].lower()], (), said=row["key"])
        for row in _rows("retired_districts.csv"):
            yield row["key"], Name("district", row["district"], KINDS[row["type"].lower()], ())

    def _gone_names(self) -> Iterator[tuple[str, Name]]:
        """Names of communes that a later decree renamed, merged or divided."""
        for was, codes in self.gone.values():
            for code in codes:
                spelled, name = _named("commune", code, was.name, KINDS[was.type.lower()])
                yield spelled, msgspec.structs.replace(name, said=was.name)

    def _imported_names(self, retired: Iterable[RetiredName]) -> Iterator[tuple[str, Name]]:
        for row in retired:
            word = next((word for word in KINDS if row.name.lower().startswith(word + " ")), "xã")
            rest = bare(row.name)
            rest = rest.split(" ", 1)[1] if rest == row.name and rest[-1].isdigit() and " " in rest else rest
            if row.former in self.formers:
                yield key(rest), Name("former", str(row.former), KINDS[word], _written(rest), said=row.name)
                continue
            for code in self.gone[row.commune][1] if row.commune in self.gone else (row.commune,):
                if code in self.communes:
                    yield key(rest), Name("commune", str(code), KINDS[word], _written(rest), said=row.name)

    def _nicknames(self) -> Iterator[tuple[str, Name]]:
        listed = yaml.safe_load((resources.files("nlu.places") / "nicknames.yaml").read_text("utf-8"))
        any_case = set(listed["any_case"])
        for level, table in (("province", listed["now"]), ("former_province", listed["former"])):
            for code, nicknames in table.items():
                for nickname in nicknames:
                    spelled = key(nickname)
                    short = len(spelled) <= 3 and spelled not in any_case and nickname.isupper()
                    kind = "thanhpho" if code in ("79", "01", "46", "48") else "tinh"
                    yield spelled, Name(level, code, kind, _written(nickname), loose=short, capitals=short)
        for code, nicknames in listed["districts"].items():
            for nickname in nicknames:
                capitals = nickname.isupper()
                yield (
                    key(nickname),
                    Name("district", code, "thanhpho", _written(nickname), loose=capitals, capitals=capitals),
                )

    def close_names(self, spelled: str) -> set[str]:
        """Names that one slip of the finger away may have been meant (insertion, omission, swap, other letter), among others."""
        if not SHORT_KEY - 1 <= len(spelled) <= self._longest + 1:
            return set()
        found: set[str] = set()
        for variant in (spelled, *(spelled[:at] + spelled[at + 1 :] for at in range(len(spelled)))):
            found.update(self._neighbours.get(variant, ()))
            if variant in self.names and len(variant) >= SHORT_KEY:
                found.add(variant)
        found.discard(spelled)
        return found

    # --- nearness --------------------------------------------------------------------------------------------------

    def nearest(self, lat: float, lon: float, count: int) -> list[tuple[float, str]]:
        """(km, commune code) of the nearest middles."""
        scale = math.cos(math.radians(lat))
        rough = sorted(
            ((spot.lat - lat) ** 2 + ((spot.lon - lon) * scale) ** 2, code) for code, spot in self.spots.items()
        )[: max(count, 1)]
        return [(distance_km(lat, lon, self.spots[code].lat, self.spots[code].lon), code) for _, code in rough]


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance."""
    rad = math.pi / 180
    half = (
        math.sin((other_lat - lat) * rad / 2) ** 2
        + math.cos(lat * rad) * math.cos(other_lat * rad) * math.sin((other_lon - lon) * rad / 2) ** 2
    )
    return EARTH_KM * math.asin(math.sqrt(half))


@lru_cache(maxsize=1)
def packaged() -> PlaceIndex:
    """The index of the packaged tables alone, loaded once."""
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand small values are made and all of them stay
    try:
        index = PlaceIndex()
        gc.freeze()  # the collector need not walk through them again and again: that pause would hit single messages
        return index
    finally:
        if collecting:
            gc.enable()


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    with (resources.files("nlu.places") / file_name).open("r", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        for row in reader:
            yield dict(zip(header, row, strict=True))


def _written(name: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(marks(syllable) for syllable in syllables(name))


def _begins(in_order: list[str], spelled: str) -> bool:
    """Whether one of the names begins with these letters, or is them."""
    at = bisect_left(in_order, spelled)
    return at < len(in_order) and in_order[at].startswith(spelled)


def _named(level: str, code: str, name: str, kind: str | None = None) -> tuple[str, Name]:
    if kind is None:
        kind = next(kind for word, kind in KINDS.items() if name.lower().startswith(word + " "))
    rest = bare(name)
    rest = rest.split(" ", 1)[1] if rest == name and rest[-1].isdigit() else rest  # "Quận 1" is found by its number
    return key(rest), Name(level, code, kind, _written(rest))


def _deletions(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Name with one letter left out -> names. Two spellings one slip apart share an entry or are each other's."""
    table: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if len(name) >= SHORT_KEY:
            for at in range(len(name)):
                table[name[:at] + name[at + 1 :]].append(name)
    return {short: tuple(found) for short, found in table.items()}


__all__ = ["KINDS", "Name", "PlaceIndex", "RetiredName", "Spot", "UnitChange", "distance_km", "fold", "packaged"]
