"""Addresses made from the tables, 700 units in 18 ways of writing, always the same: 12,600 with what they mean.

They measure what our own and other people's examples cannot: every kind of slip over the whole country. They are easier than
real ones in their words and harder in their slips.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator

from nlu.places.index import PlaceIndex
from nlu.places.spelling import bare

SEED = "12,600 addresses"
UNITS = 700
SHORT = {
    "Xã": "x.",
    "Phường": "P.",
    "Thị trấn": "TT.",
    "Huyện": "H.",
    "Quận": "Q.",
    "Thị xã": "TX.",
    "Thành phố": "TP.",
    "Tỉnh": "T.",
}
HAMLETS = ("thôn 3", "xóm Chùa", "ấp Tân Hòa", "khu phố 2", "bản Nà Mạ", "tổ 5")
NEIGHBOUR = {"a": "s", "n": "m", "o": "i", "h": "g", "t": "r", "c": "v", "u": "y", "g": "h", "i": "o", "e": "r"}
Way = Callable[[PlaceIndex, str, random.Random], str]
Parts = tuple[str, ...]


def rows(index: PlaceIndex) -> Iterator[dict[str, str]]:
    """Rows with the columns of a labelled set; `category` is the way of writing."""
    chance = random.Random(SEED)
    formers = chance.sample(sorted(code for code in index.formers if not code.startswith("D")), UNITS)
    communes = chance.sample(sorted(index.communes), UNITS)
    number = 0
    for kind, codes, ways in (("old", formers, OF_BEFORE), ("new", communes, OF_TODAY)):
        for name, write in ways.items():
            for code in codes:
                number += 1
                new = [each for each, _ in index.successors[code]] if kind == "old" else [code]
                yield {
                    "id": str(number),
                    "category": name,
                    "input": write(index, code, chance),
                    "expect": kind,
                    "expected_old_codes": code if kind == "old" else "",
                    "expected_new_codes": "|".join(new),
                }


# --- ways of writing ---------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Without marks, in lower case."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def slip(name: str, chance: random.Random) -> str:
    """One slip of the finger within a name: a letter left out, doubled, swapped, or its neighbour on the keyboard."""
    places = [at for at, letter in enumerate(name) if letter.isalpha() and at > 0]
    if len(places) < 3:
        return name
    at = chance.choice(places)
    way = chance.randrange(4)
    if way == 0:
        return name[:at] + name[at + 1 :]
    if way == 1:
        return name[:at] + name[at] + name[at:]
    if way == 2 and at + 1 < len(name) and name[at + 1].isalpha():
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + NEIGHBOUR.get(name[at].lower(), "r") + name[at + 1 :]


def _before(index: PlaceIndex, code: str) -> Parts:
    former = index.formers[code]
    return former.name, former.district, former.province


def _today(index: PlaceIndex, code: str) -> Parts:
    commune = index.communes[code]
    return commune.name, commune.province


def _with_todays_province(index: PlaceIndex, code: str) -> Parts:
    former = index.formers[code]
    return former.name, former.district, index.communes[index.successors[code][0][0]].province


def _short(name: str) -> str:
    unit = next((unit for unit in SHORT if name.startswith(unit + " ")), None)
    return name if unit is None else f"{SHORT[unit]} {name[len(unit) + 1 :]}"


def _way(parts: Callable[[PlaceIndex, str], Parts], write: Callable[[Parts, random.Random], str]) -> Way:
    return lambda index, code, chance: write(parts(index, code), chance)


def _full(parts: Parts, chance: random.Random) -> str:
    return ", ".join(parts)


def _unmarked(parts: Parts, chance: random.Random) -> str:
    return plain(" ".join(parts))


def _with_hamlet(parts: Parts, chance: random.Random) -> str:
    return ", ".join((chance.choice(HAMLETS), *parts))


def _slipped(count: int) -> Callable[[Parts, random.Random], str]:
    def write(parts: Parts, chance: random.Random) -> str:
        name = bare(parts[0])
        unit = parts[0][: len(parts[0]) - len(name)]
        for _ in range(count):
            name = slip(name, chance)
        return ", ".join((unit + name, *parts[1:]))

    return write


OF_BEFORE: dict[str, Way] = {
    "before: in full": _way(_before, _full),
    "before: no marks": _way(_before, _unmarked),
    "before: names alone": _way(_before, lambda parts, chance: ", ".join(map(bare, parts))),
    "before: names alone, no marks": _way(_before, lambda parts, chance: plain(", ".join(map(bare, parts)))),
    "before: abbreviated": _way(_before, lambda parts, chance: ", ".join(map(_short, parts))),
    "before: the other way round": _way(_before, lambda parts, chance: ", ".join(reversed(parts))),
    "before: hamlet in front": _way(_before, _with_hamlet),
    "before: no province": _way(_before, lambda parts, chance: ", ".join(parts[:2])),
    "before: no district": _way(_before, lambda parts, chance: ", ".join((parts[0], parts[2]))),
    "before: one slip": _way(_before, _slipped(1)),
    "before: two slips": _way(_before, _slipped(2)),
    "before: one slip, no marks": _way(_before, lambda parts, chance: plain(_slipped(1)(parts, chance))),
    "before: today's province": _way(_with_todays_province, _full),
}
OF_TODAY: dict[str, Way] = {
    "today: in full": _way(_today, _full),
    "today: no marks": _way(_today, _unmarked),
    "today: hamlet in front": _way(_today, _with_hamlet),
    "today: no province": _way(_today, lambda parts, chance: parts[0]),
    "today: one slip": _way(_today, _slipped(1)),
}
