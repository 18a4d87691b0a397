"""Taking consent back: what is asked of the world, and what stays known."""

from __future__ import annotations

import pytest
from talk import Talk

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


def played(*turns: str) -> Talk:
    talk = Talk()
    for turn in turns:
        if turn.startswith(">"):
            talk.press(turn[1:])
        else:
            talk.say(turn)
    return talk


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
