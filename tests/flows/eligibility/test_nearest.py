"""What would turn a "no" into a "yes": smallest sets, only of what can change, and true when it is tried."""

from __future__ import annotations

import importlib.util
import random
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bot.wording import LANGUAGES, word
from flows.eligibility.assess import assess
from flows.eligibility.book import load_book
from flows.eligibility.nearest import nearest

_spec = importlib.util.spec_from_file_location("drawing", Path(__file__).with_name("test_brute_force.py"))
drawing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(drawing)

ON = date(2026, 11, 22)
BOOK = load_book()
UNCHANGEABLE = {"ethnic_minority", "poverty_status", "orphan", "sanctioned", "certificate", "release_date", "disabled"}

BUYER = {
    "housing_purpose": "buy",
    "housing_class": "merit",
    "owns_home_in_province": False,
    "bought_social_housing_before": False,
    "housing_support_before": False,
    "signed_contract": False,
    "other_preferential_housing_loan": False,
}
SHOP = {
    "applicant_kind": "establishment",
    "establishment_kind": "cooperative",
    "workers_total": 21,
    "workers_released": 2,
    "plan_confirmed": True,
    "same_purpose_vbsp_debt": "none",
    "loan_amount": 100_000_001,
    "can_secure": False,
}


def sets(programme: str, facts: dict[str, Any], scheme: str) -> list[dict[str, Any]]:
    return [
        {change.fact: change.value for change in one.changes}
        for one in nearest(programme, facts, ON, BOOK)
        if one.scheme == scheme
    ]


@pytest.mark.parametrize(
    ("name", "facts", "found"),
    [
        ("housing.purchase", BUYER, [{"signed_contract": True}]),
        (
            "housing.purchase",
            {**BUYER, "other_preferential_housing_loan": True},
            [{"signed_contract": True, "other_preferential_housing_loan": False}],
        ),
        ("housing.purchase", {**BUYER, "bought_social_housing_before": True}, []),
        (
            "released.establishment",
            SHOP,
            [
                {"workers_released": 3, "loan_amount": 100_000_000},
                {"workers_released": 3, "can_secure": True},
            ],
        ),
        ("water.works", {"registration": "none"}, [{"registration": "permanent"}]),
        ("water.works", {"works_state": "sound"}, []),
        ("jobs.worker", {"applicant_kind": "person", "business_plan": False}, [{"business_plan": True}]),
        ("abroad.contract_costs", {"contract_with": "not_signed"}, [{"contract_with": "service_enterprise"}]),
        ("released.business", {"release_date": "2019-05-01"}, []),
        ("student.ordinary", {"study_level": "master"}, []),
    ],
)
def test_smallest_changes(name: str, facts: dict[str, Any], found: list[dict[str, Any]]) -> None:
    programme, scheme = name.split(".")
    assert sets(programme, facts, scheme) == found


def test_a_yes_and_an_open_question_need_no_change() -> None:
    assert nearest("water", {}, ON, BOOK) == ()
    assert sets("housing", {**BUYER, "signed_contract": True}, "purchase") == []


def test_who_somebody_is_and_what_has_been_is_never_to_change() -> None:
    assert not [fact for fact in UNCHANGEABLE if BOOK.facts[fact].can_become]


@pytest.mark.parametrize("programme", list(BOOK.programmes))
def test_every_set_lifts_the_no_and_nothing_in_it_can_be_left_out(programme: str) -> None:
    chance = random.Random(f"nearest {programme}")
    names = [name for name in drawing.model.SCHEMES if name.startswith(programme)]
    seen = 0
    for _ in range(120):
        facts = drawing.draw(chance, chance.choice(names), ON)
        for one in nearest(programme, facts, ON, BOOK):
            seen += 1
            assert assess(programme, facts, ON, BOOK, with_terms=False).scheme(one.scheme).truth == "no"
            changed = {change.fact: change.value for change in one.changes}
            assert all(BOOK.facts[fact].can_become and fact in facts for fact in changed)
            after = assess(programme, {**facts, **changed}, ON, BOOK, with_terms=False).scheme(one.scheme).truth
            assert after == one.truth != "no"
            for fewer in combinations(changed.items(), len(changed) - 1):
                less = assess(programme, {**facts, **dict(fewer)}, ON, BOOK, with_terms=False).scheme(one.scheme).truth
                assert less == "no", (facts, changed)
    assert seen > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_can_be_said(language: str) -> None:
    for one in (*nearest("released", SHOP, ON, BOOK), *nearest("housing", BUYER, ON, BOOK)):
        said = word(one.text, language)
        assert "{" not in said and "nearest." not in said
    if language == "vi":
        said = word(nearest("housing", BUYER, ON, BOOK)[0].text, "vi")
        assert said.startswith("Nếu đã ký hợp đồng mua hoặc thuê mua với chủ đầu tư thì ")
