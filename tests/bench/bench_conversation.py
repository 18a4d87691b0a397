"""Whole conversations of simulated citizens (`tests/simulation`): do they end well, how long are they, what goes wrong.

`CONVERSATIONS=1000` plays fewer than the 10,000. Two processes; the seeds are the same whatever their number.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # behind the rooms, which have tests of their names

from simulation.citizen import PROGRAMMES
from simulation.judge import AIM_NONE, KINDS, NEVER, Record
from simulation.play import play_many, summed
from simulation.words import STYLES

COUNT = int(os.environ.get("CONVERSATIONS", "10000"))
RIGHT_AIM = 99.0  # percent
TURNS_AIM = 17.0  # of the person, from the first word to the request in the point's queue
NOT_UNDERSTOOD_AIM = 1.0  # percent of answers
NOT_ANSWERED_AIM = 1.0  # percent of what was put in between
OTHERS_AIM = 0.5  # a hundred conversations


def rows() -> Iterator[dict[str, Any]]:
    """The table: over all, then how many end well by style and by programme."""
    records = play_many(COUNT, "bench")
    rates = summed(records)
    yield {"name": "conversations played", "measured": len(records), "unit": "count"}
    yield _row("reach a right end", 100 * rates["right_end"], "%", RIGHT_AIM, "higher")
    sent = [record.turns for record in records if record.end == "lead"]
    yield _row("turns to a request sent, mean", sum(sent) / max(1, len(sent)), "turns", TURNS_AIM)
    yield _row(
        "answers not understood", 100 * rates["not_understood"] / rates["answers"], "% of answers", NOT_UNDERSTOOD_AIM
    )
    lost = rates["thread_lost"] + rates["unanswered"]
    yield _row("put in between, lost or not answered", 100 * lost / rates["asides"], "%", NOT_ANSWERED_AIM)
    for kind in KINDS:
        if kind in NEVER or kind in AIM_NONE:
            yield _row(kind.replace("_", " "), rates[kind], "count", 0)
        elif kind not in {"not_understood", "thread_lost", "unanswered"}:
            yield _row(kind.replace("_", " "), 100 * rates[kind] / len(records), "of 100 talks", OTHERS_AIM)
    for style in STYLES:
        yield _right(f"right end, {style}", [record for record in records if record.style == style])
    for programme in (*PROGRAMMES, "unknown"):
        yield _right(f"right end, {programme}", [record for record in records if record.programme == programme])


def _right(name: str, records: list[Record]) -> dict[str, Any]:
    share = sum(record.right for record in records) / max(1, len(records))
    return _row(name, 100 * share, "%", RIGHT_AIM, "higher")


def _row(name: str, measured: float, unit: str, aim: float, better: str = "lower") -> dict[str, Any]:
    return {"name": name, "measured": round(measured, 2), "unit": unit, "aim": aim, "better": better}
