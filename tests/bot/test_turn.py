"""One message from receipt to commit: repeated, two at once, stale, broken, too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from fresh_database import postgres_database
from small_engine import AT, BINH, HOA, Shell, draft, open_shell, said, step
from sqlalchemy import select

from bot.channels.messages import Inbound
from bot.ports import FromInbound, Stale
from bot.privacy import KeyRing
from bot.stores.engine import StoreAway
from bot.stores.redis import Limiter
from bot.stores.sql import SqlStore
from bot.stores.tables import conversations, inbound, lead_messages
from bot.turn import Limits, fresh_token
from flows.engine.events import StaffReplied


@pytest.fixture
async def shell() -> AsyncIterator[Shell]:
    made = await open_shell()
    yield made
    await made.store.close()


async def seen_events(shell: Shell, address=HOA) -> list[str]:
    conversation = await shell.turns.state(address)
    return list(conversation.flow_data["seen"]) if conversation else []


async def test_a_message_is_answered_and_remembered(shell: Shell) -> None:
    assert await shell.say("xin chào", "m1") == ["1: xin chào"]
    assert await shell.say("tôi hỏi chút", "m2") == ["2: tôi hỏi chút"]
    assert await seen_events(shell) == ["m1", "m2"]


async def test_a_repeated_delivery_gives_the_same_answer_and_changes_nothing(shell: Shell) -> None:
    first = await shell.say("xin chào", "m1")
    assert await shell.say("xin chào", "m1") == first
    assert await seen_events(shell) == ["m1"]
    assert await shell.say("chào", "t1", BINH) == ["1: chào"]
    assert await shell.say("chào", "t1", BINH) == []  # what is pushed was queued once
    assert len(await shell.store.due(AT, 10, "w", ["telegram"])) == 1


async def test_the_same_message_twice_at_once_counts_once(shell: Shell) -> None:
    answers = await asyncio.gather(*(shell.say("xin chào", "m1") for _ in range(4)))
    assert answers == [["1: xin chào"]] * 4
    assert await seen_events(shell) == ["m1"]


async def test_two_messages_at_once_are_taken_one_after_the_other(shell: Shell) -> None:
    answers = await asyncio.gather(*(shell.say(f"tin {number}", f"m{number}") for number in range(8)))
    assert sorted(answer[0].split(":")[0] for answer in answers) == sorted(str(number) for number in range(1, 9))
    assert len(await seen_events(shell)) == 8


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_two_processes_at_once_lose_nothing(tmp_path: Path, kind: str) -> None:
    """Without a common lock the row's version decides; the loser loads again and steps again."""
    async with AsyncExitStack() as stack:
        url = f"sqlite+aiosqlite:///{tmp_path}/two.db"
        if kind == "postgres":
            url = await stack.enter_async_context(postgres_database())
        await _two_processes(url)


async def _two_processes(url: str) -> None:
    ring = KeyRing.fresh()
    stores = [SqlStore(url, ring) for _ in range(2)]
    await asyncio.gather(*(store.migrate() for store in stores))
    shells = [await open_shell(store=store) for store in stores]
    await asyncio.gather(*(shells[number % 2].say(f"tin {number}", f"m{number}") for number in range(10)))
    assert sorted(await seen_events(shells[0])) == [f"m{number}" for number in range(10)]
    conversation = await shells[1].turns.state(HOA)
    assert conversation is not None and conversation.turn == 10
    for store in stores:
        await store.close()


