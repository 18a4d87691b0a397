"""The commands of the rules: JSON as the contract words it, one clear line and status 2 for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from bot.commands import eligibility
from bot.commands.eligibility import COMMANDS, missing_words, wanted_words
from flows.eligibility.book import BookError, load_book

ON = ["--on", "2026-11-22"]
WATER = {"area": "rural", "registration": "permanent", "works_state": "damaged"}


def run(*arguments: str, stdin: Any = None) -> Result:
    group = click.Group(commands={command.name: command for command in COMMANDS})
    text = stdin if isinstance(stdin, str) or stdin is None else json.dumps(stdin)
    return CliRunner().invoke(group, list(arguments), input=text)


def answer(*arguments: str, stdin: Any = None) -> Any:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_assess_gives_the_verdict_of_the_contract() -> None:
    found = answer("assess", "water", "--facts", "-", *ON, "--json", stdin=WATER)
    assert (found["programme"], found["on"], found["truth"]) == ("water", "2026-11-22", "yes")
    scheme = found["schemes"][0]
    assert set(scheme) >= {"id", "truth", "missing", "confirm", "reasons", "notes", "terms"}
    reason = scheme["reasons"][0]
    assert set(reason) >= {"condition", "truth", "citation", "vi", "en"}
    assert set(reason["citation"]) == {"instrument", "article"}
    source = scheme["terms"]["citations"][0]
    assert set(source) == {"field", "instrument", "article", "mark", "from", "to", "checked"}


def test_confirm_points_and_other_values_are_worded() -> None:
    found = answer("assess", "water", "--facts", "-", *ON, "--json", stdin={**WATER, "area": "ward"})
    point = found["schemes"][0]["confirm"][0]
    assert (point["id"], point["citation"]["instrument"]) == ("ward_area", "QĐ 10/2024/QĐ-TTg")
    assert "Điểm giao dịch" in point["vi"]
    assert point["en"]
    rate = answer("terms", "abroad", "contract_costs", *ON, "--json")
    assert {key: rate["may_be"][0][key] for key in ("field", "value")} == {"field": "rate_percent_year", "value": 6.24}
    assert "if" in rate["may_be"][0]


def test_facts_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(WATER), encoding="utf-8")
    assert answer("assess", "water", "--facts", str(file), *ON, "--json")["truth"] == "yes"


def test_a_stream_of_questions_survives_bad_lines() -> None:
    lines = [
        json.dumps({"id": "a", "programme": "water", "on": "2026-11-22", "facts": WATER}),
        "no json",
        '["a list"]',
        json.dumps({"id": 4, "programme": "car"}),
        json.dumps({"id": 5, "programme": "released", "on": "2026-11-22", "facts": {"release_date": "2027-01-01"}}),
        json.dumps({"id": 6, "programme": "water", "on": "someday"}),
        json.dumps({"id": 7, "programme": "water", "on": 20261122}),
        json.dumps({"id": 8, "programme": "water", "facts": [1]}),
        json.dumps({"id": 9, "programme": ["water"]}),
        "",
        json.dumps({"id": "z", "programme": "water", "facts": None}),
    ]
    result = run("assess", "--jsonl", stdin="\n".join(lines) + "\n")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [one["id"] for one in found] == ["a", None, None, 4, 5, 6, 7, 8, 9, "z"]
    assert found[0]["truth"] == "yes"
    assert all(set(one) == {"id", "error"} for one in found[1:9])
    assert found[-1]["truth"] == "unknown"


def test_the_next_question() -> None:
    found = answer(
        "next-question", "water", "--facts", "-", *ON, "--json", stdin={"area": "rural", "works_state": "missing"}
    )
    assert found == {"fact": "registration", "missing": ["registration"]}
    assert answer("next-question", "water", "--facts", "-", *ON, "--json", stdin=WATER) == {"fact": None, "missing": []}
    assert answer("next-question", "all", *ON, "--json")["fact"]


def test_terms_of_a_contract_signed_before() -> None:
    found = answer("terms", "jobs", "worker", *ON, "--signed", "2025-06-01", "--json")
    assert (found["rate_percent_year"], found["max_amount_vnd"]) == (7.488, 100_000_000)


def test_schedule() -> None:
    found = answer(
        "schedule", "water", "works", "--amount", "25000000", "--months", "60", "--start", "2026-11-22", "--json"
    )
    assert set(found["rows"][0]) == {"due", "principal", "interest", "balance"}
    assert found["total_interest"] == sum(row["interest"] for row in found["rows"])
    assert found["rows"][-1]["balance"] == 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (["assess", "car", "--json"], None, "student, water"),
        (["assess"], None, "name a programme"),
        (["assess", "water", "--facts", "/nowhere.json"], None, "cannot be read"),
        (["assess", "water", "--facts", "-"], "{", "no JSON"),
        (["assess", "water", "--facts", "-"], "[]", "object of facts"),
        (["assess", "water", "--facts", "-"], '{"area": "sea"}', "area: write one of"),
        (["assess", "water", "--on", "yesterday"], None, "write it as"),
        (["next-question", "car"], None, "student, water"),
        (["terms", "water", "well"], None, "write one of works"),
        (["terms", "water", "works", "--on", "2026-11-22", "--signed", "2026-11-23"], None, "later than"),
        (["schedule", "water", "works", "--amount", "0", "--months", "5"], None, "at least one"),
        (["schedule", "water", "works", "--amount", "1", "--months", "9", "--start", "9999-12-01"], None, "laid out"),
        (["schedule", "abroad", "eps_deposit", "--amount", "1", "--months", "5"], None, "no settled rate"),
        (["flows", "draw", "dance"], None, "there is no flow"),
    ],
)
def test_what_is_wrong_is_one_clear_line(arguments: list[str], stdin: str | None, says: str) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr


def test_people_can_read_it_too() -> None:
    assert "Công trình nước sạch" in run("assess", "water", *ON).stdout
    assert run("next-question", "water", *ON).stdout.strip().endswith("?")
    assert "rate_percent_year: 8.4" in run("terms", "water", "works", *ON).stdout
    assert "total interest" in run("schedule", "water", "works", "--amount", "9000000", "--months", "12").stdout


def test_check_finds_our_own_data_in_order() -> None:
    result = run("flows", "check")
    assert result.exit_code == 0, result.stderr
    assert "6 programmes, 12 schemes" in result.stdout
    assert answer("flows", "check", "--json") == {"ok": True, "problems": []}


def test_check_names_the_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise BookError(["flows/facts.yaml:3: wrong", "flows/law.yaml:9: wrong"])

    monkeypatch.setattr(eligibility, "load_book", broken)
    result = run("flows", "check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "flows/facts.yaml:3: wrong\nflows/law.yaml:9: wrong" in result.stderr


def test_diff_tells_what_changed_between_two_days() -> None:
    found = answer("flows", "diff", "2025-12-31", "2026-01-01", "--json")
    changed = {one["id"] for one in found["changes"]}
    assert {"abroad_rate_factor", "jobs_worker_max_amount", "jobs.worker"} <= changed
    assert "water_rate" not in changed
    assert "nothing differs" in run("flows", "diff", "2026-11-20", "2026-11-21").stdout


def test_every_word_of_the_rules_is_there_in_each_language() -> None:
    assert missing_words(load_book()) == []
    assert len(wanted_words(load_book())) > 500


def test_a_key_without_words_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eligibility, "catalogue", lambda language: {})
    assert len(missing_words(load_book())) == 2 * len(wanted_words(load_book()))


LOAN = ["schedule", "water", "works", "--amount", "25000000", "--months", "60", "--start", "2026-11-22"]


def test_schedule_in_plain_words() -> None:
    told = run(*LOAN, "--text").output
    for expected in ("Vay 25 triệu đồng", "6,3 triệu đồng", "vay ngoài", "ví dụ", "Năm 5", "hợp đồng với ngân hàng"):
        assert expected in told
    assert "A loan of 25 million VND" in run(*LOAN, "--text", "--lang", "en").output


def test_schedule_as_a_picture(tmp_path: Path) -> None:
    svg, png = tmp_path / "plan.svg", tmp_path / "plan.png"
    found = run(*LOAN, "--svg", str(svg), "--png", str(png), "--json")
    assert set(json.loads(found.stdout)) >= {"rows", "total_interest"}  # the contract's answer all the same
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert run(*LOAN, "--svg", str(svg)).output == ""


def test_a_picture_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    for arguments in (["--svg", str(tmp_path / "no" / "plan.svg")], ["--json", "--text"]):
        found = run(*LOAN, *arguments)
        assert (found.exit_code, found.stdout) == (2, "")


def test_diff_lists_who_gains_by_a_higher_ceiling() -> None:
    found = answer("flows", "diff", "2026-04-06", "2026-04-07", "--json")
    assert found["households"] > 1000
    assert {(flip["scheme"], flip["before"], flip["after"]) for flip in found["flips"]} == {
        ("purchase", "unknown", "yes")
    }
    assert sum(kind["households"] for kind in found["summary"]) == len(found["flips"])
