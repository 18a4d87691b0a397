"""Taking consent back: what is asked of the world, and what stays known."""

from __future__ import annotations

import pytest
from talk import Talk, played

from flows.engine.effects import KeepConsent, Withdraw
from nlu.asides import aside

TOLD = ("muốn vay làm nhà vệ sinh, ở nông thôn", ">Chưa có", ">Thường trú", ">Đồng ý")
SENT = (
    *TOLD,
    "xã Hà Lai huyện Hà Trung Thanh Hóa",
    "thôn 3",
    ">Đã vào tổ",
    "20 triệu",
    "Nguyễn Văn Ba",
    "0912345678",
    ">contact_hours=any",
    ">confirm=send",
)


def case_of(talk: Talk):
    return next(case for case in talk.conversation.cases if case.id == talk.conversation.active)


def test_the_draft_goes_and_the_proof_stays() -> None:
    talk = played(*TOLD, "rút lại đồng ý", ">unconsent=yes")
    case = case_of(talk)
    assert (case.facts, case.slots, case.place, case.consent) == ({}, {}, None, None)
    assert [effect.given for effect in talk.effects if isinstance(effect, KeepConsent)] == [False]
    assert not [effect for effect in talk.effects if isinstance(effect, Withdraw)]


def test_what_was_sent_is_taken_back_and_its_end_stays_known() -> None:
    talk = played(*SENT)
    (lead,) = talk.leads
    talk.say("tôi không đồng ý cho giữ thông tin nữa")
    assert "15 ngày" in talk._word(talk.conversation.pending.text)
    talk.press("unconsent=yes")
    assert [effect.lead for effect in talk.effects if isinstance(effect, Withdraw)] == [lead.id]
    case = case_of(talk)
    assert (case.facts, case.consent, case.leads[lead.id].status) == ({}, None, "closed_withdrawn")


def test_nothing_happens_before_it_is_confirmed() -> None:
    talk = played(*TOLD, "rut lai su dong y", ">unconsent=no")
    case = case_of(talk)
    assert case.consent is not None
    assert case.facts
    assert not [effect for effect in talk.effects if isinstance(effect, KeepConsent | Withdraw)]


@pytest.mark.parametrize(
    "text",
    [
        "rút lại đồng ý",
        "rut lai su dong y",
        "tôi muốn rút lại sự đồng ý",
        "tôi không đồng ý cho giữ thông tin nữa",
        "khong cho luu thong tin cua toi nua",
        "thôi đừng giữ thông tin của tôi nữa",
        "tôi hủy bỏ sự đồng ý",
        "i want to withdraw my consent",
        "tôi không đồng ý nữa",
        "tôi đổi ý không đồng ý",
        "à khoan, tôi không đồng ý nữa",
    ],
)
def test_free_words_reach_it(text: str) -> None:
    assert aside(text) == "unconsent"


@pytest.mark.parametrize(
    "text", ["đồng ý", "không đồng ý", "bot có lưu thông tin của tôi không", "xóa thông tin của tôi", "rút lại đăng ký"]
)
def test_other_words_do_not(text: str) -> None:
    assert aside(text) != "unconsent"


def test_where_consent_is_asked_it_is_a_no() -> None:
    assert aside("tôi không đồng ý cho lưu thông tin", slot="consent") is None


@pytest.mark.parametrize("text", ["đừng gửi", "khoan đã đừng gửi", "không, đừng gửi đi", "không gửi nữa", "dung gui nua", "don't send it"])
def test_not_to_send_is_heard(text: str) -> None:
    assert aside(text, slot="confirm") == "unsend"


@pytest.mark.parametrize("text", ["đúng, gửi đi", "đúng gửi đi", "dung gui di", "gửi đi", "không gửi được à"])
def test_to_send_is_not_taken_for_its_opposite(text: str) -> None:
    assert aside(text, slot="confirm") is None


@pytest.mark.parametrize("text", ["khoan đã đừng gửi", "không, đừng gửi đi"])
@pytest.mark.parametrize("before", [(), (">confirm=mend",)])
def test_a_draft_that_is_not_to_be_sent_is_not_sent(text: str, before: tuple[str, ...]) -> None:
    talk = played(*SENT[:-1], *before, text)
    assert talk.conversation.flow == "draft_reminder"
    assert not case_of(talk).leads


def test_not_to_send_is_a_yes_to_taking_back() -> None:
    talk = played(*SENT, "rút lại đăng ký", "đừng gửi nữa, tôi đổi ý")
    assert [note.status for note in case_of(talk).leads.values()] == ["closed_withdrawn"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("xóa hết", "erase"),
        ("xoá hết thông tin của tôi đi", "erase"),
        ("delete my data", "erase"),
        ("làm sao để xóa thông tin", "data"),
        ("thông tin của tôi", "data"),
        ("dữ liệu của tôi", "data"),
        ("xóa nợ được không", None),
        ("đã xóa án tích", None),
    ],
)
def test_erasing_is_asked_for_in_words(text: str, says: str | None) -> None:
    assert aside(text) == says


@pytest.mark.parametrize("yes", ["có", "đúng", "yes", "xóa hết"])
def test_a_plain_yes_erases(yes: str) -> None:
    talk = played(*TOLD, "xóa hết", yes)
    assert (case_of(talk).facts, case_of(talk).consent) == ({}, None)


@pytest.mark.parametrize("text", ["tôi không đồng ý nữa", "tôi bận", "CCCD của tôi là 001085012345"])
def test_what_is_no_time_is_not_kept_as_the_hours_to_call(text: str) -> None:
    talk = played(*SENT[:-2], text)
    assert case_of(talk).slots.get("contact_hours") is None


@pytest.mark.parametrize("text", ["tối", "toi", "buổi tối", "toi nao cung duoc", "sau 17h", "tôi rảnh sau 5 giờ"])
def test_a_time_is_kept(text: str) -> None:
    assert case_of(played(*SENT[:-2], text)).slots["contact_hours"]


def test_after_a_no_nobody_is_kept() -> None:
    talk = played(*TOLD[:-1], "không đồng ý", "tôi tên Trần Văn Bình 0911222333", "tôi ở xã Nghi Lộc, Nghệ An")
    case = case_of(talk)
    assert case.consent is None
    assert (case.slots.get("name"), case.slots.get("phone"), case.place) == (None, None, None)


def test_an_identity_number_is_no_failed_try() -> None:
    talk = played(*TOLD, "my ID is 001085012345")
    assert (talk.conversation.pending.slot, talk.conversation.pending.tries) == ("residence", 0)


def test_of_two_numbers_the_one_that_is_said_is_called() -> None:
    told = (*TOLD[:-1], "Trần Văn Bình 0911222333", "số của vợ tôi 0988777666")
    assert case_of(played(*told)).slots["phone"] == "+84911222333"
    assert case_of(played(*told, "gọi số 0988777666 nhé")).slots["phone"] == "+84988777666"
