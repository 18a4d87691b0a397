"""A message's scores, summed word by word, are the product of its vector and what was learnt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.features import count, keys_of, seams
from nlu.scores import Scores
from nlu.text import plain

TAUGHT = [
    ("em muốn vay vốn cho con học đại học", ""),
    ("lãi suất vay nước sạch bao nhiêu vậy ạ", ""),
    ("vay xây nhà cần giấy tờ gì, cần giấy tờ gì", ""),
    ("dạ 30 triệu", "number"),
    ("dạ rồi ạ", "yes_no"),
]
KEYED = [(keys_of(plain(text).words), answer) for text, answer in TAUGHT]
FEATURES = count(KEYED, at_least=1)
LEARNT = np.random.default_rng(7).normal(size=(len(FEATURES), 5)).astype(np.float32)
SCORES = Scores(FEATURES, LEARNT)
WORDS = st.sampled_from(sorted({key for keys, _ in KEYED for key in keys} | {"zzz", "truong", "hocc", "?"}))


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=30), st.sampled_from(["", "number", "yes_no", "words"]))
def test_the_sum_over_words_is_the_product(keys: list[str], answer: str) -> None:
    numbers, values = FEATURES.vector(keys, answer)
    assert SCORES.of(keys, answer) == pytest.approx(values @ LEARNT[numbers], abs=1e-4)


def test_a_question_may_end_at_a_stop_or_before_a_word_that_joins() -> None:
    text = plain("cần giấy tờ gì, nộp rồi bao lâu có tiền? lãi mấy").words
    assert [keys_of(text)[cut] for cut in seams(text)] == ["nop", "roi", "lai"]
    assert seams(plain("dạ, em").words) == []


def test_a_word_never_met_scores_by_its_letters() -> None:
    assert np.abs(SCORES.of(["vayy"], "")).max() > 0
    assert not SCORES.knows_any(["vayy"])
