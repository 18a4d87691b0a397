"""A question while ours is open: two sentences, the rest behind a button, our question again in one line; a guess before a shrug."""

from __future__ import annotations

import pytest
from talk import DAY, Person

from flows.engine.events import MessageReceived
from nlu.entities.place import read_places
from nlu.read import read
from nlu.reading import Intent


@pytest.fixture
def asked() -> Person:
    """Somebody who was asked about the works at home."""
    person = Person()
    person.tell("vay nước sạch được không", "eligibility", "water")
    assert person.asking == "works_state"
    return person


def labels(said) -> list[str]:
    return [label for _, label in said[-1].choices]


def test_an_answer_in_passing_has_two_sentences_and_the_question_one_line(asked: Person) -> None:
    said = asked.tell("lãi bao nhiêu", "rate")
    assert said[0].text.count(". ") <= 1
    assert said[-1].text.startswith("Còn câu lúc nãy: ")
    assert "\n" not in said[-1].text
    assert asked.asking == "works_state"


def test_the_rest_is_behind_a_button_and_comes_whole(asked: Person) -> None:
    brief = asked.tell("lãi bao nhiêu", "rate")
    whole = asked.press("Nói rõ hơn giúp tôi")
    assert whole[0].text.startswith(brief[0].text.split(". ")[0])
    assert len(whole[0].text) > len(brief[0].text)
    assert "Nói rõ hơn giúp tôi" not in labels(whole)


def test_asked_again_in_a_row_it_comes_whole_too(asked: Person) -> None:
    brief = asked.tell("lãi bao nhiêu", "rate")
    assert len(asked.tell("lãi bao nhiêu", "rate")[0].text) > len(brief[0].text)


def test_what_may_have_been_a_question_is_offered_before_a_shrug(asked: Person) -> None:
    intent = Intent("none", (), "out_of_scope", ("out_of_scope",), 0.3, guesses=(("out_of_scope", 0.3), ("rate", 0.28)))
    reading = read("cái phần trăm ấy", asked.expecting(), intent, on=DAY, places=read_places)
    said = asked.happen(MessageReceived(**asked._stamp(), reading=reading))
    assert "Tôi muốn hỏi: Lãi suất" in labels(said)
    told = asked.press("Tôi muốn hỏi: Lãi suất")
    assert "%" in told[0].text
    assert asked.asking == "works_state"


def test_the_sum_in_a_question_on_a_home_is_its_price() -> None:
    person = Person()
    said = person.tell("nhà ở xã hội giá 900 triệu thì vay được bao nhiêu", "amount", "housing")
    assert "720 triệu đồng" in " ".join(one.text for one in said)  # 80 % of it
    assert person.case.facts["contract_price"].value == 900_000_000
