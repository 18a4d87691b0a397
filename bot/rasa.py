"""Classifier over HTTP: asks a Rasa server what a message wants. Slow, down or odd costs an applicant nothing:
the embedded engine answers then, and a server that failed several times is left alone for a while.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import structlog

from bot.ports import Classifier
from nlu.reading import Expecting, Intent
from nlu.training import PROGRAMMES, TOPICS

log = structlog.get_logger(__name__)

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 15.0
SLOT_MARK = "\x1f"  # parts the slot of the open question from the text; `nlu/rasa/components.py` takes it off again
GUESSES = 5
LONGEST_ANSWER = 1_000_000  # bytes; a whole ranking with all entities takes a hundredth of it


class Rasa:
    """Asks `POST /model/parse`; keeps the connection alive; never raises for a text."""

    def __init__(
        self, url: str, fallback: Classifier, timeout: float = 1.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(timeout))
        self._limit = timeout  # of the whole exchange: httpx's own counts anew for every byte that drips in
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
            async with asyncio.timeout(self._limit):
                intent = await self._parsed(marked)
        except (httpx.HTTPError, ValueError, RecursionError, TimeoutError) as error:
            return self._failed(type(error).__name__)
        if intent is None:
            return self._failed("odd answer")
        self._failures = 0
        return intent

    async def _parsed(self, marked: str) -> Intent | None:
        async with self._client.stream("POST", "/model/parse", json={"text": marked}) as answer:
            if answer.status_code != httpx.codes.OK:
                return None
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LONGEST_ANSWER:
                    return None
        return read_answer(json.loads(body))

    def _failed(self, why: str) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._failures = 0
            self._closed_until = self._clock() + SECONDS_OPEN
            log.warning("rasa.left_alone", why=why, seconds=SECONDS_OPEN)


def read_answer(answer: Any) -> Intent | None:
    """Rasa's JSON as an Intent; None if it is not what a Rasa with our components and our intents says."""
    if not isinstance(answer, dict):
        return None
    intent, told = answer.get("intent"), answer.get("vayvon")
    if not isinstance(intent, dict) or not isinstance(told, dict):
        return None
    topic, confidence = intent.get("name"), intent.get("confidence")
    if topic not in TOPICS or not _is_chance(confidence):
        return None
    programmes = _known(told.get("programmes"), PROGRAMMES)
    further = _known(told.get("topics"), TOPICS)
    # what else is asked belongs to a question: beside a greeting or an answer to a form there is nothing else
    besides = tuple(name for name in further if name != topic) if topic in further else ()
    return Intent(
        programme=programmes[0] if len(programmes) == 1 else "multiple" if programmes else "none",
        programmes=programmes,
        topic=topic,
        topics=(topic, *besides),
        confidence=float(confidence),
        guesses=_guesses(answer.get("intent_ranking")),
    )


def _is_chance(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1


def _known(names: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in known) if isinstance(names, list) else ()


def _guesses(ranking: Any) -> tuple[tuple[str, float], ...]:
    rows = ranking if isinstance(ranking, list) else []
    return tuple(
        (row["name"], float(row["confidence"]))
        for row in rows[:GUESSES]
        if isinstance(row, dict) and row.get("name") in TOPICS and _is_chance(row.get("confidence"))
    )
