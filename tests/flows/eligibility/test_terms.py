"""The figures of each scheme, on the days around each change of the law."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.eligibility.assess import NoSuchProgramme, WrongFact
from flows.eligibility.book import load_book
from flows.eligibility.terms import terms

ON = date(2026, 11, 22)
BOOK = load_book()
MINORITY = {"poverty_status": "poor", "ethnic_minority": True}
KINH = {"poverty_status": "poor", "ethnic_minority": False, "extremely_difficult_area": True}


def may_be(found: Any) -> dict[str, Any]:
    return {one.field: one.value for one in found.may_be}


@pytest.mark.parametrize(
    ("name", "amount", "per", "rate", "overdue", "months", "collateral"),
    [
        ("student.ordinary", 4_000_000, "month_of_study", 6.24, 8.112, None, "none"),
        ("student.stem", None, "loan", 4.8, 6.24, None, "none"),
        ("water.works", 25_000_000, "works_type", 8.4, 10.92, 60, "none"),
        ("housing.purchase", None, "loan", 5.4, 7.02, 300, "required"),
        ("housing.build_repair", 1_000_000_000, "loan", 5.4, 7.02, 300, "required"),
        ("released.training", 4_000_000, "month_of_study", 6.24, 8.112, None, "none"),
        ("released.business", 100_000_000, "person", 6.24, 8.112, 120, "none"),
        ("released.establishment", 2_000_000_000, "project", 6.24, 8.112, 120, "none"),
        ("abroad.contract_costs", None, "contract", 7.9248, 10.30224, None, "none"),
        ("abroad.eps_deposit", 100_000_000, "contract", None, None, 64, "none"),
        ("jobs.worker", 200_000_000, "person", 7.9248, 10.30224, 120, "none"),
        ("jobs.establishment", 10_000_000_000, "project", 7.9248, 10.30224, 120, "none"),
    ],
)
def test_today(*, name: str, amount: Any, per: str, rate: Any, overdue: Any, months: Any, collateral: str) -> None:
    found = terms(*name.split("."), {}, ON, BOOK)
    assert (found.max_amount_vnd, found.amount_per) == (amount, per)
    assert (found.rate_percent_year, found.overdue_rate_percent_year) == (rate, overdue)
    assert (found.max_term_months, found.collateral) == (months, collateral)


@pytest.mark.parametrize(
    ("name", "on", "field", "value"),
    [
        ("student.ordinary", "2025-11-30", "rate_percent_year", 6.6),
        ("student.ordinary", "2025-12-01", "rate_percent_year", 6.24),
        ("student.ordinary", "2007-09-30", "max_amount_vnd", None),
        ("student.ordinary", "2007-10-01", "max_amount_vnd", 800_000),
        ("student.ordinary", "2008-12-31", "max_amount_vnd", 800_000),
        ("student.ordinary", "2009-01-01", "max_amount_vnd", None),
        ("student.ordinary", "2007-10-01", "rate_percent_year", 6.0),
        ("student.ordinary", "2010-12-31", "overdue_rate_percent_year", 7.8),
        ("student.ordinary", "2011-01-01", "rate_percent_year", None),
        ("student.ordinary", "2015-05-31", "rate_percent_year", None),
        ("student.ordinary", "2015-06-01", "rate_percent_year", 6.6),
        ("student.ordinary", "2025-11-30", "overdue_rate_percent_year", 8.58),
        ("student.ordinary", "2025-12-01", "overdue_rate_percent_year", 8.112),
        ("student.ordinary", "2013-07-31", "max_amount_vnd", None),
        ("student.ordinary", "2013-08-01", "max_amount_vnd", 1_100_000),
        ("student.ordinary", "2016-01-08", "max_amount_vnd", 1_100_000),
        ("student.ordinary", "2016-01-09", "max_amount_vnd", 1_250_000),
        ("student.ordinary", "2017-06-14", "max_amount_vnd", 1_250_000),
        ("student.ordinary", "2017-06-15", "max_amount_vnd", 1_500_000),
        ("student.ordinary", "2019-11-30", "max_amount_vnd", 1_500_000),
        ("student.ordinary", "2019-12-01", "max_amount_vnd", 2_500_000),
        ("student.ordinary", "2022-05-18", "max_amount_vnd", 2_500_000),
        ("student.ordinary", "2022-05-19", "max_amount_vnd", 4_000_000),
        ("student.stem", "2025-08-27", "rate_percent_year", None),
        ("student.stem", "2025-08-28", "rate_percent_year", 4.8),
        ("student.stem", "2025-08-27", "collateral_above_vnd", None),
        ("student.stem", "2025-08-28", "collateral_above_vnd", 500_000_000),
        ("student.stem", "2025-12-01", "rate_percent_year", 4.8),
        ("water.works", "2004-04-15", "max_amount_vnd", None),
        ("water.works", "2004-04-16", "max_amount_vnd", 4_000_000),
        ("water.works", "2015-05-31", "rate_percent_year", None),
        ("water.works", "2015-06-01", "rate_percent_year", 9.0),
        ("water.works", "2024-09-01", "max_term_months", None),
        ("water.works", "2024-09-02", "max_term_months", 60),
        ("water.works", "2024-09-01", "overdue_rate_percent_year", None),
        ("water.works", "2025-11-30", "overdue_rate_percent_year", 11.7),
        ("water.works", "2025-12-01", "overdue_rate_percent_year", 10.92),
        ("housing.purchase", "2015-12-09", "max_amount_percent", None),
        ("housing.purchase", "2015-12-10", "max_amount_percent", 80.0),
        ("housing.purchase", "2015-12-31", "rate_percent_year", None),
        ("housing.purchase", "2016-01-01", "rate_percent_year", 4.8),
        ("housing.purchase", "2025-10-09", "overdue_rate_percent_year", None),
        ("housing.purchase", "2025-10-10", "overdue_rate_percent_year", 7.02),
        ("water.works", "2014-04-30", "max_amount_vnd", 4_000_000),
        ("water.works", "2014-05-01", "max_amount_vnd", 6_000_000),
        ("water.works", "2018-09-24", "max_amount_vnd", 6_000_000),
        ("water.works", "2018-09-25", "max_amount_vnd", 10_000_000),
        ("water.works", "2024-09-01", "max_amount_vnd", 10_000_000),
        ("water.works", "2024-09-02", "max_amount_vnd", 25_000_000),
        ("water.works", "2025-11-30", "rate_percent_year", 9.0),
        ("water.works", "2025-12-01", "rate_percent_year", 8.4),
        ("housing.purchase", "2024-07-31", "rate_percent_year", 4.8),
        ("housing.purchase", "2024-08-01", "rate_percent_year", 6.6),
        ("housing.purchase", "2025-10-09", "rate_percent_year", 6.6),
        ("housing.purchase", "2025-10-10", "rate_percent_year", 5.4),
        ("housing.purchase", "2026-11-22", "max_amount_percent", 80.0),
        ("housing.build_repair", "2024-07-31", "max_amount_vnd", 500_000_000),
        ("housing.build_repair", "2024-08-01", "max_amount_vnd", 1_000_000_000),
        ("released.business", "2023-10-09", "max_amount_vnd", None),
        ("released.business", "2023-10-10", "max_amount_vnd", 100_000_000),
        ("released.business", "2025-11-30", "rate_percent_year", 6.6),
        ("released.business", "2025-12-01", "rate_percent_year", 6.24),
        ("abroad.contract_costs", "2025-11-30", "rate_percent_year", 6.6),
        ("abroad.contract_costs", "2025-12-31", "rate_percent_year", 6.24),
        ("abroad.contract_costs", "2026-01-01", "rate_percent_year", 7.9248),
        ("jobs.worker", "2019-11-07", "max_amount_vnd", 50_000_000),
        ("jobs.worker", "2019-11-08", "max_amount_vnd", 100_000_000),
        ("jobs.worker", "2025-11-30", "rate_percent_year", 7.92),
        ("jobs.worker", "2025-12-31", "rate_percent_year", 7.488),
        ("jobs.worker", "2025-12-31", "max_amount_vnd", 100_000_000),
        ("jobs.worker", "2026-01-01", "max_amount_vnd", 200_000_000),
        ("jobs.worker", "2019-11-07", "max_term_months", 60),
        ("jobs.establishment", "2025-12-31", "max_amount_vnd", 2_000_000_000),
        ("jobs.establishment", "2026-01-01", "max_amount_vnd", 10_000_000_000),
        ("jobs.establishment", "2015-08-31", "max_amount_vnd", None),
        ("jobs.establishment", "2015-09-01", "max_amount_vnd", 1_000_000_000),
        ("jobs.establishment", "2019-11-07", "collateral_above_vnd", 49_999_999),
        ("jobs.establishment", "2019-11-08", "collateral_above_vnd", 99_999_999),
        ("jobs.establishment", "2026-01-01", "collateral_above_vnd", 200_000_000),
        ("jobs.worker", "2015-09-01", "rate_percent_year", 6.6),
        ("jobs.worker", "2019-11-08", "rate_percent_year", 7.92),
        ("jobs.worker", "2026-01-01", "rate_percent_year", 7.9248),
        ("jobs.worker", "2019-11-08", "max_term_months", 120),
        ("abroad.contract_costs", "2015-08-31", "max_amount_percent", None),
        ("abroad.contract_costs", "2015-09-01", "max_amount_percent", 100.0),
        ("abroad.contract_costs", "2015-09-01", "overdue_rate_percent_year", 8.58),
        ("abroad.contract_costs", "2019-11-07", "collateral_above_vnd", 49_999_999),
        ("abroad.contract_costs", "2019-11-08", "collateral_above_vnd", 99_999_999),
        ("abroad.contract_costs", "2026-01-01", "collateral_above_vnd", 200_000_000),
        ("abroad.eps_deposit", "2013-08-20", "max_amount_vnd", None),
        ("abroad.eps_deposit", "2013-08-21", "max_term_months", 64),
        ("abroad.eps_deposit", "2023-05-31", "max_term_months", None),
        ("abroad.eps_deposit", "2023-06-01", "max_term_months", 64),
    ],
)
def test_around_each_change(name: str, on: str, field: str, value: Any) -> None:
    assert getattr(terms(*name.split("."), {}, date.fromisoformat(on), BOOK), field) == value


@pytest.mark.parametrize("name", ["abroad.contract_costs", "jobs.worker"])
@pytest.mark.parametrize(
    ("facts", "rate", "others"),
    [
        ({}, 7.9248, {"rate_percent_year": 6.24, "overdue_rate_percent_year": 8.112}),
        (MINORITY, 6.24, {}),
        (KINH, 6.24, {}),
        ({"poverty_status": "poor", "extremely_difficult_area": True}, 6.24, {}),
        ({"poverty_status": "poor", "ethnic_minority": False, "extremely_difficult_area": False}, 7.9248, {}),
        ({"poverty_status": "near_poor", "ethnic_minority": True}, 7.9248, {}),
    ],
)
def test_the_lower_rate(name: str, facts: dict[str, Any], rate: float, others: dict[str, float]) -> None:
    plain = {"disabled": False, "cares_for_severely_disabled": False} if name == "jobs.worker" and facts else {}
    found = terms(*name.split("."), {**facts, **plain}, ON, BOOK)
    assert found.rate_percent_year == rate
    rates = {field: value for field, value in may_be(found).items() if "rate" in field}
    assert rates == others


def test_the_lower_rate_of_job_creation_has_more_doors() -> None:
    assert terms("jobs", "worker", {"disabled": True}, ON, BOOK).rate_percent_year == 6.24
    assert terms("jobs", "worker", {"cares_for_severely_disabled": True}, ON, BOOK).rate_percent_year == 6.24
    shop = {"workers_total": 10, "workers_priority": 3}
    assert terms("jobs", "establishment", shop, ON, BOOK).rate_percent_year == 6.24
    shop = {"workers_total": 10, "workers_priority": 2}
    assert terms("jobs", "establishment", shop, ON, BOOK).rate_percent_year == 7.9248


def test_a_contract_of_before_keeps_its_rule_and_follows_the_base() -> None:
    before = date(2025, 6, 1)
    assert terms("abroad", "contract_costs", {}, ON, BOOK, signed=before).rate_percent_year == 6.24
    assert terms("jobs", "worker", {}, ON, BOOK, signed=before).rate_percent_year == 7.488
    assert terms("jobs", "worker", {}, ON, BOOK, signed=before).max_amount_vnd == 100_000_000
    assert may_be(terms("jobs", "worker", {}, ON, BOOK, signed=before))["rate_percent_year"] == 3.744
    assert terms("jobs", "worker", {}, date(2025, 11, 30), BOOK, signed=before).rate_percent_year == 7.92
    assert terms("student", "ordinary", {}, ON, BOOK, signed=before).rate_percent_year == 6.24
    assert terms("water", "works", {}, ON, BOOK, signed=before).rate_percent_year == 8.4
    assert terms("housing", "purchase", {}, ON, BOOK, signed=before).rate_percent_year == 5.4


@pytest.mark.parametrize(
    ("name", "facts", "amount"),
    [
        ("released.establishment", {"workers_supported": 3}, 300_000_000),
        ("released.establishment", {"workers_supported": 20}, 2_000_000_000),
        ("released.establishment", {"workers_supported": 21}, 2_000_000_000),
        ("jobs.establishment", {"workers_supported": 5}, 1_000_000_000),
        ("jobs.establishment", {"workers_supported": 50}, 10_000_000_000),
        ("jobs.establishment", {"workers_supported": 51}, 10_000_000_000),
        ("housing.purchase", {"contract_price": 1_000_000_000}, 800_000_000),
        ("housing.build_repair", {"construction_cost": 500_000_001}, 350_000_000),
        ("housing.build_repair", {"construction_cost": 3_000_000_000}, 1_000_000_000),
        ("housing.build_repair", {"construction_cost": 500_000_000, "collateral_value": 400_000_000}, 280_000_000),
        ("abroad.contract_costs", {"contract_costs": 180_000_000}, 180_000_000),
        ("abroad.eps_deposit", {"deposit_amount": 90_000_000}, 90_000_000),
        ("student.stem", {"tuition_due": 120_000_000, "study_months_left": 40}, 320_000_000),
    ],
)
def test_amounts_that_hang_on_the_case(name: str, facts: dict[str, int], amount: int) -> None:
    assert terms(*name.split("."), facts, ON, BOOK).max_amount_vnd == amount


@pytest.mark.parametrize(
    ("name", "facts", "months"),
    [
        ("student.ordinary", {"course_months": 48, "study_months_left": 40}, 40 + 12 + 40),
        ("student.ordinary", {"course_months": 12, "study_months_left": 10}, 10 + 12 + 20),
        ("student.ordinary", {"course_months": 13, "study_months_left": 10}, 10 + 12 + 10),
        ("released.training", {"course_months": 6, "study_months_left": 6}, 6 + 12),
        ("student.stem", {"course_months": 48, "study_months_left": 48}, 48 + 12 + 48),
        ("abroad.contract_costs", {"contract_months": 36}, 36),
    ],
)
def test_terms_that_hang_on_the_case(name: str, facts: dict[str, int], months: int) -> None:
    assert terms(*name.split("."), facts, ON, BOOK).max_term_months == months


@pytest.mark.parametrize(
    ("name", "signed", "edge"),
    [
        ("abroad.contract_costs", None, 200_000_000),
        ("jobs.establishment", None, 200_000_000),
        ("released.establishment", None, 100_000_000),
        ("student.stem", None, 500_000_000),
        ("abroad.contract_costs", date(2025, 6, 1), 99_999_999),
        ("jobs.establishment", date(2025, 6, 1), 99_999_999),
    ],
)
def test_security_begins_above_an_amount(name: str, signed: date | None, edge: int) -> None:
    scheme = name.split(".")
    assert terms(*scheme, {"loan_amount": edge}, ON, BOOK, signed=signed).collateral == "none"
    assert terms(*scheme, {"loan_amount": edge + 1}, ON, BOOK, signed=signed).collateral == "required"
    unknown = terms(*scheme, {}, ON, BOOK, signed=signed)
    assert (unknown.collateral, unknown.collateral_above_vnd) == ("none", edge)
    assert may_be(unknown)["collateral"] == "required"


def test_parts_of_an_amount_are_given_even_where_the_whole_hangs_on_the_case() -> None:
    assert terms("student", "stem", {}, ON, BOOK).max_amount_per_month_vnd == 5_000_000
    assert terms("released", "establishment", {}, ON, BOOK).max_amount_per_worker_vnd == 100_000_000
    assert terms("housing", "build_repair", {}, ON, BOOK).max_amount_percent == 70.0


def test_before_the_first_figure_no_term_is_worded() -> None:
    assert terms("student", "stem", {}, date(2025, 8, 27), BOOK).max_term_rule is None
    assert terms("student", "ordinary", {}, date(2007, 9, 30), BOOK).max_term_rule is None


@pytest.mark.parametrize(
    ("on", "rule"), [("2022-05-18", "term.study_until_employed"), ("2022-05-19", "term.study_with_grace")]
)
def test_a_job_mattered_to_the_first_payment_until_2022(on: str, rule: str) -> None:
    found = terms("student", "ordinary", {}, date.fromisoformat(on), BOOK).max_term_rule
    assert found is not None
    assert found.key == rule


def test_what_was_before_2013_is_marked_as_not_compared() -> None:
    for name, on in (("student.ordinary", date(2008, 1, 1)), ("water.works", date(2010, 1, 1))):
        found = terms(*name.split("."), {}, on, BOOK)
        marks = {one.mark for one in found.citations if one.field in ("max_amount_vnd", "rate_percent_year")}
        assert marks == {"K"}, name


def test_a_loan_to_build_may_be_less_by_the_cost_and_by_the_security() -> None:
    found = terms("housing", "build_repair", {}, ON, BOOK)
    assert found.max_amount_vnd == 1_000_000_000
    assert [(one.value, one.condition) for one in found.may_be] == [
        ({"percent": 70.0, "of": "construction_cost"}, {"construction_cost": {"below": 1_428_571_429}}),
        ({"percent": 70.0, "of": "collateral_value"}, {"collateral_value": {"below": 1_428_571_429}}),
    ]
    known = terms("housing", "build_repair", {"construction_cost": 500_000_000}, ON, BOOK)
    assert [one.condition for one in known.may_be] == [{"collateral_value": {"below": 500_000_000}}]
    both = {"construction_cost": 500_000_000, "collateral_value": 500_000_000}
    assert terms("housing", "build_repair", both, ON, BOOK).may_be == ()


@pytest.mark.parametrize(
    ("parameter", "on", "figure"),
    [
        ("poverty_line_rural", "2021-12-31", None),
        ("poverty_line_rural", "2025-12-31", 1_500_000),
        ("poverty_line_rural", "2026-12-31", 1_500_000),
        ("poverty_line_rural", "2027-01-01", 2_200_000),
        ("poverty_line_urban", "2026-12-31", 2_000_000),
        ("poverty_line_urban", "2027-01-01", 2_800_000),
        ("average_income_rural", "2026-12-31", 2_250_000),
        ("average_income_rural", "2027-01-01", None),
        ("average_income_urban", "2026-12-31", 3_000_000),
        ("average_income_urban", "2027-01-01", None),
        ("student_ordinary_instalment", "2024-12-31", 6),
        ("student_ordinary_instalment", "2025-01-01", 12),
        ("housing_paper_validity", "2025-11-09", None),
        ("housing_paper_validity", "2025-11-10", 6),
        ("housing_paper_validity", "2026-02-08", 6),
        ("housing_paper_validity", "2026-02-09", 12),
        ("housing_income_period", "2024-07-31", None),
        ("housing_income_period", "2024-08-01", 12),
        ("housing_income_ceiling_single", "2024-07-31", None),
        ("housing_income_ceiling_single", "2025-10-09", 15_000_000),
        ("housing_income_ceiling_single_with_child", "2025-10-10", 30_000_000),
        ("housing_income_ceiling_couple", "2026-04-06", 40_000_000),
        ("housing_income_ceiling_couple", "2026-04-07", 50_000_000),
        ("housing_forces_mixed_factor", "2026-04-06", 1.5),
        ("housing_forces_mixed_factor", "2026-04-07", None),
        ("housing_forces_couple_factor", "2026-04-07", 2),
        ("use_check_days", "2026-02-10", None),
        ("use_check_days", "2026-02-11", 30),
    ],
)
def test_figures_said_in_answers_around_each_change(parameter: str, on: str, figure: float | None) -> None:
    dated = BOOK.parameters[parameter].on(date.fromisoformat(on))
    assert (None if dated is None else float(dated.value)) == figure


def test_a_workers_loan_never_needs_security() -> None:
    assert terms("jobs", "worker", {"loan_amount": 900_000_000}, ON, BOOK).collateral == "none"


def test_ha_noi_lends_its_own_capital_too() -> None:
    found = terms("released", "business", {"province": "01"}, ON, BOOK)
    assert found.rate_percent_year == 6.24
    assert found.local["rate_percent_year"] == 4.8
    assert may_be(found)["rate_percent_year"] == 4.8
    works = terms("water", "works", {"province": "01", "works": "sanitation"}, ON, BOOK).local
    assert (works["rate_percent_year"], works["max_amount_vnd"]) == (6.6, 50_000_000)
    assert terms("water", "works", {"province": "40"}, ON, BOOK).local is None
    assert terms("student", "stem", {"province": "01"}, ON, BOOK).local is None
    assert terms("released", "business", {"province": "01"}, date(2025, 12, 7), BOOK).local is None
    assert terms("released", "business", {"province": "01"}, date(2025, 12, 8), BOOK).local is not None


@pytest.mark.parametrize(
    ("on", "instrument", "article"),
    [
        ("2015-09-01", "NĐ 61/2015/NĐ-CP", "Điều 37"),
        ("2025-12-31", "NĐ 61/2015/NĐ-CP", "Điều 37"),
        ("2026-01-01", "NĐ 338/2025/NĐ-CP", "Điều 14"),
    ],
)
def test_the_term_of_a_contract_abroad_rests_on_the_decree_of_its_day(on: str, instrument: str, article: str) -> None:
    found = terms("abroad", "contract_costs", {"contract_months": 36}, date.fromisoformat(on), BOOK)
    assert found.max_term_months == 36
    assert [(one.instrument, one.article) for one in found.citations if one.field == "max_term_months"] == [
        (instrument, article)
    ]
    old = terms("abroad", "contract_costs", {"contract_months": 36}, ON, BOOK, signed=date(2025, 12, 31))
    assert "NĐ 61/2015/NĐ-CP" in {one.instrument for one in old.citations if one.field == "max_term_months"}
    before = terms("abroad", "contract_costs", {"contract_months": 36}, date(2015, 8, 31), BOOK)
    assert (before.max_term_months, before.max_term_rule) == (None, None)


@pytest.mark.parametrize(
    ("on", "cut"),
    [
        ("2021-09-30", None),
        ("2021-10-01", 5.94),
        ("2021-12-31", 5.94),
        ("2022-01-01", None),
        ("2025-09-30", None),
        ("2025-10-01", 4.6),
        ("2025-12-01", 4.24),
        ("2025-12-31", 4.24),
        ("2026-01-01", None),
    ],
)
def test_a_cut_for_a_time_is_told_beside_the_rate(on: str, cut: float | None) -> None:
    found = terms("abroad", "contract_costs", {"poverty_status": "other"}, date.fromisoformat(on), BOOK)
    assert [one.value for one in found.may_be if "rate_cut" in one.condition] == ([] if cut is None else [cut])


def test_every_source_says_when_and_how_sure() -> None:
    found = terms("student", "ordinary", {}, ON, BOOK)
    rate = next(source for source in found.citations if source.field == "rate_percent_year")
    assert (rate.instrument, rate.article, rate.since, rate.mark) == (
        "QĐ 2553/QĐ-TTg",
        "khoản 1 Điều 1",
        "2025-12-01",
        "V",
    )
    security = next(source for source in found.citations if source.field == "collateral")
    assert (security.mark, security.article, security.checked) == ("K", None, "2026-11-22")


def test_a_contract_cannot_be_signed_in_the_future() -> None:
    with pytest.raises(WrongFact, match="signed"):
        terms("jobs", "worker", {}, ON, BOOK, signed=date(2026, 11, 23))
    with pytest.raises(NoSuchProgramme, match="worker, establishment"):
        terms("jobs", "boss", {}, ON, BOOK)
