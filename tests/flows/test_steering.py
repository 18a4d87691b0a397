"""Words that steer: another loan, this loan again, the menu, "send it" too early; what they must not be taken for."""

from __future__ import annotations

import pytest
from talk import Person

from flows.volunteering import _without_speaker


@pytest.fixture
def person() -> Person:
    person = Person()
    person.start()
    person.tell("vay nước sạch", "start_application", "water")
    return person


@pytest.mark.parametrize("text", ["khoản khác", "tôi muốn hỏi khoản khác", "về đầu", "quay về đầu", "quay lại từ đầu", "cho tôi xem khoản vay khác"])
def test_the_menu_is_opened(person: Person, text: str) -> None:
    person.tell(text, "go_back")
    assert person.asking == "menu"


@pytest.mark.parametrize("text", ["vay cho con đi học", "thôi vay cho con đi học", "vay cho con đi học thì sao"])
def test_another_loan_is_taken_up_and_facts_carry_over(person: Person, text: str) -> None:
    person.tell("tôi hộ nghèo")
    person.tell(text, "affirm", "student")
    assert person.case.programme == "student"
    assert person.case.facts["poverty_status"].value == "poor"


@pytest.mark.parametrize(("text", "topic"), [("vay cho con đi học lãi bao nhiêu", "rate"), ("vay cho con đi học cần giấy gì", "documents")])
def test_a_question_on_another_loan_leaves_this_one_open(person: Person, text: str, topic: str) -> None:
    person.tell(text, topic, "student")
    assert (person.case.programme, person.asking) == ("water", "works_state")


def test_repeating_the_request_never_loses_the_question(person: Person) -> None:
    for _ in range(7):
        said = person.tell("vay nước sạch", "inform", "water")
        assert person.asking == "works_state"
        assert "chưa hiểu" not in said[0].text
    assert person.conversation.pending.tries == 0
    assert "works_state" not in person.case.facts


@pytest.mark.parametrize(
    ("words", "about"),
    [("anh Minh", "anh Minh"), ("chị Em", "chị Em"), ("chồng mình", "chồng"), ("em trai tôi", "em trai"), ("me toi", "me")],
)
def test_a_name_is_never_stripped(words: str, about: str) -> None:
    assert _without_speaker(words) == about


def test_the_area_follows_the_place_until_it_is_said() -> None:
    person = Person()
    person.start()
    person.tell("vay nước sạch, ở xã Nghi Lộc, Nghệ An", "start_application", "water")
    assert (person.case.facts["area"].value, person.case.facts["area"].origin) == ("rural", "inferred")
    person.tell("nhầm, tôi ở phường Trường Vinh, Nghệ An", "correct")
    assert person.case.facts["area"].value == "ward"


def test_a_borrower_is_noted_only_where_it_was_said() -> None:
    person = Person()
    person.start()
    said = person.tell("tôi mới ra tù muốn vay vốn", "start_application", "released")
    assert not any("Người vay" in one.text for one in said)
    assert person.case.facts["applicant_kind"].origin == "inferred"


def test_a_loan_one_has_is_no_loan_one_wants(person: Person) -> None:
    person.tell("vay cho con đi học năm ngoái rồi", "inform", "student")
    assert person.case.programme == "water"
