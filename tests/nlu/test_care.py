"""Words of despair and of violence at home are heard before any loan; sayings that only sound like them are not."""

from __future__ import annotations

import pytest

from nlu.asides import despairs, is_beaten
from nlu.training import examples, without_accents


@pytest.mark.parametrize(
    "text",
    ["tôi không muốn sống nữa", "toi muon chet cho xong, no nan qua", "nợ nhiều quá chắc tôi tự tử", "chac toi tu tu qua", "I want to die"],
)
def test_despair_is_heard(text: str) -> None:
    assert despairs(text)


@pytest.mark.parametrize("text", ["từ từ đã", "tu tu da nhe", "tư vấn giúp em", "tu van giup em", "tức muốn chết", "mệt muốn chết"])
def test_sayings_are_no_despair(text: str) -> None:
    assert not despairs(text)


@pytest.mark.parametrize("text", ["em bị chồng đánh", "em bi chong danh, muon vay tien ra rieng", "chồng em đánh em hoài"])
def test_violence_is_heard(text: str) -> None:
    assert is_beaten(text)


def test_no_training_sentence_is_taken_for_either() -> None:
    assert [e.text for e in examples() for text in (e.text, without_accents(e.text)) if despairs(text) or is_beaten(text)] == []
