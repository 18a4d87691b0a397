"""What a message looks like to an engine: letters, words, marks of its kind, as unit vectors over numbered n-grams.

Both engines use it, the embedded one (`nlu/classifier.py`) and Rasa (`nlu/rasa/components.py`). No label is known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec
import numpy as np

from nlu.lexicon import load
from nlu.text import Word, plain


@lru_cache(maxsize=65536)
def _pieces(key: str) -> tuple[str, ...]:
    """The letter groups of one word, one to five long, its borders counted as letters."""
    padded = f" {key} "
    return tuple(padded[i : i + n] for n in range(1, 6) for i in range(len(padded) - n + 1))


def keys_of(words: Iterable[Word]) -> list[str]:
    """The words as a model sees them: every number is the same number."""
    return ["0" if w.kind == "n" else w.key for w in words if w.kind != "p" or w.key == "?"]


@lru_cache(maxsize=1)
def _cue_phrases() -> tuple[dict[str, str], dict[str, int]]:
    """Each phrase of `nlu/lexicon/cues.yaml` in plain words -> its kind; each first word -> its longest phrase."""
    kinds: dict[str, str] = {}
    for kind, phrases in load("cues").items():
        for phrase in phrases:
            kinds.setdefault(" ".join(keys_of(plain(str(phrase)).words)), f"<{kind}>")
    longest: dict[str, int] = {}
    for phrase in kinds:
        first, *more = phrase.split(" ")
        longest[first] = max(longest.get(first, 0), 1 + len(more))
    return kinds, longest


def _cues(keys: Sequence[str]) -> set[str]:
    """The kinds of domain words in the message."""
    kinds, longest = _cue_phrases()
    found = set()
    for first, key in enumerate(keys):
        for size in range(1, longest.get(key, 0) + 1):
            kind = kinds.get(" ".join(keys[first : first + size]))
            if kind:
                found.add(kind)
    return found


_KINDS = {
    "bool": "yes_no", "yes_no": "yes_no", "choice": "choice", "name": "words", "text": "words", "place": "words",
    "hamlet": "words", "country": "words", "field": "words",
}  # fmt: skip
_OTHER_SLOTS = {
    "amount": "number", "income": "number", "contract_term": "number", "full_name": "words", "commune": "words",
    "in_savings_group": "yes_no", "consent": "yes_no", "confirm": "yes_no",
}  # fmt: skip


@lru_cache(maxsize=256)
def answered_with(slot: str | None) -> str:
    """What the pending question is answered with: yes_no, choice, words, number; empty without a question."""
    if slot is None:
        return ""
    return _OTHER_SLOTS.get(slot) or _KINDS.get(load("slots").get(slot, ""), "number")


def _marks(keys: Sequence[str], answer: str) -> list[str]:
    """What the words alone do not say: how long the message is, whether a question of a form is open."""
    size = len(keys)
    bucket = size if size < 4 else 4 if size < 7 else 7 if size < 12 else 12 if size < 25 else 25
    marks = [f"@{bucket}"]
    if answer:
        marks += ["@form", f"@form{bucket}", f"@form {answer}", f"@form {answer}{bucket}"]
        if keys and all(k == "0" for k in keys):
            marks.append("@form#")
    return marks + sorted(_cues(keys))


class Saved(msgspec.Struct, frozen=True):
    """Features as they are stored."""

    letters: list[str]
    words: list[str]
    marks: list[str]
    weight: bytes


class Features:
    """The numbered n-grams, and a message as unit vectors over them: letters, words, marks."""

    def __init__(
        self, letters: dict[str, int], words: dict[str, int], marks: dict[str, int], weight: np.ndarray
    ) -> None:
        self.letters = letters
        self.words = words
        self.marks = marks
        self.weight = weight
        self._of_word: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.weight)

    def dump(self) -> Saved:
        """The names in the order of their numbers, and the weights as little-endian bytes."""
        names = (list(table) for table in (self.letters, self.words, self.marks))
        return Saved(*names, self.weight.astype("<f4").tobytes())

    @classmethod
    def load(cls, saved: Saved) -> Features:
        """The features that `dump` gave."""
        weight = np.frombuffer(saved.weight, "<f4").astype(np.float32)
        return cls(*_number_all(saved.letters, saved.words, saved.marks), weight)

    def vector(self, keys: Sequence[str], answer: str) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the n-grams in the message, and their weights."""
        letters: list[int] = []
        for key in keys:
            found = self._of_word.get(key)
            if found is None:
                found = [self.letters[p] for p in _pieces(key) if p in self.letters]
                if len(self._of_word) < 50_000:
                    self._of_word[key] = found
            letters += found
        words = [self.words[g] for g in _grams(keys) if g in self.words]
        marks = [self.marks[m] for m in _marks(keys, answer) if m in self.marks]
        parts = [self._unit(letters), self._unit(words)]
        numbers = np.concatenate([p[0] for p in parts] + [np.array(marks, dtype=np.int64)])
        values = np.concatenate([p[1] for p in parts] + [np.full(len(marks), 0.5, dtype=np.float32)])
        return numbers, values

    def _unit(self, numbers: list[int]) -> tuple[np.ndarray, np.ndarray]:
        if not numbers:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        counts: dict[int, int] = {}
        for number in numbers:
            counts[number] = counts.get(number, 0) + 1
        distinct = np.fromiter(counts, np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.weight[distinct]
        return distinct, (values / math.sqrt(float(values @ values))).astype(np.float32)


def _grams(keys: Sequence[str]) -> list[str]:
    return [*keys, *(f"{a} {b}" for a, b in pairwise(keys))]


def _number_all(*lists: list[str]) -> list[dict[str, int]]:
    """A number for every name, counted on from list to list."""
    numbers, first = [], 0
    for names in lists:
        numbers.append({name: number for number, name in enumerate(names, first)})
        first += len(names)
    return numbers


def count(keyed: Sequence[tuple[list[str], str]], at_least: int = 2) -> Features:
    """Number the n-grams that stand in two rows or more; a rare one weighs more."""
    letters: dict[str, int] = {}
    words: dict[str, int] = {}
    marks: dict[str, int] = {}
    for keys, answer in keyed:
        for piece in {p for k in keys for p in _pieces(k)}:
            letters[piece] = letters.get(piece, 0) + 1
        for gram in set(_grams(keys)):
            words[gram] = words.get(gram, 0) + 1
        for mark in set(_marks(keys, answer)):
            marks[mark] = marks.get(mark, 0) + 1
    kept = [sorted(k for k, n in t.items() if n >= at_least) for t in (letters, words, marks)]
    counts = [t[k] for t, names in zip((letters, words, marks), kept) for k in names]  # noqa: B905
    weight = np.array([math.log((1 + len(keyed)) / (1 + n)) + 1 for n in counts], dtype=np.float32)
    return Features(*_number_all(*kept), weight)
