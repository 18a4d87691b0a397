"""`vayvon chat` as a script uses it: plain lines, JSON lines, bad lines, a fixed clock, the ordinary store, a transcript."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from trained import put_model

from bot.cli import main
from bot.settings import Settings

NOW = ("--now", "2026-11-23T09:00")


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trained classifier, so that it is trained once a test run."""
    folder = tmp_path_factory.mktemp("var")
    put_model(folder)
    return folder


@pytest.fixture
def vayvon(var: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VAYVON_{name.upper()}", raising=False)
    monkeypatch.setenv("VAYVON_VAR", str(var))
    monkeypatch.setenv("VAYVON_DATABASE_URL", f"sqlite:///{tmp_path}/chat.db")

    def run(*arguments: str, lines: tuple[Any, ...] = ()) -> Result:
        stdin = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        return CliRunner().invoke(main, arguments, input=stdin)

    return run


def turns(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_a_turn_as_the_contract_says(vayvon) -> None:
    lines = (
        {"start": True},
        {"text": "tôi muốn vay vốn nước sạch"},
        {"choice": "area=rural"},
        "😀",
        "",
        {"media": "sticker"},
    )
    answers = turns(vayvon("chat", "--dry", "--json", *NOW, lines=lines))
    assert [answer["turn"] for answer in answers] == [1, 2, 3, 4, 5, 6]
    for answer in answers:
        assert set(answer) == {"turn", "replies", "state"}
        assert set(answer["state"]) == {
            "flow", "asking", "programme", "facts", "verdicts", "lead", "point", "language",
        }  # fmt: skip
        for reply in answer["replies"]:
            assert set(reply) == {"text", "choices", "attachments", "expects"}
            assert reply["expects"] in {"text", "choice", "location", "contact", "none"}
            assert "{" not in reply["text"] and "trục trặc" not in reply["text"]
    assert answers[1]["state"]["programme"] == "water"
    assert answers[0]["replies"]


def test_plain_lines_are_answered_in_plain_text(vayvon) -> None:
    result = vayvon("chat", "--dry", *NOW, lines=("xin chào",))
    assert result.exit_code == 0
    assert "trợ lý tự động" in result.stdout and "\n  1. " in result.stdout


def test_a_bad_line_is_said_and_the_talk_goes_on(vayvon) -> None:
    answers = turns(vayvon("chat", "--dry", "--json", *NOW, lines=({"colour": "red"}, "{ không phải JSON", "xin chào")))
    assert "error" in answers[0] and answers[1]["replies"] and answers[2]["replies"]


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "xin \\ud800 chào"}',
        '{"choice": "\\ud800", "token": "\\ud800"}',
        '{"start": "\\ud800"}',
        '{"contact": "09\\u00001"}',
        '{"text": "a", "message_id": "\\ud800"}',
        '{"location": [1' + "0" * 400 + ", 1]}",
        '{"location": [NaN, 1]}',
        '{"a":' * 20_000,
    ],
)
def test_an_odd_line_breaks_no_talk(vayvon, line: str) -> None:
    first, second = turns(vayvon("chat", "--dry", "--json", *NOW, lines=(line, "xin chào")))
    assert not any("trục trặc" in reply["text"] for reply in first.get("replies", []))
    assert second["replies"]


def test_ten_thousand_signs_are_no_trouble(vayvon) -> None:
    (answer,) = turns(vayvon("chat", "--dry", "--json", *NOW, lines=("a" * 10_000,)))
    assert answer["replies"] and "trục trặc" not in answer["replies"][0]["text"]


def test_a_place_outside_viet_nam_and_a_contact_are_taken_in(vayvon) -> None:
    lines = ({"start": True}, {"location": [48.85, 2.35]}, {"location": [21.03, 105.85]}, {"contact": "0912345678"})
    for answer in turns(vayvon("chat", "--dry", "--json", *NOW, lines=lines)):
        assert answer["replies"] and all("trục trặc" not in reply["text"] for reply in answer["replies"])


def test_english_from_the_first_word(vayvon) -> None:
    (answer,) = turns(vayvon("chat", "--dry", "--json", "--lang", "en", *NOW, lines=({"start": True},)))
    assert answer["state"]["language"] == "en"
    assert "automatic" in answer["replies"][0]["text"]


def test_the_same_lines_at_the_same_time_give_the_same_answers(vayvon) -> None:
    lines = ({"start": True}, "tôi muốn vay cho con học đại học", "hộ nghèo", "dạ")
    first = vayvon("chat", "--dry", "--json", *NOW, lines=lines).stdout
    assert vayvon("chat", "--dry", "--json", *NOW, lines=lines).stdout == first


