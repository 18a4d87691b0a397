"""Several loans at once: one screening for all, no answer of one leaking into the other, each sent on its own."""

from __future__ import annotations

from datetime import date

import pytest
from talk import Talk

from flows.engine.events import MessageReceived
from nlu.entities.place import read_places
from nlu.read import read
from nlu.reading import Intent

DAY = date(2026, 11, 23)


def told(talk: Talk, text: str, topic: str, *programmes: str):
    intent = Intent("multiple" if len(programmes) > 1 else programmes[0], programmes, topic, (topic,), 0.95)
    reading = read(text, talk.expecting(), intent, on=DAY, places=read_places)
    return talk.happen(MessageReceived(**talk._stamp(), reading=reading))


@pytest.fixture
def talk() -> Talk:
    return Talk()


def offered(talk: Talk) -> list[str]:
    return [one.id for one in talk.conversation.pending.choices]


def finish(talk: Talk, answers: dict[str, str]) -> list[str]:
    """Answer until nothing of the screening is asked any more; the facts in the order in which they were asked."""
    asked = []
    while (slot := talk.conversation.pending.slot) in answers:
        asked.append(slot)
        talk.press(f"{slot}={answers[slot]}")
    return asked


WATER_AND_WORK = {
    "works_state": "damaged",
    "registration": "permanent",
    "area": "rural",
    "works": "both",
    "applicant_kind": "person",
    "full_civil_capacity": "true",
    "business_plan": "true",
}


def test_two_loans_are_screened_together_and_each_fact_is_asked_once(talk: Talk) -> None:
    said = told(talk, "vay nước sạch và vay việc làm", "start_application", "water", "jobs")
    assert "Nước sạch" in "".join(one.text for one in said)
    asked = finish(talk, WATER_AND_WORK)
    assert len(asked) == len(set(asked))
    assert {"works_state", "business_plan"} <= set(asked)
    assert offered(talk)[:2] == ["do=apply:water", "do=apply:jobs"]


def test_a_refused_loan_is_not_offered(talk: Talk) -> None:
    told(talk, "vay nước sạch và vay việc làm", "start_application", "water", "jobs")
    finish(talk, {**WATER_AND_WORK, "works_state": "sound"})
    assert "do=apply:water" not in offered(talk)
    assert "do=apply:jobs" in offered(talk)


def test_how_they_differ_is_told_from_the_same_data_as_the_answers(talk: Talk) -> None:
    said = told(talk, "vay nước sạch với vay việc làm khác nhau thế nào", "amount", "water", "jobs")
    text = next(one.text for one in said if "Nước sạch, nhà vệ sinh:" in one.text)
    assert "25 triệu đồng" in text
    assert "200 triệu đồng" in text
    assert "8,4%" in text
    assert "do=compare:water+jobs" not in offered(talk)


def test_the_sum_wanted_of_one_loan_is_not_wanted_of_the_next(talk: Talk) -> None:
    told(talk, "em muốn vay 20 triệu làm nước sạch", "start_application", "water")
    assert talk.conversation.cases[0].facts["loan_amount"].value == 20_000_000
    told(talk, "thôi, đăng ký vay việc làm", "start_application", "jobs")
    assert "loan_amount" not in talk.conversation.cases[0].facts
