"""A person can always be asked for; the bot says what comes next, is silent while staff write, and comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from talk import Talk, rules

from flows.engine.effects import HandOver, RemindAt, Say, TellStaff
from flows.routing import Point, PointDirectory

PLACE = "xã Hà Lai, huyện Hà Trung, Thanh Hóa"


def waiting(talk: Talk) -> Talk:
    talk.say("cho tôi gặp cán bộ")
    talk.press("consent=yes")
    talk.say(PLACE)
    assert talk.conversation.handover
    return talk


def said(messages) -> str:
    return "\n".join(message.text for message in messages)


def keys(talk: Talk) -> list[str]:
    return [effect.text.key for effect in talk.effects if isinstance(effect, Say)]


@pytest.fixture
def hoa() -> Talk:
    return waiting(Talk())


@pytest.mark.parametrize(
    "before", [[], ["tôi muốn vay nước sạch"], ["tôi muốn vay nước sạch", "giếng hư rồi"], ["họ đòi phí hồ sơ"], ["ẩn"], ["xyz xyz"]]
)
def test_a_person_can_be_asked_for_at_any_time(before: list[str]) -> None:
    talk = Talk()
    for words in before:
        talk.say(words)
    talk.say("cho tôi gặp cán bộ")
    assert talk.conversation.flow == "handover"


def test_it_is_said_what_comes_next_and_when_we_come_back(hoa: Talk) -> None:
    assert keys(hoa)[-2:] == ["handover.done_point", "handover.patience"]
    (wait,) = [effect for effect in hoa.effects if isinstance(effect, RemindAt)]
    assert (wait.name, wait.at[:10]) == ("handover", "2026-11-25")


def test_what_is_known_goes_along(hoa: Talk) -> None:
    talk = Talk()
    talk.say("nhà tôi hộ nghèo, muốn vay nước sạch, giếng hư rồi")
    waiting(talk)
    (handed,) = [effect for effect in talk.effects if isinstance(effect, HandOver)]
    assert handed.programme == "water"
    assert handed.known["works_state"] == "damaged"


def test_the_bot_is_silent_while_staff_write(hoa: Talk) -> None:
    hoa.say("tôi hỏi về khoản nợ cũ")
    hoa.say("lãi suất bao nhiêu")
    assert [type(effect) for effect in hoa.effects] == [TellStaff]


def test_it_comes_back_when_staff_close_and_waits_no_longer(hoa: Talk) -> None:
    hoa.staff_write("Chào bác")
    assert hoa.waits == {}
    hoa.staff_close()
    assert keys(hoa) == ["handover.closed"]
    assert hoa.later(days=10) == []
    assert "một năm" in said(hoa.say("lãi vay nước sạch bao nhiêu"))


def test_after_two_working_days_of_silence_it_says_so_once_and_takes_up_again(hoa: Talk) -> None:
    hoa.later(days=1)
    hoa.say("sao chưa ai trả lời")  # the days go on counting
    told = said(hoa.later(days=1))
    assert "hai ngày làm việc" in told
    assert "tổ trưởng" in told
    assert not hoa.conversation.handover
    assert hoa.later(days=20) == []
    assert "một năm" in said(hoa.say("lãi vay nước sạch bao nhiêu"))


def test_each_question_that_staff_leave_open_is_waited_for_anew(hoa: Talk) -> None:
    hoa.staff_write("Chào bác, bác hỏi gì ạ?")
    assert hoa.waits == {}
    hoa.say("khoản nợ cũ của tôi")
    assert list(hoa.waits) == ["handover"]
    assert "hai ngày làm việc" in said(hoa.later(days=3))


def test_a_weekend_counts_for_nothing() -> None:
    talk = Talk()
    talk.later(days=4)  # Friday
    waiting(talk)
    assert talk.later(days=3) == []
    assert "hai ngày làm việc" in said(talk.later(days=2))


def test_an_answer_that_comes_late_still_takes_over(hoa: Talk) -> None:
    hoa.later(days=3)
    hoa.staff_write("Xin lỗi bác, tôi đi xã. Bác hỏi gì ạ?")
    assert hoa.conversation.handover
    hoa.say("khoản nợ cũ")
    assert any(isinstance(effect, TellStaff) for effect in hoa.effects)


def test_an_answer_after_the_person_took_the_bot_back_seizes_nothing(hoa: Talk) -> None:
    hoa.say("dừng")
    assert hoa.waits == {}
    hoa.staff_write("Bác hỏi gì ạ?")
    assert not hoa.conversation.handover
    hoa.press("Trả lời cán bộ")
    assert hoa.conversation.handover


def test_closing_what_the_person_took_back_is_not_news(hoa: Talk) -> None:
    hoa.say("dừng")
    hoa.staff_close()
    assert keys(hoa) == []


def test_opening_the_chat_meanwhile_tells_that_we_wait(hoa: Talk) -> None:
    hoa.start()
    assert keys(hoa) == ["handover.still"]


def test_hiding_does_not_take_the_word_from_staff(hoa: Talk) -> None:
    hoa.say("ẩn")
    assert hoa.conversation.handover
    hoa.later(hours=1)
    hoa.staff_write("Chào anh")
    hoa.say("xem")
    assert "Chào anh" in hoa._word(hoa.effects[0].text)
    hoa.say("vâng")
    assert any(isinstance(effect, TellStaff) for effect in hoa.effects)


def test_the_other_way_is_the_points_phone_and_day_where_the_branch_told_them() -> None:
    base = rules()
    former, commune = "15331", "15298"
    point = Point(
        code="150001", name="Điểm giao dịch Thử", commune=commune, former=former, day_of_month=12, start_time="07:30", end_time="11:00",
        phone="02373861234", venue="Ủy ban xã",
    )  # fmt: skip
    directory = PointDirectory((point,), base.points.communes, base.points.formers)
    talk = waiting(Talk(book=replace(base, points=directory)))
    told = said(talk.later(days=3))
    assert "02373861234" in told
    assert "12/12/2026" in told
