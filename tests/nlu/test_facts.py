"""Facts told in passing and facts asked for, against facts.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu import read
from nlu.lexicon import load
from nlu.reading import Ambiguous, Expecting

ON = date(2026, 11, 22)
DATA = yaml.safe_load(Path(__file__).with_name("facts.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "facts"), DATA["told"].items())
def test_told(text: str, facts: dict[str, Any]) -> None:
    told = read(text, on=ON).facts
    assert {fact: told.get(fact) for fact in facts} == facts


@pytest.mark.parametrize("text", DATA["silent"])
def test_tells_nothing(text: str) -> None:
    assert read(text, on=ON).facts == {}


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [(fact, text, value) for fact, texts in DATA["asked"].items() for text, value in texts.items()],
)
def test_asked(fact: str, text: str, value: Any) -> None:
    answer = read(text, Expecting(fact), on=ON).answer
    assert answer == (Ambiguous(tuple(value)) if isinstance(value, list) else value)


def test_every_fact_of_the_lexicon_is_a_known_slot() -> None:
    assert set(load("facts")) <= set(load("slots"))


def test_every_fact_of_the_flows_is_a_slot() -> None:
    facts = yaml.safe_load(Path("flows/facts.yaml").read_text(encoding="utf-8"))
    assert {f["id"] for f in facts} <= set(load("slots"))


def test_lexicon_values_are_values_of_the_facts() -> None:
    """What the lexicon gives is what `flows/facts.yaml` allows."""
    facts = {f["id"]: f for f in yaml.safe_load(Path("flows/facts.yaml").read_text(encoding="utf-8"))}
    for fact, entry in load("facts").items():
        if fact not in facts:
            continue
        allowed = {True, False} if facts[fact]["kind"] == "bool" else set(facts[fact].get("values") or ())
        given = {v for part in ("says", "asked") for v in (entry.get(part) or {})}
        given |= {v for v in (entry.get("negated") or {}).values() if v is not None}
        given |= {entry[word] for word in ("yes", "no") if word in entry}
        assert given <= allowed, fact