def test_a_talk_in_the_ordinary_store_goes_on_later(vayvon) -> None:
    turns(vayvon("chat", "--json", "--talk", "bac-tu", lines=("tôi muốn vay vốn nước sạch",)))
    (answer,) = turns(vayvon("chat", "--json", "--talk", "bac-tu", lines=("lãi suất bao nhiêu",)))
    assert answer["state"]["programme"] == "water"
    (other,) = turns(vayvon("chat", "--json", lines=("lãi suất bao nhiêu",)))
    assert other["state"]["programme"] is None


def test_a_talk_becomes_a_transcript(vayvon, tmp_path: Path) -> None:
    path = tmp_path / "water.bug.yaml"
    result = vayvon("chat", "--dry", *NOW, "--transcript", str(path), lines=({"start": True}, "tôi muốn vay nước sạch"))
    assert result.exit_code == 0
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert script["turns"][0] == {"opens": True} and {"me": "tôi muốn vay nước sạch"} in script["turns"]
    assert any("bot" in turn for turn in script["turns"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("chat", "--now", "hôm nay"), "--now"),
        (("chat", "--lang", "fr"), "--lang"),
        (("leads", "show", "VV-NOBODY"), "VV-NOBODY"),
        (("leads", "list", "--reveal"), "--why"),
        (("leads", "list", "--queue", "x"), "--queue"),
        (("nothing",), "nothing"),
        (("chat", "--dry", "--transcript", "/nowhere/at/all.yaml"), "/nowhere/at/all.yaml"),
        (("staff", "add", "", "--name", "Lan"), "login"),
        (("staff", "add", "../lan x", "--name", "Lan"), "login"),
    ],
)
def test_a_wrong_use_is_one_line_on_stderr_and_status_2(vayvon, arguments: tuple[str, ...], says: str) -> None:
    result = vayvon(*arguments)
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and says in result.stderr


def test_a_wrong_setting_is_one_line_too(vayvon, monkeypatch) -> None:
    monkeypatch.setenv("PORT", "many")
    result = vayvon("leads", "list")
    assert (result.exit_code, result.stdout) == (2, "") and result.stderr.startswith("vayvon: PORT")


def test_a_database_that_can_not_be_reached_is_one_line_too(vayvon, monkeypatch) -> None:
    monkeypatch.setenv("VAYVON_DATABASE_URL", "postgresql://vayvon@127.0.0.1:1/none")
    result = vayvon("leads", "list")
    assert result.exit_code == 2 and "can't be reached" in result.stderr and result.stderr.count("\n") == 1


def test_leads_are_masked_and_revealing_is_kept_in_the_audit(vayvon, tmp_path: Path) -> None:
    import asyncio

    from small_engine import open_shell
    from sqlalchemy import select

    from bot.settings import key_ring, load
    from bot.stores.sql import SqlStore
    from bot.stores.tables import audit

    assert vayvon("migrate").exit_code == 0

    async def fill() -> str:
        store = SqlStore(load().database, key_ring(load()))
        shell = await open_shell(store=store)
        await shell.say("lead", "m1")
        (lead,) = await store.leads()
        await store.close()
        return lead["id"]

    async def noted() -> list[tuple[str, str]]:
        store = SqlStore(load().database, key_ring(load()))
        async with store.reading() as connection:
            query = select(audit.c.action, audit.c.why).where(audit.c.action == "revealed")
            rows = [(row.action, row.why) for row in await connection.execute(query)]
        await store.close()
        return rows

    lead = asyncio.run(fill())
    masked = vayvon("leads", "list", "--json").stdout + vayvon("leads", "show", lead, "--json").stdout
    assert lead in masked and "912345" not in masked and "Nguyễn" not in masked
    assert asyncio.run(noted()) == []
    shown = json.loads(vayvon("leads", "show", lead, "--json", "--reveal", "--why", "gọi lại").stdout)
    assert shown["applicant"] == {"name": "Nguyễn Thị Thử", "phone": "+84912345678", "contact_hours": None}
    assert asyncio.run(noted()) == [("revealed", "gọi lại")]


def test_staff_are_added_once(vayvon) -> None:
    first = vayvon("staff", "add", "Lan", "--name", "Lan", "--point", "100001")
    assert first.exit_code == 0 and first.stdout.startswith("lan   password: ")
    again = vayvon("staff", "add", "lan", "--name", "Lan")
    assert again.exit_code == 2 and "taken" in again.stderr
    assert vayvon("staff", "invite", "lan").exit_code == 0
    assert vayvon("staff", "invite", "nobody").exit_code == 2


def test_the_doctor_looks_at_every_part(vayvon) -> None:
    before = vayvon("doctor", "--json")
    assert before.exit_code == 2 and "database" in before.stderr
    vayvon("migrate")
    after = vayvon("doctor", "--json")
    assert after.exit_code == 0, after.stdout
    parts = {finding["part"] for finding in json.loads(after.stdout)}
    assert parts >= {"keys", "rules", "catalogues", "places", "classifier", "redis", "database", "outbox", "points"}
