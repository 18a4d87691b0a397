"""The packaged tables: whole, consistent in themselves, and, where the yardstick is at hand, equal to it row by row."""

from __future__ import annotations

import csv
import math
import os
import sys
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from nlu.places.index import KINDS, PlaceIndex, RetiredName, distance_km, packaged
from nlu.places.spelling import bare, key, spoken

sys.path.insert(0, str(Path(__file__).parent))

YARDSTICK = os.environ.get("GEO_YARDSTICK_DIR")
needs_yardstick = pytest.mark.skipif(
    not YARDSTICK, reason="GEO_YARDSTICK_DIR names no folder with the geography yardstick"
)
needs_packages = pytest.mark.skipif(
    find_spec("vietnamadminunits") is None or find_spec("underthesea") is None,
    reason="vietnamadminunits and underthesea, which the tables are built from, are not installed",
)

# Where the yardstick writes a name otherwise than the package: minority-language spellings and capitals. Compared without
# them (see `same_name`) these are left; both spellings are in use and both are found.
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


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((Path(YARDSTICK or ".") / name).open(encoding="utf-8-sig")))


def corrections() -> dict:
    return yaml.safe_load((resources.files("nlu.places") / "corrections.yaml").read_text("utf-8"))


def same_name(one: str, other: str) -> bool:
    return key(one) == key(other)


def test_counts_of_both_generations():
    index = packaged()
    assert (len(index.provinces), len(index.communes)) == (34, 3321)
    assert (len(index.former_provinces), len(index.districts), len(index.formers)) == (63, 696, 10040)
    assert sum(len(found) for found in index.successors.values()) == 10571
    kinds = [commune.type for commune in index.communes.values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"Xã": 2611, "Phường": 697, "Đặc khu": 13}


def test_every_former_commune_has_a_successor_in_one_province():
    index = packaged()
    for code in index.formers:
        provinces = {index.communes[each].province_code for each, _ in index.successors[code]}
        assert provinces == {index.former_provinces[index.districts[index.district_of[code]][1]][1]}, code


def test_every_commune_was_made_of_something():
    index = packaged()
    assert [code for code in index.communes if not index.predecessors.get(code)] == []


def test_every_middle_lies_in_the_country_and_near_its_neighbours():
    index = packaged()
    for code, spot in index.spots.items():
        assert 7 < spot.lat < 23.6 and 102 < spot.lon < 117, code
        province = index.communes[code].province_code
        others = [
            other
            for each, other in index.spots.items()
            if each != code and index.communes[each].province_code == province
        ]
        nearest = min(distance_km(spot.lat, spot.lon, other.lat, other.lon) for other in others)
        assert nearest < 60 or index.communes[code].type == "Đặc khu", code


def test_each_correction_says_why():
    for name, found in corrections().items():
        assert all(row.get("proof") for row in found), name


def test_names_are_compared_without_marks_and_as_spoken():
    assert key("Đăk Ơ") == key("Đắc ơ") == key("dak o")
    assert key("Mỹ Quý") == key("Mỹ Quí")
    assert spoken("Xã Lĩnh Toại") == "xã Lĩnh Toại"
    assert (bare("Tỉnh Thanh Hóa"), bare("Quận 1")) == ("Thanh Hóa", "Quận 1")


def test_an_operator_can_bring_retired_names_in():
    index = PlaceIndex([RetiredName("Xã Ví Dụ Xưa", former="15331"), RetiredName("Xã Thử Xưa", commune="15298")])
    assert [(name.level, name.code, name.said) for name in index.names[key("Ví Dụ Xưa")]] == [
        ("former", "15331", "Xã Ví Dụ Xưa")
    ]
    assert [name.level for name in index.names[key("Thử Xưa")]] == ["commune"]
    assert key("Ví Dụ Xưa") not in packaged().names


@needs_packages
def test_the_tables_are_what_the_build_makes():
    from nlu.places import build

    stale = [name for name, text in build.build().items() if (build.HERE / name).read_text("utf-8") != text]
    assert stale == []


@needs_yardstick
def test_every_pair_is_the_yardsticks():
    index = packaged()
    ours = {(former, commune) for former, found in index.successors.items() for commune, _ in found}
    theirs = {(row["old_code"], row["new_code"]) for row in rows("mapping_old_new.csv")}
    assert ours ^ theirs == set()


@needs_yardstick
def test_what_the_law_settled_is_the_yardsticks():
    index = packaged()
    settled = {
        (former, commune)
        for former, found in index.successors.items()
        if len(found) > 1
        for commune, whole in found
        if whole
    }
    theirs = {
        (row["old_code"], row["new_code"])
        for row in rows("mapping_old_new.csv")
        if row["default_basis"] == "all_population_per_resolution"
    }
    assert settled == theirs
    assert sum(len(found) > 1 for found in index.successors.values()) == 441


@needs_yardstick
def test_every_commune_is_the_yardsticks():
    index = packaged()
    theirs = {row["code"]: row for row in rows("new_communes.csv")}
    assert set(theirs) == set(index.communes)
    for code, row in theirs.items():
        ours = index.communes[code]
        assert same_name(ours.name, row["name"]) and ours.type == row["type"], (ours, row)
        assert (ours.province_code, key(ours.province)) == (row["province_code"], key(row["province_name"])), (
            ours,
            row,
        )


@needs_yardstick
def test_every_former_commune_is_the_yardsticks():
    index = packaged()
    theirs = {row["code"]: row for row in rows("old_communes.csv")}
    assert set(theirs) == set(index.formers)
    otherwise = {
        code for code, row in theirs.items() if not same_name(bare(index.formers[code].name), bare(row["name"]))
    }
    assert otherwise == set(SPELLED_OTHERWISE), {
        code: (index.formers[code].name, theirs[code]["name"]) for code in otherwise
    }
    # The law settles this one: NQ 1660/NQ-UBTVQH15, khoản 94 Điều 1 names "xã Hòa Tân Đông", where the yardstick has a ward.
    types = {code for code, row in theirs.items() if index.former_kind[code] != KINDS[row["type"].lower()]}
    assert types == {"22267"}
    for code, row in theirs.items():
        assert same_name(index.formers[code].district, row["district_name"]), code
        assert same_name(index.formers[code].province, row["province_name"]), code


@needs_yardstick
def test_no_middle_is_far_from_the_yardsticks():
    """Both are middles of some kind; where they are much more than a radius apart, one of them lies outside."""
    index = packaged()
    far = []
    for row in rows("new_communes.csv"):
        spot = index.spots[row["code"]]
        seen = [
            (float(row[lat]), float(row[lon]))
            for lat, lon in (("lat", "lon"), ("polygon_lat", "polygon_lon"))
            if row[lat]
        ]
        nearest = min(distance_km(spot.lat, spot.lon, *place) for place in seen)
        radius = max(spot.radius_km, math.sqrt(float(row["polygon_area_km2"] or 0) / math.pi))
        if nearest > 1.5 * radius and nearest > 3 and index.communes[row["code"]].type != "Đặc khu":
            far.append((row["code"], row["name"], round(nearest, 1), round(spot.radius_km, 1)))
    assert far == []


@needs_yardstick
def test_every_difference_from_the_yardstick_has_its_reason(capsys):
    """The same comparison as `python tests/nlu/places/yardstick.py` prints; `-rP` shows it here."""
    from yardstick import main

    status = main()
    print(capsys.readouterr().out)
    assert status == 0
