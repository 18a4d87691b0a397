"""Each YAML file here: texts that mean something, texts that mean nothing of it, answers to a question (two for two readings)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu import read
from nlu.reading import Ambiguous, Expecting
from nlu.text import nfc

ON = date(2026, 11, 22)
FILES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.yaml"))
}


def _values(text: str, kinds: Any) -> list[Any]:
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return [e.value for e in read(text, on=ON).entities if e.type in kinds]


def _cases(part: str) -> list[Any]:
    return [
        pytest.param(name, text, value, id=f"{name}: {text}")
        for name, data in FILES.items()
        for text, value in (data.get(part) or {}).items()
    ]


@pytest.mark.parametrize(("name", "text", "values"), _cases("means"))
def test_means(name: str, text: str, values: list[Any]) -> None:
    assert sorted(map(str, _values(text, FILES[name]["type"]))) == sorted(map(str, values))


@pytest.mark.parametrize(
    ("name", "text"),
    [pytest.param(n, t, id=f"{n}: {t}") for n, data in FILES.items() for t in data.get("none") or ()],
)
def test_means_nothing(name: str, text: str) -> None:
    assert _values(text, FILES[name]["type"]) == []


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        pytest.param(slot, text, value, id=f"{slot}: {text}")
        for data in FILES.values()
        for slot, texts in (data.get("answers") or {}).items()
        for text, value in texts.items()
    ],
)
def test_answers(slot: str, text: str, value: Any) -> None:
    answer = read(text, Expecting(slot), on=ON).answer
    assert answer == (Ambiguous(tuple(value)) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("stance", "text"),
    [(stance, text) for stance in ("unsure", "declined") for text in FILES["yes_no"][stance]],
)
def test_stance(stance: str, text: str) -> None:
    reading = read(text, Expecting("on_commune_list"), on=ON)
    assert getattr(reading, stance)
    assert reading.answer is None


@pytest.mark.parametrize("text", [t for data in FILES.values() for t in (data.get("means") or {})])
def test_spans_are_of_the_composed_text(text: str) -> None:
    for entity in read(text, on=ON).entities:
        assert nfc(text)[entity.start : entity.end] == entity.text
