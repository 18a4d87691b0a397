"""Builds the tables of this folder from installed packages and `corrections.yaml`. A maintainer runs it; nothing imports it.

    python -m nlu.places.build [--check]

Source: PyPI `vietnamadminunits` 1.0.4 (MIT), its `dataset.db` and `converter_2025.json`; only its data are read, its parser
is never imported. Second opinion: PyPI `underthesea` (Apache-2.0), whose old -> new pairs must be the same; where they are not,
the build stops. `corrections.yaml` holds what the law says otherwise, each with its proof. `--check` builds and compares
with the files that are there, writing nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
REFORM = "2025-07-01"
ISLAND_DISTRICT = "Huyện đảo"
FORMER_TYPES = ("Xã", "Phường", "Thị trấn")
COMMUNE_TYPES = ("Xã", "Phường", "Đặc khu")
Row = dict[str, Any]


class BadSource(SystemExit):
    """The packages or the corrections are not what this script was written for; the message says where."""


def main() -> None:
    tables = build()
    if "--check" in sys.argv[1:]:
        stale = [name for name, text in tables.items() if (HERE / name).read_text("utf-8") != text]
        if stale:
            raise BadSource(f"not up to date: {', '.join(stale)}; run python -m nlu.places.build")
        return
    for name, text in tables.items():
        (HERE / name).write_text(text, "utf-8")
        print(name, text.count("\n") - 1)


def build() -> dict[str, str]:
    """All tables, file name -> text."""
    corrections = yaml.safe_load((HERE / "corrections.yaml").read_text("utf-8"))
    former, new, converter = package_rows()
    edges = package_edges(former, new, converter)
    second_opinion(former, new, edges)
    correct_edges(edges, corrections)
    correct_units(former, new, corrections)
    settled = {(row["former"], row["commune"]) for row in corrections["whole_population"]}
    return {
        "provinces.csv": provinces(new),
        "former_provinces.csv": former_provinces(former, new, edges),
        "districts.csv": districts(former),
        "communes.csv": communes(new, corrections),
        "former_communes.csv": former_communes(former),
        "successors.csv": successors(former, new, edges, settled),
        "retired_names.csv": retired_names(former),
        "retired_districts.csv": retired_districts(former),
    }


def folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise BadSource(f"{package} is not installed")
    return Path(spec.origin).parent


def package_rows() -> tuple[list[Row], list[Row], Row]:
    data = folder("vietnamadminunits") / "data"
    with sqlite3.connect(data / "dataset.db") as connection:
        connection.row_factory = sqlite3.Row
        former = [dict(row) for row in connection.execute("SELECT * FROM admin_units_legacy")]
        new = [dict(row) for row in connection.execute("SELECT * FROM admin_units")]
    for row in former:
        # The five island districts had no communes; they count as one unit each, with a code that says so.
        row["code"] = row["wardCode"] or f"D{row['districtCode']}"
        row["name"] = tidy(row["ward"] or row["district"])
        # The package's own type is wrong in a few rows ("Xã" of a ward …); the name has it right.
        row["type"] = next((kind for kind in FORMER_TYPES if row["name"].startswith(kind + " ")), ISLAND_DISTRICT)
    for row in new:
        row["wardType"] = next(kind for kind in COMMUNE_TYPES if row["ward"].startswith(kind + " "))
    return former, new, json.loads((data / "converter_2025.json").read_text("utf-8"))


def tidy(name: str) -> str:
    """Capitals as the official lists write them: "Thị Trấn Ái Tử" -> "Thị trấn Ái Tử", "Pa ủ" -> "Pa Ủ"."""
    name = re.sub(r"^Thị Trấn\b", "Thị trấn", " ".join(unicodedata.normalize("NFC", name).split()))
    small = ("phố", "xã", "trấn", "khu", "trường", "đảo")
    return " ".join(word if word in small else word[:1].upper() + word[1:] for word in name.split(" "))


def package_edges(former: list[Row], new: list[Row], converter: Row) -> dict[str, set[str]]:
    """Former code -> new codes, from the package's keys."""
    old_code = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row["code"] for row in former}
    new_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    edges: dict[str, set[str]] = defaultdict(set)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                edges[old_code[old]].add(new_code[province, ward])
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, wards in olds.items():
            for ward in wards:
                edges[old_code[old]].add(new_code[province, ward["newWardKey"]])
    return edges


def second_opinion(former: list[Row], new: list[Row], edges: dict[str, set[str]]) -> None:
    path = folder("underthesea") / "address" / "data" / "mapping.json"
    old_code = {(row["provinceKey"], row["districtKey"], row["wardKey"] or ""): row["code"] for row in former}
    new_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    other: dict[str, set[str]] = defaultdict(set)
    for row in json.loads(path.read_text("utf-8"))["ward_mapping"]:
        old = old_code[row["old_province_key"], row["old_district_key"], row["old_ward_key"]]
        other[old].add(new_code[row["new_province_key"], row["new_ward_key"]])
    if other != edges:
        differing = sorted(code for code in {*other, *edges} if other.get(code) != edges.get(code))
        raise BadSource(f"the two packages disagree on {len(differing)} former communes: {differing[:10]}")


