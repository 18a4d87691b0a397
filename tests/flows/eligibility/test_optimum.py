"""How few questions: the planner against the exact optimum where it is searched at once, and against the decree's order."""

from __future__ import annotations

import importlib.util
import statistics
from pathlib import Path

import pytest

_file = Path(__file__).parents[2] / "bench" / "bench_eligibility.py"
_spec = importlib.util.spec_from_file_location("bench_eligibility", _file)
bench = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(bench)


@pytest.mark.parametrize("programme", ["water", "jobs", "abroad", "released"])
def test_at_most_five_percent_above_the_optimum(programme: str) -> None:
    best = bench.optimum.Optimum(programme, bench.ON, bench.BOOK)
    persons = bench._people((programme,), 1000, f"test {programme}")
    asked = statistics.fmean(bench._interview((programme,), person) for person in persons)
    assert asked <= 1.05 * statistics.fmean(best.questions(person) for person in persons)


def test_the_optimum_is_what_its_own_interviews_come_to() -> None:
    best = bench.optimum.Optimum("abroad", bench.ON, bench.BOOK)
    persons = bench._people(("abroad",), 4000, "expected")
    mean = statistics.fmean(best.questions(person) for person in persons)
    assert mean == pytest.approx(best.expected(), rel=0.03)


def test_all_programmes_take_at_most_half_of_what_the_decrees_list() -> None:
    persons = bench._people(bench.ALL, 25, "test all")
    asked = statistics.fmean(bench._interview(bench.ALL, person) for person in persons)
    assert asked <= len({fact for name in bench.ALL for fact in bench._order(name)}) / 2
