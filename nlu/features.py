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
    return tuple(padded[i : i + n] for n in range(2, 6) for i in range(len(padded) - n + 1))


def keys_of(words: Iterable[Word]) -> list[str]:
    """The words as a model sees them: every number is the same number."""
    return ["0" if w.kind == "n" else w.key for w in words if w.kind != "p" or w.key == "?"]


_JOIN = frozenset(("roi", "va", "voi", "con", "ma", "hay", "nhan"))  # "nhân tiện cho hỏi"
_STOPS = frozenset((",", ".", ";", "-", "!"))


def seams(words: Iterable[Word]) -> list[int]:
    """Where one question of the message may end and another begin, counted in `keys_of` the words; two keys at least on both sides."""
    found, at = [], 0
    for word in words:
        if word.kind == "p" and word.key != "?":
            if word.key in _STOPS:
                found.append(at)
            continue
        if word.key in _JOIN:
            found.append(at)
        at += 1
        if word.key == "?":
            found.append(at)
    return [cut for cut in dict.fromkeys(found) if 2 <= cut <= at - 2]


class _Cue:
    """A word of a domain phrase: the kind of the phrase that ends here, and the words that may come next."""

    __slots__ = ("kind", "next")

    def __init__(self) -> None:
        self.kind = ""
        self.next: dict[str, _Cue] = {}


@lru_cache(maxsize=1)
def _cue_phrases() -> dict[str, _Cue]:
    """The phrases of `nlu/lexicon/cues.yaml` in plain words, by their first word."""
    root = _Cue()
    for kind, phrases in load("cues").items():
        for phrase in phrases:
            at = root
            for key in keys_of(plain(str(phrase)).words):
                at = at.next.setdefault(key, _Cue())
            at.kind = at.kind or f"<{kind}>"
    return root.next


def cues(keys: Sequence[str]) -> list[tuple[str, int, int]]:
    """The kinds of domain words in the message, each with its words first … last-1."""
    phrases = _cue_phrases()
    found = []
    for first, key in enumerate(keys):
        if key not in phrases:
            continue
        at, last = phrases[key], first + 1
        while at is not None:
            if at.kind:
                found.append((at.kind, first, last))
            at = at.next.get(keys[last]) if last < len(keys) else None
            last += 1
    return found


_KINDS = {
    "bool": "yes_no", "yes_no": "yes_no", "choice": "choice", "name": "words", "text": "words", "place": "words",
    "hamlet": "words", "country": "words", "field": "words",
}  # fmt: skip
_OTHER_SLOTS = {
    "amount": "number", "income": "number", "contract_term": "number", "full_name": "words", "commune": "words",
    "in_savings_group": "yes_no", "consent": "yes_no", "confirm": "yes_no",
}  # fmt: skip


# questions that only offer what could be done: what is said to them is said freely
_OFFERS = frozenset(("menu", "next", "need", "programme", "mend", "case", "data", "erase", "withdraw", "notice", "lead", "draft_reminder"))


@lru_cache(maxsize=256)
def answered_with(slot: str | None) -> str:
    """What the pending question is answered with: yes_no, choice, words, number; empty without a question."""
    if slot is None or slot in _OFFERS:
        return ""
    return _OTHER_SLOTS.get(slot) or _KINDS.get(load("slots").get(slot, ""), "number")


def form_marks(keys: Sequence[str], answer: str) -> tuple[str, ...]:
    """What the words alone do not say: how long the message is, whether a question of a form is open."""
    marks = _marks_of(_size_mark(len(keys)), answer)
    return (*marks, "@form#") if answer and keys and all([k == "0" for k in keys]) else marks


def _marks(keys: Sequence[str], answer: str) -> list[str]:
    return [*form_marks(keys, answer), *sorted({kind for kind, _, _ in cues(keys)})]


@lru_cache(maxsize=512)
def _size_mark(size: int) -> str:
    """The mark of a message of so many words."""
    return f"@{size if size < 4 else 4 if size < 7 else 7 if size < 12 else 12 if size < 25 else 25}"


@lru_cache(maxsize=64)
def _marks_of(size: str, answer: str) -> tuple[str, ...]:
    if not answer:
        return (size,)
    return size, "@form", f"@form{size[1:]}", f"@form {answer}", f"@form {answer}{size[1:]}"


LETTERS = 0.5  # what all letters together weigh beside the words
MARK = 0.5  # a mark weighs the same whatever else is said
_NONE = np.zeros(0, np.int64)


class Saved(msgspec.Struct, frozen=True):
    """Features as they are stored."""

    letters: list[str]
    words: list[str]
    marks: list[str]
    weight: bytes


class Features:
    """The numbered n-grams: letters, words and pairs of words, marks; and a message as a vector over them.

    The words are brought to length one, the letters to a lesser one. Their length is taken word by word, as if no two
    words shared a letter group: so a message's score is a sum of what each of its words scores (`nlu/scores.py`).
    """

    def __init__(
        self, letters: dict[str, int], words: dict[str, int], marks: dict[str, int], weight: np.ndarray
    ) -> None:
        self.letters = letters
        self.words = words
        self.marks = marks
        self.weight = weight
        self._of_word: dict[str, np.ndarray] = {}
        self._squares: dict[str, float] = {}

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

    def letters_of(self, key: str) -> np.ndarray:
        """The numbers of the letter groups of a word, as often as they stand in it."""
        found = self._of_word.get(key)
        if found is None:
            found = np.array([self.letters[p] for p in _pieces(key) if p in self.letters], np.int64)
            if len(self._of_word) < 50_000:
                self._of_word[key] = found
        return found

    def square(self, numbers: np.ndarray) -> float:
        """The square of the length of these n-grams, each counted as often as it stands there."""
        distinct, counts = np.unique(numbers, return_counts=True)
        return float(np.square(counts * self.weight[distinct]).sum())

    def vector(self, keys: Sequence[str], answer: str) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the n-grams in the message, each once, and their values."""
        groups = [self.letters_of(key) for key in dict.fromkeys(keys)]
        letters, counts = np.unique(np.concatenate((_NONE, *groups)), return_counts=True)
        words = np.array([self.words[g] for g in dict.fromkeys(_grams(keys)) if g in self.words], np.int64)
        marks = np.array([self.marks[m] for m in _marks(keys, answer) if m in self.marks], np.int64)
        length = math.sqrt(sum(self._square_of(key) for key in dict.fromkeys(keys))) / LETTERS or 1
        of_words = self.weight[words]
        values = (
            counts * self.weight[letters] / length,
            of_words / (math.sqrt(of_words.dot(of_words)) or 1),
            np.full(len(marks), MARK),
        )
        return np.concatenate((letters, words, marks)), np.concatenate(values).astype(np.float32)

    def _square_of(self, key: str) -> float:
        found = self._squares.get(key)
        if found is None:
            found = self.square(self.letters_of(key))
            if len(self._squares) < 50_000:
                self._squares[key] = found
        return found


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
    """Number the n-grams that stand in at least so many rows; a rare one weighs more."""
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
