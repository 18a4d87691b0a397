"""Scoring: by hand-made examples, and on the yardstick folder where it is given."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from nlu import read
from nlu.evaluate import evaluate
from nlu.reading import Entity, Expecting, Intent, Reading


def _example(**given: object) -> dict:
    return {
        "id": "x", "text": "vay 20 triệu", "style": ["short"], "programme": "water", "topic": "amount", "topics": ["amount"],
        "topic_alt": ["rate"], "entities": [{"type": "money", "value": 20_000_000, "text": "20 triệu", "start": 4, "end": 12}], **given,
    }  # fmt: skip


def _reading(**given: object) -> Reading:
    intent = Intent("water", ("water",), "amount", ("amount",), 0.9)
    entities = (Entity("money", 20_000_000, "20 triệu", 4, 12),)
    return Reading(**{"text": "vay 20 triệu", "intent": intent, "entities": entities, **given})


def test_all_right() -> None:
    result = evaluate([_example()], [_reading()])
    assert (result.programme, result.topic, result.entities.f1, result.overlap) == (1, 1, 1, 1)
    assert result.by_style["short"]["entity_f1"] == 1
    assert result.mistakes == ()


def test_another_accepted_topic_is_right() -> None:
    assert evaluate([_example()], [_reading(intent=Intent("water", topic="rate"))]).topic == 1


def test_wrong_and_missed_are_counted_apart() -> None:
    result = evaluate([_example()], [_reading(entities=(Entity("duration", 12, "x", 0, 1),))])
    assert (result.by_type["money"].missed, result.by_type["duration"].wrong, result.entities.f1) == (1, 1, 0)


def test_out_of_scope_scores_no_entities() -> None:
    result = evaluate([_example(topic="out_of_scope")], [_reading(entities=())])
    assert (result.entities.right, result.entities.missed) == (0, 0)


def test_job_creation_counts_as_another_programme() -> None:
    assert evaluate([_example(programme="other")], [_reading(intent=Intent("jobs", topic="amount"))]).programme == 1


SLOTS = {
    "amount": "loan_amount",
    "income": "monthly_income",
    "full_name": "name",
    "school_year": "study_year",
    "commune": "residence",
}


@pytest.mark.skipif("NLU_YARDSTICK_DIR" not in os.environ, reason="NLU_YARDSTICK_DIR names no folder with sample.jsonl")
def test_yardstick() -> None:
    lines = Path(os.environ["NLU_YARDSTICK_DIR"], "sample.jsonl").read_text(encoding="utf-8").splitlines()
    examples = [json.loads(line) for line in lines]
    readings = []
    for example in examples:
        slot = (example["context"] or {}).get("asked_slot")
        readings.append(read(example["text"], Expecting(SLOTS.get(slot, slot)), on=date(2026, 11, 22)))
    assert evaluate(examples, readings).entities.f1 >= 0.95
