"""Classifier over HTTP: asks a Rasa server what a message wants. Slow, down or odd costs an applicant nothing:
the embedded engine answers then, and a server that failed several times is left alone for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import structlog

from bot.ports import Classifier
from nlu.reading import Expecting, Intent

log = structlog.get_logger(__name__)

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 15.0
SLOT_MARK = "\x1f"  # parts the slot of the open question from the text; `nlu/rasa/components.py` takes it off again
GUESSES = 5


class Rasa:
    """Asks `POST /model/parse`; keeps the connection alive; never raises for a text."""

    def __init__(
        self, url: str, fallback: Classifier, timeout: float = 1.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(timeout))
        self._fallback = fallback
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    async def classify(self, text: str, expecting: Expecting) -> Intent | None:
        """Rasa's word for it, else the embedded engine's."""
        if self._clock() >= self._closed_until:
            intent = await self._ask(text, expecting)
            if intent is not None:
                return intent
        return await self._fallback.classify(text, expecting)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _ask(self, text: str, expecting: Expecting) -> Intent | None:
        marked = f"{expecting.slot or ''}{SLOT_MARK}{text}"
        try:
            answer = await self._client.post("/model/parse", json={"text": marked})
            intent = read_answer(answer.json()) if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ValueError) as error:
            return self._failed(type(error).__name__)
        if intent is None:
            return self._failed("odd answer")
        self._failures = 0
        return intent

    def _failed(self, why: str) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._failures = 0
            self._closed_until = self._clock() + SECONDS_OPEN
            log.warning("rasa.left_alone", why=why, seconds=SECONDS_OPEN)


def read_answer(answer: Any) -> Intent | None:
    """Rasa's JSON as an Intent; None if it is not what a Rasa with our components says."""
    if not isinstance(answer, dict):
        return None
    intent, told = answer.get("intent"), answer.get("vayvon")
    if not isinstance(intent, dict) or not isinstance(told, dict) or not isinstance(intent.get("name"), str):
        return None
    confidence = intent.get("confidence")
    if not isinstance(confidence, int | float):
        return None
    topic = intent["name"]
    further = [name for name in told.get("topics") or () if isinstance(name, str) and name != topic]
    return Intent(
        programme=str(told.get("programme") or "none"),
        programmes=tuple(name for name in told.get("programmes") or () if isinstance(name, str)),
        topic=topic,
        topics=(topic, *further),
        confidence=float(confidence),
        guesses=_guesses(answer.get("intent_ranking")),
    )


def _guesses(ranking: Any) -> tuple[tuple[str, float], ...]:
    rows = ranking if isinstance(ranking, list) else []
    return tuple(
        (str(row["name"]), float(row["confidence"]))
        for row in rows[:GUESSES]
        if isinstance(row, dict) and "name" in row and isinstance(row.get("confidence"), int | float)
    )
