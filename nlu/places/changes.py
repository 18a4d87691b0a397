"""Decrees after the packaged tables: communes that were renamed, merged or divided later, laid over the units of July 2025.

A change is one pair old -> new with the day from which it holds. Nothing is guessed: where a commune was divided, whatever
once went to it may now be in any of its parts, unless the decree gave one of them all inhabitants.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

import msgspec

from nlu.reading import Commune

Pairs = dict[str, list[tuple[str, bool]]]  # former commune -> (commune, whether all its inhabitants went there)


class UnitChange(msgspec.Struct, frozen=True, kw_only=True):
    """One pair of a decree, as an operator imports it. `whole`: all inhabitants of `old` went to `new`. `lat`, `lon`: a middle
    of the new unit; without it, the middle of what it was made of."""

    old: str
    new: str
    name: str
    type: str
    province: str
    since: date
    whole: bool = True
    lat: float | None = None
    lon: float | None = None
    km2: float | None = None
    decree: str = ""


class Spot(msgspec.Struct, frozen=True):
    """The middle of a commune and the radius of a circle of its area. Good for ordering, never an address."""

    lat: float
    lon: float
    radius_km: float


class Units(msgspec.Struct):
    """Communes, their middles, and what became of each former commune; `gone`: communes of after July 2025 that are no more ->
    (what they were, their successors)."""

    communes: dict[str, Commune]
    spots: dict[str, Spot]
    pairs: Pairs
    provinces: Mapping[str, str]
    gone: dict[str, tuple[Commune, tuple[str, ...]]] = {}


def in_force(changes: Iterable[UnitChange], on: date) -> tuple[UnitChange, ...]:
    """The changes that hold on a day, oldest first."""
    return tuple(sorted((change for change in changes if change.since <= on), key=_order))


def lay_over(units: Units, changes: Iterable[UnitChange]) -> None:
    """Change the units as the decrees say, day by day."""
    for _, of_one_day in groupby(sorted(changes, key=_order), key=lambda change: change.since):
        _one_day(units, tuple(of_one_day))


def _one_day(units: Units, changes: tuple[UnitChange, ...]) -> None:
    became: dict[str, list[UnitChange]] = defaultdict(list)
    sources: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        became[change.old].append(change)
        sources[change.new].append(change.old)
    before = dict(units.communes)
    places = {change.new: _spot(units, change, sources[change.new]) for change in changes}
    for change in changes:
        province = units.provinces[change.province]
        units.communes[change.new] = Commune(change.new, change.name, change.type, change.province, province)
    units.spots.update(places)
    for old, found in became.items():
        codes = tuple(change.new for change in found)
        if old not in sources:
            units.communes.pop(old, None)
            units.spots.pop(old, None)
        if old in before and (old not in codes or before[old].name != units.communes[old].name):
            units.gone[old] = before[old], codes
    for former, pairs in units.pairs.items():
        if any(code in became for code, _ in pairs):
            units.pairs[former] = _followed(pairs, became)
    for code, (was, codes) in units.gone.items():
        units.gone[code] = was, tuple(dict.fromkeys(now for each in codes for now in _now(each, became)))


def _followed(pairs: list[tuple[str, bool]], became: Mapping[str, list[UnitChange]]) -> list[tuple[str, bool]]:
    """The pairs of a former commune, one decree further; several that meet again in one commune are one."""
    found: dict[str, bool] = {}
    for code, whole in pairs:
        after = became.get(code)
        if after is None:
            found[code] = found.get(code, False) or whole
            continue
        for change in after:
            found[change.new] = found.get(change.new, False) or (whole and change.whole)
    only = len(found) == 1
    return [(code, whole or only) for code, whole in found.items()]


def _now(code: str, became: Mapping[str, list[UnitChange]]) -> tuple[str, ...]:
    after = became.get(code)
    return tuple(change.new for change in after) if after else (code,)


def _spot(units: Units, change: UnitChange, sources: list[str]) -> Spot:
    known = [units.spots[code] for code in sources if code in units.spots]
    area = change.km2 or sum(math.pi * spot.radius_km**2 for spot in known) or 30.0
    radius = math.sqrt(area / math.pi)
    if change.lat is not None and change.lon is not None:
        return Spot(change.lat, change.lon, radius)
    if not known:
        raise ValueError(f"{change.new}: neither a middle nor a known commune that it was made of")
    middle = (sum(spot.lat for spot in known) / len(known), sum(spot.lon for spot in known) / len(known))
    return Spot(*middle, radius)


def _order(change: UnitChange) -> tuple[date, str, str]:
    return change.since, change.old, change.new
