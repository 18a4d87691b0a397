"""A Rasa that is slow, down, odd or killed costs nobody anything: the embedded engine answers within the limit.

The servers here are real ones on loopback that misbehave in one way each; the well-behaved one is the Rasa service
itself (marker `rasa`).
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest
from small_engine import open_shell
from trained import model

from bot.channels.messages import Address
from bot.embedded import Embedded
from bot.rasa import FAILURES_TO_OPEN, SECONDS_OPEN, Rasa, read_answer
from nlu.reading import Expecting, Intent

GOOD = {
    "text": "x",
    "intent": {"name": "rate", "confidence": 0.9},
    "intent_ranking": [{"name": "rate", "confidence": 0.9}],
    "vayvon": {"programme": "water", "programmes": ["water"], "topics": ["rate", "documents"]},
}
SURE = {"name": "rate", "confidence": 0.9}
ODD = [
    b"", b"not json", b"[]", b'{"intent": null}', json.dumps({**GOOD, "vayvon": 3}).encode(), b"\xff\xfe", b"[" * 200_000,
    json.dumps({**GOOD, "intent": {"name": "nlu_fallback", "confidence": 0.9}}).encode(),
    json.dumps({**GOOD, "intent": {"name": ["rate"], "confidence": 0.9}}).encode(),
    json.dumps({**GOOD, "intent": {"name": "rate", "confidence": 90}}).encode(),
    json.dumps({**GOOD, "intent": {"name": "rate", "confidence": float("nan")}}).encode(),
    b" " * 3_000_000 + json.dumps(GOOD).encode(),
    json.dumps(GOOD).encode()[:-20],
]  # fmt: skip


class Own:
    """The engine within the process: here it always says the same, so that it is known who answered."""

    def __init__(self) -> None:
        self.asked = 0

    async def classify(self, text: str, expecting: Expecting) -> Intent:
        self.asked += 1
        return Intent(topic="help", topics=("help",), confidence=0.7)


async def serving(body: bytes, status: int = 200, delay: float = 0.0):
    """A server that answers every request with this body."""
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(
                    next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(
                        b":"
                    )[1]
                )
                seen.append(await reader.readexactly(length))
                await asyncio.sleep(delay)
                writer.write(b"HTTP/1.1 %d OK\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen


async def test_a_good_answer_is_taken_with_its_programme_and_further_topics() -> None:
    server, url, seen = await serving(json.dumps(GOOD).encode())
    async with server:
        own = Own()
        rasa = Rasa(url, own)
        intent = await rasa.classify("lãi nước sạch?", Expecting(slot="works_state"))
        assert (intent.topic, intent.topics, intent.programme) == ("rate", ("rate", "documents"), "water")
        assert own.asked == 0
        assert json.loads(seen[0])["text"] == "works_state\x1flãi nước sạch?"
        await rasa.close()


@pytest.mark.parametrize("body", ODD)
async def test_an_odd_answer_is_no_answer(body: bytes) -> None:
    server, url, _ = await serving(body)
    async with server:
        own = Own()
        rasa = Rasa(url, own)
        assert (await rasa.classify("x", Expecting())).topic == "help"
        await rasa.close()


async def test_an_error_of_the_server_is_no_answer() -> None:
    server, url, _ = await serving(json.dumps(GOOD).encode(), status=500)
    async with server:
        rasa = Rasa(url, Own())
        assert (await rasa.classify("x", Expecting())).topic == "help"
        await rasa.close()


async def test_nobody_waits_longer_than_the_limit() -> None:
    server, url, _ = await serving(json.dumps(GOOD).encode(), delay=30)
    async with server:
        rasa = Rasa(url, Own(), timeout=0.2)
        began = time.monotonic()
        assert (await rasa.classify("x", Expecting())).topic == "help"
        assert time.monotonic() - began < 5  # a generous bound on a busy machine; the limit is 0.2 s
        await rasa.close()


async def test_a_server_that_is_down_is_left_alone_for_a_while_then_asked_again() -> None:
    now = [0.0]
    server, url, seen = await serving(b"broken")
    async with server:
        own = Own()
        rasa = Rasa(url, own, clock=lambda: now[0])
        for _ in range(FAILURES_TO_OPEN + 4):
            await rasa.classify("x", Expecting())
        assert len(seen) == FAILURES_TO_OPEN
        assert own.asked == FAILURES_TO_OPEN + 4
        now[0] += SECONDS_OPEN + 1
        await rasa.classify("x", Expecting())
        assert len(seen) == FAILURES_TO_OPEN + 1
        await rasa.close()


@pytest.mark.parametrize("told", [{"programmes": 3, "topics": 3}, {"programmes": ["moon", 7], "topics": [None, {}]}, {}])
def test_what_is_said_beside_the_intent_may_be_broken(told: dict) -> None:
    intent = read_answer({"intent": SURE, "intent_ranking": [{"name": 3}, "x", SURE], "vayvon": told})
    assert intent == Intent("none", (), "rate", ("rate",), 0.9, (("rate", 0.9),))


def test_nothing_else_is_asked_beside_an_answer_to_a_form() -> None:
    told = {"programmes": ["water"], "topics": ["documents", "rate"]}
    said = read_answer({"intent": {"name": "affirm", "confidence": 0.8}, "vayvon": told})
    assert said is not None and said.topics == ("affirm",)


# --- whole turns over a Rasa in trouble -----------------------------------------------------------------------------------

LIMIT = 0.5  # seconds, in place of the ordinary ones, so that the tests are short
AROUND = 1.5  # what a turn takes besides, on a busy machine


async def dripping() -> tuple[asyncio.Server, str]:
    """A server that sends one byte every tenth of a second: no single wait is long, all of them are."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 600\r\n\r\n")
        try:
            for _ in range(600):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.1)
        except ConnectionError:
            pass
        writer.close()

    return await _at(answer)


