"""`assess` against the second model: truth and missing of each scheme, over generated facts. No example by hand."""

from __future__ import annotations

import importlib.util
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.eligibility.assess import assess
from flows.eligibility.book import load_book

_spec = importlib.util.spec_from_file_location("second_model", Path(__file__).with_name("second_model.py"))
model = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(model)

TODAY = date(2026, 11, 22)
DAYS = {
    "student": [date(2025, 8, 28), TODAY],
    "water": [TODAY],
    "housing": [date(2024, 8, 1), date(2025, 10, 9), date(2025, 10, 10), date(2026, 4, 6), date(2026, 4, 7), TODAY],
    "released": [date(2023, 10, 10), date(2025, 2, 28), TODAY],
    "abroad": [date(2026, 1, 1), TODAY],
    "jobs": [date(2026, 1, 1), TODAY],
}
MOST = 4000  # completions of one example; what has more is thinned by `once`


def values_of(fact: str, on: date) -> list[Any]:
    """Values to draw from: those of the second model and some beside them."""
    match fact:
        case "study_year":
            return [1, 2, 3, 6]
        case "monthly_income" | "spouse_monthly_income":
            edges = [limit * model.MILLION for limit in model.ceilings(on)]
            return [
                0,
                5_000_000,
                12_345_678,
                *edges,
                *(edge + 1 for edge in edges),
                *(edge - 1 for edge in edges),
                90_000_000,
            ]
        case "floor_area_per_person":
            return [0, 8.5, 14.999, 15, 15.0, 40]
        case "release_date":
            five = on.year - 5
            return [
                on.isoformat(),
                f"{five}-{on.month:02d}-{min(on.day, 28):02d}",
                f"{five}-{on.month:02d}",
                "2020-02-29",
                "2010-05",
            ]
        case "workers_total":
            return [1, 9, 10, 11, 19, 20, 21, 30]
        case "workers_released":
            return [0, 1, 2, 3]
        case "loan_amount":
            return [0, 99_999_999, 100_000_000, 100_000_001, 200_000_000, 200_000_001, 900_000_000]
        case "housing_class":
            one = list(model.CHOICES[fact])
            return [
                *one,
                ["worker", "armed_forces"],
                ["rural_poor", "land_recovered"],
                ["student", "merit"],
                ["official"],
            ]
    return list(model.domain(fact, {}, on))


def draw(chance: random.Random, name: str, on: date) -> dict[str, Any]:
    """Facts of a scheme, some of them left open."""
    share = chance.choice((0.3, 0.5, 0.7, 0.9, 1.0))
    return {fact: chance.choice(values_of(fact, on)) for fact in model.SCHEMES[name][1] if chance.random() < share}


@pytest.mark.parametrize("name", list(model.SCHEMES))
def test_truth_and_missing_are_those_of_every_completion(name: str) -> None:
    book = load_book()
    programme, scheme = name.split(".")
    chance = random.Random(name)
    seen: dict[str, int] = {}
    for _ in range(250):
        on = chance.choice(DAYS[programme])
        known = draw(chance, name, on)
        once = model.size(name, known, on) > MOST
        if once and model.size(name, known, on, once) > MOST:
            continue
        truth, missing = model.enumerate_scheme(name, known, on, once)
        found = assess(programme, known, on, book, with_terms=False).scheme(scheme)
        assert (found.truth, set(found.missing)) == (truth, missing), (on, known)
        seen[truth] = seen.get(truth, 0) + 1
    assert sum(seen.values()) > 100
    assert seen.get("no") or name == "abroad.eps_deposit", seen


@pytest.mark.parametrize("name", [name for name in model.SCHEMES if name != "housing.purchase"])
def test_nothing_known_at_all(name: str) -> None:
    programme, scheme = name.split(".")
    truth, missing = model.enumerate_scheme(name, {}, TODAY, once=True)
    found = assess(programme, {}, TODAY, load_book(), with_terms=False).scheme(scheme)
    assert (found.truth, set(found.missing)) == (truth, missing)


@pytest.mark.parametrize("name", list(model.SCHEMES))
def test_confirm_points_stand_exactly_where_only_they_are_left(name: str) -> None:
    book = load_book()
    programme, scheme = name.split(".")
    chance = random.Random(f"full {name}")
    for _ in range(150):
        on = chance.choice(DAYS[programme])
        known = {fact: chance.choice(values_of(fact, on)) for fact in model.SCHEMES[name][1]}
        found = assess(programme, known, on, book, with_terms=False).scheme(scheme)
        truth = model.SCHEMES[name][0](known, on)
        assert found.truth == truth, (on, known)
        assert found.missing == ()
        month = len(str(known.get("release_date", ""))) == 7  # a month on the limit is open without the office
        assert bool(found.confirm) == (truth == "unknown") or month, (on, known)
