"""What an answer is and is not, given the question: found by playing thousands of talks; each line is a class of mistakes."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.read import read
from nlu.reading import Choice, Expecting

ON = date(2026, 11, 26)
UNSURE_ONLY = (Choice("study_year=unsure", "Tôi không rõ"),)


def reading(text: str, slot: str, choices: tuple[Choice, ...] = ()):
    return read(text, Expecting(slot, None, choices), on=ON)


@pytest.mark.parametrize("said", ["em không biết", "tôi không biết", "tui hổng biết", "e hok bik", "mk ko bít", "không rõ ạ"])
@pytest.mark.parametrize(
    "slot",
    ["on_commune_list", "certificate", "works_state", "can_secure", "contract_with", "orphan", "applicant_kind",
     "workers_released", "registration", "institution_in_vietnam", "same_purpose_vbsp_debt"],
)  # fmt: skip
def test_not_knowing_is_no_no(said: str, slot: str) -> None:
    found = reading(said, slot)
    assert (found.answer, found.unsure, found.facts) == (None, True, {})


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("bạn có người yêu chưa", "registration"),
        ("alo có ai không", "land_certificate"),
        ("mà lãi có cao khong", "registration"),
        ("có phải lừa đảo không đấy", "land_certificate"),
        ("có mất phí gì không", "lawful_residence"),
        ("thế phải chuẩn bị giấy tờ gì", "institution_in_vietnam"),
        ("đội tuyển Việt Nam đá mấy giờ", "institution_in_vietnam"),
        ("hôm nay trời nóng quá", "release_date"),
        ("gia lon hoi dao nay the nao", "area"),
        ("mất rồi", "land_certificate"),
    ],
)
def test_a_question_or_small_talk_answers_nothing(said: str, slot: str) -> None:
    assert reading(said, slot).answer is None


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("vào tổ rồi", "group", True),
        ("trường cấp giấy rồi", "school_confirmation", True),
        ("em tính kỹ rồi", "business_plan", True),
        ("đăng ký rồi ạ", "lawful_residence", True),
        ("công an xã ghi tên rồi", "on_commune_list", True),
        ("cong an xa ghi ten roi", "on_commune_list", True),
        ("chưa thấy có tên", "on_commune_list", False),
        ("hoàn cảnh nhà em khó khăn lắm, chưa ạ, anh chị thông cảm", "signed_contract", False),
        ("em 35 tuổi rồi", "full_civil_capacity", True),
        ("người lớn rồi", "full_civil_capacity", True),
        ("em 16 tuổi", "full_civil_capacity", False),
        ("vay cho gia đình ạ", "applicant_kind", "person"),
        ("cho cô", "applicant_kind", "person"),
        ("40 m² một người", "floor_area_per_person", 40),
        ("6 tháng 4 năm 2026", "release_date", "2026-04-06"),
        ("em muốn mua căn hộ nhà ở xã hội", "housing_purpose", "buy"),
    ],
)
def test_an_ordinary_answer_is_understood(said: str, slot: str, value: object) -> None:
    assert reading(said, slot).answer == value


@pytest.mark.parametrize("said", ["năm thứ nhất", "nam thu nhat", "đang học năm thứ nhất"])
def test_a_year_is_not_the_only_button(said: str) -> None:
    found = reading(said, "study_year", UNSURE_ONLY)
    assert (found.answer, found.choice, found.unsure) == (1, None, False)


def test_a_round_sum_picks_no_button() -> None:
    found = reading("1.000.000 đồng một tháng", "loan_amount", (Choice("loan_amount=unsure", "Tôi không rõ"),))
    assert (found.answer, found.choice) == (1_000_000, None)


def test_the_police_without_accents_grant_no_amnesty() -> None:
    assert "certificate" not in reading("cong an xa ghi ten roi", "on_commune_list").facts


def test_signing_for_oneself_is_no_contract_with_an_employer() -> None:
    assert reading("đủ tuổi rồi, tự ký được", "full_civil_capacity").facts == {"full_civil_capacity": True}


def test_the_name_of_the_loan_names_no_works() -> None:
    assert "works" not in reading("cho em đăng ký vay nước sạch", "area").facts


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("à nhầm, em chỉ đăng ký tạm trú", {"registration": "temporary"}),
        ("ấy nhầm, nhà tôi hộ cận nghèo mới đúng", {"poverty_status": "near_poor"}),
    ],
)
def test_a_correction_brings_its_value(said: str, facts: dict[str, str]) -> None:
    found = reading(said, "works_state")
    assert found.correction
    assert found.facts == facts
