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


def _cues(keys: Sequence[str]) -> set[str]:
    """The kinds of domain words in the message."""
    phrases = _cue_phrases()
    found = set()
    for first, key in enumerate(keys):
        at, last = phrases.get(key), first + 1
        while at is not None:
            if at.kind:
                found.add(at.kind)
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


def _marks(keys: Sequence[str], answer: str) -> list[str]:
    """What the words alone do not say: how long the message is, whether a question of a form is open."""
    size = len(keys)
    bucket = size if size < 4 else 4 if size < 7 else 7 if size < 12 else 12 if size < 25 else 25
    marks = _size_marks(bucket, answer)
    if answer and keys and all(k == "0" for k in keys):
        marks = (*marks, "@form#")
    return [*marks, *sorted(_cues(keys))]


@lru_cache(maxsize=64)
def _size_marks(bucket: int, answer: str) -> tuple[str, ...]:
    if not answer:
        return (f"@{bucket}",)
    return f"@{bucket}", "@form", f"@form{bucket}", f"@form {answer}", f"@form {answer}{bucket}"


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
        self._of_word: dict[str, np.ndarray] = {}
        self._word_tree = _by_first(words)

    def __len__(self) -> int:
        return len(self.weight)

    def knows_any(self, keys: Iterable[str]) -> bool:
        """Whether one of the words was met in training."""
        return any(key in self.words for key in keys)

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
        groups = [self._letters_of(key) for key in keys]
        words = self._words_of(keys)
        marks = [self.marks[m] for m in _marks(keys, answer) if m in self.marks]
        numbers = np.concatenate((*groups, np.array(words + marks, np.int64)))
        return self._units(numbers, len(numbers) - len(words) - len(marks), len(marks))

    def _words_of(self, keys: Sequence[str]) -> list[int]:
        """The numbers of the words, then of the pairs of words."""
        entries = [self._word_tree.get(key, _NO_WORD) for key in keys]
        found = [entry[0] for entry in entries] + [entry[1].get(key) for entry, key in zip(entries, keys[1:], strict=False)]
        return [number for number in found if number is not None]

    def _letters_of(self, key: str) -> np.ndarray:
        """The numbers of the letter groups of a word; the words that come again and again are looked up once."""
        found = self._of_word.get(key)
        if found is None:
            found = np.array([self.letters[p] for p in _pieces(key) if p in self.letters], np.int64)
            if len(self._of_word) < 50_000:
                self._of_word[key] = found
        return found

    def _units(self, numbers: np.ndarray, letters: int, marks: int) -> tuple[np.ndarray, np.ndarray]:
        """Each number once, in the order of the message, and its part of a unit vector: one of the first `letters`, one of words.

        The last `marks`, each there once, weigh the same whatever else is said.
        """
        if not len(numbers):
            return numbers, np.zeros(0, np.float32)
        # Where each number stands first: of several writes to one cell the last one stays, so they go backwards.
        first = np.empty(len(self), np.int32)
        first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)
        counts = np.bincount(first[numbers])
        places = counts.nonzero()[0]
        distinct = numbers[places]
        values = (1 + np.log(counts[places].astype(np.float32))) * self.weight[distinct]
        split, end = int(places.searchsorted(letters)), len(values) - marks
        _to_length_one(values[:split])
        _to_length_one(values[split:end])
        values[end:] = 0.5
        return distinct, values

    def parts(self, keys: Sequence[str], answer: str, cuts: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """The message cut in two at each of these words: the n-grams, and a row of weights for each beginning, then each rest.

        All parts at once, because one call of numpy costs about as much as the work it does on one part.
        """
        groups = [self._letters_of(key) for key in keys]
        at = np.repeat(np.arange(len(keys)), [len(group) for group in groups])
        pairs = [(f"{a} {b}", first) for first, (a, b) in enumerate(pairwise(keys))]
        words = [(self.words[g], first, first) for first, g in enumerate(keys) if g in self.words]
        words += [(self.words[g], first, first + 1) for g, first in pairs if g in self.words]
        number, first, last = np.array(words, np.int64).reshape(-1, 3).T
        numbers, firsts, lasts = np.concatenate((*groups, number)), np.concatenate((at, first)), np.concatenate((at, last))
        places = np.array(cuts)[:, None]
        distinct, values = self._unit_rows(numbers, np.concatenate((lasts < places, firsts >= places)))
        rows = [*(keys[:cut] for cut in cuts), *(keys[cut:] for cut in cuts)]
        marks, marked = self._mark_rows([_marks(row, answer) for row in rows])
        return np.concatenate((distinct, marks)), np.hstack((values, marked))

    def _unit_rows(self, numbers: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`_units` for each part; `inside` says of each part which n-grams it holds."""
        order = np.argsort(numbers, kind="stable")
        distinct, starts = np.unique(numbers[order], return_index=True)
        if not len(distinct):
            return distinct, np.zeros((len(inside), 0), np.float32)
        counts = np.add.reduceat(inside[:, order], starts, axis=1, dtype=np.float32)
        values = (counts > 0) * (1 + np.log(np.maximum(counts, 1))) * self.weight[distinct]
        split = int(distinct.searchsorted(len(self.letters)))  # words are numbered after letters
        return distinct, np.hstack([_rows_to_length_one(part) for part in (values[:, :split], values[:, split:])])

    def _mark_rows(self, rows: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        known = sorted({mark for marks in rows for mark in marks if mark in self.marks})
        values = np.array([[0.5 if mark in marks else 0.0 for mark in known] for marks in rows], np.float32)
        return np.array([self.marks[mark] for mark in known], np.int64), values.reshape(len(rows), len(known))


def _to_length_one(part: np.ndarray) -> None:
    part /= math.sqrt(part.dot(part)) or 1


def _rows_to_length_one(part: np.ndarray) -> np.ndarray:
    lengths = np.sqrt((part * part).sum(axis=1, keepdims=True))
    return part / np.where(lengths > 0, lengths, 1)


def _grams(keys: Sequence[str]) -> list[str]:
    return [*keys, *(f"{a} {b}" for a, b in pairwise(keys))]


_NO_WORD: tuple[int | None, dict[str, int]] = (None, {})


def _by_first(words: dict[str, int]) -> dict[str, tuple[int | None, dict[str, int]]]:
    """Each word -> its number, and the numbers of its pairs by their second word: no string is built to look a pair up."""
    pairs: dict[str, dict[str, int]] = {}
    for gram, number in words.items():
        first, _, second = gram.partition(" ")
        if second:
            pairs.setdefault(first, {})[second] = number
    singles = (gram for gram in words if " " not in gram)
    return {first: (words.get(first), pairs.get(first, {})) for first in (*singles, *pairs)}


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
