"""`flows check` on data that somebody has broken: what can be read but is not whole is named, with its file."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from flows.eligibility.book import BookError, load_book, read_book
from flows.eligibility.completeness import faults


@pytest.fixture
def room(tmp_path: Path) -> Path:
    copy = tmp_path / "flows"
    with resources.as_file(resources.files("flows")) as folder:
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    return copy


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(room: Path) -> list[str]:
    try:
        return faults(read_book(room))
    except BookError as error:
        return error.messages


def test_our_own_book_is_whole() -> None:
    assert faults(load_book()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        # a hole between two dates, and two values for one day
        ("parameters/housing_rate.yaml", "to: 2025-10-09", "to: 2025-01-01", "no figure from 2025-01-02 to 2025-10-09"),
        ("parameters/housing_income_ceiling_couple.yaml", "to: 2025-10-09", "to: 2025-10-10", "must end before"),
        # a citation that resolves to nothing
        ("programmes/water.yaml", "QĐ 10/2024/QĐ-TTg", "QĐ 11/2024/QĐ-TTg", "is not in the legal register"),
        # a fact that no condition uses, one that decides though it must not, one of no programme
        (
            "facts.yaml",
            "- {id: works, kind: choice",
            "- {id: well_depth, kind: integer, official: x, programmes: [water], group: works}\n- {id: works, kind: choice",
            "no condition uses well_depth",
        ),
        (
            "facts.yaml",
            "group: works, verified_by: Tổ TK&VV",
            "group: works, decides: false",
            "cannot be decides: false",
        ),
        (
            "facts.yaml",
            "programmes: [water], group: works, decides: false",
            "programmes: [water, boats], group: works, decides: false",
            "boats",
        ),
        # a scheme that nobody can meet, a condition that everybody meets, one without law
        ("programmes/water.yaml", "values: [missing, damaged]", "values: []", "nobody can meet works"),
        (
            "programmes/water.yaml",
            "values: [missing, damaged]",
            "values: [missing, damaged, sound]",
            "holds for everybody",
        ),
        (
            "programmes/water.yaml",
            "id: registered\n        sources:\n          - {instrument: QĐ 10/2024/QĐ-TTg}\n",
            "id: registered\n        sources: []\n",
            "cites no law",
        ),
        # a condition whose figure begins too late
        ("parameters/released_years.yaml", "from: 2023-10-10", "from: 2024-01-01", "needs a figure"),
    ],
)
def test_each_fault_is_named(room: Path, file: str, old: str, new: str, says: str) -> None:
    change(room / file, old, new)
    found = [message for message in said(room) if says in message]
    assert found, said(room)
    assert all(message.startswith("flows/") for message in found)
