"""The one door: choices, address, the person asked for, corrections, odd input, how fast it answers."""

from __future__ import annotations

import time
from datetime import date

import pytest

from nlu import read
from nlu.entities.place import read_places
from nlu.reading import Ambiguous, Choice, Commune, Expecting, Intent, PlaceCandidate, Places, Reading
from nlu.text import plain

ON = date(2026, 11, 22)

CLASSES = (
    Choice("poverty_status=poor", "Hộ nghèo"),
    Choice("poverty_status=near_poor", "Hộ cận nghèo"),
    Choice("poverty_status=newly_escaped", "Mới thoát nghèo"),
    Choice("poverty_status=other", "Không thuộc diện nào"),
    Choice("poverty_status=unsure", "Tôi không biết"),
)
YES_NO = (
    Choice("admission_notice=true", "Có"),
    Choice("admission_notice=false", "Không"),
    Choice("admission_notice=unsure", "Tôi chưa rõ"),
)
CONFIRM = (Choice("confirm=send", "Gửi"), Choice("confirm=mend", "Sửa lại"), Choice("confirm=later", "Để sau"))
HOURS = (Choice("contact_hours=morning", "Buổi sáng"), Choice("contact_hours=evening", "Buổi tối"))


def _read(
    text: str, slot: str | None = None, choices: tuple[Choice, ...] = (), programme: str | None = None
) -> Reading:
    return read(text, Expecting(slot, programme, choices), on=ON)


@pytest.mark.parametrize(
    ("text", "slot", "choices", "picked"),
    [
        ("2", "poverty_status", CLASSES, "poverty_status=near_poor"),
        ("số 2", "poverty_status", CLASSES, "poverty_status=near_poor"),
        ("cái thứ hai", "poverty_status", CLASSES, "poverty_status=near_poor"),
        ("cai dau tien", "poverty_status", CLASSES, "poverty_status=poor"),
        ("cái cuối", "poverty_status", CLASSES, "poverty_status=unsure"),
        ("ho can ngheo", "poverty_status", CLASSES, "poverty_status=near_poor"),
        ("không biết", "poverty_status", CLASSES, "poverty_status=unsure"),
        ("khong thuoc dien nao", "poverty_status", CLASSES, "poverty_status=other"),
        ("9", "poverty_status", CLASSES, None),
        ("lãi bao nhiêu", "poverty_status", CLASSES, None),
        ("có", "admission_notice", YES_NO, "admission_notice=true"),
        ("chưa", "admission_notice", YES_NO, "admission_notice=false"),
        ("chưa rõ", "admission_notice", YES_NO, "admission_notice=unsure"),
        ("gui di", "confirm", CONFIRM, "confirm=send"),
        ("sửa lại", "confirm", CONFIRM, "confirm=mend"),
        ("để sau đi", "confirm", CONFIRM, "confirm=later"),
        ("sáng", "contact_hours", HOURS, "contact_hours=morning"),
        ("buổi tối nhé", "contact_hours", HOURS, "contact_hours=evening"),
    ],
)
def test_choice(text: str, slot: str, choices: tuple[Choice, ...], picked: str | None) -> None:
    assert _read(text, slot, choices).choice == picked


def test_one_word_of_one_label() -> None:
    schemes = (
        Choice("scheme=purchase", "Mua hoặc thuê mua nhà ở xã hội"),
        Choice("scheme=build_repair", "Xây mới hoặc sửa chữa nhà"),
    )
    assert _read("mua", "scheme", schemes).choice == "scheme=purchase"
    assert _read("xây", "scheme", schemes).choice == "scheme=build_repair"


def test_a_name_in_answer_to_a_place_is_no_place() -> None:
    assert read("Trần Thị Mai", Expecting("residence"), on=ON, places=read_places).places is None
    assert read("Quỳnh Hậu", Expecting("residence"), on=ON, places=read_places).places is not None


NEXT = (
    Choice("do=screen_all", "Xem khoản vay khác"),
    Choice("do=apply", "Vẫn gửi để cán bộ xem"),
    Choice("do=documents", "Cần giấy tờ gì"),
    Choice("do=human", "Gặp cán bộ"),
)


@pytest.mark.parametrize(
    ("text", "picked"),
    [("oke gửi đi ad", "do=apply"), ("ừ gửi luôn giúp em", "do=apply"), ("cảm ơn", None), ("ok", None)],
)
def test_the_verb_of_one_label(text: str, picked: str | None) -> None:
    assert _read(text, "next", NEXT).choice == picked


@pytest.mark.parametrize(
    ("text", "correction"), [("muốn sửa lại cái nhà", False), ("sửa lại mái", False), ("sửa lại số điện thoại", True)]
)
def test_mending_a_house_corrects_nothing(text: str, correction: bool) -> None:
    assert _read(text).correction is correction


def test_who_knows_is_a_question_not_a_shrug() -> None:
    assert not _read("ai biết", "applicant_kind").unsure
    assert _read("ai mà biết", "applicant_kind").unsure


