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


@pytest.mark.parametrize(("programme", "scheme"), [("abroad", "contract_costs"), ("jobs", "worker")])
def test_priority_papers_only_for_the_priority_classes(programme: str, scheme: str) -> None:
    priority = {"poor_proof", "priority_ethnicity", "priority_residence"}
    minority = ids(programme, scheme, {"poverty_status": "poor", "ethnic_minority": True})
    assert priority & set(minority) == {"poor_proof", "priority_ethnicity"}
    assert minority["poor_proof"]
    area = {"poverty_status": "poor", "ethnic_minority": False, "extremely_difficult_area": True}
    assert priority & set(ids(programme, scheme, area)) == {"poor_proof", "priority_residence"}
    for others in (
        {**area, "extremely_difficult_area": False},
        {"poverty_status": "near_poor", "ethnic_minority": True},
    ):
        assert not priority & set(ids(programme, scheme, others))
    unknown = ids(programme, scheme, {"poverty_status": "poor"})
    assert unknown["poor_proof"] is False


def test_a_released_persons_papers_say_who_may_sign_in_their_place() -> None:
    papers = {paper.id: paper for paper in checklist("released", "business", {}, TODAY, BOOK)}
    assert papers["authorisation"].form == "01/UQ"
    assert papers["authorisation"].mark == "?"
    assert "nếu người khác ký thay hộ" in word(papers["authorisation"].text, "vi")
    assert "authorisation" not in ids("released", "establishment", {})


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


ORPHANS = [{"orphan": "both_parents"}, {"orphan": "one_parent_other_cannot_work"}]
HOUSEHOLDS = [{"orphan": "no"}, {"orphan": "one_parent_other_can_work"}]


@pytest.mark.parametrize("facts", ORPHANS)
def test_an_orphan_hands_everything_to_the_bank_and_has_no_group(facts: dict) -> None:
    papers = {paper.id: paper for paper in checklist("student", "ordinary", facts, TODAY, BOOK, everyone=True)}
    assert {paper.at for paper in papers.values()} == {"bank"}
    assert not {"group_list", "group_minutes", "authorisation"} & set(papers)
    assert {"loan_request", "orphan_confirmation", "loan_book", "approval_notice"} <= set(papers)
    assert papers["loan_request"].given_by is not None
    assert word(papers["loan_request"].given_by, "vi") == "ngân hàng"


@pytest.mark.parametrize("facts", HOUSEHOLDS)
def test_a_household_goes_through_the_group_and_the_commune(facts: dict) -> None:
    papers = {paper.id: paper for paper in checklist("student", "ordinary", facts, TODAY, BOOK, everyone=True)}
    assert (papers["loan_request"].at, papers["loan_request"].form) == ("group", "01/TD")
    assert (papers["group_list"].form, papers["group_minutes"].form) == ("03/TD", "10/TD")
    assert papers["group_list"].confirmed_by is not None
    assert "orphan_confirmation" not in papers


def test_water_has_the_groups_list_and_the_banks_answer_but_no_minutes() -> None:
    forms = {paper.id: paper.form for paper in checklist("water", "works", {}, TODAY, BOOK, everyone=True)}
    assert (forms["loan_request"], forms["authorisation"]) == ("01/TD", "01/UQ")
    assert (forms["group_list"], forms["approval_notice"]) == ("03/TD", "04/TD")
    assert "group_minutes" not in forms


@pytest.mark.parametrize(
    ("facts", "certain", "possible"),
    [
        ({"housing_class": ["worker"], "marital_status": "single"}, {"01a"}, set()),
        ({"housing_class": ["official"], "marital_status": "married"}, {"01a", "01a/04/05"}, set()),
        ({"housing_class": ["urban_low_income"], "marital_status": "single"}, set(), {"01a", "05"}),
        ({"housing_class": ["armed_forces"], "marital_status": "married"}, {"04", "01a/04/05"}, set()),
        ({"housing_class": ["merit"], "marital_status": "married"}, set(), set()),
        ({"housing_class": ["urban_poor"], "marital_status": "married"}, set(), set()),
    ],
)
def test_the_housing_form_follows_class_and_marriage(facts: dict, certain: set, possible: set) -> None:
    papers = checklist("housing", "purchase", {**facts, "owns_home_in_province": False}, TODAY, BOOK)
    income = [paper for paper in papers if paper.form in {"01a", "04", "05", "01a/04/05"}]
    assert {paper.form for paper in income if paper.condition is None} == certain
    assert {paper.form for paper in income if paper.condition is not None} == possible


@pytest.mark.parametrize(("owns", "form"), [(False, "02"), (True, "03")])
def test_the_form_about_the_home_follows_the_home(*, owns: bool, form: str) -> None:
    papers = checklist("housing", "purchase", {"owns_home_in_province": owns}, TODAY, BOOK)
    found = [paper for paper in papers if paper.id in ("no_home", "small_home")]
    assert [(paper.form, paper.within_days) for paper in found] == [(form, 7)]


def test_a_builder_has_form_06_from_the_commune_in_seven_days() -> None:
    papers = {paper.id: paper for paper in checklist("housing", "build_repair", {}, TODAY, BOOK)}
    paper = papers["build_confirmation"]
    assert (paper.form, paper.within_days, paper.confirmed_by and word(paper.confirmed_by, "vi")) == (
        "06",
        7,
        "ủy ban xã",
    )
    assert not {"income_employer", "income_self", "no_home"} & set(papers)


def test_a_stem_student_has_both_declarations() -> None:
    papers = [word(paper.text, "vi") for paper in checklist("student", None, {"stem_field": True}, TODAY, BOOK)]
    assert any("Phụ lục I" in line and "Phụ lục II" not in line for line in papers)
    assert any("Phụ lục II" in line for line in papers)
