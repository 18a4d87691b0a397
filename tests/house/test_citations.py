"""Every instrument that our data cites stands in the legal register `flows/law.yaml`; no citation is invented in passing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

MARKS = {"V", "K", "?"}


def register(root: Path) -> set[str]:
    sheet = yaml.safe_load((root / "flows/law.yaml").read_text(encoding="utf-8"))
    listed = sheet.get("instruments", sheet) if isinstance(sheet, dict) else sheet
    return set(listed) if isinstance(listed, dict) else {entry["id"] for entry in listed}


def mappings(value: Any, path: str = ""):
    """Every mapping within a sheet, with the way to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from mappings(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from mappings(inner, f"{path}[{number}]")


def sheets(house):
    paths = [
        path
        for path in house.files()
        if path.parts[0] == "flows" and path.suffix == ".yaml" and path.name != "law.yaml"
    ]
    for path in paths:
        yield path, yaml.safe_load(house.read(path))


def test_every_citation_resolves(house):
    known = register(house.root)
    lost = [
        f"{path}{way}: {one['instrument']}"
        for path, sheet in sheets(house)
        for way, one in mappings(sheet)
        if isinstance(one.get("instrument"), str) and one["instrument"] not in known
    ]
    assert lost == []


def test_every_figure_has_a_date_a_citation_and_a_mark(house):
    bare = []
    for path, sheet in sheets(house):
        if path.parts[1] != "parameters":
            continue
        assert sheet["id"] == path.stem
        for value in sheet["values"]:
            if not value.get("instrument") or not value.get("from") or value.get("mark") not in MARKS:
                bare.append(f"{path} from {value.get('from')}")
    assert bare == []


def test_a_figure_is_never_two_figures_on_one_day(house):
    for path, sheet in sheets(house):
        if path.parts[1] != "parameters":
            continue
        days = sorted((str(value["from"]), str(value.get("to") or "9999")) for value in sheet["values"])
        overlaps = [(one, other) for one, other in pairwise(days) if other[0] <= one[1]]
        if not any("when" in value or "for" in value or "if" in value for value in sheet["values"]):
            assert overlaps == [], path


def test_nothing_uncertain_is_stated(house):
    """[?] of the dossier may be a note or a point to confirm, never a figure."""
    stated = [
        str(path)
        for path, sheet in sheets(house)
        if path.parts[1] == "parameters"
        and any(v.get("mark") == "?" and v.get("value") is not None for v in sheet["values"])
    ]
    assert stated == []


def test_the_register_is_not_empty(house):
    if not (house.root / "flows/law.yaml").exists():
        pytest.fail("flows/law.yaml is missing")
    assert len(register(house.root)) > 10
