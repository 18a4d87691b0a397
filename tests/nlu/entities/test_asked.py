"""What a question that was asked adds to the reading: bare numbers, a person's own words for a sum, another's household."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nlu import read
from nlu.reading import Expecting

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("slot", "text", "said"),
    [
        ("loan_amount", "dạ 3 chục thôi em", [("money", 30_000_000)]),
        ("loan_amount", "hai trăm nghen", [("money", 200_000_000)]),
        ("loan_amount", "xin vay tám chục", [("money", 80_000_000)]),
        ("loan_amount", "không phải 50 triệu đâu", []),
        ("monthly_income", "đi mần hồ ngày 4 xị à", [("money", 400_000)]),
        ("age", "39", [("age", 39)]),
        ("age", "bốn mươi hai", [("age", 42)]),
        ("age", "tui tuổi con trâu", []),
        ("birth_year", "một chín bảy lăm", [("birth_year", 1975)]),
        ("birth_year", "một chín chín không", [("birth_year", 1990)]),
        ("study_level", "hoc truong nghe", [("school_level", "vocational")]),
        ("num_students", "mỗi mình em", [("num_students", 1)]),
        ("release_date", "dạ 2024", [("release_date", "2024")]),
        ("release_date", "2031", []),
        ("num_students", "4 đứa mà chưa đứa mô đi học", []),
        ("num_students", "1 đứa đại học, 1 đứa cao đẳng", [("num_students", 2)]),
        ("poverty_status", "bà hàng xóm mới là hộ nghèo", []),
        ("poverty_status", "nhà choa là hộ nghèo", [("household_class", "poor")]),
        ("cccd", "không bốn hai một tám năm không không bảy một hai chín", [("cccd", "042185007129")]),
        ("residence", "tdp 5 P. Hưng Dũng TP Vinh", [("place", "tdp 5 P. Hưng Dũng TP Vinh")]),
        ("residence", "khối 3 phường Cửa Lò", [("place", "khối 3 phường Cửa Lò")]),
    ],
)
def test_entities_of_an_answer(slot: str, text: str, said: list[tuple[str, Any]]) -> None:
    found = [(e.type, e.value) for e in read(text, Expecting(slot), on=ON).entities]
    assert [one for one in found if one[0] not in ("school_level",) or slot == "study_level"] == said


def test_a_round_sum_is_the_answer_too() -> None:
    assert read("dạ 3 chục thôi em", Expecting("loan_amount"), on=ON).answer == 30_000_000


def test_a_name_of_another_household_answers_nothing_for_this_one() -> None:
    assert "poverty_status" not in read("em có bạn ở hộ nghèo được vay rồi", on=ON).facts
