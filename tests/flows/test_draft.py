"""Coming back: the one line that says where we were, for whom, and how little it tells a bystander."""

from __future__ import annotations

import pytest
from talk import Talk

from flows.engine.effects import RemindAt, Submit

PLACE = "xã Hà Lai, huyện Hà Trung, Thanh Hóa"


@pytest.fixture
def hoa() -> Talk:
    """Has agreed and is asked for her phone number."""
    talk = Talk()
    for words in ("tôi muốn đăng ký vay nước sạch", "giếng hư rồi", "thường trú", "ở xã"):
        talk.say(words)
    talk.press("consent=yes")
    for words in (PLACE, "Thôn 3"):
        talk.say(words)
    talk.press("group=no")
    talk.press("works=water")
    for words in ("20 triệu", "Lê Văn Tám"):
        talk.say(words)
    assert talk.conversation.pending.slot == "phone"
    return talk


def said(messages) -> str:
    return "\n".join(message.text for message in messages)


@pytest.mark.parametrize("away", [{"minutes": 40}, {"days": 2}, {"days": 29}])
def test_after_minutes_days_or_weeks_one_line_says_where_we_were(hoa: Talk, away: dict) -> None:
    hoa.later(**away)
    told = said(hoa.start())
    assert "Lần trước mình đang làm đăng ký vay nước sạch, nhà vệ sinh, còn thiếu số điện thoại và giờ gọi được." in told
    assert hoa.conversation.pending.slot == "phone"


def test_a_question_that_only_the_form_asks_counts_as_missing(hoa: Talk) -> None:
    hoa.say("0987654321")
    hoa.press("contact_hours=any")
    hoa.press("confirm=mend")
    hoa.press("mend=works")
    assert hoa.conversation.pending.slot == "works"
    hoa.later(hours=2)
    assert "còn thiếu vài câu về điều kiện" in said(hoa.start())


def test_a_short_silence_needs_no_line(hoa: Talk) -> None:
    hoa.later(minutes=10)
    assert "Lần trước" not in said(hoa.say("0987654321"))


def test_who_answers_at_once_is_not_asked_again(hoa: Talk) -> None:
    hoa.later(days=3)
    told = said(hoa.say("0987654321"))
    assert told.startswith("Lần trước mình đang làm đăng ký vay nước sạch, nhà vệ sinh, còn thiếu giờ gọi được.")
    assert hoa.conversation.pending.slot == "contact_hours"


def test_who_asks_something_else_is_answered(hoa: Talk) -> None:
    hoa.later(days=3)
    assert "một năm" in said(hoa.say("lãi suất vay nước sạch bao nhiêu"))


def test_the_matter_of_another_person_is_named_as_theirs() -> None:
    talk = Talk()
    talk.say("tôi hỏi cho bác Tư hàng xóm, bác muốn đăng ký vay nước sạch")
    talk.press("works_state=missing")
    talk.press("registration=permanent")
    talk.press("area=rural")
    talk.press("consent=yes")
    talk.later(hours=5)
    assert "cho bác Tư" in said(talk.start())


def test_a_draft_is_forgotten_thirty_days_after_the_person_last_did_something(hoa: Talk) -> None:
    hoa.later(days=29)
    hoa.say("dừng")
    hoa.press("Nhắc tôi sau")
    hoa.later(days=29)
    assert hoa.conversation is not None
    hoa.later(days=1, minutes=1)
    assert hoa.conversation is None
    assert "Lần trước" not in said(hoa.start())


def test_once_sent_there_is_no_draft(hoa: Talk) -> None:
    hoa.say("0987654321")
    hoa.press("contact_hours=any")
    hoa.press("confirm=send")
    assert any(isinstance(effect, Submit) for effect in hoa.effects)
    hoa.later(days=3)
    assert "Lần trước" not in said(hoa.say("chào em"))


@pytest.mark.parametrize("words", ["làm tiếp", "lam tiep nhe", "cho tôi làm tiếp", "tiếp tục đăng ký", "continue"])
def test_words_go_on_with_it_from_wherever_the_talk_had_gone(hoa: Talk, words: str) -> None:
    hoa.say("dừng")
    hoa.press("Không cần nhắc")
    hoa.say(words)
    assert (hoa.conversation.flow, hoa.conversation.pending.slot) == ("pre_application", "phone")


# --- the reminder --------------------------------------------------------------------------------------------------------------


def test_nobody_is_reminded_who_did_not_agree(hoa: Talk) -> None:
    assert hoa.later(days=29) == []


def test_the_question_is_put_once(hoa: Talk) -> None:
    hoa.say("thôi để sau")
    assert hoa.conversation.pending.slot == "draft_reminder"
    hoa.press("Không cần nhắc")
    hoa.press("do=apply:water")
    hoa.say("thôi để sau")
    assert hoa.conversation.pending.slot != "draft_reminder"
    assert hoa.later(days=20) == []


def test_it_comes_once_by_day_two_days_after_the_last_word(hoa: Talk) -> None:
    hoa.later(hours=12)  # 21:05
    hoa.say("thôi để sau")
    hoa.press("Nhắc tôi sau")
    (reminder,) = [effect for effect in hoa.effects if isinstance(effect, RemindAt)]
    assert reminder.at == "2026-11-26T08:00:00+07:00"
    hoa.later(days=1)
    hoa.say("lãi suất bao nhiêu")  # came back: two more days from here
    assert hoa.later(days=1, hours=12) == []
    assert "còn thiếu số điện thoại" in said(hoa.later(days=1))
    assert hoa.later(days=25) == []
    assert hoa.say("nhắc tôi sau nhé")[0].text != ""
    assert hoa.waits == {}, "never twice"


def test_sending_cancels_it(hoa: Talk) -> None:
    hoa.say("thôi để sau")
    hoa.press("Nhắc tôi sau")
    assert list(hoa.waits) == ["draft.1"]
    hoa.press("do=apply:water")
    hoa.say("0987654321")
    hoa.press("contact_hours=any")
    hoa.press("confirm=send")
    assert hoa.waits == {}


def test_erasing_cancels_it(hoa: Talk) -> None:
    hoa.say("thôi để sau")
    hoa.press("Nhắc tôi sau")
    hoa.say("xóa hết thông tin của tôi")
    hoa.press("erase=yes")
    assert hoa.waits == {}


def test_words_take_it_back(hoa: Talk) -> None:
    hoa.say("thôi để sau")
    hoa.press("Nhắc tôi sau")
    hoa.say("đừng nhắc nữa")
    assert hoa.waits == {}
    assert hoa.later(days=20) == []
