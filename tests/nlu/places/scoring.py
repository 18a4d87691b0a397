"""How an answer to a labelled address is counted: the same for every set and every reader that is measured beside ours.

A row is a line of `messy_addresses.csv` or of a file with the same columns. `expect`: `old` (a former commune is named: the
right commune and the right former one), `new` (a commune of today), `ambiguous` (nobody can tell: asking is right), `none` (no
place of ours is named: no candidate).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Found = tuple[
    Sequence[tuple[str, str | None]], bool
]  # ((commune, former commune or None), …) best first; whether it asks


@dataclass
class Score:
    """Counts over a set. `among_three`: the right one is among the first three, or the reader rightly asks; `silent`: a
    wrong answer given without asking; `asked`: rows that can be told, on which the reader asks."""

    rows: int = 0
    first: int = 0
    among_three: int = 0
    silent: int = 0
    asked: int = 0
    missed: list[str] = field(default_factory=list)

    def share(self, what: str) -> float:
        """A count as a share of the rows."""
        return getattr(self, what) / self.rows

    def told(self) -> str:
        parts = (f"{name} {100 * self.share(name):.1f} %" for name in ("first", "among_three", "silent", "asked"))
        return f"{self.rows} rows: " + ", ".join(parts)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def score(rows: Iterable[dict[str, str]], read: Callable[[str], Found], strict: bool = True) -> Score:
    """Count what a reader makes of a set. `strict` False, for readers that never ask and know no former communes: any part of a
    divided commune counts as right, and so does silence where nobody can tell."""
    found = Score()
    for row in rows:
        candidates, asks = read(row["input"])
        first, three, silent = _judged(row, candidates, asks, strict)
        found.rows += 1
        found.first += first
        found.among_three += three
        found.silent += silent
        found.asked += asks and row["expect"] != "ambiguous"
        if not (first and three):
            found.missed.append(row["id"])
    return found


def _judged(
    row: dict[str, str], candidates: Sequence[tuple[str, str | None]], asks: bool, strict: bool
) -> tuple[bool, bool, bool]:
    """(right at first, right among three, silently wrong)."""
    if row["expect"] == "ambiguous":
        good = asks or (not strict and not candidates)
        return good, good, not asks and bool(candidates)
    if row["expect"] == "none":
        return not candidates, not candidates, bool(candidates) and not asks
    new, old = _codes(row["expected_new_codes"]), _codes(row["expected_old_codes"])

    def right(commune: str, former: str | None) -> bool:
        # No former commune is no wrong one: the talk then asks for it where it matters.
        return commune in new and (row["expect"] != "old" or not strict or former is None or former in old)

    must_ask = (
        strict and row["expect"] == "old" and len(new) > 1
    )  # divided: whichever part is named, it would be a guess
    first = bool(candidates) and right(*candidates[0]) and (asks or not must_ask)
    # Offered to the person, it is the commune that counts.
    three = any(commune in new for commune, _ in candidates[:3]) and (asks or not must_ask)
    return first, three, not first and not asks and bool(candidates)


def _codes(written: str) -> set[str]:
    return set(filter(None, written.replace(";", "|").split("|")))


def ours(text: str) -> Found:
    """Our own reader, as the rest of the project calls it."""
    from nlu.entities.place import read_places

    places = read_places(text)
    found = [(each.commune.code, each.former.code if each.former else None) for each in places.candidates]
    return found, places.ambiguous
