"""The questions for the place: narrowing down over several answers, divided communes, a shared location."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from talk import Talk, rules

from flows.engine.events import LocationShared
from flows.routing import Hamlet, Point, PointDirectory
from nlu.entities.place import former_of, near
from nlu.places.index import packaged

WATER = ("tôi muốn đăng ký vay nước sạch", "chưa có", "thường trú", "ở xã", "tôi đồng ý")
AT = datetime.fromisoformat("2026-11-23T09:00:00+07:00")


def asked(book=None) -> Talk:
    """A talk in which the place is asked for."""
    made = Talk(book=book or rules(), now=AT)
    for line in WATER:
        made.say(line)
    assert made.conversation.pending.slot == "residence"
    return made


def place(made: Talk):
    return made.conversation.cases[0].place


@pytest.mark.parametrize(
    ("answers", "commune", "former"),
    [
        (("xã Tân Thành", "Đồng Tháp", "Lai Vung"), "30226", "30226"),
        (("xã Tân Lập", "huyện Bắc Quang, Hà Giang"), None, None),
        (("Thanh Hóa", "Hà Lai, huyện Hà Trung"), "15298", "15331"),
        (("xã Tân Lập", "à không, xã Hà Lai huyện Hà Trung Thanh Hóa"), "15298", "15331"),
    ],
)
def test_what_was_named_before_is_kept_while_it_is_narrowed_down(answers, commune, former):
    made = asked()
    for answer in answers:
        made.say(answer)
    found = place(made)
    assert found is not None and found.commune is not None
    if commune is not None:
        assert (found.commune["code"], found.former["code"]) == (commune, former)
    else:
        assert found.former["name"] == "Xã Tân Lập" and found.former["district"] == "Huyện Bắc Quang"


def test_the_question_says_what_is_missing():
    made = asked()
    assert "Nhiều nơi tên xã Tân Thành lắm" in made.say("xã Tân Thành")[-1].text
    assert len(made.say("Đồng Tháp")[-1].choices) == 4
    unmarked = asked()
    unmarked.say("xa tan thanh")
    assert "thuộc huyện nào" in unmarked.say("dong thap")[-1].text
    assert "Thanh Hóa có nhiều xã, phường" in asked().say("Thanh Hóa")[-1].text


def test_a_bare_name_that_is_also_the_districts_is_never_taken_for_the_commune():
    """593 communes of today bear the name of a former district of their province."""
    made = asked()
    made.say("Nghệ An")
    (said,) = made.say("quỳnh lưu")
    assert place(made) is None and "tên huyện cũ" in said.text
    assert [choice for choice, _ in said.choices][-1] == "residence=none"
    (said,) = made.press("residence=none")
    assert "có nhiều xã, phường" in said.text
    made.say("xã Quỳnh Tam")
    assert place(made).commune["name"] == "Xã Quỳnh Tam"


def test_a_district_alone_asks_for_the_commune():
    made = asked()
    assert "quận 8 có nhiều xã, phường" in made.say("quận 8")[-1].text
    made.say("phường 4")
    assert (place(made).former["name"], place(made).former["district"]) == ("Phường 4", "Quận 8")


def test_a_divided_commune_shows_all_its_parts():
    made = asked()
    (said,) = made.say("xã Tân Lập, huyện Đan Phượng, Hà Nội")
    assert [choice for choice, _ in said.choices] == [
        "residence=09817.09820",
        "residence=09832.09820",
        "residence=unknown",
    ]


def test_a_hamlet_that_a_branch_listed_settles_a_divided_commune():
    index = packaged()
    points = (
        Point(code="VD1", name="Điểm Ô Diên", commune="09817", former="09820"),
        Point(code="VD2", name="Điểm Hoài Đức", commune="09832", former="09820"),
    )
    hamlets = [Hamlet("09817", "Thôn Hạnh Đàn", "VD1", "09820"), Hamlet("09832", "Thôn Hạ Hội", "VD2", "09820")]
    directory = PointDirectory(points, index.communes, {c: former_of(c) for c in index.communes}, hamlets)
    made = asked(replace(rules(), points=directory))
    made.say("xã Tân Lập, huyện Đan Phượng, Hà Nội")
    made.press("residence=unknown")
    assert made.conversation.pending.slot == "hamlet"
    made.say("thon ha hoi")
    assert (place(made).commune["code"], place(made).hamlet) == ("09832", "thon ha hoi")


def test_without_such_a_list_who_does_not_know_goes_to_the_province():
    made = asked()
    made.say("xã Tân Lập, huyện Đan Phượng, Hà Nội")
    made.press("residence=unknown")
    assert place(made).commune is None and place(made).province_code == "01"
    assert made.conversation.pending.slot != "hamlet"


# --- a shared location -----------------------------------------------------------------------------------------------


def share(made: Talk, lat: float, lon: float):
    return made.happen(LocationShared(at=made.now.isoformat(), id="l", candidates=near(lat, lon)))


def test_a_location_offers_a_few_communes_with_how_sure_it_is_and_decides_nothing():
    made = asked()
    (said,) = share(made, 20.0041, 105.896)
    assert "có lẽ là một trong các xã này" in said.text and "không giữ lại vị trí" in said.text
    assert 3 <= len(said.choices) <= 4 and said.choices[0][0] == "residence=15298."
    assert said.choices[0][1] == "xã Lĩnh Toại, tỉnh Thanh Hóa (rất có thể)"
    assert place(made) is None


def test_the_location_is_dropped_once_it_is_confirmed():
    made = asked()
    share(made, 20.0041, 105.896)
    made.press("residence=15298.")
    assert place(made).commune["code"] == "15298"
    kept = str(made.conversation)
    assert "20.0" not in kept and "105.8" not in kept and "place_near" not in kept


def test_none_of_these_asks_for_the_name():
    made = asked()
    share(made, 20.0041, 105.896)
    (said,) = made.press("residence=none")
    assert made.conversation.pending.slot == "residence" and "huyện cũ" in said.text
    assert "place_near" not in made.conversation.flow_data


def test_a_name_told_after_all_wins_over_the_location():
    made = asked()
    share(made, 20.0041, 105.896)
    made.say("xã Diễn Thọ, huyện Diễn Châu, Nghệ An")
    assert place(made).commune["code"] == "17488"
