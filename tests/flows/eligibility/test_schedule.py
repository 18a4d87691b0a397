"""Instalments and interest: whole đồng, actual days, everything paid back."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from flows.eligibility.assess import WrongFact
from flows.eligibility.book import load_book
from flows.eligibility.schedule import NoRate, months_later, schedule

BOOK = load_book()
START = date(2026, 11, 22)
EXAMPLES: list[tuple[str, int, int, dict[str, Any]]] = [
    ("student.ordinary", 160_000_000, 108, {}),
    ("student.ordinary", 30_000_001, 42, {"study_months_left": 10, "course_months": 12}),
    ("student.stem", 320_000_000, 92, {"study_months_left": 40}),
    ("water.works", 25_000_000, 60, {}),
    ("water.works", 1, 1, {}),
    ("housing.purchase", 800_000_000, 300, {}),
    ("housing.build_repair", 350_000_003, 180, {}),
    ("released.training", 24_000_000, 18, {"study_months_left": 6}),
    ("released.business", 100_000_000, 120, {}),
    ("released.business", 50_000_000, 12, {}),
    ("released.establishment", 2_000_000_000, 60, {}),
    ("abroad.contract_costs", 150_000_000, 36, {}),
    ("jobs.worker", 200_000_000, 120, {}),
    ("jobs.establishment", 1_000_000_000, 59, {}),
]


@pytest.mark.parametrize(("name", "amount", "months", "facts"), EXAMPLES)
def test_everything_is_paid_back_in_time(name: str, amount: int, months: int, facts: dict[str, Any]) -> None:
    plan = schedule(*name.split("."), facts, START, BOOK, amount=amount, months=months)
    assert sum(row.principal for row in plan.rows) == sum(paid.amount for paid in plan.paid_out) == amount
    assert plan.rows[-1].balance == 0
    assert plan.rows[-1].due == months_later(START, months).isoformat()
    assert plan.total_interest == sum(row.interest for row in plan.rows)
    assert all(row.principal >= 0 and row.interest >= 0 and row.balance >= 0 for row in plan.rows)
    days = [row.due for row in plan.rows]
    assert days == sorted(set(days))
    assert plan.unsettled


def test_interest_runs_by_actual_days() -> None:
    plan = schedule("water", "works", {}, START, BOOK, amount=25_000_000, months=60)
    balance, since = 25_000_000, START
    for row in plan.rows:
        due = date.fromisoformat(row.due)
        exact = Fraction(balance) * Fraction("0.084") * (due - since).days / 365
        assert row.interest == int(exact + Fraction(1, 2))
        balance, since = row.balance, due
    assert [row.principal for row in plan.rows if row.principal] == [5_000_000] * 5


def test_a_student_pays_nothing_until_a_year_after_the_course() -> None:
    plan = schedule("student", "ordinary", {"study_months_left": 48}, START, BOOK, amount=160_000_000, months=108)
    assert plan.rows[0].due == months_later(START, 60).isoformat()
    assert plan.rows[0].principal > 0
    assert len(plan.paid_out) == 8
    assert [row.due for row in plan.rows if row.principal] == [
        months_later(START, 48 + 12 * year).isoformat() for year in range(1, 6)
    ]


def test_the_study_is_worked_out_from_the_longest_term() -> None:
    long = schedule("student", "ordinary", {}, START, BOOK, amount=160_000_000, months=108)
    assert len(long.paid_out) == 8  # 48 months of study, 12 of waiting, 48 of repaying
    short = schedule("student", "ordinary", {}, START, BOOK, amount=40_000_000, months=42)
    assert len(short.paid_out) == 2  # 10 months of study, 12 of waiting, 20 of repaying


def test_months_end_where_the_month_ends() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2026, 11, 30), 14) == date(2028, 1, 30)


@pytest.mark.parametrize(("amount", "months"), [(0, 12), (-5, 12), (1000, 0), (1000, 601)])
def test_senseless_amounts_and_terms_are_refused(amount: int, months: int) -> None:
    with pytest.raises(WrongFact):
        schedule("water", "works", {}, START, BOOK, amount=amount, months=months)


def test_a_term_too_short_for_the_study_is_refused() -> None:
    with pytest.raises(WrongFact, match="at least 60 months"):
        schedule("student", "ordinary", {"study_months_left": 48}, START, BOOK, amount=1_000_000, months=59)


def test_no_plan_without_a_rate() -> None:
    with pytest.raises(NoRate, match="no settled rate"):
        schedule("abroad", "eps_deposit", {}, START, BOOK, amount=100_000_000, months=64)


@pytest.mark.parametrize(("approved", "months_between"), [(date(2024, 12, 31), 6), (date(2025, 1, 1), 12)])
def test_principal_of_a_student_loan_follows_the_guidance_of_its_day(approved: date, months_between: int) -> None:
    plan = schedule("student", "ordinary", {"study_months_left": 24}, approved, BOOK, amount=96_000_000, months=60)
    days = [date.fromisoformat(row.due) for row in plan.rows if row.principal]
    assert days == [months_later(approved, 24 + month) for month in range(12, 37, months_between)]
    assert BOOK.parameters["student_ordinary_instalment"].on(approved).value == months_between
