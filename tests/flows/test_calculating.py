"""Working out a loan in a talk: only what is missing is asked, a trial changes no wish, an unsettled rate is said."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from talk import Talk

import flows
from flows import actions, calculating
from flows.engine.ask import advance
from flows.engine.conversation import Answer
from flows.engine.events import ChoicePicked, MessageReceived
from flows.engine.scene import Scene
from nlu.read import read
from nlu.reading import Entity, Intent, Reading

STUDENT = "Học sinh, sinh viên có hoàn cảnh khó khăn"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flows.FLOWS, "calculating", calculating.FLOW)
    monkeypatch.setitem(actions.ACTIONS, "calculate", calculating.act)


def begun(argument: str = "") -> Talk:
    talk = Talk()
    talk.start()
    do(talk, f"calculate:{argument}")
    return talk


def do(talk: Talk, action: str) -> list[Any]:
    return talk.happen(ChoicePicked(at=talk.now.isoformat(), id="m0", fresh="TEST00", choice=f"do={action}", token=""))


def asked(talk: Talk) -> str | None:
    pending = talk.conversation.pending
    return pending.slot if pending else None


def wishes(talk: Talk) -> dict[str, Any]:
    return {fact: answer for case in talk.conversation.cases for fact, answer in case.facts.items()}


def with_facts(facts: dict[str, Any], programme: str = "water") -> Talk:
    """A talk in which these facts were told before."""
    talk = Talk()
    talk.start()
    told = {name: Answer(value=value) for name, value in facts.items()}
    case = msgspec.structs.replace(talk.conversation.cases[0], programme=programme, facts=told)
    talk.conversation = msgspec.structs.replace(talk.conversation, cases=(case,))
    return talk


def test_the_whole_way_asks_one_thing_at_a_time() -> None:
    talk = begun()
    assert asked(talk) == "programme"
    talk.press("Làm ăn, tạo việc làm")
    assert asked(talk) == "scheme"
    talk.press("Người lao động vay để làm ăn")
    assert asked(talk) == "amount"
    talk.say("50 triệu")
    assert asked(talk) == "term"
    said = talk.press("5 năm")
    assert "Vay 50 triệu đồng, trả trong 5 năm" in said[0].text
    assert "vay ngoài" in said[1].text
    assert asked(talk) == "next"
    assert "loan_amount" not in wishes(talk)  # a trial is no wish


def test_a_programme_is_named_in_words_too() -> None:
    talk = begun()
    talk.say("nước sạch")
    assert (asked(talk), talk.conversation.cases[0].programme) == ("amount", "water")


def test_sum_and_time_in_one_answer() -> None:
    talk = begun("water")
    said = talk.say("20 triệu trong 3 năm")
    assert "Vay 20 triệu đồng, trả trong 3 năm" in said[0].text


def test_another_sum_and_another_time_keep_the_rest() -> None:
    talk = begun("water")
    talk.say("20 triệu trong 3 năm")
    talk.press("Thử số tiền khác")
    assert "Vay 10 triệu đồng, trả trong 3 năm" in talk.say("10 triệu")[0].text
    talk.press("Thử thời gian khác")
    assert "Vay 10 triệu đồng, trả trong 2 năm" in talk.press("2 năm")[0].text


def test_a_number_with_two_readings_is_asked_back() -> None:
    talk = begun("jobs")
    talk.press("Người lao động vay để làm ăn")
    talk.say("2")
    assert [choice.id for choice in talk.conversation.pending.choices][:2] == ["amount=2000000", "amount=2000000000"]
    talk.press("amount=2000000")
    talk.say("3")
    assert [choice.id for choice in talk.conversation.pending.choices] == ["term=3", "term=36", "term=unsure"]
    talk.press("term=unsure")
    assert (asked(talk), len(talk.conversation.pending.choices)) == ("term", 5)
    assert "trả trong 3 năm" in talk.press("term=36")[0].text


def test_a_study_loan_is_asked_for_the_study_and_not_for_the_time() -> None:
    talk = begun("student")
    talk.press(STUDENT)
    talk.say("3 triệu")
    assert asked(talk) == "study_months_left"
    said = talk.say("4 năm")
    assert "Vay 144 triệu đồng, cả học lẫn trả là 9 năm" in said[0].text  # by the month of study
    assert "Trong lúc học chưa phải trả gì" in said[0].text
    assert "calculate:term" not in str(talk.conversation.pending.choices)


def test_the_whole_course_is_asked_where_it_makes_a_difference() -> None:
    talk = begun("student")
    talk.press(STUDENT)
    talk.say("30 triệu")
    talk.say("10 tháng")
    assert asked(talk) == "course_months"
    assert "Vay 30 triệu đồng" in talk.say("10 tháng")[0].text  # more than can be meant by the month


def test_who_does_not_know_is_not_pressed() -> None:
    talk = begun("student")
    talk.press(STUDENT)
    talk.say("3 triệu")
    said = talk.say("không rõ")
    assert "chưa tính được" in said[0].text
    assert asked(talk) == "next"
    talk = begun("water")
    assert "chưa tính được" in talk.press("Tôi không rõ")[0].text


def test_a_sum_wished_for_before_is_used() -> None:
    talk = with_facts({"loan_amount": 12_000_000, "works": "both"})
    do(talk, "calculate:water")
    assert asked(talk) == "term"
    assert "Vay 24 triệu đồng" in talk.press("2 năm")[0].text  # for each of two works


def test_a_question_in_between_keeps_the_trial() -> None:
    talk = begun("water")
    talk.say("20 triệu")
    talk.say("lãi bao nhiêu")
    assert asked(talk) == "term"
    assert "Vay 20 triệu đồng" in talk.press("3 năm")[0].text


def test_without_a_settled_rate_nothing_more_is_asked() -> None:
    talk = with_facts({"eps_contract": True, "trip_purpose": "work", "contract_with": "not_signed"}, "abroad")
    said = do(talk, "calculate:abroad")
    assert "chưa có mức lãi chắc chắn" in said[0].text
    assert "calculate" not in str(talk.conversation.pending.choices)
    assert asked(talk) == "next"


def test_which_scheme_it_is_for_is_said_where_there_are_several() -> None:
    talk = begun("abroad")
    said = talk.say("80 triệu trong 3 năm")
    assert said[0].text.startswith("Tôi tính cho: Chi phí đi làm việc ở nước ngoài theo hợp đồng.")


def test_the_law_behind_it_can_be_asked() -> None:
    talk = begun("water")
    talk.say("20 triệu trong 3 năm")
    assert "QĐ" in talk.press("Theo quy định nào")[0].text


@pytest.mark.parametrize(
    ("entities", "told"),
    [
        ((("money", 20_000_000, None), ("duration", 36, None)), {"sum": 20_000_000, "per": "all", "months": 36}),
        ((("money", 10_000_000, "year"),), {"sum": 10_000_000, "per": "all", "months": 12}),
        ((("money", 4_000_000, "month"),), {"sum": 4_000_000, "per": "month"}),
        ((("money", 1_000_000, None), ("money", 50_000_000, None)), {}),
        ((("duration", 12, None), ("duration", 24, None)), {}),
    ],
)
def test_what_a_message_tells_already(entities: tuple[Any, ...], told: dict[str, Any]) -> None:
    reading = Reading(
        text="", entities=tuple(Entity(kind, value, "", 0, 0, period) for kind, value, period in entities)
    )
    assert calculating.told(reading) == told


def test_a_trial_in_english_is_worded() -> None:
    talk = begun("water")
    do(talk, "language:en")
    do(talk, "calculate:water")
    assert "A loan of 20 million VND over 3 years" in talk.say("20 triệu trong 3 năm")[0].text


# --- asked in words: as `programme_info.reply` hands it over


def asks(talk: Talk, text: str, programme: str | None, busy: bool = False) -> tuple[bool, Talk]:
    reading = read(text, talk.expecting(), Intent(topic="calculator", confidence=1.0), on=talk.now.date())
    event = MessageReceived(at=talk.now.isoformat(), id="m1", fresh="TEST01", reading=reading)
    scene = Scene(talk.conversation, event, talk.book)
    taken = calculating.take_up(scene, programme, reading, busy)
    advance(scene)
    talk.conversation, talk.effects = scene.conversation, scene.effects
    return taken, talk


def test_a_message_that_tells_all_is_answered_at_once() -> None:
    talk = Talk()
    talk.start()
    taken, talk = asks(talk, "vay nước sạch 20 triệu 3 năm hết bao nhiêu", "water")
    assert (taken, asked(talk)) == (True, "next")
    assert len(talk.effects) == 3
    _, talk = asks(talk, "thế 25 triệu thì sao", "water")
    assert talk.conversation.flow_data["months"] == 36  # the time of before
    assert talk.conversation.flow_data["sum"] == 25_000_000


def test_an_open_question_goes_first_and_is_kept() -> None:
    talk = with_facts({})
    do(talk, "screen:water")
    before = asked(talk)
    taken, talk = asks(talk, "vay 20 triệu 3 năm hết bao nhiêu lãi", "water", busy=True)
    assert (taken, asked(talk)) == (True, before)
    assert "info.answer" in {effect.text.key for effect in talk.effects}
    taken, talk = asks(talk, "lãi hết bao nhiêu", "water", busy=True)
    assert not taken  # the short answer says what is missing
    taken, talk = asks(talk, "vay 20 triệu 3 năm hết bao nhiêu lãi", "jobs", busy=True)
    assert not taken


def test_within_the_trial_a_question_of_it_is_no_second_one() -> None:
    talk = begun("water")
    taken, talk = asks(talk, "mỗi tháng trả bao nhiêu", "water", busy=True)
    assert (taken, asked(talk)) == (True, "amount")


def test_the_plan_is_told_in_lines_with_a_picture_and_offered_once() -> None:
    talk = begun("water")
    talk.say("25 triệu")
    talk.say("3 năm")
    assert "do=calculate:plan" in offered(talk)
    said = talk.press("do=calculate:plan")
    assert said[0].text.count("•") == 3
    picture = talk.effects[0].attachments[0]
    assert (picture.kind, picture.given["amount"], picture.given["months"]) == ("picture", 25_000_000, 36)
    assert "do=calculate:plan" not in offered(talk)
    talk.press("do=calculate:term")
    talk.say("5 năm")
    assert "do=calculate:plan" in offered(talk)


def offered(talk: Talk) -> list[str]:
    return [one.id for one in talk.conversation.pending.choices]
