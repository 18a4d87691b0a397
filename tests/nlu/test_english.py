"""A message in English is known as one; Vietnamese with English words in it, or without accents, is not."""

from __future__ import annotations

import pytest

from nlu.english import is_english
from nlu.training import examples, without_accents


@pytest.mark.parametrize(
    "text",
    [
        "Hello, I want to borrow money to build a toilet",
        "can i get a loan for my daughter's university?",
        "What is the interest rate?",
        "My husband was released from prison last year, is he eligible?",
    ],
)
def test_english_is_known(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", ["em muon vay von cho con hoc", "ad oi check giup em cai app voi", "ok", "hello", "toi di my lam an", ""])
def test_vietnamese_without_accents_is_none(text: str) -> None:
    assert not is_english(text)


def test_hardly_a_training_sentence_is_taken_for_english() -> None:
    taken = [e.text for e in examples() if not e.text.isascii() and is_english(without_accents(e.text))]
    assert len(taken) <= 0.001 * len(examples()), taken