@pytest.mark.parametrize(
    ("text", "word"),
    [("giếng hỏng rồi", "hong"), ("nhà vệ sinh hỏng", "hong"), ("hỏng biết", "khong"), ("em hỏng có đâu", "khong")],
)
def test_broken_and_the_southern_no(text: str, word: str) -> None:
    assert word in [w.key for w in plain(text).words]


def test_a_choice_gives_its_value() -> None:
    assert _read("2", "poverty_status", CLASSES).answer == "near_poor"
    assert _read("1", "admission_notice", YES_NO).answer is True


def test_two_readings_pick_no_choice() -> None:
    reading = _read("20-30 triệu", "loan_amount", (Choice("loan_amount=20000000", "20 triệu"),))
    assert reading.answer == Ambiguous((20_000_000, 30_000_000))
    assert reading.choice is None


@pytest.mark.parametrize(
    ("text", "self_word"),
    [
        ("bác muốn hỏi vay tiền cho cháu đi học", "bác"),
        ("chị ơi cho em hỏi", "em"),
        ("em chào chị", "em"),
        ("cháu chào bác ạ", "cháu"),
        ("tra hộ bác số điện thoại", "bác"),
        ("coi giùm chị", "chị"),
        ("bác năm mươi lăm tuổi thì vay được không", "bác"),
        ("cô ơi nhà tôi dân tộc Thái", "tôi"),
        ("bac muon hoi", "bác"),
        ("mẹ em bị bệnh", "em"),
        ("cho con hỏi với", "con"),
        ("mình muốn vay", "mình"),
        ("Nhà em ở quê", "em"),
        ("ông ấy mất rồi", None),
        ("vay cho con đi học", None),
        ("co muon vay khong", None),
        ("lãi suất bao nhiêu", None),
    ],
)
def test_addressing(text: str, self_word: str | None) -> None:
    assert _read(text).addressing == self_word


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("tôi hỏi cho bác Tư", "bác Tư"),
        ("hỏi giùm bác Tư với", "bác Tư"),
        ("Bác Tư hàng xóm nhờ mình hỏi giùm", "Bác Tư"),
        ("em hỏi hộ mẹ em", "mẹ em"),
        ("đăng ký vay giúp bạn Hà Văn Lợi", "bạn Hà Văn Lợi"),
        ("bác muốn hỏi vay vốn", None),
        ("tra hộ bác số điện thoại", None),
        ("em muốn vay cho con em đi học", None),
        ("tôi hỏi cho con trai tôi mới ra tù", "con trai tôi"),
        ("vay cho con đi học", None),
    ],
)
def test_about(text: str, who: str | None) -> None:
    assert _read(text).about == who


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("à nhầm, 20 triệu", True),
        ("nham roi, em vay 20 trieu chu khong phai 25", True),
        ("ý lộn, năm 2", True),
        ("không phải hộ nghèo mà là cận nghèo", True),
        ("sửa lại giúp em số căn cước", True),
        ("nhà em không phải hộ nghèo", False),
        ("em vay 20 triệu", False),
    ],
)
def test_correction(text: str, correction: bool) -> None:
    assert _read(text).correction is correction


def test_several_facts_in_one_message() -> None:
    reading = _read("Nhà em hộ cận nghèo, em học đại học năm 2, muốn vay 3 triệu một tháng, sđt 0912 345 607")
    assert reading.facts == {
        "poverty_status": "near_poor",
        "study_level": "university",
        "study_year": 2,
        "loan_amount": 3_000_000,
    }
    assert [e.value for e in reading.entities if e.type == "phone"] == ["+84912345607"]


def test_a_question_is_no_answer_to_a_free_text_slot() -> None:
    asks = Intent(topic="rate", topics=("rate",), confidence=0.95)
    for slot in ("name", "school", "hamlet", "contact_hours"):
        assert read("lãi bao nhiêu vậy", Expecting(slot), asks, ON).answer is None


def test_unknown_slot_is_ignored() -> None:
    reading = _read("20 triệu", "no_such_fact")
    assert reading.answer is None
    assert [e.value for e in reading.entities] == [20_000_000]


def test_spans_are_of_the_composed_text() -> None:
    reading = _read("nha\u0300 em vay 20 trie\u0323\u0302u")
    (money,) = reading.entities
    assert reading.text[money.start : money.end] == "20 triệu"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "???", "😀😀", "\u200b", "a" * 10_000, "1" * 10_000, "20 triệu " * 2_000, "(((", "\x00", "٣٠ triệu"],
)
def test_odd_input_never_fails(text: str) -> None:
    for slot in (None, "name", "loan_amount", "release_date", "poverty_status", "cccd", "contact_hours"):
        assert read(text, Expecting(slot), on=ON).text == text


def test_without_a_day_relative_dates_stay_unread() -> None:
    assert read("ra tù tháng 3 năm ngoái").entities == ()


def test_places_come_from_the_one_who_asks() -> None:
    spot = PlaceCandidate(1.0, Commune("1", "Xã A", "xã", "40", "Nghệ An"), None, 19.0, 105.0)
    asked: list[str] = []

    def places(text: str) -> Places:
        asked.append(text)
        return Places((spot,))

    assert read("xã Quỳnh Lưu", Expecting("residence"), on=ON, places=places).places == Places((spot,))
    assert read("lãi bao nhiêu", Expecting("monthly_income"), on=ON, places=places).places is None
    assert asked == ["xã Quỳnh Lưu"]


