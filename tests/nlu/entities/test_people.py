"""Several people in one message: who they are and what is told of each."""

from __future__ import annotations

import pytest

from nlu.read import read
from nlu.reading import Intent


def told(text: str, intent: Intent | None = None) -> list[tuple[str, str | None, dict]]:
    return [(one.about, one.programme, one.facts) for one in read(text, intent=intent).neighbours]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("hỏi giúp chị Lan làm nhà vệ sinh và chị Hoa có con học đại học", "chị Lan", "chị Hoa"),
        ("hoi giup chi lan lam nha ve sinh va chi hoa co con hoc dai hoc", "chi lan", "chi hoa"),
        ("tôi hỏi cho chị Lan làm nhà vệ sinh, còn chị Hoa thì có con học đại học", "chị Lan", "chị Hoa"),
        ("xin hỏi hộ chị Lan xây nhà vệ sinh với cả chị Hoa có con vào đại học", "chị Lan", "chị Hoa"),
    ],
)
def test_two_neighbours_each_with_their_own_facts(text: str, first: str, second: str) -> None:
    assert told(text) == [(first, "water", {"works": "sanitation"}), (second, "student", {"study_level": "university"})]


def test_three_people() -> None:
    found = told("hỏi cho nhà bác Tư hộ nghèo làm giếng, anh Ba mở quán phở, chị Sáu có con học cao đẳng")
    assert [who for who, _, _ in found] == ["nhà bác Tư", "anh Ba", "chị Sáu"]
    assert found[0][2]["poverty_status"] == "poor"
    assert "poverty_status" not in found[1][2] | found[2][2]


def test_what_is_said_of_both_is_told_of_both() -> None:
    assert [programme for _, programme, _ in told("hỏi giúp chị Lan và bác Tư vay nước sạch")] == ["water", "water"]


def test_the_one_loan_left_is_of_the_one_whose_words_name_none() -> None:
    intent = Intent("multiple", ("jobs", "student"))
    found = told("hỏi giúp anh Ba mở quán phở và chị Hoa có con học đại học", intent)
    assert [programme for _, programme, _ in found] == ["jobs", "student"]


@pytest.mark.parametrize(
    "text",
    [
        "hỏi giúp chị Lan làm nhà vệ sinh",
        "tôi hỏi cho anh trai và em gái đi học",
        "hoi giup em voi chi oi",
        "cho chị vay và anh đi làm",
        "vợ chồng anh Ba và chị Tư",
        "vay cho con học đại học và làm nhà vệ sinh",
        "hỏi cho bác Tư, bác Tư hộ nghèo",
        "tôi hỏi cho bác Tư hàng xóm, bác ấy muốn vay làm nhà vệ sinh",
    ],
)
def test_one_person_is_no_two(text: str) -> None:
    assert told(text) == []


def test_a_capital_is_a_name_and_work_names_its_loan() -> None:
    found = told("hỏi giúp chị Hoa vay nước sạch và anh Minh vay làm ăn", Intent("water", ("water",)))
    assert [(who, programme) for who, programme, _ in found] == [("chị Hoa", "water"), ("anh Minh", "jobs")]
