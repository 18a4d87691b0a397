"""The connectives of three values, and the truth table of every kind of condition."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product
from typing import get_args

import pytest

from flows.eligibility.condition import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Confirm,
    Leaf,
    Month,
    Not,
    OneOf,
    ShareAtLeast,
    SumAtMost,
    WithinYears,
    anniversary,
    leaves,
    points,
)
from flows.eligibility.truth import NO, NOT_COVERED, UNKNOWN, YES, Truth, all_of, any_of, covered_any_of, negate

ON = date(2026, 11, 22)


def test_all_and_any_are_mirror_images() -> None:
    for truths in product(Truth, repeat=3):
        assert all_of(truths) == negate(any_of(negate(one) for one in truths))


@pytest.mark.parametrize(
    ("truths", "all_together", "some"),
    [
        ((), YES, NO),
        ((YES, YES), YES, YES),
        ((YES, NO), NO, YES),
        ((YES, UNKNOWN), UNKNOWN, YES),
        ((NO, UNKNOWN), NO, UNKNOWN),
        ((UNKNOWN, UNKNOWN), UNKNOWN, UNKNOWN),
    ],
)
def test_connectives(truths: tuple[Truth, ...], all_together: Truth, some: Truth) -> None:
    assert all_of(truths) == all_together
    assert any_of(truths) == some


def test_schemes_that_a_day_does_not_cover_say_nothing() -> None:
    assert covered_any_of([NOT_COVERED, NOT_COVERED]) == NOT_COVERED
    assert covered_any_of([NOT_COVERED, NO]) == NO
    assert covered_any_of([NOT_COVERED, YES]) == YES
    assert covered_any_of([UNKNOWN, NO]) == UNKNOWN


@pytest.mark.parametrize(
    ("leaf", "facts", "truth"),
    [
        (Compare("x", "equals", True), {}, None),
        (Compare("x", "equals", True), {"x": False}, NO),
        (Compare("x", "equals", False), {"x": False}, YES),
        (Compare("x", "at_most", 5), {"x": 5}, YES),
        (Compare("x", "at_most", 5), {"x": 6}, NO),
        (Compare("x", "at_least", 5), {"x": 5}, YES),
        (Compare("x", "at_least", 5), {"x": 4}, NO),
        (Compare("x", "above", 5), {"x": 5}, NO),
        (Compare("x", "above", 5), {"x": 6}, YES),
        (Compare("x", "below", 15), {"x": Fraction("14.99")}, YES),
        (Compare("x", "below", 15), {"x": 15}, NO),
        (Between("x", 2, 4), {}, None),
        (Between("x", 2, 4), {"x": 1}, NO),
        (Between("x", 2, 4), {"x": 2}, YES),
        (Between("x", 2, 4), {"x": 4}, YES),
        (Between("x", 2, 4), {"x": 5}, NO),
        (OneOf("x", frozenset("ab")), {}, None),
        (OneOf("x", frozenset("ab")), {"x": "a"}, YES),
        (OneOf("x", frozenset("ab")), {"x": "c"}, NO),
        (OneOf("x", frozenset("ab")), {"x": frozenset("bc")}, YES),
        (OneOf("x", frozenset("ab")), {"x": frozenset("cd")}, NO),
        (SumAtMost(("x", "y"), 10), {}, None),
        (SumAtMost(("x", "y"), 10), {"x": 10}, None),
        (SumAtMost(("x", "y"), 10), {"x": 11}, NO),
        (SumAtMost(("x", "y"), 10), {"x": 6, "y": 4}, YES),
        (SumAtMost(("x", "y"), 10), {"x": 6, "y": 5}, NO),
        (ShareAtLeast("x", "y", 10), {}, None),
        (ShareAtLeast("x", "y", 10), {"x": 0}, NO),
        (ShareAtLeast("x", "y", 10), {"x": 1}, None),
        (ShareAtLeast("x", "y", 10), {"x": 1, "y": 10}, YES),
        (ShareAtLeast("x", "y", 10), {"x": 1, "y": 11}, NO),
        (WithinYears("x", 5), {}, None),
        (WithinYears("x", 5), {"x": date(2021, 11, 22)}, YES),
        (WithinYears("x", 5), {"x": date(2021, 11, 21)}, NO),
        (WithinYears("x", 5), {"x": Month((2021, 11))}, UNKNOWN),
        (WithinYears("x", 5), {"x": Month((2021, 12))}, YES),
        (WithinYears("x", 5), {"x": Month((2021, 10))}, NO),
    ],
)
def test_leaves(leaf: Leaf, facts: dict, truth: Truth | None) -> None:
    assert leaf.settle(facts, ON) == truth


def test_every_kind_of_leaf_has_its_rows_above() -> None:
    rows = next(mark for mark in test_leaves.pytestmark if mark.name == "parametrize").args[1]
    assert {type(row[0]) for row in rows} == set(get_args(Leaf))


def test_the_29th_of_february_falls_on_the_28th() -> None:
    assert anniversary(date(2020, 2, 29), 5) == date(2025, 2, 28)
    assert anniversary(date(2020, 2, 29), 4) == date(2024, 2, 29)


def test_leaves_and_points_are_found_at_any_depth() -> None:
    leaf = Compare("x", "equals", True)
    tree: Condition = All((Any((leaf, Confirm("a"))), Not(All((leaf, Confirm("b"))))))
    assert list(leaves(tree)) == [leaf, leaf]
    assert list(points(tree)) == ["a", "b"]
