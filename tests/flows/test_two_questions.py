"""Two questions in one message, in the middle of a form: two short answers in their order, then the open question again."""

from __future__ import annotations

import re

import pytest
from talk import Talk, played

from flows.answers import plainly_asked

BEGUN = {
    "student": ("đăng ký vay cho con đi học đại học",),
    "water": ("đăng ký vay làm nhà vệ sinh",),
    "housing": ("đăng ký vay mua nhà ở xã hội",),
    "released": ("ra tù muốn đăng ký vay vốn",),
    "abroad": ("vay đi Nhật làm việc", ">do=apply:abroad"),
    "jobs": ("vay tạo việc làm nuôi bò", ">do=apply:jobs"),
}
IN_THE_FORM = (">works_state=missing", ">registration=permanent", ">area=rural", ">consent=yes")
ASKED = (
    "đang làm dở thì con tôi hỏi: lãi bao nhiêu, bao giờ phải trả",
    "lai bao nhieu va bao gio phai tra",
    "lãi mấy phần trăm với lại khi nào trả hả em",
)


def check(talk: Talk, text: str) -> None:
    slot = talk.conversation.pending.slot
    rate, repayment, again = [one.text for one in talk.say(text)]
    assert re.search(r"\d%", rate)
    assert "trả" in repayment
    assert all(len(re.findall(r"[.!?](?:\s|$)", answer)) <= 2 for answer in (rate, repayment))
    assert again.startswith("Còn câu lúc nãy: ")
    assert talk.conversation.pending.slot == slot


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("programme", BEGUN)
def test_both_are_answered_and_the_question_stays(programme: str, text: str) -> None:
    check(played(*BEGUN[programme]), text)


def test_asked_again_the_answers_stay_short() -> None:
    talk = played(*BEGUN["student"])
    for text in ASKED:
        check(talk, text)


@pytest.mark.parametrize("text", ASKED)
def test_where_a_place_is_asked(text: str) -> None:
    check(played(*BEGUN["water"], *IN_THE_FORM), text)


def test_topics_in_the_order_they_are_named() -> None:
    assert plainly_asked("bao giờ phải trả, lãi bao nhiêu") == ("repayment", "rate")
    assert plainly_asked("khi nào trả lời tôi") == ()
