"""`vayvon read` and `vayvon nlu evaluate`, with a model that this test keeps beside itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.commands import reading
from nlu.reading import Expecting, Intent


@pytest.fixture(autouse=True)
def _fixed_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classifier has tests of its own; here any intent will do."""

    def classify(text: str, expecting: Expecting) -> Intent:
        return Intent("water", ("water",), "start_application", ("start_application",), 0.9)

    embedded: Callable[[], reading.Classify] = lambda: classify  # noqa: E731
    monkeypatch.setattr(reading, "_embedded", embedded)


def test_read_answers_in_the_shape_of_the_contract() -> None:
    args = ["em muốn vay 20 triệu", "--expecting", "loan_amount", "--on", "2026-11-22", "--json"]
    result = CliRunner().invoke(reading.read_command, args)
    told = json.loads(result.stdout)
    assert told["answer"] == 20_000_000
    assert told["entities"] == [{"type": "money", "value": 20_000_000, "text": "20 triệu", "start": 12, "end": 20}]
    assert {"programme", "programmes", "topic", "topics", "confidence"} <= set(told)


def test_two_readings_are_ambiguous() -> None:
    result = CliRunner().invoke(reading.read_command, ["12", "--expecting", "term", "--json"])
    assert json.loads(result.stdout)["answer"] == {"ambiguous": [12, 144]}


def test_an_unknown_slot_is_no_error() -> None:
    result = CliRunner().invoke(reading.read_command, ["20 triệu", "--expecting", "nothing", "--json"])
    assert (result.exit_code, json.loads(result.stdout)["answer"]) == (0, None)


def test_jsonl_goes_on_after_a_bad_line() -> None:
    lines = [
        '{"id": 1, "text": "có", "expecting": "admission_notice"}',
        "nonsense",
        '{"id": 3}',
        '{"id": 4, "text": "hi", "on": "x"}',
    ]
    result = CliRunner().invoke(reading.read_command, ["--jsonl"], input="\n".join(lines))
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in told] == [1, None, 3, 4]
    assert told[0]["answer"] is True
    assert all("error" in line for line in told[1:])


def test_signs_that_are_no_text_break_no_stream() -> None:
    lines = [b'{"id": "\\ud800", "text": "x\\ud800"}', b"\xff", b"[" * 19_000, b'{"id": 4, "text": "hi"}']
    result = CliRunner().invoke(main, ["read", "--jsonl"], input=b"\n".join(lines))
    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["?", None, None, 4]


@pytest.mark.parametrize("args", [[], ["x", "--on", "yesterday"]])
def test_usage_errors(args: list[str]) -> None:
    assert CliRunner().invoke(reading.read_command, args).exit_code == 2


def test_evaluate_prints_scores_by_type_and_style(tmp_path: Path) -> None:
    example = {
        "id": "1", "text": "em muốn vay 20 triệu làm giếng", "style": ["short"], "programme": "water", "topic": "start_application",
        "topics": ["start_application"], "entities": [{"type": "money", "value": 20000000, "text": "20 triệu", "start": 12, "end": 20}],
    }  # fmt: skip
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps(example, ensure_ascii=False) + "\n", encoding="utf-8")
    result = CliRunner().invoke(reading.nlu_group, ["evaluate", str(file)])
    assert "F1 100.0%" in result.stdout
    assert "short" in result.stdout
    report = json.loads(CliRunner().invoke(reading.nlu_group, ["evaluate", str(file), "--json"]).stdout)
    assert report["entities"]["f1"] == 1


def test_a_broken_label_file_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"id": "1"}\n', encoding="utf-8")
    result = CliRunner().invoke(reading.nlu_group, ["evaluate", str(file)])
    assert result.exit_code == 2
    assert "labelled.jsonl:1" in result.stderr
