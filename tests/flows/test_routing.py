"""Routing: the hamlet's point, the former commune's, what is asked, where a lead goes that no point can take."""

from __future__ import annotations

from datetime import date

import pytest

from bot.wording import word
from flows.routing import Hamlet, Point, PointDirectory, hamlet_key, presumed, queue_of, route
from nlu.reading import Commune, FormerCommune

TODAY = Commune("15298", "Xã Lĩnh Toại", "Xã", "38", "Tỉnh Thanh Hóa")
NEIGHBOUR = Commune("15271", "Xã Hà Trung", "Xã", "38", "Tỉnh Thanh Hóa")
FORMERS = (
    FormerCommune("15298", "Xã Lĩnh Toại", "Huyện Hà Trung", "Tỉnh Thanh Hóa"),
    FormerCommune("15331", "Xã Thái Lai", "Huyện Hà Trung", "Tỉnh Thanh Hóa"),
    FormerCommune("15343", "Xã Hà Hải", "Huyện Hà Trung", "Tỉnh Thanh Hóa"),
)
UNITS = {"15298": TODAY, "15271": NEIGHBOUR}


def point(code, former=None, **more):
    known = {"office_code": "001234", "office_name": "PGD Ví Dụ", "commune": "15298"}
    return Point(**{"code": code, "name": f"Điểm {code}", "former": former, **known, **more})


def directory(*points, hamlets=(), formers=FORMERS):
    return PointDirectory(points, UNITS, {"15298": formers, "15271": ()}, hamlets, "test")


IMPORTED = directory(
    point("VD1", "15298", is_primary=True, lat=20.0, lon=105.9, hamlets=("Thôn 1", "Thôn 2")),
    point("VD2", "15331", lat=20.05, lon=105.9, hamlets=("Thôn 3",)),
    point("VD3", "15343", hamlets=("Thôn 1",)),
    point("VD9", commune="15271", lat=20.01, lon=105.9),
)


def test_the_hamlets_point_comes_first():
    found = route(IMPORTED, "15298", hamlet="thon 03")
    assert (found.point.code, found.rule, found.ask, found.uncertain) == ("VD2", "hamlet", None, False)
    assert "thon 03" in word(found.why)


def test_a_hamlet_name_that_two_points_have_needs_the_former_commune():
    assert route(IMPORTED, "15298", hamlet="Thôn 1").ask == "former"
    assert route(IMPORTED, "15298", "15343", "Thôn 1").point.code == "VD3"
    assert route(IMPORTED, "15298", "15298", "Thôn 1").point.code == "VD1"


def test_the_former_communes_point():
    found = route(IMPORTED, "15298", "15331")
    assert (found.point.code, found.rule, found.queue, found.queue_code) == ("VD2", "former_commune", "point", "VD2")
    assert word(found.why).startswith("Vì anh/chị ở xã Thái Lai cũ (huyện Hà Trung, Thanh Hóa), nay là xã Lĩnh Toại, và")


def test_an_older_name_is_told_with_what_came_of_it():
    found = route(IMPORTED, "15298", "15331", called="Xã Hà Lai")
    assert "xã Hà Lai cũ (huyện Hà Trung, Thanh Hóa), sau là xã Thái Lai, nay là xã Lĩnh Toại" in word(found.why)


def test_several_points_ask_for_the_former_commune_with_its_names():
    found = route(IMPORTED, "15298")
    assert found.ask == "former" and [each.code for each in found.options] == ["15298", "15331", "15343"]
    assert (found.point.code, found.rule, found.uncertain) == ("VD1", "primary_point", True)
    assert "cần xác nhận" in word(found.why)


def test_nearness_chooses_among_the_communes_own_points_only():
    two = directory(
        point("VD1", "15298", lat=20.0, lon=105.9),
        point("VD2", "15331", lat=20.05, lon=105.9),
        point("VD9", commune="15271", lat=20.02, lon=105.9),
    )
    found = route(two, "15298", near=(20.03, 105.9))
    assert (found.point.code, found.rule, found.uncertain) == ("VD2", "nearest_in_commune", True)
    assert route(two, "15298").point is None and route(two, "15298").queue == "office"


