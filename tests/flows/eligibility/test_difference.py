"""Who gains and who loses when a rule changes: flips stand at the thresholds that moved, and nowhere else."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from flows.eligibility.book import Book, load_book, read_book
from flows.eligibility.difference import Difference, Rules, difference

TODAY = date(2026, 11, 22)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    copy = tmp_path / "flows"
    with resources.as_file(resources.files("flows")) as folder:
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    return copy


def changed(room: Path, file: str, old: str, new: str) -> Book:
    text = (room / file).read_text(encoding="utf-8")
    assert old in text
    (room / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_book(room)


def against_today(book: Book, programme: str) -> Difference:
    return difference(Rules(load_book(), TODAY), Rules(book, TODAY), [programme])


def test_unchanged_rules_flip_nobody_and_time_alone_flips_nobody() -> None:
    for later in (TODAY, date(2027, 2, 28), date(2028, 2, 29)):
        found = difference(Rules(load_book(), TODAY), Rules(load_book(), later), ["released", "water", "jobs"])
        assert found.households > 300
        assert found.flips == ()


def test_a_folder_that_says_the_same_flips_nobody(room: Path) -> None:
    assert against_today(read_book(room), "abroad").flips == ()


def test_a_higher_ceiling_lets_people_in_at_the_ceiling() -> None:
    found = difference(Rules(load_book(), date(2026, 4, 6)), Rules(load_book(), date(2026, 4, 7)), ["housing"])
    assert found.flips
    assert all(flip.gains for flip in found.flips)
    assert {flip.scheme for flip in found.flips} == {"purchase"}
    couples = [flip.facts for flip in found.flips if flip.facts["marital_status"] == "married"]
    sums = {facts["monthly_income"] + facts["spouse_monthly_income"] for facts in couples}
    assert min(sums) > 40_000_000
    assert max(sums) <= 50_000_000
    assert {40_000_001, 50_000_000} <= sums
    singles = [
        f.facts for f in found.flips if f.facts["marital_status"] == "single" and not f.facts["raising_minor_child"]
    ]
    assert {facts["monthly_income"] for facts in singles} >= {20_000_001, 25_000_000}


def test_a_shorter_time_shuts_people_out_between_the_two(room: Path) -> None:
    book = changed(room, "parameters/released_years.yaml", "value: 5", "value: 3")
    flips = against_today(book, "released").flips
    assert {(flip.before, flip.after, flip.gains) for flip in flips if flip.before != "unknown"} == {
        ("yes", "no", False)
    }
    days = {str(flip.facts["release_date"]) for flip in flips}
    assert {"3 years +1 days ago", "5 years ago", "5 years -1 days ago"} <= days
    assert not days & {"3 years ago", "5 years +1 days ago"}


def test_a_class_that_falls_away_loses(room: Path) -> None:
    book = changed(
        room, "programmes/abroad.yaml", "values: [service_enterprise, public_unit]", "values: [service_enterprise]"
    )
    flips = against_today(book, "abroad").flips
    assert flips
    assert {flip.facts["contract_with"] for flip in flips} == {"public_unit"}
    assert all(flip.gains is False for flip in flips)


def test_a_day_not_covered_is_neither_gain_nor_loss() -> None:
    found = difference(Rules(load_book(), date(2025, 12, 31)), Rules(load_book(), date(2026, 1, 1)), ["jobs"])
    assert found.flips
    assert {flip.gains for flip in found.flips} == {None}