async def cutting() -> tuple[asyncio.Server, str]:
    """A server killed in the middle of its answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 600\r\n\r\n{"intent": {"na')
        await writer.drain()
        writer.transport.abort()

    return await _at(answer)


async def _at(answer) -> tuple[asyncio.Server, str]:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def slow() -> tuple[asyncio.Server, str]:
    server, url, _ = await serving(json.dumps(GOOD).encode(), delay=5)
    return server, url


async def corrupt() -> tuple[asyncio.Server, str]:
    server, url, _ = await serving(json.dumps({**GOOD, "intent": {"name": "\x00", "confidence": "?"}}).encode())
    return server, url


async def killed() -> tuple[asyncio.Server, str]:
    """Nobody listens any more where Rasa was."""
    server, url = await cutting()
    server.close()
    return server, url


@pytest.mark.parametrize("trouble", [killed, slow, dripping, cutting, corrupt])
async def test_no_turn_fails_and_none_waits_longer_than_the_limit(trouble) -> None:
    """Twelve people write at once, then again: all are answered by the embedded engine, in time."""
    server, url = await trouble()
    rasa = Rasa(url, Embedded(model()), timeout=LIMIT)
    shell = await open_shell(classifier=rasa)
    try:
        for number in range(2):
            began = time.monotonic()
            people = [Address("web", f"visitor-{one}") for one in range(12)]
            answers = await asyncio.gather(
                *(shell.say("lãi nước sạch?", f"m{number}{who.key}", who) for who in people)
            )
            assert answers == [[f"{number + 1}: lãi nước sạch?"]] * 12
            assert time.monotonic() - began < LIMIT + AROUND
    finally:
        server.close()
        await rasa.close()
        await shell.store.close()


async def test_the_reading_is_the_embedded_ones_when_rasa_is_in_trouble() -> None:
    own = Embedded(model())
    for trouble in (killed, corrupt, cutting):
        server, url = await trouble()
        rasa = Rasa(url, own, timeout=LIMIT)
        for text in ("vay cho con học đại học cần giấy gì", "2tr5", "lãi nước sạch?"):
            assert await rasa.classify(text, Expecting()) == await own.classify(text, Expecting())
        server.close()
        await rasa.close()


def test_what_is_no_intent_is_refused() -> None:
    assert read_answer({"intent": {"name": "rate", "confidence": "high"}, "vayvon": {}}) is None
    assert read_answer({"intent": {"name": 3, "confidence": 1}, "vayvon": {}}) is None


# --- the real service ---------------------------------------------------------------------------------------------------

HELD_OUT = Path(__file__).parents[1] / "nlu" / "intents" / "heldout.jsonl"


@pytest.mark.rasa
async def test_both_engines_read_the_same_messages_through_the_same_port() -> None:
    rows = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()][::5]
    own = Own()
    rasa, embedded = Rasa(os.environ["VAYVON_TEST_RASA"], own, timeout=10), Embedded(model())
    right = same = 0
    for row in rows:
        expecting = Expecting(slot=(row["context"] or {}).get("asked_slot"))
        theirs = await rasa.classify(row["text"], expecting)
        ours = await embedded.classify(row["text"], expecting)
        same += theirs.programmes == ours.programmes
        right += theirs.topic in {row["topic"], *row["topic_alt"]}
    assert own.asked == 0
    assert same == len(rows)
    assert right / len(rows) >= 0.75, f"Rasa reads {right} of {len(rows)} topics"
    await rasa.close()