def test_one_point_needs_no_question():
    found = route(directory(point("VD1")), "15298")
    assert (found.point.code, found.rule, found.ask) == ("VD1", "only_point", None)


def test_two_points_of_one_former_commune_ask_for_the_hamlet():
    found = route(directory(point("VD1", "15331"), point("VD2", "15331", is_primary=True)), "15298", "15331")
    assert (found.ask, found.point.code, found.uncertain) == ("hamlet", "VD2", True)


def test_until_an_import_each_former_commune_has_a_presumed_point():
    empty = directory()
    found = route(empty, "15298", "15331")
    assert (found.point.code, found.point.name) == ("P-15331", "Điểm giao dịch xã Thái Lai (cũ)")
    assert not found.point.confirmed and found.uncertain
    invented = (
        found.point.day_of_month,
        found.point.address,
        found.point.venue,
        found.point.phone,
        found.point.start_time,
    )
    assert invented == (None,) * 5
    assert empty.by_code("P-15331") == found.point and empty.by_code("P-99999") is None and empty.by_code("VD1") is None
    unknown = route(empty, "15298")
    assert (unknown.ask, unknown.point.code) == ("former", "P-15298")  # the seat's, to be confirmed


def test_presumed_points_vanish_once_the_commune_is_imported():
    assert [each.code for each in directory(point("VD1")).by_commune("15298")] == ["VD1"]
    assert len(directory().by_commune("15298")) == 3


def test_points_not_in_force_do_not_count_and_the_office_takes_over():
    closed = directory(point("VD1", active=False), point("VD2", valid_to=date(2026, 1, 31)))
    found = route(closed, "15298", on=date(2026, 11, 22))
    assert (found.point, found.queue, found.queue_code, found.rule) == (None, "office", "001234", "office_queue")
    assert "PGD Ví Dụ" in word(found.why)
    assert route(closed, "15298", on=date(2026, 1, 31)).point.code == "VD2"


def test_never_the_neighbours_point():
    found = route(directory(point("VD9", commune="15271"), formers=()), "15298", near=(20.0, 105.9))
    assert (found.point, found.queue, found.queue_code) == (None, "province", "38")


def test_a_lead_never_goes_nowhere():
    assert queue_of(None, None)[:2] == ("province", "")
    assert queue_of(
        None, {"code": "15298", "name": "Xã Lĩnh Toại", "province": "Tỉnh Thanh Hóa", "province_code": "38"}
    )[:2] == (
        "province",
        "38",
    )
    assert route(IMPORTED, "00000").rule == "place_unknown"
    found = route(IMPORTED, "15298", "15331")
    assert queue_of(found, None) == ("point", "VD2", found.why, "former_commune")


@pytest.mark.parametrize("kind", ["residence", "works", "house", "school", "project", "plan"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_reason_is_worded_for_every_kind_of_place(kind, language):
    assert word(route(IMPORTED, "15298", "15331", kind=kind).why, language)


def test_staff_teach_hamlets():
    taught = directory(
        point("VD1", "15298"), point("VD2", "15331"), hamlets=[Hamlet("15298", "Xóm Chùa", "VD2", "15331")]
    )
    assert route(taught, "15298", hamlet="xom chua").point.code == "VD2"
    assert route(taught, "15298", "15298", "xóm chùa").point.code == "VD1"  # another former commune's hamlet


def test_hamlet_names_are_one_however_written():
    assert hamlet_key("Thôn 03") == hamlet_key("thôn 3") == hamlet_key(" THON  3. ")
    assert hamlet_key("Ấp 3") != hamlet_key("Thôn 3")


def test_a_presumed_point_belongs_to_the_commune_it_serves():
    assert presumed(FORMERS[1], "15298").commune == "15298"
