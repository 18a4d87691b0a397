"""Each programme's file against its twin here: households, and what the contract says of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.eligibility.assess import assess
from flows.eligibility.book import load_book

HERE = Path(__file__).parent
WORDS = {True: "yes", False: "no"}  # YAML reads yes and no as truth values


def _households() -> list[Any]:
    found = []
    for file in sorted(HERE.glob("*.yaml")):
        twin = yaml.safe_load(file.read_text(encoding="utf-8"))
        by_name: dict[str, dict[str, Any]] = {}
        for household in twin["households"]:
            model = by_name.get(household.get("like"), {"facts": {}, "on": twin["day"]})
            facts = {**model["facts"], **household.get("facts", {}), **household.get("but", {})}
            on = household.get("day", model["on"])
            assert "like" not in household or household["like"] in by_name, household["like"]
            by_name[household["name"]] = {"facts": facts, "on": on}
            found.append(pytest.param(twin["programme"], household, facts, on, id=f"{file.stem}: {household['name']}"))
    return found


@pytest.mark.parametrize(("programme", "household", "facts", "on"), _households())
def test_household(programme: str, household: dict[str, Any], facts: dict[str, Any], on: date) -> None:
    verdict = assess(programme, facts, on, load_book())
    for name, truth in household["expect"].items():
        assert verdict.scheme(name).truth == WORDS.get(truth, truth), name
    for name, missing in household.get("missing", {}).items():
        assert set(verdict.scheme(name).missing) == set(missing), name
    for name, points in household.get("confirm", {}).items():
        assert [point.id for point in verdict.scheme(name).confirm] == points, name
    for name, conditions in household.get("because", {}).items():
        assert [one.condition for one in verdict.scheme(name).reasons if one.truth == "no"] == conditions, name
    for name, place in household.get("place", {}).items():
        assert [verdict.scheme(name).place_kind, verdict.scheme(name).filed_at] == place, name
    if "programme_truth" in household:
        assert verdict.truth == WORDS.get(household["programme_truth"], household["programme_truth"])


def test_every_programme_has_a_twin_with_many_households() -> None:
    for name in load_book().programmes:
        twin = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
        assert len(twin["households"]) >= 40


@pytest.mark.parametrize(
    ("released", "told"),
    [
        ("2021-11-21", False),  # too late
        ("2021-11-22", True),
        ("2022-11-21", True),
        ("2022-11-22", False),  # a year and more is left
        ("2026-05-01", False),
    ],
)
def test_whoever_has_less_than_a_year_left_after_release_is_told(released: str, told: bool) -> None:
    verdict = assess("released", {"release_date": released}, date(2026, 11, 22), load_book())
    for name in ("training", "business"):
        assert ("released_hurry" in {note.id for note in verdict.scheme(name).notes}) == told
