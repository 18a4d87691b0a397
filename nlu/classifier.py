"""The embedded intent classifier: train, dump, load, classify. One text in, one `Intent` out, about 0.2 ms.

Linear scores over n-grams of plain words (`nlu.text`), fitted by scikit-learn, which only training imports. A trained
model is plain numbers, no pickle: whoever keeps it stores `dump()` under `fingerprint()` and reads it with `load()`.
What a question needs for an answer (entities, places) is not read here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from nlu.reading import Expecting, Intent
from nlu.text import Word, fold, plain
from nlu.training import PROGRAMMES, TOPICS, Example, augmented, fingerprint

__all__ = ["Classifier", "fingerprint", "train"]

_FORMAT = 1
_QUESTIONS = frozenset(
    (
        "eligibility",
        "amount",
        "rate",
        "term",
        "repayment",
        "documents",
        "procedure",
        "where_when",
        "status",
        "calculator",
    )
)


# --- features -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _pieces(key: str) -> tuple[str, ...]:
    """The letter groups of one word, one to five long, its borders counted as letters."""
    padded = f" {key} "
    return tuple(padded[i : i + n] for n in range(1, 6) for i in range(len(padded) - n + 1))


def _keys(words: Iterable[Word]) -> list[str]:
    """The words as the model sees them: every number is the same number."""
    return ["0" if w.kind == "n" else w.key for w in words if w.kind != "p" or w.key == "?"]


def _marks(keys: Sequence[str], in_form: bool) -> list[str]:
    """What the words alone do not say: how long the message is, whether a question of a form is open."""
    size = len(keys)
    bucket = size if size < 4 else 4 if size < 7 else 7 if size < 12 else 12 if size < 25 else 25
    marks = [f"@{bucket}"]
    if in_form:
        marks += ["@form", f"@form{bucket}"]
        if keys and all(k == "0" for k in keys):
            marks.append("@form#")
    return marks


class _Features:
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

    def vector(self, keys: Sequence[str], in_form: bool) -> tuple[np.ndarray, np.ndarray]:
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
        marks = [self.marks[m] for m in _marks(keys, in_form) if m in self.marks]
        parts = [self._unit(letters), self._unit(words)]
        numbers = np.concatenate([p[0] for p in parts] + [np.array(marks, dtype=np.int64)])
        values = np.concatenate([p[1] for p in parts] + [np.full(len(marks), 0.5, dtype=np.float32)])
        return numbers, values

    def _unit(self, numbers: list[int]) -> tuple[np.ndarray, np.ndarray]:
        if not numbers:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        distinct, counts = np.unique(np.array(numbers, dtype=np.int64), return_counts=True)
        values = (1 + np.log(counts)) * self.weight[distinct]
        return distinct, (values / math.sqrt(float(values @ values))).astype(np.float32)


def _grams(keys: Sequence[str]) -> list[str]:
    return [*keys, *(f"{a} {b}" for a, b in zip(keys, keys[1:]))]  # noqa: B905 (Python 3.10 twin)


# --- the model ------------------------------------------------------------------------------------------------------


class _Saved(msgspec.Struct):
    """A model as it is stored: names in the order of their numbers, arrays as little-endian bytes."""

    format: int
    letters: list[str]
    words: list[str]
    marks: list[str]
    weight: bytes
    scores: bytes
    offset: bytes
    sharpness: float
    slopes: list[tuple[float, float]]


class Classifier:
    """Says what a message wants and which programmes it is about."""

    def __init__(
        self,
        features: _Features,
        scores: np.ndarray,
        offset: np.ndarray,
        sharpness: float,
        slopes: list[tuple[float, float]],
    ) -> None:
        self._features = features
        self._scores = scores  # n-grams x (topics + programmes)
        self._offset = offset
        self._sharpness = sharpness  # turns topic scores into probabilities
        self._slopes = slopes  # one sigmoid a programme

    def classify(self, text: str, expecting: Expecting | None = None) -> Intent:
        """What the text wants, with the pending question in mind."""
        words = plain(text).words
        keys = _keys(words)
        if not any(k.isalnum() for k in keys):
            return _nothing_said(text)
        in_form = expecting is not None and expecting.slot is not None
        scores = self._score(keys, in_form)
        topics = self._topic_chances(scores)
        order = np.argsort(-topics, kind="stable")
        main = TOPICS[order[0]]
        programmes = self._programmes(scores)
        programme = programmes[0] if len(programmes) == 1 else "multiple" if programmes else "none"
        return Intent(
            programme=programme,
            programmes=programmes,
            topic=main,
            topics=(main,),
            confidence=round(float(topics[order[0]]), 4),
            guesses=tuple((TOPICS[i], round(float(topics[i]), 4)) for i in order[:3]),
        )

    def _score(self, keys: Sequence[str], in_form: bool) -> np.ndarray:
        numbers, values = self._features.vector(keys, in_form)
        return values @ self._scores[numbers] + self._offset

    def _topic_chances(self, scores: np.ndarray) -> np.ndarray:
        return _softmax(scores[: len(TOPICS)] * self._sharpness)

    def _programmes(self, scores: np.ndarray) -> tuple[str, ...]:
        own = scores[len(TOPICS) :]
        chosen = sorted((-own[i], i) for i in range(len(PROGRAMMES)) if own[i] > 0)
        return tuple(PROGRAMMES[i] for _, i in chosen)

    def dump(self) -> bytes:
        """The model as bytes, for `load` of the same version of this package."""
        f = self._features
        return msgspec.msgpack.encode(
            _Saved(
                _FORMAT,
                list(f.letters),
                list(f.words),
                list(f.marks),
                f.weight.astype("<f4").tobytes(),
                self._scores.astype("<f4").tobytes(),
                self._offset.astype("<f4").tobytes(),
                self._sharpness,
                self._slopes,
            )  # fmt: skip
        )

    @classmethod
    def load(cls, data: bytes) -> Classifier:
        """The model that `dump` wrote; raises `ValueError` if the bytes are not one of this version."""
        saved = msgspec.msgpack.decode(data, type=_Saved)
        if saved.format != _FORMAT:
            raise ValueError(f"a classifier of format {saved.format}, this is format {_FORMAT}")
        weight = np.frombuffer(saved.weight, "<f4").astype(np.float32)
        scores = np.frombuffer(saved.scores, "<f4").astype(np.float32).reshape(len(weight), -1)
        return cls(
            _Features(_numbered(saved.letters), _numbered(saved.words, len(saved.letters)),
                      _numbered(saved.marks, len(saved.letters) + len(saved.words)), weight),
            scores, np.frombuffer(saved.offset, "<f4").astype(np.float32), saved.sharpness, saved.slopes,
        )  # fmt: skip


def _nothing_said(text: str) -> Intent:
    """No word at all: emoji, dots, an empty message."""
    return Intent(topic="out_of_scope", topics=("out_of_scope",), confidence=1.0, guesses=(("out_of_scope", 1.0),))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max())
    return powers / powers.sum()


# --- training -------------------------------------------------------------------------------------------------------


def _numbered(names: Iterable[str], first: int = 0) -> dict[str, int]:
    return {name: number for number, name in enumerate(names, first)}


def train(seed: int = 20261122) -> Classifier:
    """Fit the model to the training set; the same data and seed give the same model."""
    rows = list(augmented(seed))
    held = [number % 5 == 0 for _, number in rows]
    trial = _fit([e for (e, _), h in zip(rows, held) if not h])  # noqa: B905
    judged = [e for (e, _), h in zip(rows, held) if h]  # noqa: B905
    sharpness = _sharpness(trial, judged)
    model = _fit([e for e, _ in rows])
    return Classifier(model._features, model._scores, model._offset, sharpness, [])


def _fit(rows: Sequence[Example]) -> Classifier:
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    keyed = [(_keys(plain(e.text).words), e.slot is not None) for e in rows]
    features = _count(keyed)
    starts, numbers, values = [0], [], []
    for keys, in_form in keyed:
        own, weights = features.vector(keys, in_form)
        numbers.append(own)
        values.append(weights)
        starts.append(starts[-1] + len(own))
    table = csr_matrix((np.concatenate(values), np.concatenate(numbers), starts), shape=(len(rows), len(features)))
    columns, offset = [], []
    topics = np.array([TOPICS.index(e.topics[0]) for e in rows])
    svm = LinearSVC(C=0.5, random_state=0, tol=1e-3)
    svm.fit(table, topics)
    columns.append(svm.coef_.T)
    offset.append(svm.intercept_)
    for programme in PROGRAMMES:
        own = LinearSVC(C=0.5, random_state=0, tol=1e-3)
        own.fit(table, np.array([programme in e.programmes for e in rows]))
        columns.append(own.coef_.T)
        offset.append(own.intercept_)
    return Classifier(
        features, np.hstack(columns).astype(np.float32), np.concatenate(offset).astype(np.float32), 1.0, []
    )


def _count(keyed: Sequence[tuple[list[str], bool]], at_least: int = 2) -> _Features:
    """Number the n-grams that stand in two rows or more; a rare one weighs more."""
    letters: dict[str, int] = {}
    words: dict[str, int] = {}
    marks: dict[str, int] = {}
    for keys, in_form in keyed:
        for piece in {p for k in keys for p in _pieces(k)}:
            letters[piece] = letters.get(piece, 0) + 1
        for gram in set(_grams(keys)):
            words[gram] = words.get(gram, 0) + 1
        for mark in set(_marks(keys, in_form)):
            marks[mark] = marks.get(mark, 0) + 1
    kept = [sorted(k for k, n in t.items() if n >= at_least) for t in (letters, words, marks)]
    counts = [t[k] for t, names in zip((letters, words, marks), kept) for k in names]  # noqa: B905
    weight = np.array([math.log((1 + len(keyed)) / (1 + n)) + 1 for n in counts], dtype=np.float32)
    return _Features(
        _numbered(kept[0]), _numbered(kept[1], len(kept[0])), _numbered(kept[2], len(kept[0]) + len(kept[1])), weight
    )


def _sharpness(model: Classifier, rows: Sequence[Example]) -> float:
    """The factor on the scores under which the probabilities of unseen messages are most honest."""
    scores = np.array([model._score(_keys(plain(e.text).words), e.slot is not None)[: len(TOPICS)] for e in rows])
    right = np.array([TOPICS.index(e.topics[0]) for e in rows])
    best = (math.inf, 1.0)
    for factor in np.arange(1.0, 12.0, 0.25):
        shifted = scores * factor
        shifted -= shifted.max(axis=1, keepdims=True)
        loss = float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(rows)), right]))
        best = min(best, (loss, float(factor)))
    return best[1]