async def test_a_turn_that_comes_second_is_stepped_again(shell: Shell) -> None:
    await shell.say("một", "m1")
    loaded = asyncio.Event()
    go_on = asyncio.Event()

    async def slow(text: str, expecting: object) -> None:
        if text == "chậm" and not loaded.is_set():
            loaded.set()
            await go_on.wait()

    shell.classifier.classify = slow
    waiting = asyncio.create_task(shell.say("chậm", "m2"))
    await loaded.wait()
    async with shell.store.turn(HOA, AT) as unit:  # another process, which does not know of our lock
        event = StaffReplied(at=AT.isoformat(), id="s1", lead="VV-A", text="x")
        worked = step(unit.conversation, event, None)
        await unit.commit(worked.conversation, [], [], cause=FromInbound("s1"), at=AT)
    go_on.set()
    assert await waiting == ["3: chậm"]
    assert await seen_events(shell) == ["m1", "s1", "m2"]


async def test_a_turn_that_never_gets_through_says_so_and_keeps_the_talk(shell: Shell, monkeypatch) -> None:
    await shell.say("một", "m1")

    async def always_stale(*args: object, **more: object) -> None:
        raise Stale

    monkeypatch.setattr("bot.stores.sql.SqlUnit.commit", always_stale)
    answer = await shell.say("hai", "m2")
    assert "trục trặc" in answer[0]
    monkeypatch.undo()
    assert await shell.say("ba", "m3") == ["2: ba"]


async def test_a_button_of_an_old_message_goes_through(shell: Shell) -> None:
    await shell.say("ask", "m1")
    await shell.say("ask", "m2")
    press = Inbound(address=HOA, message_id="b1", sent_at="", kind="choice", choice="colour=red", token="q1")
    assert said(await shell.turns.receive(press)) == ["picked colour=red old"]
    press = Inbound(address=HOA, message_id="b2", sent_at="", kind="choice", choice="colour=red", token="q2")
    assert said(await shell.turns.receive(press)) == ["picked colour=red fresh"]


async def test_the_reader_is_told_what_was_asked_with_the_labels_on_the_screen(shell: Shell) -> None:
    await shell.say("ask", "m1")
    await shell.say("đỏ", "m2")
    expecting = shell.classifier.asked[-1]
    assert expecting.slot == "colour"
    assert [choice.id for choice in expecting.choices] == ["colour=red", "colour=blue"]
    assert "anh/chị" in expecting.choices[0].label


async def test_every_kind_of_message_becomes_its_event(shell: Shell) -> None:
    common = {"address": HOA, "sent_at": ""}
    kinds = {
        "LocationShared": {"kind": "location", "lat": 48.85, "lon": 2.35},
        "ContactShared": {"kind": "contact", "phone": "0912 345 678", "own": True},
        "MediaReceived": {"kind": "media", "media": "sticker"},
        "started applicant": {"kind": "start"},
    }
    for number, (name, fields) in enumerate(kinds.items()):
        message = Inbound(message_id=f"k{number}", **common, **fields)
        assert said(await shell.turns.receive(message)) == [name]


async def test_an_invited_helper_is_known_as_one_from_then_on(shell: Shell) -> None:
    from bot.stores.tables import staff

    async with shell.store.session() as connection:
        row = {"login": "lan", "password_hash": "x", "name": "Lan", "role": "officer", "created_at": AT}
        row |= {"points": [], "offices": [], "provinces": []}
        number = (await connection.execute(staff.insert().values(row).returning(staff.c.id))).scalar_one()
    code = await shell.store.invite(number, at=AT, until=AT + timedelta(days=1))
    for message, payload in (("s1", code), ("s2", "")):
        start = Inbound(address=HOA, message_id=message, sent_at="", kind="start", payload=payload)
        assert said(await shell.turns.receive(start)) == ["started volunteer"]
    start = Inbound(address=BINH, message_id="s3", sent_at="", kind="start", payload=code)
    assert said(await shell.turns.receive(start)) == ["started applicant"]


@pytest.mark.parametrize("words", ["break", "unworded"])
async def test_our_own_fault_is_said_and_the_talk_goes_on(shell: Shell, words: str) -> None:
    await shell.say("một", "m1")
    answer = await shell.say(words, "m2")
    assert "trục trặc" in answer[0]
    assert await shell.say(words, "m2") == answer  # taken in: it does not break again and again
    assert await seen_events(shell) == ["m1"]
    assert await shell.say("hai", "m3") == ["2: hai"]
    assert "trục trặc" in (await shell.say("break", "t1", BINH))[0]
    assert len(await shell.store.due(AT, 10, "w", ["telegram"])) == 1


