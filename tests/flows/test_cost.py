"""What a loan costs: exact sums, words by the plan's own shape, and the same sum from a lender outside."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wording import LANGUAGES, word
from flows.cost import Cost, LenderForm, LendersForm, about, balance_days, compared, cost, lenders, said
from flows.eligibility.assess import WrongFact
from flows.eligibility.book import load_book
from flows.eligibility.schedule import NoRate, months_later
from flows.engine.text import Money, Text

BOOK = load_book()
START = date(2026, 11, 23)
EXAMPLES: list[tuple[str, int, int, dict[str, Any], str]] = [
    ("water.works", 5_000_000, 1, {}, "once"),
    ("water.works", 10_000_000, 12, {}, "at_end"),
    ("water.works", 50_000_000, 60, {"works": "both"}, "periodic"),
    ("released.business", 100_000_000, 60, {}, "periodic"),
    ("released.training", 24_000_000, 18, {"study_months_left": 6}, "study_once"),
    ("student.ordinary", 160_000_000, 108, {"study_months_left": 48, "course_months": 48}, "study"),
    ("student.stem", 320_000_000, 92, {"study_months_left": 40}, "study"),
    ("housing.purchase", 800_000_000, 300, {}, "monthly"),
    ("abroad.contract_costs", 80_000_000, 36, {}, "periodic"),
    ("jobs.worker", 100_000_000, 59, {}, "periodic"),
]


def of(name: str, amount: int, months: int, facts: dict[str, Any] | None = None, on: date = START) -> Cost:
    return cost(*name.split("."), facts or {}, on, BOOK, amount=amount, months=months)


@pytest.mark.parametrize(("name", "amount", "months", "facts", "pattern"), EXAMPLES)
def test_sums_are_those_of_the_plan(name: str, amount: int, months: int, facts: dict[str, Any], pattern: str) -> None:
    found = of(name, amount, months, facts)
    rows = found.plan.rows
    assert found.pattern == pattern
    assert found.total_interest == sum(row.interest for row in rows)
    assert found.total == sum(row.principal + row.interest for row in rows) == amount + found.total_interest
    assert (found.first_due, found.last_due) == (rows[0].due, rows[-1].due)
    assert found.first_payment == rows[0].principal + rows[0].interest
    assert found.is_illustration  # the law leaves the instalments of every programme to the bank


@pytest.mark.parametrize(("name", "amount", "months", "facts", "pattern"), EXAMPLES)
def test_what_is_laid_aside_is_always_enough_and_never_more_than_needed(
    name: str, amount: int, months: int, facts: dict[str, Any], pattern: str
) -> None:
    found = of(name, amount, months, facts)

    def enough(monthly: int) -> bool:
        owed = 0
        for row in found.plan.rows:
            owed += row.principal + row.interest
            passed = next(count for count in range(1, 601) if months_later(START, count).isoformat() == row.due)
            if monthly * (passed - found.study_months) < owed:
                return False
        return True

    assert enough(found.set_aside)
    assert not enough(found.set_aside - 1)
    assert found.even_month * (months - found.study_months) >= found.total


@pytest.mark.parametrize(("name", "amount", "months", "facts", "pattern"), EXAMPLES)
def test_balance_days_are_the_base_of_all_interest(
    name: str, amount: int, months: int, facts: dict[str, Any], pattern: str
) -> None:
    plan = of(name, amount, months, facts).plan
    days = balance_days(plan, START, date.fromisoformat(plan.rows[-1].due))
    exact = days * Fraction(str(plan.rate_percent_year)) / 100 / 365
    assert abs(exact - plan.total_interest) <= len(plan.rows)  # each row is rounded to whole đồng


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_shape_is_worded(example: tuple[Any, ...], language: str) -> None:
    found = of(*example[:4])
    for text in (said(found), compared(found)):
        worded = word(text, language)
        assert "{" not in worded
    plain = (found.headline, found.total_text, found.pattern_text, found.first_month_text, found.outside[0].text)
    sentences = [sentence for text in plain for sentence in word(text, language).replace("\n", ". ").split(". ")]
    assert max(len(sentence) for sentence in sentences) <= 130


SCHEMES = [
    f"{programme.id}.{scheme}"
    for programme in BOOK.programmes.values()
    for scheme in programme.schemes
    if scheme != "eps_deposit"
]


@given(
    st.sampled_from(SCHEMES),
    st.integers(1, 20_000_000_000),
    st.integers(1, 600),
    st.dates(date(2026, 1, 1), date(2040, 12, 31)),
)
@settings(max_examples=60, deadline=None)
def test_any_loan_can_be_told(name: str, amount: int, months: int, on: date) -> None:
    found = of(name, amount, months, on=on)
    for language in LANGUAGES:
        assert word(said(found), language)
    assert found.set_aside * (months - found.study_months) >= found.total
    assert all(outside.times > 1 for outside in found.outside)


def test_ten_millions_for_a_year() -> None:
    """By hand: 10 million at 8.4 % for 365 days, all paid back at the end."""
    found = of("water.works", 10_000_000, 12)
    assert found.total_interest == 839_996  # 840,000, each of twelve payments rounded to whole đồng
    assert found.first_month == 69_041  # 10,000,000 × 8.4 % × 30 / 365
    mildest = found.outside[0]
    assert (mildest.interest, mildest.bank, mildest.whole) == (10_950_000, 840_000, 10_950_000)
    assert (mildest.a_day, mildest.bank_a_day) == (30_000, 2_301)
    assert mildest.percent_year == pytest.approx(109.5)
    assert mildest.times == pytest.approx(109.5 / 8.4)
    worded = word(compared(found))
    for expected in ("10 triệu đồng", "3.000 đồng", "840.000 đồng", "109,5%", "gấp 13 lần", "30.000 đồng", "ví dụ"):
        assert expected in worded


def test_the_sum_is_held_for_a_year_at_most_in_the_comparison() -> None:
    """Nobody keeps a loan shark's money for 25 years: the difference of one year is told."""
    long, short = of("housing.purchase", 800_000_000, 300).outside[0], of("water.works", 5_000_000, 1).outside[0]
    assert (long.span, short.span) == (12, 1)
    assert long.interest == 800 * 3_000 * 365
    assert short.interest == 5 * 3_000 * 30


