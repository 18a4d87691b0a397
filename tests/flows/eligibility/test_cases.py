"""Splitting into cases: exact truths, missing facts and points of small conditions of every shape."""

from __future__ import annotations

from datetime import date

from flows.eligibility.book import Fact, load_book
from flows.eligibility.cases import Group, Outcome, all_together, connected
from flows.eligibility.condition import All, Any, Between, Compare, Confirm, Not, OneOf, ShareAtLeast, SumAtMost
from flows.eligibility.truth import NO, UNKNOWN, YES

ON = date(2026, 11, 22)
FACTS = load_book().facts
YEAR = FACTS["study_year"]
ONE, TWO, THREE = (Compare(name, "equals", True) for name in ("stem_field", "disabled", "can_secure"))


def outcome(condition, **known) -> Outcome:
    return Group(condition, FACTS).outcome(known, ON)


def test_a_fact_in_two_branches_that_both_hold_no_longer_matters() -> None:
    tree = Any((All((ONE, TWO)), All((Not(ONE), THREE))))
    assert outcome(tree).missing == {"stem_field", "disabled", "can_secure"}
    found = outcome(tree, disabled=True, can_secure=True)
    assert (found.truth, found.missing) == (YES, frozenset())
    assert outcome(tree, disabled=False, can_secure=False).truth == NO


def test_a_contradiction_is_no_and_asks_nothing() -> None:
    assert outcome(All((ONE, Not(ONE)))) == Outcome(frozenset((NO,)))


def test_a_point_of_the_office_leaves_the_truth_open_without_a_question() -> None:
    found = outcome(Any((All((ONE, Confirm("p"))), TWO)), stem_field=True, disabled=False)
    assert (found.truth, found.missing, found.points) == (UNKNOWN, frozenset(), {"p"})


def test_a_point_that_no_longer_matters_is_gone() -> None:
    assert outcome(Any((Confirm("p"), TWO)), disabled=True).points == frozenset()
    assert outcome(All((Confirm("p"), TWO)), disabled=False).points == frozenset()


def test_not_of_a_point_is_a_point() -> None:
    found = outcome(All((Not(Confirm("p")), TWO)), disabled=True)
    assert (found.truth, found.points) == (UNKNOWN, {"p"})


def test_between_two_whole_numbers() -> None:
    middle = Between("study_year", 2, 4)
    assert outcome(middle).missing == {"study_year"}
    assert outcome(All((middle, Not(Between("study_year", 1, 9))))) == Outcome(frozenset((NO,)))
    assert (
        outcome(Any((middle, Compare("study_year", "at_most", 1), Compare("study_year", "at_least", 5)))).truth == YES
    )


def test_a_number_has_no_value_below_its_least() -> None:
    assert YEAR.minimum == 1
    assert outcome(Compare("study_year", "at_least", 1)).truth == YES
    assert outcome(Compare("loan_amount", "below", 0)).truth == NO


def test_a_sum_is_settled_by_one_amount_that_is_too_large() -> None:
    both = SumAtMost(("monthly_income", "spouse_monthly_income"), 50)
    assert outcome(both).missing == {"monthly_income", "spouse_monthly_income"}
    assert outcome(both, monthly_income=51).truth == NO
    assert outcome(both, monthly_income=50).missing == {"spouse_monthly_income"}
    alone = Compare("monthly_income", "at_most", 25)
    found = outcome(All((alone, both)), spouse_monthly_income=26)
    assert found.missing == {"monthly_income"}
    assert outcome(Any((alone, both)), spouse_monthly_income=25, monthly_income=25).truth == YES


def test_a_share_of_nobody_is_too_small_of_any_whole() -> None:
    share = ShareAtLeast("workers_released", "workers_total", 10)
    assert outcome(share, workers_released=0).truth == NO
    assert outcome(share, workers_released=3).missing == {"workers_total"}
    assert outcome(share, workers_total=30).missing == {"workers_released"}
    assert outcome(share).missing == {"workers_released", "workers_total"}


def test_several_classes_are_as_good_as_the_best() -> None:
    tree = Any(
        (OneOf("housing_class", frozenset(["merit"])), All((OneOf("housing_class", frozenset(["official"])), ONE)))
    )
    assert outcome(tree, housing_class=frozenset(["official", "merit"])).truth == YES
    assert outcome(tree, housing_class=frozenset(["official", "worker"])).missing == {"stem_field"}


def test_groups_that_share_no_fact_combine() -> None:
    yes, no = Outcome(frozenset((YES,))), Outcome(frozenset((NO,)))
    point = Outcome(frozenset((UNKNOWN,)), points=frozenset("p"))
    plain = Outcome(frozenset((YES, NO)), frozenset("f"), frozenset("f"))
    soft = Outcome(frozenset((YES, UNKNOWN)), grants=frozenset("g"), points=frozenset("q"))
    assert all_together([yes, plain]) == plain
    assert all_together([no, plain, point]) == no
    assert all_together([point, plain]) == Outcome(
        frozenset((UNKNOWN, NO)), frozenset("f"), frozenset(), frozenset("p")
    )
    assert all_together([point, soft]) == Outcome(frozenset((UNKNOWN,)), points=frozenset("pq"))
    assert all_together([plain, soft]).missing == {"f", "g"}


def test_conditions_hang_together_by_facts() -> None:
    chain = [ONE, TWO, All((ONE, THREE)), Confirm("p"), THREE]
    assert connected(chain) == [[0, 2, 4], [1], [3]]


def test_a_fact_definition_is_needed_for_every_leaf() -> None:
    assert all(isinstance(fact, Fact) for fact in FACTS.values())
