"""The code for another phone: what it takes along, what opens nothing, and that two matters are never mixed."""

from __future__ import annotations

import pytest
from talk import Talk

from flows.engine.effects import OfferCode, Say, TakeOver
from flows.engine.events import TalkBrought

UNKNOWN = "moving.unknown"


@pytest.fixture
def hoa() -> Talk:
    talk = Talk()
    talk.say("tôi muốn đăng ký vay nước sạch")
    talk.press("works_state=missing")
    return talk


def keys(talk: Talk) -> list[str]:
    return [effect.text.key for effect in talk.effects if isinstance(effect, Say)]


def test_the_code_is_the_chance_of_its_event_and_good_for_half_an_hour(hoa: Talk) -> None:
    hoa.say("lấy mã để nhắn tiếp ở máy khác")
    (offered,) = [effect for effect in hoa.effects if isinstance(effect, OfferCode)]
    assert offered.code == "TEST03"
    assert offered.until == "2026-11-23T09:31:00+07:00"


@pytest.mark.parametrize(
    "words",
    ["lấy mã", "cho tôi lấy mã sang máy khác", "lay ma de nhan tiep o dien thoai khac", "tôi muốn nhắn tiếp trên telegram", "continue on another phone"],
)  # fmt: skip
def test_how_people_ask_for_it(hoa: Talk, words: str) -> None:
    hoa.say(words)
    assert "moving.code" in keys(hoa)


@pytest.mark.parametrize("words", ["họ bảo lấy mã OTP đọc cho họ", "mã hồ sơ của tôi là gì", "0987654321"])
def test_what_is_not_asking_for_it(hoa: Talk, words: str) -> None:
    hoa.say(words)
    assert "moving.code" not in keys(hoa)


def test_the_whole_talk_goes_on_there(hoa: Talk) -> None:
    hoa.say("lấy mã")
    before = hoa.conversation
    told = hoa.on_another_phone("TEST-03")
    assert "Lần trước" in told[1].text
    assert any(isinstance(effect, TakeOver) for effect in hoa.effects)
    assert hoa.conversation.cases == before.cases
    assert hoa.conversation.pending.slot == before.pending.slot
    assert hoa.conversation.turn == before.turn + 1


def test_wrong_late_and_used_codes_are_answered_alike(hoa: Talk) -> None:
    stranger = Talk()
    event = TalkBrought(**stranger._stamp(), code="AAAAAAAA")
    stranger.happen(event)
    assert keys(stranger) == [UNKNOWN]
    assert not any(isinstance(effect, TakeOver) for effect in stranger.effects)
    hoa.say("lấy mã")
    hoa.later(minutes=31)
    hoa.on_another_phone("TEST-03")
    assert keys(hoa) == [UNKNOWN]


def test_a_phone_number_opens_nothing(hoa: Talk) -> None:
    stranger = Talk()
    stranger.say("0987654321")
    assert not any(isinstance(effect, TakeOver) for effect in stranger.effects)


def test_a_matter_that_stands_here_is_not_mixed_with_the_one_that_comes(hoa: Talk) -> None:
    hoa.press("registration=permanent")
    hoa.press("area=rural")
    hoa.press("consent=yes")
    before = hoa.conversation
    other = Talk()
    other.say("tôi muốn vay cho con đi học")
    for came in (other.conversation, None):  # whether the code is good is not told
        hoa.happen(TalkBrought(**hoa._stamp(), code="AAAAAAAA", conversation=came))
        assert keys(hoa) == ["moving.occupied"]
        assert hoa.conversation.cases == before.cases


def test_a_talk_that_waits_for_staff_goes_on_waiting_there() -> None:
    talk = Talk()
    talk.say("cho tôi gặp cán bộ")
    talk.press("consent=yes")
    talk.say("xã Hà Lai, huyện Hà Trung, Thanh Hóa")
    came = talk.conversation
    there = Talk()
    there.happen(TalkBrought(**there._stamp(), code="AAAAAAAA", conversation=came))
    assert keys(there) == ["moving.done", "handover.still"]
    assert there.conversation.handover
