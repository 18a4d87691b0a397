"""Quick hide, and what a notification may show: nothing of a sentence served, nothing of a debt."""

from __future__ import annotations

import pytest
from talk import Talk

from bot.papers.calendar_link import CalendarLinks
from bot.saying import Site, messages_of
from flows.discretion import is_discreet
from flows.engine.effects import Ask, Hide, Say
from flows.engine.events import LeadMoved, StaffReplied

SITE = Site("https://vay.example", CalendarLinks("key", "https://vay.example"))
TELLTALE = ("tù", "án", "trại", "nợ", "vay", "ngân hàng", "ra trại", "phạt", "giao dịch")


def released() -> Talk:
    talk = Talk()
    talk.say("tôi mãn hạn tù muốn vay vốn")
    return talk


def in_debt() -> Talk:
    talk = Talk()
    talk.say("tôi trả chậm, nợ quá hạn thì sao")
    return talk


def threatened() -> Talk:
    talk = Talk()
    talk.say("chủ nợ dọa đăng ảnh tôi lên mạng")
    return talk


def told(talk: Talk) -> str:
    return " ".join(talk._word(effect.text).lower() for effect in talk.effects if isinstance(effect, Say | Ask))


@pytest.mark.parametrize(
    "words", ["ẩn", "ẩn đi", "an di", "Ẩn giúp", "xóa màn hình", "xoa man hinh di", "có người đến", "hide", "clear the screen"]
)
def test_the_last_line_on_the_screen_tells_nothing(words: str) -> None:
    talk = released()
    talk.say(words)
    assert told(talk) == "dạ."
    assert any(isinstance(effect, Hide) for effect in talk.effects)
    assert talk.conversation.pending is None
    assert talk.conversation.hidden


@pytest.mark.parametrize("words", ["ăn", "tôi có người nhà ở xã", "xóa thông tin của tôi", "ẩn danh có được không"])
def test_other_words_hide_nothing(words: str) -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    talk.say(words)
    assert not talk.conversation.hidden or words == "ăn"  # without its accent the same word; a shown "Dạ." harms nobody


@pytest.mark.parametrize("talk_of", [released, in_debt, threatened])
def test_a_button_hides_too(talk_of) -> None:
    talk = talk_of()
    talk.press("Ẩn")
    assert told(talk) == "dạ."


def test_no_such_button_where_nothing_is_to_hide() -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    assert "do=hide" not in {choice.id for choice in talk.conversation.pending.choices}


@pytest.mark.parametrize("talk_of", [released, in_debt, threatened])
@pytest.mark.parametrize("event", [StaffReplied, LeadMoved])
def test_what_comes_unasked_says_only_that_there_is_news(talk_of, event) -> None:
    talk = talk_of()
    assert is_discreet(talk.conversation, talk.book)
    talk.later(hours=2)
    fields = {"text": "Chuyện nợ án phí của anh xem lại nhé."} if event is StaffReplied else {"status": "closed_not_eligible"}
    talk.happen(event(**talk._stamp(), lead="VV-TEST", **fields))
    assert told(talk).startswith("có tin mới")
    assert not [word for word in TELLTALE if f" {word} " in f" {told(talk)} "]
    pending = talk.conversation.pending
    talk.press("Xem tin")
    assert "vv-test" in told(talk) or "án phí" in told(talk)
    assert talk.conversation.held == ()
    assert talk.conversation.pending.slot == pending.slot, "what was open stays open"


def test_who_is_at_the_screen_reads_on() -> None:
    talk = released()
    talk.later(minutes=2)
    talk.happen(StaffReplied(**talk._stamp(), lead="VV-TEST", text="Anh hỏi gì ạ?"))
    assert "anh hỏi gì ạ?" in told(talk)


def test_a_hidden_screen_stays_silent_even_a_minute_later() -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    talk.say("ẩn")
    talk.happen(StaffReplied(**talk._stamp(), lead="VV-TEST", text="Chị vay nước sạch nhé"))
    assert "nước sạch" not in told(talk)
    talk.say("xem")
    assert "nước sạch" in told(talk)


def test_nothing_waits_nothing_is_shown() -> None:
    talk = released()
    talk.happen(LeadMoved(**talk._stamp(), lead="VV-TEST", status="seen"))
    before = talk.conversation.held
    assert before == ()


def test_the_channel_is_told_to_be_quiet_and_to_clear() -> None:
    talk = released()
    talk.say("ẩn")
    (message,) = messages_of(talk.effects, talk.conversation, talk.book, SITE, talk.now)
    assert message.clear
    assert not message.preview
    assert message.as_json()["clear"] is True


def test_an_ordinary_message_clears_nothing() -> None:
    talk = Talk()
    talk.say("tôi muốn vay nước sạch")
    messages = messages_of(talk.effects, talk.conversation, talk.book, SITE, talk.now)
    assert not any(message.clear for message in messages)
    assert "clear" not in messages[0].as_json()
