"""What an answer is and is not, given the question: found by playing thousands of talks; each line is a class of mistakes."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.read import read
from nlu.reading import Choice, Expecting

ON = date(2026, 11, 26)
UNSURE_ONLY = (Choice("study_year=unsure", "Tôi không rõ"),)


def reading(text: str, slot: str | None, choices: tuple[Choice, ...] = (), programme: str | None = None):
    return read(text, Expecting(slot, programme, choices), on=ON)


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
        ("à không, có nhưng hỏng", "registration"),
        ("không, nhà tôi hộ nghèo mới đúng", "institution_in_vietnam"),
        ("đâu có ai ốm đau mô", "institution_in_vietnam"),
        ("chua co nha", "signed_contract"),
        ("à không, ra tù năm ngoái thôi", "on_commune_list"),
        ("nha tui khong ai om", "lawful_residence"),
        ("à nhầm, xã Diễn Hồng", "group"),
        ("gửi đi nhưng đừng ghi chuyện tù tội", "group"),
        ("có hợp đồng hết", "plan_confirmed"),
        ("sua lai giup em, dat nha em chua co so do", "registration"),
        ("thôi để lúc khác", "poverty_status"),
        ("thôi khỏi vay", "registration"),
        ("thôi tôi không vay nữa", "same_purpose_vbsp_debt"),
        ("có số cán bộ không, cho tui gặp người", "registration"),
        ("da cam on", "works_state"),
        ("vay trong mấy năm", "loan_amount"),
        ("vay trong mấy năm", "full_civil_capacity"),
        ("để sau", "study_year"),
        ("để sau", "loan_amount"),
        ("năm ngất", "study_year"),
        ("0935111222", "loan_amount"),
        ("xóm 4", "loan_amount"),
        ("xóm 4", "study_year"),
        ("đã vào tổ", "name"),
        ("có tên trong danh sách", "name"),
        ("xã Diễn Kim Diễn Châu Nghệ An", "name"),
        ("hai chục triệu", "hamlet"),
        ("0912345677", "hamlet"),
        ("tui ten Nguyen Thi Hoa", "hamlet"),
        ("xã Diễn Mỹ huyện Diễn Châu Nghệ An", "hamlet"),
        ("đã vào tổ", "hamlet"),
        ("thường trú", "hamlet"),
        ("buổi tối", "hamlet"),
        ("chua vay cho nao", "institution_in_vietnam"),
        ("dạ chưa nợ ai hết", "lawful_residence"),
        ("không vay ở đâu cả", "business_plan"),
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
        ("à không, có", "signed_contract", True),
        ("đúng", "can_secure", True),
        ("22", "full_civil_capacity", True),
        ("cháu 17", "full_civil_capacity", False),
        ("I am 17", "full_civil_capacity", False),
        ("em chưa bị kỷ luật gì", "sanctioned", False),
        ("chhưa ký gì cả", "signed_contract", False),
        ("nhà tôi khhông ai vay cả", "same_purpose_vbsp_debt", "none"),
        ("không có tên trong danh sách", "poverty_status", "other"),
        ("vùng hay bị thiên tai", "housing_class", "rural_disaster"),
        ("anh ra tù 2024, tháng 5", "release_date", "2024-05"),
        ("có nhưng hỏng", "works_state", "damaged"),
        ("xóm 4", "hamlet", "xóm 4"),
        ("thôn Hai, xã Diễn Mỹ", "hamlet", "thôn Hai"),
        ("Đồng Tâm", "hamlet", "Đồng Tâm"),
        ("cô tên vi thanh hoa", "name", "Vi Thanh Hoa"),
        ("đặng ngọc nga", "name", "Đặng Ngọc Nga"),
        ("first year", "study_year", 1),
        ("yes she has the admission letter", "admission_notice", True),
        ("not yet", "signed_contract", False),
        ("my name is Mary Tran", "name", "Mary Tran"),
        ("I agree", "consent", True),
        ("20 million", "loan_amount", 20_000_000),
        ("near poor", "poverty_status", "near_poor"),
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


@pytest.mark.parametrize(
    ("said", "slot", "aside"),
    [
        ("đúng", "confirm", None),
        ("Đúng.", None, None),
        ("dung", "confirm", None),
        ("dừng", "confirm", "cancel"),
        ("dung lai", "confirm", "cancel"),
        ("stop", "confirm", "cancel"),
        ("em chưa bị kỷ luật gì", "sanctioned", None),
        ("theo luaatj nào vậy", "group", "law"),
        ("sawps xong chưa", "group", "left"),
        ("why do you ask", "group", "why"),
        ("hide", "group", "hide"),
        ("delete all my data", None, "erase"),
        ("English", None, "language:en"),
        ("english please", "study_year", "language:en"),
        ("Hello, do you speak English?", None, "language:en"),
        ("tiếng Việt", "group", "language:vi"),
        ("she studies English at university", None, None),
        ("tiếng Anh", "stem_field", None),
    ],
)
def test_what_is_said_beside_the_matter(said: str, slot: str | None, aside: str | None) -> None:
    assert reading(said, slot).aside == aside


@pytest.mark.parametrize(
    ("said", "programme", "facts"),
    [
        ("hai vo chong em luong 28tr va 25tr, mua nha o xa hoi", "housing",
         {"monthly_income": 28_000_000, "spouse_monthly_income": 25_000_000}),
        ("chồng lương 15 triệu vợ 10 triệu, mua nhà ở xã hội", "housing",
         {"monthly_income": 15_000_000, "spouse_monthly_income": 10_000_000}),
        ("chưa có vợ, lương 12tr, mua nhà ở xã hội", "housing", {"monthly_income": 12_000_000, "spouse_monthly_income": None}),
        ("tôi có xưởng mộc 12 công nhân", "jobs", {"workers_total": 12}),
        ("xưởng may 12 lao động, cần vay 3 tỷ", "jobs", {"workers_total": 12, "loan_amount": 3_000_000_000}),
        ("cơ sở em có 20 người, 3 người mới ra tù", "released", {"workers_total": 20, "workers_released": 3}),
        ("ra tù 2024, tháng 5, có tên trong danh sách, giấy chấp hành xong, không nợ, vay 80 triệu chăn nuôi", "released",
         {"release_date": "2024-05", "certificate": "completed_sentence", "loan_amount": 80_000_000, "on_commune_list": True}),
        ("tôi ra tù 7 năm rồi", "released", {"release_date": "2019-11"}),
        ("chu coi co cho mo vay duoc khong, con tui moi do dai hoc", "student", {"sudden_hardship": None}),
        ("tui moi mo quan", None, {"sudden_hardship": None}),
        ("mẹ em mới mổ", "student", {"sudden_hardship": "illness"}),
        ("mình đang học thạc sĩ ở đại học bách khoa", "student", {"study_level": "master"}),
        ("nhà em chưa có nhà vệ sinh", "housing", {"house_state": None, "owns_home_in_province": None}),
        ("à không, có nhưng hỏng", "water", {"works_state": "damaged"}),
    ],
)  # fmt: skip
def test_what_is_told_in_passing(said: str, programme: str | None, facts: dict[str, object]) -> None:
    found = reading(said, None, programme=programme).facts
    assert {fact: found.get(fact) for fact in facts} == facts


def test_the_name_of_a_school_is_no_level() -> None:
    found = reading("đại học bách khoa hà nội", "institution_in_vietnam", programme="student")
    assert found.facts == {"institution_in_vietnam": True}


def test_a_list_is_no_name() -> None:
    found = reading("tôi muốn vay tiền, có tên trong danh sách, ra tù tháng 3/2024", None)
    assert not [entity for entity in found.entities if entity.type == "person_name"]


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("tôi bị lừa, số 0981234567 nhận là cán bộ ngân hàng, có đúng không", False),
        ("số 0981234567 có phải cán bộ không", False),
        ("số của tôi 0981234567, gọi cho tôi lúc nào cũng được", True),
    ],
)
def test_the_number_of_a_swindler_is_not_the_speakers(said: str, own: bool) -> None:
    assert any(entity.type == "phone" for entity in reading(said, None).entities) is own