def test_lenders_of_a_day() -> None:
    assert [lender.vnd_per_million_a_day for lender in lenders(START)] == [3_000, 5_000]
    assert lenders(date(2026, 11, 21)) == ()
    early = of("water.works", 10_000_000, 12, on=date(2026, 11, 21))
    assert early.outside == ()
    assert compared(early) is None


def test_the_mildest_lender_stands_first() -> None:
    both = [LenderForm(id=str(asked), vnd_per_million_a_day=asked, start=START, end=None) for asked in (5_000, 3_000)]
    with pytest.raises(ValueError, match="mildest"):
        LendersForm(lenders=both)


@pytest.mark.parametrize(
    ("vnd", "rounded"),
    [
        (0, 0),
        (2_301, 2_300),
        (9_949, 9_900),
        (69_041, 69_000),
        (999_999, 1_000_000),
        (1_234_567, 1_230_000),
        (12_609_193, 12_600_000),
        (1_342_116_736, 1_340_000_000),
    ],
)
def test_sums_are_rounded_for_the_ear(vnd: int, rounded: int) -> None:
    assert about(vnd) == Money(rounded)


def keys(found: Cost) -> list[str]:
    return [note.key for note in found.notes]


def test_what_to_know_beside() -> None:
    assert keys(of("water.works", 25_000_000, 60, {"works": "water"})) == []
    assert keys(of("water.works", 25_000_001, 60, {"works": "water"})) == ["cost.over_most"]
    assert keys(of("water.works", 50_000_000, 60)) == []  # there may be two works
    assert keys(of("water.works", 10_000_000, 61)) == ["cost.over_term"]
    student = {"study_months_left": 48, "course_months": 48}
    assert keys(of("student.ordinary", 192_000_000, 108, student)) == []
    assert keys(of("student.ordinary", 192_000_001, 108, student)) == ["cost.over_most"]


def test_a_lower_rate_is_told_until_the_class_is_known() -> None:
    found = of("jobs.worker", 100_000_000, 60)
    assert keys(found) == ["cost.lower_rate"]
    disabled = of("jobs.worker", 100_000_000, 60, {"disabled": True})
    assert keys(disabled) == []
    told = found.notes[0].values["interest"]
    assert abs(told.vnd - disabled.total_interest) <= 100_000


def test_what_the_bank_sets_is_an_illustration() -> None:
    caveat = of("student.ordinary", 160_000_000, 108).caveat
    assert caveat.key == "cost.illustration"
    assert [rule.key for rule in caveat.values["rules"].parts] == [
        "schedule.disbursed_by_semester",
        "schedule.study_interest_at_first_payment",
        "schedule.principal_instalments",
    ]
    assert isinstance(of("water.works", 1_000_000, 2).total_text, Text)


def test_no_rate_and_wrong_figures_raise_as_the_plan_does() -> None:
    with pytest.raises(NoRate):
        of("abroad.eps_deposit", 100_000_000, 36)
    with pytest.raises(WrongFact):
        of("water.works", 0, 12)
    with pytest.raises(WrongFact):
        of("water.works", 10_000_000, 601)
