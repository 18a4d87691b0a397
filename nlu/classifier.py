"""The embedded intent classifier: train, dump, load, classify. One text in, one `Intent` out, about 0.1 ms.

Linear scores over n-grams of plain words (`nlu.text`), fitted in seconds without a download; only
training imports scipy. A trained model is plain numbers, no pickle: whoever keeps it stores `dump()` under `fingerprint()` and reads it with `load()`.
What a question needs for an answer (entities, places) is not read here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from nlu.features import Features, Saved, answered_with, count, keys_of, seams
from nlu.reading import Expecting, Intent
from nlu.scores import Scores
from nlu.text import Plain, plain
from nlu.training import PROGRAMMES, SEED, TOPICS, Example, augmented, fingerprint

__all__ = ["Classifier", "fingerprint", "train"]

_FORMAT = 3
_AT_LEAST = 5  # rows must hold an n-gram: each sentence stands in several ways of typing
_RESTRAINT = 3e-5  # how strongly weights are held small
_PACE = 0.3  # the size of the first steps
_PLAINLY_NAMED = 0.6  # from this score on an answer to a form speaks of a programme
_ALSO_ASKED = 0.0  # a further topic counts as asked from this score on
_PERHAPS_ASKED = -0.5  # from this one on it is looked for in a part of its own
_CLEAR_BEFORE = 0.4  # where a part of the message begins it, it must score this
_CLEAR_BEHIND = 0.3  # and this where a part ends with it
_SURELY_ASKED = 0.05  # and only from this one may it stand before the likeliest topic
_ANSWERS = frozenset(("inform", "affirm", "deny"))
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
_NUMBERS_OF_QUESTIONS = [number for number, topic in enumerate(TOPICS) if topic in _QUESTIONS]
_NUMBERS_OF_REQUESTS = [*_NUMBERS_OF_QUESTIONS, *map(TOPICS.index, ("human", "privacy", "complaint_scam", "help"))]
_NUMBER = {topic: number for number, topic in enumerate(TOPICS)}


# --- the model ------------------------------------------------------------------------------------------------------


class _Calibration(msgspec.Struct, frozen=True):
    """What turns scores into probabilities and decisions; found on messages that the fit had not seen."""

    sharpness: float


class _Model(msgspec.Struct):
    """A model as it is stored: its features, and arrays as little-endian bytes."""

    format: int
    features: Saved
    scores: bytes
    offset: bytes
    calibration: _Calibration


class Classifier:
    """Says what a message wants and which programmes it is about."""

    def __init__(self, features: Features, scores: np.ndarray, offset: np.ndarray, calibration: _Calibration) -> None:
        self._features = features
        self._scores = scores  # n-grams x (topics + programmes)
        self._offset = offset
        self._of_words = Scores(features, scores)
        self._calibration = calibration

    def classify(self, text: str, expecting: Expecting | None = None) -> Intent:
        """What the text wants, with the pending question in mind."""
        message = plain(text)
        keys = keys_of(message.words)
        if not any(k[0].isalnum() for k in keys):
            return _NOTHING_SAID
        answer = answered_with(expecting.slot if expecting else None)
        if not answer and not self._of_words.knows_any(keys):
            return _NO_WORD_KNOWN
        found = self._of_words.of(keys, answer) + self._offset
        scores: list[float] = found.tolist()
        topics = self._topics(scores, keys, message)
        chances = self._chances(scores, topics[1:])
        order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)[:3]
        # an answer to a form is about no programme, whatever its words are used for elsewhere, unless it plainly names one
        surely = _PLAINLY_NAMED if answer and topics[0] in _ANSWERS else 0.0
        if answer and topics[0] not in _ANSWERS:  # a question between is read as one outside a form: "vay nước sạch thì sao"
            scores = (self._of_words.of(keys, "") + self._offset).tolist()
        programmes = self._programmes(scores, surely)
        return Intent(
            programme=programmes[0] if len(programmes) == 1 else "multiple" if programmes else "none",
            programmes=programmes,
            topic=topics[0],
            topics=topics,
            confidence=round(chances[_NUMBER[topics[0]]], 4),
            guesses=tuple([(TOPICS[i], round(chances[i], 4)) for i in order]),
        )

    def _topics(self, scores: list[float], keys: Sequence[str], message: Plain) -> tuple[str, ...]:
        """The topics asked, in the order they are asked."""
        best = max(range(len(TOPICS)), key=scores.__getitem__)
        if TOPICS[best] not in _QUESTIONS:
            return (TOPICS[best],)
        asked = [number for number in _NUMBERS_OF_QUESTIONS if scores[number] > _ALSO_ASKED]
        perhaps = [number for number in _NUMBERS_OF_REQUESTS if scores[number] > _PERHAPS_ASKED and number != best]
        if perhaps:
            in_turn = self._in_turn(keys, seams(message.words), [best, *perhaps])
            if best in in_turn:
                return tuple([TOPICS[number] for number in (*in_turn, *(one for one in asked if one not in in_turn))])
        if len(asked) < 2:
            return (TOPICS[best],)
        # the likeliest first: what the places do not order, chance must not
        asked.sort(key=lambda number: -scores[number])
        return tuple([TOPICS[number] for number in self._in_order(asked, scores, keys)])

    def _in_turn(self, keys: Sequence[str], cuts: Sequence[int], among: Sequence[int]) -> tuple[int, ...]:
        """Two things asked one after the other, each clear in a part of its own: "cần giấy gì, nộp rồi bao lâu có tiền"."""
        found = []
        for cut in cuts:
            if not _asks(keys[:cut]):
                continue
            first = self._alone(keys[:cut])
            one = int(first[: len(TOPICS)].argmax())
            if first[one] <= _CLEAR_BEFORE or one not in among or one not in _NUMBERS_OF_QUESTIONS:
                continue
            second = self._alone(keys[cut:])
            other = int(second[: len(TOPICS)].argmax())
            if second[other] > _CLEAR_BEHIND and one != other and other in _NUMBERS_OF_REQUESTS:
                found.append((min(first[one], second[other]), one, other))
        return max(found)[1:] if found else ()

    def _in_order(self, asked: list[int], scores: list[float], keys: Sequence[str]) -> list[int]:
        """The asked topics by where in the message each is clearest; a doubtful one is never the main one."""
        cuts = [cut for cut in range(2, len(keys) - 1, max(1, len(keys) // 5)) if _asks(keys[:cut])]
        if not cuts:
            return asked
        lead = np.mean([self._alone(keys[:cut]) - self._alone(keys[cut:]) for cut in cuts], axis=0)
        sure = min(scores[asked[0]], _SURELY_ASKED)
        return sorted(asked, key=lambda number: (scores[number] < sure, -lead[number]))

    def _alone(self, keys: Sequence[str]) -> np.ndarray:
        """What a part of a message scores, read as a message of its own."""
        return self._of_words.of(keys, "") + self._offset

    def _chances(self, scores: list[float], besides: Sequence[str]) -> list[float]:
        """The probability of each topic; topics asked besides the main one do not compete with it."""
        sharpness = self._calibration.sharpness
        own = [score * sharpness for score in scores[: len(TOPICS)]]
        for topic in besides:
            own[_NUMBER[topic]] -= 10
        return _softmax(own)

    def _programmes(self, scores: list[float], surely: float) -> tuple[str, ...]:
        """The programmes that score above `surely`, the likeliest first."""
        chosen = sorted([(-score, i) for i, score in enumerate(scores[len(TOPICS) :]) if score > surely])
        named = tuple([PROGRAMMES[i] for _, i in chosen])
        # "hộ cận nghèo muốn vay làm nhà vệ sinh": the class of the household is no second loan
        return tuple([name for name in named if name != "other"]) or named

    def dump(self) -> bytes:
        """The model as bytes, for `load` of the same version of this package."""
        scores, offset = (a.astype("<f4").tobytes() for a in (self._scores, self._offset))
        return msgspec.msgpack.encode(_Model(_FORMAT, self._features.dump(), scores, offset, self._calibration))

    @classmethod
    def load(cls, data: bytes) -> Classifier:
        """The model that `dump` wrote; raises `ValueError` if the bytes are not one of this version."""
        try:
            saved = msgspec.msgpack.decode(data, type=_Model)
        except msgspec.MsgspecError as error:
            raise ValueError("these bytes are not a classifier of this version") from error
        if saved.format != _FORMAT:
            raise ValueError(f"a classifier of format {saved.format}, this is format {_FORMAT}")
        scores, offset = (np.frombuffer(a, "<f4").astype(np.float32) for a in (saved.scores, saved.offset))
        features = Features.load(saved.features)
        return cls(features, scores.reshape(len(features), -1), offset, saved.calibration)


_NO_WORD_KNOWN = Intent(topic="out_of_scope", topics=("out_of_scope",), confidence=0.0)
"""Letters at random: nothing is guessed from them."""

_NOTHING_SAID = Intent(topic="out_of_scope", topics=("out_of_scope",), confidence=1.0, guesses=(("out_of_scope", 1.0),))
"""No word at all: emoji, dots, an empty message."""


_QUESTION_WORDS = frozenset(("bao", "gi", "nao", "dau", "may", "sao", "ai", "chi", "mo", "rang", "?"))
_WHETHER = frozenset(("khong", "chua", "dung", "phai"))


def _asks(keys: Sequence[str]) -> bool:
    """Whether the words can be a question, and not a story before one: "gì" or "bao nhiêu" in them, "không" near their end."""
    return not _QUESTION_WORDS.isdisjoint(keys) or not _WHETHER.isdisjoint(keys[-3:])


def _softmax(values: list[float]) -> list[float]:
    most = max(values)
    powers = [math.exp(value - most) for value in values]
    whole = sum(powers)
    return [power / whole for power in powers]


# --- training -------------------------------------------------------------------------------------------------------


def train(seed: int = SEED) -> Classifier:
    """Fit the model to the training set; the same data and seed give the same model."""
    rows = list(augmented(seed))
    keyed = [(keys_of(plain(e.text).words), answered_with(e.slot)) for e, _ in rows]
    features = count(keyed, _AT_LEAST)
    table = _table(features, keyed)
    wanted = _wanted([e for e, _ in rows])
    held = np.array([number % 5 == 0 for _, number in rows])
    scores, offset = _descend(table[~held], wanted[~held])
    judged = np.asarray(table[held] @ scores + offset)
    calibration = _calibrate(judged, wanted[held], [e.topics[0] for (e, _), h in zip(rows, held) if h])  # noqa: B905
    scores, offset = _descend(table, wanted)
    return Classifier(features, scores, offset, calibration)


def _table(features: Features, keyed: Sequence[tuple[list[str], str]]) -> Any:
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


def _descend(table: Any, wanted: np.ndarray, rounds: int = 4, batch: int = 256) -> tuple[np.ndarray, np.ndarray]:
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


def fit(rows: Sequence[tuple[str, str]]) -> Callable[[str], str]:
    """The same features and learner on other labelled sentences, one label each: for measuring, never for the bot."""
    labels = sorted({label for _, label in rows})
    keyed = [(keys_of(plain(text).words), "") for text, _ in rows]
    features = count(keyed)
    wanted = -np.ones((len(rows), len(labels)), dtype=np.float32)
    wanted[np.arange(len(rows)), [labels.index(label) for _, label in rows]] = 1
    scores, offset = _descend(_table(features, keyed), wanted)

    def label_of(text: str) -> str:
        numbers, values = features.vector(keys_of(plain(text).words), "")
        return labels[int(np.argmax(values @ scores[numbers] + offset))]

    return label_of
