"""An operator's file of units -> checked rows: names retired before July 2025, or the pairs of a later decree. Pure.

Reading the sheet and naming what is wrong is `bot/leads/point_file.py`; storing is `bot/leads/units.py`. One problem refuses
the whole file.

* Retired names: `former_name` (without a unit word it counts as a xã), and `old_code` (the commune of June 2025 that it went to) or, where that is not known,
  `new_code` (the commune of today); `decree` if known. Other columns are left alone.
* Later decrees: `old_code, new_code, new_name, new_type, since, decree`, and `population` (whole | part; needed where a
  commune is divided), `province` (else that of the old unit), `lat, lon`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import msgspec

from bot.leads.point_file import Problem, Refused, RowChecker, read_sheet
from flows.engine.text import Text
from nlu.places.index import PlaceIndex

TYPES = ("Xã", "Phường", "Đặc khu")
SHARES = ("whole", "part")
LATEST_REFORM = date(2025, 7, 1)


class UnitFile(msgspec.Struct, frozen=True):
    """The checked content: rows as the tables hold them."""

    kind: str
    names: tuple[dict[str, Any], ...] = ()
    changes: tuple[dict[str, Any], ...] = ()


def read_unit_file(data: bytes, file_name: str, index: PlaceIndex) -> UnitFile:
    """Read and check a whole file; raises `Refused`. `index`: the packaged units with what was imported before."""
    sheet = read_sheet(data, file_name)
    if sheet.kind not in ("former_names", "unit_changes"):
        raise Refused([Problem(0, "", Text("points.problem.points_not_units"))])
    checker = _UnitChecker(sheet, index)
    content = checker.names() if sheet.kind == "former_names" else checker.changes()
    if checker.problems:
        raise Refused(checker.problems)
    return content


class _UnitChecker(RowChecker):
    def names(self) -> UnitFile:
        rows: dict[tuple[str, str | None, str | None], dict[str, Any]] = {}
        for _ in self._each():
            name = self._needed("former_name")
            former = self._code("old_code", self.index.formers, "unknown_former_code")
            commune = self._code("new_code", self._communes, "unknown_commune_code")
            if name and not former and not commune and not (self.values.get("old_code") or self.values.get("new_code")):
                self._wrong("old_code" if "old_code" in self.sheet.titles else "new_code", "no_unit_named")
            commune = None if former else commune  # what became of the former commune is known already
            row = {
                "name": name,
                "former_code": former,
                "commune_code": commune,
                "decree": self.values.get("decree") or None,
            }
            rows[name, former, commune] = row
        return UnitFile("former_names", names=tuple(rows.values()))

    def changes(self) -> UnitFile:
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        lines: dict[tuple[str, str], int] = {}
        made = {self._padded(values.get("new_code", "")) for _, values in self.sheet.rows}
        for line in self._each():
            row = self._change(made)
            pair = row["old_code"], row["new_code"]
            if pair in rows:
                self._wrong("new_code", "pair_twice", other=lines[pair])
            rows[pair], lines[pair] = row, line
        self._divided_say_whom(rows, lines)
        return UnitFile("unit_changes", changes=tuple(rows.values()))

    def _change(self, made: set[str]) -> dict[str, Any]:
        old, new = self._padded(self._needed("old_code")), self._padded(self._needed("new_code"))
        if old and old not in self._communes and old not in made:
            self._wrong("old_code", "unknown_commune_code")
        if new and not (new.isdigit() and len(new) == 5):
            self._wrong("new_code", "not_a_unit_code")
        kind, since = self._needed("new_type"), self._date("since")
        if kind and kind not in TYPES:
            self._wrong("new_type", "not_one_of", allowed=", ".join(TYPES))
        if not self.values.get("since"):
            self._needed("since")
        elif since is not None and since <= LATEST_REFORM:
            self._wrong("since", "before_the_reform")
        lat, lon = self._number("lat"), self._number("lon")
        if (lat is None) != (lon is None):
            self._wrong("lat" if lat is None else "lon", "half_location")
        elif lat is not None and lon is not None and not (5 < lat < 24.5 and 100 < lon < 119):
            self._wrong("lat", "location_outside")
        return {
            "old_code": old,
            "new_code": new,
            "new_name": self._full_name(self._needed("new_name"), kind),
            "new_type": kind,
            "province_code": self._province(old),
            "since": since,
            "whole": self._one_of("population", SHARES, "whole") == "whole",
            "lat": lat,
            "lon": lon,
            "decree": self._needed("decree"),
        }

    def _divided_say_whom(self, rows: dict[tuple[str, str], dict[str, Any]], lines: dict[tuple[str, str], int]) -> None:
        """A commune of which two parts would each have all inhabitants."""
        whole: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair, row in rows.items():
            if row["whole"]:
                whole[pair[0]].append(pair)
        for old, pairs in whole.items():
            for pair in pairs[1:]:
                self.row, self.values = lines[pair], {"population": "whole"}
                self._wrong("population", "whole_twice", old=old)

    def _province(self, old: str) -> str:
        if self.values.get("province"):
            code = self._province_code(self.values["province"])
            if code is None:
                self._wrong("province", "unknown_province")
            return code or ""
        known = self._communes.get(old)
        if known is None and old:
            self._wrong("province", "empty_cell")
        return known.province_code if known else ""

    @property
    def _communes(self) -> dict[str, Any]:
        """Communes of today, and those since July 2025 that an earlier import ended (the same file comes again)."""
        return {**{code: was for code, (was, _) in self.index.gone.items()}, **self.index.communes}

    def _code(self, field: str, known: Any, problem: str) -> str | None:
        value = self.values.get(field, "")
        if not value:
            return None
        code = self._padded(value)
        if code not in known:
            self._wrong(field, problem)
            return None
        return code

    @staticmethod
    def _padded(value: str) -> str:
        return value.zfill(5) if value.isdigit() else value  # spreadsheets drop leading zeros

    @staticmethod
    def _full_name(name: str, kind: str) -> str:
        return name if not kind or name.lower().startswith(kind.lower() + " ") else f"{kind} {name}"