def test_a_message_is_read_in_about_a_millisecond() -> None:
    texts = ["em muon vay 20 trieu lam gieng o xa Quynh Luu", "Nhà em hộ cận nghèo, con học năm nhất đại học", "2tr5"]
    for text in texts:
        read(text, on=ON)
    begun = time.process_time()
    for _ in range(20):
        for text in texts:
            read(text, on=ON)
    assert (time.process_time() - begun) / 60 < 0.01  # ten times the aim: the machine may be busy


def test_the_pay_of_the_other_is_not_ones_own() -> None:
    assert _read("10tr", "spouse_monthly_income").facts == {"spouse_monthly_income": 10_000_000}
    assert _read("vợ em lương 9tr, em 11tr").facts["spouse_monthly_income"] == 9_000_000


@pytest.mark.parametrize(
    ("text", "slot", "programme", "facts"),
    [
        ("thang 3 nam ngoai", "certificate", "released", {"release_date": "2025-03"}),
        ("3/2024", "on_commune_list", "released", {"release_date": "2024-03"}),
        ("20 triệu ạ", "on_commune_list", "released", {"loan_amount": 20_000_000}),
        ("20 triệu", "signed_contract", "housing", {}),
        ("thang 3 nam sau", "certificate", "released", {}),
    ],
)
def test_the_answer_to_the_next_question_is_kept(text: str, slot: str, programme: str, facts: dict) -> None:
    reading = _read(text, slot, programme=programme)
    assert reading.answer is None
    assert reading.facts == facts


def test_a_no_to_another_question_fills_nothing() -> None:
    for text in ("chua vao to", "chưa vay ai", "không có giấy báo"):
        assert _read(text, "orphan", programme="student").answer is None
    assert _read("chua vao to", "on_commune_list", programme="released").answer is None
    assert _read("chua vao to", "group", programme="water").answer is False


@pytest.mark.parametrize("text", ["1" * 4000, "1 " * 2000, "." * 4000, "một " * 1000, "0912 " * 800, "1/1/" * 1000])
def test_a_long_message_holds_nobody_up(text: str) -> None:
    for slot in (None, "name", "floor_area_per_person", "phone", "hamlet", "loan_amount"):
        began = time.process_time()
        read(text, Expecting(slot), on=ON, places=read_places)
        assert time.process_time() - began < 0.3  # about 20 ms on an idle machine


def test_what_is_said_of_somebody_else_answers_no_question_of_the_speaker() -> None:
    reading = read("hỏi giúp chị Hoa hàng xóm, chị ấy tạm trú, nhà vệ sinh hỏng", Expecting("area", "water"))
    assert reading.about == "chị Hoa"
    assert reading.unprompted == {"registration": "temporary", "works": "sanitation", "works_state": "damaged"}


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("còn tôi thì muốn vay làm ăn", True),
        ("con toi thi muon vay lam an", True),
        ("còn tôi thì sao", True),
        ("con tôi thì muốn vay đi học", False),
    ],
)
def test_one_speaks_of_oneself_and_not_of_a_child(text: str, own: bool) -> None:
    assert read(text).own is own


def _entities(text: str, slot: str | None = None) -> list[tuple[str, object]]:
    return [(entity.type, entity.value) for entity in _read(text, slot).entities]


@pytest.mark.parametrize(
    ("text", "slot", "told"),
    [
        ("đặng ngọc bảo châu nha ad", "name", [("person_name", "đặng ngọc bảo châu")]),
        ("lê hoàng sơn ạ", "name", [("person_name", "lê hoàng sơn")]),
        ("hồ sơ tôi đâu", "name", []),
        ("lại phải khai à", "name", []),
        ("98 nha", "birth_year", [("birth_year", 1998)]),
        ("dạ năm 76 ạ", "birth_year", [("birth_year", 1976)]),
        ("nam 2041", "birth_year", []),
        ("Khu phố Tân Lập 2 ạ", "hamlet", [("place", "Khu phố Tân Lập 2")]),
        ("thôn Đông Sơn 1 ạ", "hamlet", [("place", "thôn Đông Sơn 1")]),
    ],
)
def test_what_an_answer_names(text: str, slot: str, told: list[tuple[str, object]]) -> None:
    assert _entities(text, slot) == told


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("vay 50 triệu mỗi tháng trả bao nhiêu", None),
        ("lãi 1 tháng của 40 triệu", None),
        ("mức vay mỗi tháng bao nhiêu, vẫn 4 triệu à", "month"),
        ("lương 7 triệu, mỗi tháng dành ra 2 triệu trả nợ", "month"),
        ("sinh viên được vay 4 triệu một tháng, trả lãi bao nhiêu", "month"),
    ],
)
def test_a_sum_is_by_the_month_only_where_it_is_said_of_it(text: str, period: str | None) -> None:
    assert [e.period for e in _read(text).entities if e.type == "money"] == [period]
