"""Whole conversations, golden, as a non-programmer can read them. `pytest tests/flows/test_transcripts.py --update` rewrites them.

A file of `transcripts/` holds turns: what the person does (`me` types, `press` a button, `sends` a photo, `opens` the chat)
and after it each message of the bot (`bot`) with the `choices` it offers; `ends` tells the facts kept and the leads sent.
Also what happens around: time passes (`later: {days: 2}`), `staff` write, staff `closes` the direct talk, a code is typed on an `other_phone`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from talk import Said, Talk

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.yaml"))
PROGRAMMES = ("student", "water", "housing", "released", "abroad", "jobs")
DEEDS = ("opens", "me", "press", "sends", "later", "staff", "closes", "other_phone")


class _Block(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that they read as they are seen."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Block.add_representer(str, _text)


def played(script: dict[str, Any]) -> dict[str, Any]:
    """The same script with what the bot says now."""
    talk, turns, leads = Talk(), [], {}
    for turn in script["turns"]:
        deed = next((deed for deed in DEEDS if deed in turn), None)
        if deed is None:
            continue
        said = _done(talk, deed, turn[deed])
        turns.append({deed: turn[deed]})
        turns.extend(_shown(message) for message in said)
        leads.update({lead.id: lead for lead in talk.leads})
    return {"title": script["title"], "kind": script["kind"], "turns": turns, "ends": _end(talk, leads)}


def _done(talk: Talk, deed: str, what: Any) -> list[Said]:
    """Do what the person does, and give what the bot says to it."""
    match deed:
        case "opens":
            return talk.start()
        case "me":
            return talk.say(what)
        case "press":
            return talk.press(what)
        case "later":
            return talk.later(**what)
        case "staff":
            return talk.staff_write(what)
        case "closes":
            return talk.staff_close()
        case "other_phone":
            return talk.on_another_phone(what)
        case _:
            return talk.send_media(what)


def _shown(message: Said) -> dict[str, Any]:
    shown: dict[str, Any] = {"bot": message.text}
    if message.choices:
        shown["choices"] = [label for _, label in message.choices]
    return shown


def _end(talk: Talk, leads: dict[str, Any]) -> dict[str, Any]:
    conversation = talk.conversation
    assert conversation is not None
    case = next(case for case in conversation.cases if case.id == conversation.active)
    end: dict[str, Any] = {
        "facts": {name: answer.value for name, answer in sorted(case.facts.items()) if answer.status == "known"}
    }
    if leads:
        end["leads"] = [_lead(lead) for lead in leads.values()]
    return end


def _lead(lead: Any) -> dict[str, Any]:
    told = (
        "programme",
        "scheme",
        "truth",
        "place_kind",
        "hamlet",
        "point",
        "queue",
        "rule",
        "filed_at",
        "group",
        "by",
        "about",
    )
    units = {name: unit["code"] if (unit := getattr(lead, name)) else None for name in ("commune", "former")}
    return {**{name: getattr(lead, name) for name in told}, **units, "amount": lead.amount}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_bot_says_what_the_transcript_says(file: Path, update: bool) -> None:
    script = yaml.safe_load(file.read_text(encoding="utf-8"))
    now = played(script)
    if update:
        file.write_text(yaml.dump(now, Dumper=_Block, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8")
        return
    assert now == script


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_programme_has_its_conversations(programme: str) -> None:
    """At least five a programme: with accents, without, an interruption, a correction, a no with what else fits."""
    kinds = [
        yaml.safe_load(file.read_text(encoding="utf-8"))["kind"]
        for file in FILES
        if file.stem.startswith(f"{programme}.")
    ]
    assert len(kinds) >= 5
    assert {"lead", "interruption", "correction", "no"} <= set(kinds)


def test_no_transcript_holds_the_same_sentence_twice_in_a_row() -> None:
    for file in FILES:
        said = [turn["bot"] for turn in yaml.safe_load(file.read_text(encoding="utf-8"))["turns"] if "bot" in turn]
        assert all(first != second for first, second in pairwise(said)), file.stem
