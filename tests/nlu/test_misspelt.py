"""Slips of the finger: mended only where the letters can be no word and the neighbours say which word was meant."""

from __future__ import annotations

import pytest

from nlu.lexicon.count_pairs import lines
from nlu.misspelt import PAIRS, can_be_syllable
from nlu.text import plain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chaư biết", "chua biet"),
        ("tuhê mua nhà", "thue mua nha"),
        ("mới thpát nghèo", "moi thoat ngheo"),
        ("không bitế", "khong biet"),
        ("ngưiờ nhà đang vay", "nguoi nha dang vay"),
    ],
)
def test_a_slip_becomes_the_word_that_fits(typed: str, meant: str) -> None:
    assert plain(typed).line.strip() == meant


@pytest.mark.parametrize(
    "text", ["xã Đăk Choong", "Nguyễn Thị Tươi", "Krông Pắc", "check giúp em cái app", "anh Y Bluê", "qwrtp"]
)
def test_names_strange_words_and_what_nothing_fits_stay(text: str) -> None:
    assert plain(text).line == plain(text, mend=False).line


def test_the_marks_that_were_typed_stay() -> None:
    assert plain("dnừg lại đi").words[0].means("dừng")
    assert not plain("dnừg lại đi").words[0].means("dựng")


@pytest.mark.parametrize("word", ["nghiêng", "quyết", "giết", "khuya", "ươm", "yêu", "gì", "quên", "thuở", "duoc", "nguoi"])
def test_vietnamese_syllables_are_known(word: str) -> None:
    assert can_be_syllable(word)


@pytest.mark.parametrize("word", ["chaư", "ngưiờ", "tuhê", "bitế", "krong", "buết", "thpát"])
def test_impossible_letters_are_known(word: str) -> None:
    assert not can_be_syllable(word)


def test_the_counted_pairs_are_those_of_the_training_sentences() -> None:
    """After a change of the sentences: python -m nlu.lexicon.count_pairs > nlu/lexicon/pairs.tsv"""
    assert PAIRS.read_text(encoding="utf-8").splitlines() == list(lines())
