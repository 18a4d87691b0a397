"""What a message scores for each label, as a sum of what its words score: a word's letters are weighed once, not at every message.

The same numbers as `Features.vector(…) @ scores`, up to rounding; a test compares them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from nlu.features import LETTERS, MARK, Features, cues, form_marks


class _Known(NamedTuple):
    """A word met in training: the row of what its letters score, the squares of lengths, its own row, its pairs' rows by the next word."""

    letters: int
    square: float
    word: int
    word_square: float
    pairs: dict[str, int]


class Scores:
    """Scores messages with the features and the learnt scores (n-grams x labels) of a model."""

    def __init__(self, features: Features, scores: np.ndarray) -> None:
        self._features = features
        weighted = scores * features.weight[:, None]
        first = len(features.letters)  # words are numbered after letters, marks after words
        self._letters = weighted[:first]
        singles = [word for word in features.words if " " not in word]
        groups = [features.letters_of(word) for word in singles]
        spelled = np.array([self._letters[group].sum(axis=0) for group in groups], np.float32)
        marks = scores[first + len(features.words) :] * MARK
        self._rows = np.concatenate((weighted[first : first + len(features.words)], marks, spelled.reshape(len(singles), -1)))
        self._squares = np.square(features.weight[first : first + len(features.words)]).tolist()
        self._marks = {mark: number - first for mark, number in features.marks.items()}
        pairs: dict[str, dict[str, int]] = {word: {} for word in singles}
        for gram, number in features.words.items():
            word, _, second = gram.partition(" ")
            if second:
                pairs[word][second] = number - first
        self._known = {}
        for row, (word, group) in enumerate(zip(singles, groups, strict=True), len(features) - first):
            own = features.words[word] - first
            self._known[word] = _Known(row, features.square(group), own, self._squares[own], pairs[word])
        self._strange: dict[str, tuple[np.ndarray, float]] = {}

    def knows_any(self, keys: Iterable[str]) -> bool:
        """Whether one of the words was met in training."""
        return not self._known.keys().isdisjoint(keys)

    def of(self, keys: Sequence[str], answer: str) -> np.ndarray:
        """What the message scores for each label, without the labels' offsets."""
        known, squares = self._known, self._squares
        letters: list[int] = []
        words: list[int] = []  # and pairs of words
        strange = []
        square = word_square = 0.0
        seen: set[str] = set()
        behind: dict[str, int] = {}
        for key in keys:
            pair = behind.get(key)
            if pair is not None:
                words.append(pair)
            word = known.get(key)
            if word is None:
                behind = {}
                if key not in seen:
                    unmet = self._of_strange(key)
                    strange.append(unmet[0])
                    square += unmet[1]
            else:
                row, length, own, _, behind = word
                if key not in seen:
                    letters.append(row)
                    words.append(own)
                    square += length
            seen.add(key)
        if len(seen) < len(keys):
            words = list(dict.fromkeys(words))
        for own in words:
            word_square += squares[own]
        marks = self._marked(keys, answer)
        for_letters, for_words = LETTERS / (math.sqrt(square) or 1), 1 / (math.sqrt(word_square) or 1)
        shares = [for_letters] * len(letters) + [for_words] * len(words) + [1.0] * len(marks)
        rows = self._rows.take(letters + words + marks, axis=0)
        found = np.array(shares, np.float32) @ rows
        for row in strange:
            found = found + row * np.float32(for_letters)
        return found

    def _marked(self, keys: Sequence[str], answer: str) -> list[int]:
        marks = self._marks
        found = [marks[mark] for mark in form_marks(keys, answer) if mark in marks]
        return found + [marks[kind] for kind in {kind for kind, _, _ in cues(keys)} if kind in marks]

    def _of_strange(self, key: str) -> tuple[np.ndarray, float]:
        """What the letters of a word never met score, and the square of their length."""
        found = self._strange.get(key)
        if found is None:
            group = self._features.letters_of(key)
            found = self._letters[group].sum(axis=0), self._features.square(group)
            if len(self._strange) < 10_000:
                self._strange[key] = found
        return found
