"""How well an engine reads labelled messages (`LABELS.md` scheme): pure scoring of predictions against labels.

Reading the file, running an engine and printing the table belong to `bot/commands/reading.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from nlu.reading import Entity, Reading
from nlu.text import fold

_FOLDED_TYPES = {"place", "person_name"}


class Score(msgspec.Struct, frozen=True):
    """Counts of what was found rightly, found wrongly and missed, with the usual rates."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the found that is right; 1 if nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the labelled that was found; 1 if nothing is labelled."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0


class Evaluation(msgspec.Struct, frozen=True):
    """All scores over one file. `mistakes` name the message and what went wrong there."""

    messages: int
    programme: float
    topic: float
    topic_macro_f1: float
    topics_recall: float | None
    entities: Score
    by_type: dict[str, Score]
    overlap: float
    by_style: dict[str, dict[str, Any]]
    confusions: tuple[tuple[str, str, str, int], ...]
    calibration: tuple[tuple[str, int, float, float], ...]
    mistakes: tuple[dict[str, Any], ...]


def entity_key(kind: str, value: Any, period: str | None = None) -> tuple[str, str]:
    """What makes two entities the same: type and value; names and places after folding."""
    said = fold(str(value)) if kind in _FOLDED_TYPES else str(value)
    return kind, f"{said}/{period}" if period else said


def _labels(example: dict[str, Any], ignore: frozenset[str]) -> list[dict[str, Any]]:
    return [e for e in example["entities"] if e["type"] not in ignore]


def _found(reading: Reading, ignore: frozenset[str]) -> list[Entity]:
    return [e for e in reading.entities if e.type not in ignore]


def _match(example: dict[str, Any], reading: Reading, ignore: frozenset[str]) -> tuple[Counter, Counter, Counter, int]:
    """Right, wrong, missed as counters of keys; and how many right ones overlap the labelled span."""
    want = Counter(entity_key(e["type"], e["value"], e.get("period")) for e in _labels(example, ignore))
    have = Counter(entity_key(e.type, e.value, e.period) for e in _found(reading, ignore))
    right = want & have
    spans: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for label in _labels(example, ignore):
        spans[entity_key(label["type"], label["value"], label.get("period"))].append((label["start"], label["end"]))
    overlapping = sum(
        any(e.start < end and start < e.end for start, end in spans.get(entity_key(e.type, e.value, e.period), ()))
        for e in _found(reading, ignore)
    )
    return right, have - want, want - have, overlapping


def evaluate(examples: Sequence[dict[str, Any]], readings: Sequence[Reading], ignore: Iterable[str] = ()) -> Evaluation:
    """Score one reading an example. `ignore`: entity types left out of the count.

    Entities are not scored where they are not labelled: in out-of-scope items, and where the key is missing.
    """
    ignored = frozenset(ignore)
    totals: Counter[str] = Counter()
    types: dict[str, Counter[str]] = defaultdict(Counter)
    styles: dict[str, Counter[str]] = defaultdict(Counter)
    per_topic: dict[str, Counter[str]] = defaultdict(Counter)
    confusions: Counter[tuple[str, str, str]] = Counter()
    buckets: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    several = [0, 0]
    mistakes = []
    for example, reading in zip(examples, readings, strict=True):
        tally = Counter(messages=1)
        mistake: dict[str, Any] = {}
        accepted = {example["topic"], *example.get("topic_alt", ())}
        good_topic = reading.intent.topic in accepted
        programme = "other" if reading.intent.programme == "jobs" else reading.intent.programme
        tally["topic"] += good_topic
        tally["programme"] += programme == example["programme"]
        truth = reading.intent.topic if good_topic else example["topic"]
        per_topic[truth]["right" if good_topic else "missed"] += 1
        if not good_topic:
            per_topic[reading.intent.topic]["wrong"] += 1
            confusions["topic", example["topic"], reading.intent.topic] += 1
            mistake["topic"] = [example["topic"], reading.intent.topic]
        if programme != example["programme"]:
            confusions["programme", example["programme"], programme] += 1
            mistake["programme"] = [example["programme"], programme]
        buckets[min(9, int(reading.intent.confidence * 10))].append((reading.intent.confidence, good_topic))
        if "multi_intent" in example["style"]:
            several[0] += len(set(example["topics"]) & set(reading.intent.topics))
            several[1] += len(example["topics"])
        if example["topic"] != "out_of_scope" and "entities" in example:
            right, wrong, missed, overlapping = _match(example, reading, ignored)
            for name, counter in (("right", right), ("wrong", wrong), ("missed", missed)):
                tally[name] += counter.total()
                for (kind, _), n in counter.items():
                    types[kind][name] += n
                if name != "right" and counter:
                    mistake[name] = sorted(f"{k}={v}" for k, v in counter)
            tally["overlap"] += overlapping
        totals += tally
        for style in example["style"]:
            styles[style] += tally
        if mistake:
            mistakes.append({"id": example["id"], "text": example["text"], **mistake})
    n = len(examples) or 1
    return Evaluation(
        messages=len(examples),
        programme=totals["programme"] / n,
        topic=totals["topic"] / n,
        topic_macro_f1=_macro_f1(per_topic),
        topics_recall=several[0] / several[1] if several[1] else None,
        entities=_score(totals),
        by_type={kind: _score(c) for kind, c in sorted(types.items())},
        overlap=totals["overlap"] / totals["right"] if totals["right"] else 1.0,
        by_style={s: _style_row(c) for s, c in sorted(styles.items())},
        confusions=tuple((*pair, count) for pair, count in confusions.most_common(20)),
        calibration=tuple(_calibration(buckets)),
        mistakes=tuple(mistakes),
    )


def _score(counts: Counter[str]) -> Score:
    return Score(counts["right"], counts["wrong"], counts["missed"])


def _macro_f1(per_topic: dict[str, Counter[str]]) -> float:
    labelled = [c for c in per_topic.values() if c["right"] + c["missed"]]
    return sum(_score(c).f1 for c in labelled) / len(labelled) if labelled else 1.0


def _style_row(counts: Counter[str]) -> dict[str, Any]:
    n = counts["messages"]
    score = _score(counts)
    return {
        "messages": n,
        "programme": counts["programme"] / n,
        "topic": counts["topic"] / n,
        "entity_f1": score.f1,
        "entities": score.right + score.missed,
    }


def _calibration(buckets: dict[int, list[tuple[float, bool]]]) -> Iterable[tuple[str, int, float, float]]:
    """For each tenth of confidence: how many messages, the mean confidence, the share that was right."""
    for tenth, pairs in sorted(buckets.items()):
        n = len(pairs)
        yield f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}", n, sum(p for p, _ in pairs) / n, sum(r for _, r in pairs) / n
