"""What a fact may be: every wrong value is refused with a message that says what to write."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from flows.eligibility.assess import NoSuchProgramme, WrongFact, assess, validate_facts
from flows.eligibility.book import load_book
from flows.eligibility.condition import Month

ON = date(2026, 11, 22)
BOOK = load_book()


@pytest.mark.parametrize(
    ("fact", "value", "kept"),
    [
        ("lawful_residence", False, False),
        ("poverty_status", "poor", "poor"),
        ("housing_class", "worker", frozenset(["worker"])),
        ("housing_class", ["worker", "merit"], frozenset(["worker", "merit"])),
        ("loan_amount", 0, 0),
        ("loan_amount", 5e6, 5_000_000),
        ("study_year", 1, 1),
        ("workers_released", 0, 0),
        ("floor_area_per_person", 14.99, Fraction("14.99")),
        ("own_funds_percent", 100, Fraction(100)),
        ("release_date", "2024-05-10", date(2024, 5, 10)),
        ("release_date", "2024-05", Month((2024, 5))),
        ("release_date", date(2024, 5, 10), date(2024, 5, 10)),
        ("release_date", "2026-11-22", date(2026, 11, 22)),
        ("release_date", "2026-11", Month((2026, 11))),
        ("province", "01", "01"),
    ],
)
def test_values_that_a_fact_may_have(fact: str, value: Any, kept: Any) -> None:
    assert validate_facts({fact: value}, ON, BOOK) == {fact: kept}


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("lawful_residence", "yes", "true or false"),
        ("lawful_residence", 1, "true or false"),
        ("poverty_status", "rich", "poor, near_poor"),
        ("poverty_status", ["poor"], "write one of"),
        ("housing_class", 7, "or a list"),
        ("housing_class", ["worker", "boss"], "write one of"),
        ("loan_amount", -1, "0 or more"),
        ("loan_amount", 1.5, "whole đồng"),
        ("loan_amount", True, "whole đồng"),
        ("loan_amount", "5tr", "whole đồng"),
        ("study_year", 0, "1 or more"),
        ("study_year", 1.5, "a whole number"),
        ("workers_total", 0, "1 or more"),
        ("floor_area_per_person", -0.5, "from 0"),
        ("floor_area_per_person", float("nan"), "a number"),
        ("own_funds_percent", 101, "from 0 to 100"),
        ("release_date", "2026-11-23", "later than 2026-11-22"),
        ("release_date", "2026-12", "later than 2026-11-22"),
        ("release_date", "2024-13", "a day as"),
        ("release_date", "2024-02-30", "a day as"),
        ("release_date", "20240510", "a day as"),
        ("release_date", "10/05/2024", "a day as"),
        ("release_date", 2024, "a day as"),
        ("province", 1, "in quotes"),
    ],
)
def test_values_that_it_may_not(fact: str, value: Any, says: str) -> None:
    with pytest.raises(WrongFact, match=fact) as caught:
        validate_facts({fact: value}, ON, BOOK)
    assert says in str(caught.value)


def test_null_and_unknown_ids_are_left_out() -> None:
    assert validate_facts({"poverty_status": None, "star_sign": "leo", "housing_class": []}, ON, BOOK) == {}


def test_facts_of_other_programmes_are_ignored_even_if_wrong() -> None:
    assert assess("water", {"release_date": "2099-01-01", "area": "rural"}, ON, BOOK).truth == "unknown"
    with pytest.raises(WrongFact):
        assess("released", {"release_date": "2099-01-01"}, ON, BOOK)


def test_an_unknown_programme_names_those_there_are() -> None:
    with pytest.raises(NoSuchProgramme, match="student, water"):
        assess("car", {}, ON, BOOK)
