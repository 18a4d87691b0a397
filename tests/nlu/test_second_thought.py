"""Second thoughts: which messages take back an answer, and what they say instead."""

from __future__ import annotations

import pytest

from nlu.read import read
from nlu.reading import Expecting


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("à mà có rồi", "on_commune_list", True),
        ("nhầm, có tên rồi", "on_commune_list", True),
        ("em nham, co ten trong danh sach roi", "on_commune_list", True),
        ("à quên, hôm trước công an ghi tên rồi", "on_commune_list", True),
        ("có rồi mà", "business_plan", True),
        ("à nhầm, hỏng rồi", "works_state", "damaged"),
        ("thật ra tôi có tạm trú", "registration", "temporary"),
        ("à mà ký rồi", "signed_contract", True),
    ],
)
def test_a_second_thought_gives_the_new_answer(text: str, fact: str, value: object) -> None:
    reading = read(text, Expecting("next", doubted=fact))
    assert (reading.second, reading.doubts) == (value, True)


def test_a_second_thought_may_leave_the_answer_open() -> None:
    reading = read("à mà có rồi", Expecting("next", doubted="registration"))
    assert (reading.second, reading.doubts) == (None, True)


@pytest.mark.parametrize("text", ["vâng tôi biết rồi", "à được rồi", "à vâng", "à mà thôi", "à thế à", "thôi được rồi", "ok rồi", "à hiểu rồi"])
def test_a_nod_takes_nothing_back(text: str) -> None:
    reading = read(text, Expecting("next", doubted="on_commune_list"))
    assert (reading.second, reading.doubts) == (None, False)


def test_nothing_is_taken_back_where_nothing_is_in_doubt() -> None:
    assert not read("à mà có rồi", Expecting("next")).doubts
