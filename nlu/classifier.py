"""The embedded intent classifier: train, dump, load, classify. One text in, one `Intent` out, about 0.2 ms.

Linear scores over n-grams of plain words (`nlu.text`), fitted in seconds without a download; only
training imports scipy. A trained model is plain numbers, no pickle: whoever keeps it stores `dump()` under `fingerprint()` and reads it with `load()`.
What a question needs for an answer (entities, places) is not read here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from nlu.lexicon import load
from nlu.reading import Expecting, Intent
from nlu.text import Word, plain
from nlu.training import PROGRAMMES, TOPICS, Example, augmented, fingerprint

__all__ = ["Classifier", "fingerprint", "train"]

_FORMAT = 1
_RESTRAINT = 1e-4  # how strongly weights are held small
_PACE = 0.3  # the size of the first steps
_ALSO_ASKED = -0.2  # a further topic counts as asked from this score on
_SURELY_ASKED = 0.05  # and only from this one may it stand before the likeliest topic
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


@lru_cache(maxsize=1)
def _cue_phrases() -> tuple[dict[str, str], dict[str, int]]:
    """Each phrase of `nlu/lexicon/cues.yaml` in plain words -> its kind; each first word -> its longest phrase."""
    kinds: dict[str, str] = {}
    for kind, phrases in load("cues").items():
        for phrase in phrases:
            kinds.setdefault(" ".join(_keys(plain(str(phrase)).words)), f"<{kind}>")
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
def _answer(slot: str | None) -> str:
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


# --- the model ------------------------------------------------------------------------------------------------------


class _Calibration(msgspec.Struct, frozen=True):
    """What turns scores into probabilities and decisions; found on messages that the fit had not seen."""

    sharpness: float


class _Saved(msgspec.Struct):
    """A model as it is stored: names in the order of their numbers, arrays as little-endian bytes."""

    format: int
    letters: list[str]
    words: list[str]
    marks: list[str]
    weight: bytes
    scores: bytes
    offset: bytes
    calibration: _Calibration


class Classifier:
    """Says what a message wants and which programmes it is about."""

    def __init__(self, features: _Features, scores: np.ndarray, offset: np.ndarray, calibration: _Calibration) -> None:
        self._features = features
        self._scores = scores  # n-grams x (topics + programmes)
        self._offset = offset
        self._calibration = calibration

    def classify(self, text: str, expecting: Expecting | None = None) -> Intent:
        """What the text wants, with the pending question in mind."""
        keys = _keys(plain(text).words)
        if not any(k[0].isalnum() for k in keys):
            return _NOTHING_SAID
        answer = _answer(expecting.slot if expecting else None)
        scores = self._score(keys, answer)
        topics = self._topics(scores, keys, answer)
        chances = self._chances(scores, topics[1:])
        order = np.argsort(-chances, kind="stable")
        programmes = self._programmes(scores)
        return Intent(
            programme=programmes[0] if len(programmes) == 1 else "multiple" if programmes else "none",
            programmes=programmes,
            topic=topics[0],
            topics=topics,
            confidence=round(float(chances[TOPICS.index(topics[0])]), 4),
            guesses=tuple((TOPICS[i], round(float(chances[i]), 4)) for i in order[:3]),
        )

    def _score(self, keys: Sequence[str], answer: str) -> np.ndarray:
        numbers, values = self._features.vector(keys, answer)
        return values @ self._scores[numbers] + self._offset

    def _topics(self, scores: np.ndarray, keys: Sequence[str], answer: str) -> tuple[str, ...]:
        """The topics asked, in the order they are asked."""
        best = TOPICS[int(np.argmax(scores[: len(TOPICS)]))]
        if best not in _QUESTIONS:
            return (best,)
        asked = [t for t in _QUESTIONS if t == best or scores[TOPICS.index(t)] > _ALSO_ASKED]
        if len(asked) == 1:
            return (best,)
        return self._in_order(asked, scores, keys, answer)

    def _in_order(self, asked: list[str], scores: np.ndarray, keys: Sequence[str], answer: str) -> tuple[str, ...]:
        """The asked topics by where in the message each is clearest; a doubtful one is never the main one."""
        numbers = [TOPICS.index(t) for t in asked]
        cuts = range(2, len(keys) - 1, max(1, len(keys) // 5))
        before = np.array([self._score(keys[:cut], answer)[numbers] for cut in cuts])
        after = np.array([self._score(keys[cut:], answer)[numbers] for cut in cuts])
        # a topic asked first scores better before a cut than behind it
        lead = (before - after).mean(axis=0) if len(before) else np.zeros(len(asked))
        best = scores[numbers].max()
        lead[[i for i, n in enumerate(numbers) if scores[n] < min(best, _SURELY_ASKED)]] -= 100
        return tuple(asked[i] for i in np.argsort(-lead, kind="stable"))

    def _chances(self, scores: np.ndarray, besides: Sequence[str]) -> np.ndarray:
        """The probability of each topic; topics asked besides the main one do not compete with it."""
        own = scores[: len(TOPICS)] * self._calibration.sharpness
        own[[TOPICS.index(t) for t in besides]] -= 10
        return _softmax(own)

    def _programmes(self, scores: np.ndarray) -> tuple[str, ...]:
        own = scores[len(TOPICS) :]
        chosen = sorted((-own[i], i) for i in range(len(PROGRAMMES)) if own[i] > 0)
        return tuple(PROGRAMMES[i] for _, i in chosen)

    def dump(self) -> bytes:
        """The model as bytes, for `load` of the same version of this package."""
        f = self._features
        arrays = (a.astype("<f4").tobytes() for a in (f.weight, self._scores, self._offset))
        return msgspec.msgpack.encode(
            _Saved(_FORMAT, list(f.letters), list(f.words), list(f.marks), *arrays, self._calibration)
        )

    @classmethod
    def load(cls, data: bytes) -> Classifier:
        """The model that `dump` wrote; raises `ValueError` if the bytes are not one of this version."""
        try:
            saved = msgspec.msgpack.decode(data, type=_Saved)
        except msgspec.MsgspecError as error:
            raise ValueError("these bytes are not a classifier of this version") from error
        if saved.format != _FORMAT:
            raise ValueError(f"a classifier of format {saved.format}, this is format {_FORMAT}")
        weight, scores, offset = (
            np.frombuffer(a, "<f4").astype(np.float32) for a in (saved.weight, saved.scores, saved.offset)
        )
        features = _Features(*_number_all(saved.letters, saved.words, saved.marks), weight)
        return cls(features, scores.reshape(len(weight), -1), offset, saved.calibration)


_NOTHING_SAID = Intent(topic="out_of_scope", topics=("out_of_scope",), confidence=1.0, guesses=(("out_of_scope", 1.0),))
"""No word at all: emoji, dots, an empty message."""


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max())
    return powers / powers.sum()


# --- training -------------------------------------------------------------------------------------------------------


def _number_all(*lists: list[str]) -> list[dict[str, int]]:
    """A number for every name, counted on from list to list."""
    numbers, first = [], 0
    for names in lists:
        numbers.append({name: number for number, name in enumerate(names, first)})
        first += len(names)
    return numbers


def train(seed: int = 20261122) -> Classifier:
    """Fit the model to the training set; the same data and seed give the same model."""
    rows = list(augmented(seed))
    keyed = [(_keys(plain(e.text).words), _answer(e.slot)) for e, _ in rows]
    features = _count(keyed)
    table = _table(features, keyed)
    wanted = _wanted([e for e, _ in rows])
    held = np.array([number % 5 == 0 for _, number in rows])
    scores, offset = _descend(table[~held], wanted[~held])
    judged = np.asarray(table[held] @ scores + offset)
    calibration = _calibrate(judged, wanted[held], [e.topics[0] for (e, _), h in zip(rows, held) if h])  # noqa: B905
    scores, offset = _descend(table, wanted)
    return Classifier(features, scores, offset, calibration)


def _table(features: _Features, keyed: Sequence[tuple[list[str], str]]) -> Any:
    """The messages as a sparse matrix, one row each."""
    from scipy.sparse import csr_matrix

    vectors = [features.vector(keys, answer) for keys, answer in keyed]
    starts = np.cumsum([0, *(len(numbers) for numbers, _ in vectors)])
    data = (np.concatenate([v for _, v in vectors]), np.concatenate([n for n, _ in vectors]), starts)
    return csr_matrix(data, shape=(len(keyed), len(features)), dtype=np.float32)


def _wanted(rows: Sequence[Example]) -> np.ndarray:
    """What each row should score: +1 for its topics and programmes, -1 for all others."""
    signs = -np.ones((len(rows), len(TOPICS) + len(PROGRAMMES)), dtype=np.float32)
    for number, row in enumerate(rows):
        for topic in row.topics:
            signs[number, TOPICS.index(topic)] = 1
        for programme in row.programmes:
            signs[number, len(TOPICS) + PROGRAMMES.index(programme)] = 1
    return signs


def _descend(table: Any, wanted: np.ndarray, rounds: int = 10, batch: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """One linear support-vector machine a label, all at once: squared hinge, adaptive steps, rows in a seeded order.

    As right as scikit-learn's LinearSVC on this data and ten times as fast, because the labels share the pass.
    """
    chance = np.random.default_rng(0)
    shape = (table.shape[1], wanted.shape[1])
    scores, offset = np.zeros(shape, np.float32), np.zeros(shape[1], np.float32)
    moved, shifted = np.full(shape, 1e-6, np.float32), np.full(shape[1], 1e-6, np.float32)
    steps, step = rounds * math.ceil(len(wanted) / batch), 0
    for _ in range(rounds):
        order = chance.permutation(len(wanted))
        rows, signs = table[order], wanted[order]
        for start in range(0, len(order), batch):
            some, sign = rows[start : start + batch], signs[start : start + batch]
            short = np.maximum(1 - sign * (some @ scores + offset), 0)
            pull = (-2 / len(sign)) * short * sign
            slope = np.asarray(some.T @ pull) + _RESTRAINT * scores
            tilt = pull.sum(axis=0)
            moved += slope * slope
            shifted += tilt * tilt
            pace = _PACE * (1 - step / steps)
            scores -= pace * slope / np.sqrt(moved)
            offset -= pace * tilt / np.sqrt(shifted)
            step += 1
    return scores, offset


def _count(keyed: Sequence[tuple[list[str], str]], at_least: int = 2) -> _Features:
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
    return _Features(*_number_all(*kept), weight)


def _calibrate(judged: np.ndarray, wanted: np.ndarray, mains: Sequence[str]) -> _Calibration:
    """How far scores of unseen messages can be believed."""
    single = (wanted[:, : len(TOPICS)] > 0).sum(axis=1) == 1
    scores = judged[single][:, : len(TOPICS)]
    right = np.array([TOPICS.index(t) for t, s in zip(mains, single) if s])  # noqa: B905
    best = (math.inf, 1.0)
    for factor in np.arange(1.0, 12.0, 0.25):
        shifted = scores * factor
        shifted = shifted - shifted.max(axis=1, keepdims=True)
        loss = float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(right)), right]))
        best = min(best, (loss, float(factor)))
    return _Calibration(sharpness=best[1])
