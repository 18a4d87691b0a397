"""Decrees later than the packaged tables: renamed, merged and divided communes, and what people called them before."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.entities.place import near, read_places
from nlu.places.changes import UnitChange, in_force
from nlu.places.index import PlaceIndex, RetiredName, packaged

# Invented decrees over real codes: Lĩnh Toại and Hà Trung (Thanh Hóa).
MERGED = [
    UnitChange(
        old="15298", new="90001", name="Xã Ví Dụ Lớn", type="Xã", province="38", since=date(2027, 1, 1), decree="NQ thử"
    ),
    UnitChange(
        old="15271", new="90001", name="Xã Ví Dụ Lớn", type="Xã", province="38", since=date(2027, 1, 1), decree="NQ thử"
    ),
]
DIVIDED = [
    UnitChange(
        old="15298",
        new="90002",
        name="Xã Thử Đông",
        type="Xã",
        province="38",
        since=date(2027, 1, 1),
        whole=False,
        decree="NQ thử",
    ),
    UnitChange(
        old="15298",
        new="90003",
        name="Xã Thử Tây",
        type="Xã",
        province="38",
        since=date(2027, 1, 1),
        whole=False,
        decree="NQ thử",
    ),
]
RENAMED = [
    UnitChange(
        old="15298",
        new="15298",
        name="Phường Tên Mới",
        type="Phường",
        province="38",
        since=date(2027, 1, 1),
        decree="NQ thử",
    )
]


def codes(text: str, index: PlaceIndex) -> tuple[list[str], bool]:
    places = read_places(text, index=index)
    return [each.commune.code for each in places.candidates], places.ambiguous


def test_a_merger_is_found_by_all_three_generations_of_names():
    index = PlaceIndex(changes=MERGED)
    for text in ("xã Ví Dụ Lớn, Thanh Hóa", "xã Lĩnh Toại, Thanh Hóa mới", "xã Hà Lai, huyện Hà Trung, Thanh Hóa"):
        assert codes(text, index) == (["90001"], False), text
    assert "15298" not in index.communes and index.gone["15298"][1] == ("90001",)
    assert near(20.0041, 105.896, 1, index)[0].commune.code == "90001"
    assert {"15331", "15298"} <= set(index.predecessors["90001"])


def test_a_division_is_asked_about_and_not_guessed():
    index = PlaceIndex(changes=DIVIDED)
    for text in ("xã Thái Lai, huyện Hà Trung, Thanh Hóa", "xã Hà Lai, huyện Hà Trung, Thanh Hóa"):
        found, ambiguous = codes(text, index)
        assert ambiguous and set(found) == {"90002", "90003"}, text


def test_all_inhabitants_to_one_part_settle_it():
    changes = [
        DIVIDED[0],
        UnitChange(**{**{n: getattr(DIVIDED[1], n) for n in DIVIDED[1].__struct_fields__}, "whole": True}),
    ]
    index = PlaceIndex(changes=changes)
    found, _ = codes("xã Thái Lai, huyện Hà Trung, Thanh Hóa", index)
    assert found[0] == "90003"


def test_a_new_name_under_the_same_code_keeps_the_old_one_findable():
    index = PlaceIndex(changes=RENAMED)
    assert codes("phường Tên Mới, Thanh Hóa", index) == (["15298"], False)
    assert codes("xã Lĩnh Toại, tỉnh Thanh Hóa mới", index)[0][0] == "15298"
    assert index.communes["15298"].type == "Phường"


def test_decrees_follow_each_other():
    later = UnitChange(
        old="90001", new="90009", name="Xã Sau Nữa", type="Xã", province="38", since=date(2028, 1, 1), decree="NQ sau"
    )
    index = PlaceIndex(changes=[later, *MERGED])
    assert codes("xã Hà Lai, huyện Hà Trung, Thanh Hóa", index) == (["90009"], False)
    assert codes("xã Ví Dụ Lớn, Thanh Hóa", index) == (["90009"], False)
    assert index.gone["15298"][1] == ("90009",)


def test_only_what_is_in_force_counts():
    assert in_force(MERGED, date(2026, 12, 31)) == () and len(in_force(MERGED, date(2027, 1, 1))) == 2


def test_a_retired_name_imported_for_a_commune_that_is_gone_leads_to_its_successor():
    index = PlaceIndex([RetiredName("Xã Ví Dụ Xưa", commune="15298"), RetiredName("Phường 99", former="26740")], MERGED)
    assert codes("xã Ví Dụ Xưa", index) == (["90001"], False)
    assert [name.code for name in index.names["99"]] == ["26740"]


def test_without_changes_nothing_is_gone():
    assert packaged().gone == {}


def test_a_new_commune_needs_a_place():
    with pytest.raises(ValueError, match="neither a middle"):
        PlaceIndex(
            changes=[
                UnitChange(old="zzzzz", new="90001", name="Xã X", type="Xã", province="38", since=date(2027, 1, 1))
            ]
        )
