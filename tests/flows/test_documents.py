"""The checklists: what is needed, what may be needed, what is not, and where each paper is asked for."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.wording import word
from flows.documents import checklist
from flows.eligibility.book import load_book

BOOK = load_book()
TODAY = date(2026, 11, 22)
SCHEMES = [(programme.id, scheme) for programme in BOOK.programmes.values() for scheme in programme.schemes]


def ids(programme: str, scheme: str | None, facts: dict) -> dict[str, bool]:
    """Paper ids, each with whether it is certainly needed."""
    return {paper.id: paper.condition is None for paper in checklist(programme, scheme, facts, TODAY, BOOK)}


@pytest.mark.parametrize(("programme", "scheme"), SCHEMES)
def test_every_scheme_has_papers_with_a_source(programme: str, scheme: str) -> None:
    papers = checklist(programme, scheme, {}, TODAY, BOOK, everyone=True)
    assert papers
    for paper in papers:
        assert paper.citation.instrument in BOOK.register
        assert paper.mark in ("V", "K", "?")
        for language in ("vi", "en"):
            assert "{" not in word(paper.text, language) + word(paper.full, language)


def test_a_first_year_shows_the_admission_notice() -> None:
    first = ids("student", "ordinary", {"study_year": 1})
    assert first["admission_notice"]
    assert "school_confirmation" not in first


def test_a_later_year_shows_the_school_confirmation() -> None:
    later = ids("student", "ordinary", {"study_year": 3})
    assert later["school_confirmation"]
    assert "admission_notice" not in later


def test_an_unknown_year_lists_both_with_an_if() -> None:
    open_year = ids("student", "ordinary", {})
    assert open_year["admission_notice"] is False
    assert open_year["school_confirmation"] is False
    said = [word(paper.text, "vi") for paper in checklist("student", "ordinary", {}, TODAY, BOOK)]
    assert any("(năm thứ nhất)" in line for line in said)


def test_hardship_is_confirmed_only_where_the_loan_rests_on_it() -> None:
    assert ids("student", "ordinary", {"sudden_hardship": "fire", "poverty_status": "other"})["hardship_confirmation"]
    assert "hardship_confirmation" not in ids(
        "student", "ordinary", {"sudden_hardship": "fire", "poverty_status": "poor"}
    )
    assert "hardship_confirmation" not in ids("student", "ordinary", {"sudden_hardship": "no"})


@pytest.mark.parametrize(
    ("programme", "scheme", "threshold"),
    [
        ("student", "stem", 500_000_000),
        ("abroad", "contract_costs", 200_000_000),
        ("released", "establishment", 100_000_000),
        ("jobs", "establishment", 200_000_000),
    ],
)
def test_collateral_papers_only_above_the_threshold(programme: str, scheme: str, threshold: int) -> None:
    assert "collateral_papers" not in ids(programme, scheme, {"loan_amount": threshold})
    assert ids(programme, scheme, {"loan_amount": threshold + 1})["collateral_papers"]
    assert ids(programme, scheme, {})["collateral_papers"] is False


def test_a_released_person_never_pledges_and_never_writes_the_list() -> None:
    papers = ids("released", "business", {"loan_amount": 100_000_000})
    assert "collateral_papers" not in papers
    assert "released_list" not in papers
    everyone = checklist("released", "business", {}, TODAY, BOOK, everyone=True)
    assert {paper.id: paper.by for paper in everyone}["released_list"] == "authority"


def test_housing_papers_follow_the_class() -> None:
    worker = ids("housing", "purchase", {"housing_class": ["worker"], "marital_status": "single"})
    assert worker["income_employer"]
    assert not {"merit_paper", "poverty_certificate", "income_forces", "spouse_income"} & set(worker)
    merit = ids("housing", "purchase", {"housing_class": ["merit"]})
    assert merit["merit_paper"]
    assert "income_employer" not in merit


def test_days_come_from_the_law() -> None:
    within = {paper.id: paper.within_days for paper in checklist("housing", "purchase", {}, TODAY, BOOK)}
    assert within["no_home"] == 7
    assert within["income_self"] == 7
    assert within["loan_request"] is None


def test_the_facts_point_to_the_scheme() -> None:
    assert "cost_plan" in ids("housing", None, {"housing_purpose": "repair"})
    assert "purchase_contract" in ids("housing", None, {})
    assert "worker_list" in ids("jobs", None, {"applicant_kind": "establishment"})
    assert "eps_contract" in ids("abroad", None, {"eps_contract": True})
    assert "stem_declaration" in ids("student", None, {"stem_field": True})


def test_no_photo_is_ever_asked_for() -> None:
    for programme, scheme in SCHEMES:
        for paper in checklist(programme, scheme, {}, TODAY, BOOK, everyone=True):
            assert not {"ảnh", "chụp"} & set(re.findall(r"\w+", word(paper.full, "vi")))
