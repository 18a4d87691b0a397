"""How hard our words are to read: words a sentence, and one question a message. Figures are printed with `-rP`."""

from __future__ import annotations

import re

import pytest

from bot.wording import catalogue

SENTENCE_END = re.compile(r"[.!?…:]\s|[\n•;]")
PLACEHOLDER = re.compile(r"\{\w+\}")
MEAN_AT_MOST, LONGEST_AT_MOST = 12.0, 40
SAID_BY_STAFF_PAGES = ("console.", "web.")


def sentences(text: str) -> list[int]:
    """The number of words of each sentence; a placeholder counts as one."""
    parts = SENTENCE_END.split(PLACEHOLDER.sub("X", text) + " ")
    return [len(part.split()) for part in parts if len(part.split()) > 1]


def said_to_people() -> dict[str, str]:
    return {key: text for key, text in catalogue("vi").items() if not key.startswith(SAID_BY_STAFF_PAGES)}


def test_sentences_are_short() -> None:
    lengths = [(length, key) for key, text in said_to_people().items() for length in sentences(text)]
    mean = sum(length for length, _ in lengths) / len(lengths)
    longest = max(lengths)
    print(f"{len(lengths)} sentences, {mean:.1f} words on average, the longest has {longest[0]} ({longest[1]})")
    assert mean <= MEAN_AT_MOST
    assert longest[0] <= LONGEST_AT_MOST, longest


@pytest.mark.parametrize("ending", [".ask", ".again"])
def test_a_question_asks_one_thing(ending: str) -> None:
    asked = {key: text for key, text in said_to_people().items() if key.endswith(ending)}
    assert [key for key, text in asked.items() if text.count("?") > 1] == []
