"""Fraud and threats: what is recognised and what is not, a number against the branches' lists, a report to staff."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from talk import Talk, rules

from flows.engine.effects import HandOver, Say
from flows.plain_words import bare
from flows.routing import Point, PointDirectory
from flows.scam import _signs

PLACE = "xã Hà Lai, huyện Hà Trung, Thanh Hóa"


def said(messages) -> str:
    return "\n".join(message.text for message in messages)


def with_numbers(*phones: str) -> Talk:
    base = rules()
    points = tuple(
        Point(code=f"15000{number}", name=f"Điểm giao dịch Thử {number}", commune="15298", former="15331", phone=phone)
        for number, phone in enumerate(phones)
    )
    return Talk(book=replace(base, points=PointDirectory(points, base.points.communes, base.points.formers)))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("họ đòi 500k phí hồ sơ có đúng không", "fee"),
        ("tổ trưởng bảo nộp tiền bồi dưỡng cho cán bộ", "fee"),
        ("nộp 1 triệu mới được duyệt vay", "fee"),
        ("ho bat dong phi bao hiem khoan vay", "fee"),
        ("nó bảo đọc mã OTP gửi về máy", "otp"),
        ("xin ma xac nhan de giai ngan", "otp"),
        ("cán bộ bảo gửi ảnh căn cước qua zalo", "papers"),
        ("trên facebook hứa giải ngân nhanh trong ngày", "fast"),
        ("nợ xấu vẫn duyệt", "fast"),
        ("chủ nợ dọa đốt nhà", "threat"),
        ("tôi vay app, họ khủng bố điện thoại cả nhà", "threat"),
        ("em lỡ chuyển tiền cho họ rồi", "harmed"),
        ("cháu trót đọc mã otp rồi", "harmed"),
        ("số 0912345678 có phải của ngân hàng không", "number"),
        ("sđt 0912 345 678 là lừa đảo à", "number"),
        ("they ask for a fee before the loan", "fee"),
        ("the lender threatens my family over a debt", "threat"),
    ],
)  # fmt: skip
def test_what_is_recognised(words: str, kind: str) -> None:
    assert kind in _signs(bare(words))


@pytest.mark.parametrize(
    "words",
    [
        "học phí của con tôi 12 triệu một năm",
        "con tôi đã đóng tiền học rồi",
        "tôi lo chuyện tiền học cho con",
        "giải ngân có nhanh không",
        "bao giờ thì giải ngân",
        "công ty thu phí dịch vụ xuất khẩu lao động 30 triệu",
        "tổ trưởng thu tiền tiết kiệm 50 nghìn mỗi tháng",
        "trả nợ trước hạn có được không",
        "chi phí đi Nhật hết bao nhiêu",
        "cho tôi số điện thoại của phòng giao dịch",
        "cho số điện thoại có sao không, sợ lừa đảo lắm",
        "số của tôi là 0987654321",
        "0987654321",
        "ngân hàng đã chuyển tiền cho tôi chưa",
        "nhà tôi bị lũ, mất trắng, nợ cũ chưa trả",
    ],
)
def test_what_is_no_alarm(words: str) -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    talk.say(words)
    assert talk.conversation.flow != "scam"
    assert not any("ngân hàng chính sách xã hội không bao giờ" in talk._word(effect.text).lower() for effect in talk.effects if isinstance(effect, Say))


# --- is this number real? --------------------------------------------------------------------------------------------------------


def test_without_a_list_we_say_so() -> None:
    assert "chưa có danh sách" in said(Talk().say("số 0912345678 có phải của ngân hàng không"))


@pytest.mark.parametrize("listed", ["0237 386 1234", "02373861234", "+84 237 386 1234", "0912.000.111; 0237-3861234"])
@pytest.mark.parametrize("asked", ["02373861234", "0237 3861 234", "+842373861234"])
def test_a_listed_number_is_named_with_its_point(listed: str, asked: str) -> None:
    told = said(with_numbers("0911222333", listed).say(f"số {asked} có phải của ngân hàng không"))
    assert "đúng là số của Điểm giao dịch Thử 1" in told
    assert "có thể bị giả" in told, "the number on the screen proves nothing"


def test_one_that_is_not_listed_is_never_called_false() -> None:
    told = said(with_numbers("0237 386 1234").say("số 0912345678 có phải của ngân hàng không"))
    assert "không có trong danh sách tôi biết" in told
    assert "không nói số này là giả" in told
    assert "chắc chắn" not in told


def test_the_number_may_come_with_the_next_message() -> None:
    talk = with_numbers("0237 386 1234")
    assert "nhắn số đó" in said(talk.say("số này có phải của ngân hàng không"))
    assert "đúng là số của" in said(talk.say("0237 3861 234"))


def test_the_callers_number_is_not_taken_for_the_persons() -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    talk.say("nhà tôi hộ nghèo, có ông Nguyễn Văn Hùng số 0912345678 đòi 500k phí hồ sơ")
    case = talk.conversation.cases[0]
    assert "phone" not in case.slots
    assert "name" not in case.slots
    assert "loan_amount" not in case.facts
    assert case.facts["poverty_status"].value == "poor", "what they tell of themselves is kept"


# --- a fee is never real -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sum_said", ["500k", "2 triệu", "300 nghìn"])
def test_no_sum_is_a_fee_of_the_bank(sum_said: str) -> None:
    told = said(Talk().say(f"họ đòi {sum_said} phí hồ sơ có đúng không"))
    assert "Không có khoản phí nào như vậy" in told
    assert "báo công an xã" in told


def test_whether_there_are_fees_is_a_question_and_no_alarm() -> None:
    told = said(Talk().say("vay có mất phí gì không"))
    assert "Không ai được thu phí" in told
    assert "báo công an xã" not in told


# --- again and again ---------------------------------------------------------------------------------------------------------------


def test_every_safety_answer_in_a_row_repeats_the_steps_in_other_words() -> None:
    talk = Talk()
    answers = [talk.say("họ đòi phí hồ sơ")[1].text, *(talk.say("họ đòi phí hồ sơ")[0].text for _ in range(9))]
    assert all(first != second for first, second in pairwise(answers))
    for answer in answers:
        assert "công an xã" in answer
    assert all(len(answer) < len(answers[0]) for answer in answers[2:4]), "in short"


# --- passing it on ------------------------------------------------------------------------------------------------------------------


def test_a_report_goes_to_staff_with_what_was_told_and_only_with_consent() -> None:
    talk = Talk()
    talk.say("số 0912345678 gọi đòi 500k phí hồ sơ")
    talk.press("Báo cho cán bộ")
    assert not any(isinstance(effect, HandOver) for effect in talk.effects)
    talk.press("consent=yes")
    talk.say(PLACE)
    (handed,) = [effect for effect in talk.effects if isinstance(effect, HandOver)]
    assert handed.topic == "scam"
    assert handed.known["scam_phone"] == "0912 345 678"
    assert handed.known["scam_fee"] == 500_000
    assert handed.known["scam_kind"] == "fee"


def test_in_the_middle_of_a_form_the_question_stays_open_and_a_button_is_there() -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    slot = talk.conversation.pending.slot
    talk.say("có người đòi phí hồ sơ")
    assert talk.conversation.pending.slot == slot
    assert "do=report_scam" in {choice.id for choice in talk.conversation.pending.choices}


def test_who_did_it_already_hears_what_to_do_now() -> None:
    talk = Talk()
    talk.say("họ đòi phí hồ sơ")
    told = said(talk.press("Tôi lỡ làm theo rồi"))
    assert "khóa tài khoản" in told
    assert "Báo công an xã" in told
    assert "không có lỗi" in told


def test_a_threat_is_met_with_calm_and_with_people_to_turn_to() -> None:
    told = said(Talk().say("chủ nợ dọa đánh tôi"))
    for help_from in ("113", "công an xã", "hội phụ nữ"):
        assert help_from in told