async def test_a_database_that_is_away_loses_nothing(shell: Shell, monkeypatch) -> None:
    async def away(*args: object) -> bool:
        raise StoreAway("OperationalError")

    monkeypatch.setattr(shell.store, "received", away)
    assert "trục trặc" in (await shell.say("một", "m1"))[0]
    with pytest.raises(StoreAway):  # so that the channel delivers it again
        await shell.say("một", "t1", BINH)
    monkeypatch.undo()
    assert await shell.say("một", "m1") == ["1: một"]


async def test_too_many_messages_are_told_once_and_not_stepped() -> None:
    shell = await open_shell(Limits(Limiter(), messages_per_minute=3))
    answers = [await shell.say(f"tin {number}", f"m{number}") for number in range(5)]
    assert [len(answer) for answer in answers] == [1, 1, 1, 1, 1] and "chờ một phút" in answers[3][0]
    assert len(await seen_events(shell)) == 3
    for number in range(6):
        await shell.say(f"tin {number}", f"t{number}", BINH)
    rows = []
    while row := await shell.store.due(AT, 1, "w", ["telegram"]):
        rows.append(row[0].payload["text"])
        await shell.store.sent(row[0].id, AT)
    assert sum("chờ một phút" in text for text in rows) == 1 and len(rows) == 4
    await shell.store.close()


async def test_a_lead_id_that_is_taken_is_drawn_again(shell: Shell) -> None:
    taken = iter(["AAAAAA00", "AAAAAA00", "BBBBBB00"])

    def step_with_little_luck(conversation, event, book):
        import msgspec

        return step(conversation, msgspec.structs.replace(event, fresh=next(taken)), book)

    unlucky = await open_shell(store=shell.store, step_with=step_with_little_luck)
    await unlucky.say("lead", "m1", BINH)
    await unlucky.say("lead", "m2", HOA)
    assert {lead["id"] for lead in await shell.store.leads(statuses=("new", "duplicate"))} == {"VV-AAAAAA", "VV-BBBBBB"}


async def test_erasing_leaves_nothing_but_the_last_words(shell: Shell) -> None:
    await shell.say("lead", "m1")
    await shell.say("tell chuyện riêng", "m2")
    assert await shell.say("forget", "m3") == ["forgotten"]
    async with shell.store.reading() as connection:
        for table in (conversations, lead_messages):
            assert (await connection.execute(select(table))).all() == []
    assert await shell.turns.state(HOA) is None
    assert await shell.say("chào lại", "m4") == ["1: chào lại"]


async def test_what_was_written_is_nowhere_but_in_the_state(shell: Shell) -> None:
    await shell.say("câu rất riêng", "m1")
    async with shell.store.reading() as connection:
        rows = (await connection.execute(select(inbound))).all()
        assert [(row.message_id, row.at) for row in rows] == [("m1", AT)]
        assert set(inbound.c.keys()) == {"address_hash", "message_id", "at"}


def test_fresh_tokens_can_be_read_out() -> None:
    tokens = {fresh_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == 8 and not set(token) & set("ILOU") for token in tokens)


async def test_time_and_chance_arrive_on_the_event(shell: Shell) -> None:
    events = []

    def watching(conversation, event, book):
        events.append(event)
        return step(conversation, event, book)

    watched = await open_shell(store=shell.store, step_with=watching)
    await watched.say("chào", "m1")
    (event,) = events
    assert (event.at, event.id) == ("2026-11-23T09:00:00+07:00", "m1") and len(event.fresh) == 8
    assert draft(event).id == f"VV-{event.fresh[:6]}"