def correct_edges(edges: dict[str, set[str]], corrections: Row) -> None:
    for row in corrections["false_successors"]:
        if row["commune"] not in edges[row["former"]]:
            raise BadSource(f"corrections.yaml: {row['former']} -> {row['commune']} is no longer in the package")
        edges[row["former"]].remove(row["commune"])
    for row in corrections["missing_successors"]:
        edges[row["former"]].add(row["commune"])
    for row in corrections["whole_population"]:
        if row["commune"] not in edges[row["former"]]:
            raise BadSource(f"corrections.yaml: {row['former']} -> {row['commune']} does not exist")


def correct_units(former: list[Row], new: list[Row], corrections: Row) -> None:
    former_by_code = {row["code"]: row for row in former}
    new_by_code = {row["wardCode"]: row for row in new}
    for row in corrections["former_names"]:
        former_by_code[row["code"]]["name"] = row["name"]
        former_by_code[row["code"]]["type"] = row["type"]
    for row in corrections["communes"]:
        new_by_code[row["code"]].update(ward=row["name"], wardType=row["type"])
    for row in corrections["points"]:
        new_by_code[row["code"]].update(wardLat=row["lat"], wardLon=row["lon"])
    renamed = {row["code"]: row["name"] for row in corrections["provinces"]}
    for row in new:
        row["province"] = renamed.get(row["provinceCode"], row["province"])


def provinces(new: list[Row]) -> str:
    return table(("code", "name"), {(row["provinceCode"], row["province"]) for row in new})


def former_provinces(former: list[Row], new: list[Row], edges: dict[str, set[str]]) -> str:
    new_province = {row["wardCode"]: row["provinceCode"] for row in new}
    rows: dict[str, tuple[str, str]] = {}
    for row in former:
        successors_ = {new_province[code] for code in edges[row["code"]]}
        if len(successors_) != 1:
            raise BadSource(f"{row['code']} lies in two new provinces: {successors_}")
        rows[row["provinceCode"]] = (row["province"], successors_.pop())
    return table(("code", "name", "province"), {(code, *row) for code, row in rows.items()})


def districts(former: list[Row]) -> str:
    return table(
        ("code", "name", "former_province"),
        {(row["districtCode"], row["district"], row["provinceCode"]) for row in former},
    )


def communes(new: list[Row], corrections: Row) -> str:
    since = {row["code"]: row["from"] for row in corrections["communes"]}
    return table(
        ("code", "name", "type", "province", "lat", "lon", "km2", "since"),
        {
            (
                row["wardCode"], tidy(row["ward"]), row["wardType"], row["provinceCode"], f"{row['wardLat']:.4f}",
                f"{row['wardLon']:.4f}", f"{row['wardAreaKm2']:.4g}" if row["wardAreaKm2"] else "", since.get(row["wardCode"], REFORM),
            )
            for row in new
        },
    )  # fmt: skip


def former_communes(former: list[Row]) -> str:
    return table(
        ("code", "name", "type", "district"),
        {(row["code"], row["name"], row["type"], row["districtCode"]) for row in former},
    )


def successors(former: list[Row], new: list[Row], edges: dict[str, set[str]], settled: set[tuple[str, str]]) -> str:
    former_name = {row["code"]: row["name"] for row in former}
    new_name = {row["wardCode"]: row["ward"] for row in new}
    sources: dict[str, int] = defaultdict(int)
    for codes in edges.values():
        for code in codes:
            sources[code] += 1

    def kind(old: str, code: str) -> str:
        if len(edges[old]) > 1:
            return "divided"
        if sources[code] > 1:
            return "merged"
        return "unchanged" if former_name[old] == new_name[code] else "renamed"

    return table(
        ("former", "commune", "kind", "population", "since"),
        {
            (old, code, kind(old, code), "whole" if len(codes) == 1 or (old, code) in settled else "part", REFORM)
            for old, codes in edges.items()
            for code in codes
        },
    )


def retired_names(former: list[Row]) -> str:
    """Commune names that were gone before the reform; the package knows them without diacritics only."""
    units = {"phuong": "Phường", "xa": "Xã", "thitran": "Thị trấn"}
    rows = {(row["code"], *alias) for row in former for alias in aliases(row["wardAlias"], units)}
    return table(("former", "key", "type"), rows)


def retired_districts(former: list[Row]) -> str:
    units = {"huyen": "Huyện", "thixa": "Thị xã", "thanhpho": "Thành phố", "quan": "Quận"}
    rows = {(row["districtCode"], *alias) for row in former for alias in aliases(row["districtAlias"], units)}
    return table(("district", "key", "type"), rows)


def aliases(listed: str | None, units: dict[str, str]) -> list[tuple[str, str]]:
    """(key, unit word) of a package's aliases; each stands there with its unit word run together, some without it too."""
    names = set(json.loads(listed or "[]"))
    bare = {name for name in names if any(unit + name in names for unit in units)}
    found = []
    for name in names - bare:
        unit = next((unit for unit in units if name.startswith(unit) and len(name) > len(unit)), None)
        if unit is not None:
            rest = name[len(unit) :]
            found.append(((rest.lstrip("0") if rest.isdigit() else rest).replace("y", "i"), units[unit]))
    return found


def table(header: tuple[str, ...], rows: set[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    return out.getvalue()


if __name__ == "__main__":
    main()
