"""Which fact is asked next: only what can change a verdict, related things together, sensitive things late."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from flows.eligibility.assess import assess, scheme_outcome, validate_facts
from flows.eligibility.book import load_book
from flows.eligibility.planner import next_fact, open_facts

ON = date(2026, 11, 22)
BOOK = load_book()
ALL = list(BOOK.programmes)

PERSON: dict[str, Any] = {
    "poverty_status": "near_poor",
    "lawful_residence": True,
    "study_level": "university",
    "institution_in_vietnam": True,
    "study_year": 1,
    "admission_notice": True,
    "school_confirmation": True,
    "sanctioned": False,
    "orphan": "no",
    "sudden_hardship": "no",
    "hardship_confirmed": False,
    "vietnamese_citizen": True,
    "stem_field": False,
    "three_years_rated_good": True,
    "grade12_science_average_8": False,
    "previous_year_very_good": False,
    "area": "rural",
    "registration": "permanent",
    "works_state": "damaged",
    "housing_purpose": "repair",
    "housing_class": "rural_poor",
    "house_state": "damaged",
    "land_certificate": True,
    "other_preferential_housing_loan": False,
    "applicant_kind": "person",
    "certificate": "completed_sentence",
    "release_date": "2024-05",
    "on_commune_list": True,
    "same_purpose_vbsp_debt": "none",
    "loan_purpose": "business",
    "full_civil_capacity": True,
    "trip_purpose": "work",
    "contract_with": "service_enterprise",
    "loan_amount": 90_000_000,
    "can_secure": False,
    "eps_contract": False,
    "business_plan": True,
}


def interview(programmes: list[str], person: dict[str, Any], skip: frozenset[str] = frozenset()) -> list[str]:
    facts: dict[str, Any] = {}
    asked: list[str] = []
    while (fact := next_fact(programmes, facts, ON, BOOK, skip)) is not None:
        assert fact not in asked
        asked.append(fact)
        facts[fact] = person[fact]
    return asked


@pytest.mark.parametrize(
    ("programme", "most"), [("student", 8), ("water", 3), ("housing", 7), ("released", 6), ("abroad", 5), ("jobs", 3)]
)
def test_an_eligible_person_is_asked_little(programme: str, most: int) -> None:
    asked = interview([programme], PERSON)
    assert len(asked) <= most, asked
    facts = {name: PERSON[name] for name in asked}
    assert assess(programme, facts, ON, BOOK).truth == "yes"


@pytest.mark.parametrize(
    ("programme", "change", "most"),
    [
        ("water", {"works_state": "sound"}, 3),
        ("housing", {"housing_purpose": "rent"}, 1),
        ("abroad", {"trip_purpose": "study"}, 4),
        ("jobs", {"business_plan": False}, 2),
        ("released", {"applicant_kind": "person", "certificate": "none"}, 3),
    ],
)
def test_a_clear_refusal_comes_early(programme: str, change: dict[str, Any], most: int) -> None:
    assert len(interview([programme], {**PERSON, **change})) <= most


def test_only_what_can_change_a_verdict_is_asked() -> None:
    chance = random.Random(7)
    for _ in range(60):
        programme = chance.choice(ALL)
        names = BOOK.programmes[programme].facts
        facts = {name: PERSON[name] for name in names if name in PERSON and chance.random() < 0.5}
        fact = next_fact([programme], facts, ON, BOOK)
        if fact is not None:
            assert fact in open_facts([programme], facts, ON, BOOK)
            assert fact not in facts


def test_a_decided_programme_asks_nothing_even_if_another_scheme_is_open() -> None:
    facts = {name: PERSON[name] for name in interview(["student"], PERSON)}
    verdict = assess("student", facts, ON, BOOK)
    assert verdict.truth == "yes"
    assert next_fact(["student"], facts, ON, BOOK) is None
    assert open_facts(["student"], facts, ON, BOOK) == ()


def test_all_programmes_at_once_ask_each_fact_once_and_decide_all() -> None:
    asked = interview(ALL, PERSON)
    assert len(asked) == len(set(asked))
    facts = {name: PERSON[name] for name in asked}
    assert {assess(name, facts, ON, BOOK).truth for name in ALL} <= {"yes", "no"}


def test_what_an_applicant_is_never_asked_is_left_to_staff() -> None:
    facts = {
        "housing_purpose": "buy",
        "housing_class": "rural_poor",
        "owns_home_in_province": False,
        "bought_social_housing_before": False,
        "housing_support_before": False,
        "signed_contract": True,
        "other_preferential_housing_loan": False,
    }
    assert open_facts(["housing"], facts, ON, BOOK) == ("province_sells_to_rural_poor",)
    assert next_fact(["housing"], facts, ON, BOOK) is None


def test_a_skipped_fact_is_not_asked_again_and_the_rest_is() -> None:
    asked = interview(["released"], PERSON, frozenset(["release_date"]))
    assert "release_date" not in asked
    assert "same_purpose_vbsp_debt" in asked


@pytest.mark.parametrize("programme", ALL)
def test_prerequisites_come_first(programme: str) -> None:
    for seed in range(20):
        chance = random.Random(seed)
        facts: dict[str, Any] = {}
        while (fact := next_fact([programme], facts, ON, BOOK)) is not None:
            still_open = set(open_facts([programme], facts, ON, BOOK))
            earlier = {name for name in BOOK.facts[fact].after if name in still_open and BOOK.facts[name].asked}
            assert not earlier, (fact, earlier)
            kind = BOOK.facts[fact]
            domain = {
                "bool": [True, False],
                "date": ["2024-01-05", "2015-01-05"],
                "money": [0, 30_000_000, 300_000_000],
            }
            facts[fact] = chance.choice(domain.get(kind.kind) or list(kind.values) or [1, 2, 12])


def test_a_sensitive_fact_waits_for_the_plain_ones() -> None:
    asked = interview(["student"], {**PERSON, "poverty_status": "other", "stem_field": True})
    sensitive = [asked.index(name) for name in asked if BOOK.facts[name].sensitive]
    assert not sensitive or min(sensitive) >= 3, asked


def test_a_month_that_straddles_the_limit_is_not_asked_again() -> None:
    facts = {name: PERSON[name] for name in interview(["released"], PERSON)} | {"release_date": "2021-11"}
    assert next_fact(["released"], facts, ON, BOOK) is None


def test_outcomes_before_the_first_day_say_nothing() -> None:
    scheme = BOOK.programmes["jobs"].schemes["worker"]
    assert scheme_outcome(scheme, validate_facts({}, ON, BOOK), date(2025, 12, 31), BOOK) is None
    assert next_fact(["jobs"], {}, date(2025, 12, 31), BOOK) is None
