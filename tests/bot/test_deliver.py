"""The outbox: what leaves the house, what is tried again, what comes back to its talk, what is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from small_engine import AT, BINH, HOA, Post, Shell, open_shell, said
from sqlalchemy import select

from bot.channels.errors import OurFault, PersonGone, TryAgain
from bot.deliver import Deliverer
from bot.stores.engine import StoreAway
from bot.stores.memory import MemoryStore
from bot.stores.tables import conversations, staff


@dataclass
class Desk:
    """A gateway that keeps what it is given."""

    name: str = "webhook"
    leads: list[str] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)

    async def forward(self, lead: dict[str, Any]) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.leads.append(lead["id"])


@dataclass
class Bench:
    shell: Shell
    post: Post
    desk: Desk
    deliverer: Deliverer

    async def later(self, **time: float) -> int:
        self.shell.clock.at += timedelta(**time)
        return await self.deliverer.drain()

    @property
    def words(self) -> list[str]:
        return [words for _, words, _ in self.post.sent]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    store = MemoryStore(["webhook"])
    await store.migrate()
    shell = await open_shell(store=store)
    post, desk = Post(), Desk()
    yield Bench(shell, post, desk, Deliverer(store, shell.turns, shell.clock, [post], [desk]))
    await store.close()


async def lead_of(bench: Bench, address=BINH) -> str:
    await bench.shell.say("lead", f"lead-{address.key}", address)
    return (await bench.shell.store.leads())[0]["id"]


async def officer(bench: Bench) -> int:
    row = {"login": "lan", "password_hash": "x", "name": "Lan", "role": "officer", "created_at": AT}
    row |= {"points": [], "offices": [], "provinces": []}
    async with bench.shell.store.session() as connection:
        return (await connection.execute(staff.insert().values(row).returning(staff.c.id))).scalar_one()


async def test_what_was_committed_is_sent_once_and_in_order(bench: Bench) -> None:
    for number in range(3):
        await bench.shell.say(f"tin {number}", f"m{number}", BINH)
    await bench.deliverer.drain()
    await bench.deliverer.drain()
    assert bench.words == ["1: tin 0", "2: tin 1", "3: tin 2"]
    assert (await bench.shell.store.backlog(AT))["waiting"] == 0


async def test_a_channel_that_is_down_gets_it_later_with_the_same_key_and_order(bench: Bench) -> None:
    await bench.shell.say("một", "m1", BINH)
    await bench.shell.say("hai", "m2", BINH)
    bench.post.trouble = [TryAgain(), TryAgain()]
    assert await bench.deliverer.drain() == 1
    assert bench.words == []
    await bench.later(seconds=5)
    assert bench.words == []
    await bench.later(seconds=9)  # the pause has doubled
    assert bench.words == []
    await bench.later(seconds=2)
    assert bench.words == ["1: một", "2: hai"]


async def test_the_channel_may_say_how_long_to_wait(bench: Bench) -> None:
    await bench.shell.say("một", "m1", BINH)
    bench.post.trouble = [TryAgain(after=90)]
    await bench.deliverer.drain()
    await bench.later(seconds=89)
    assert bench.words == []
    await bench.later(seconds=2)
    assert bench.words == ["1: một"]


@pytest.mark.parametrize("problem", [PersonGone("blocked"), OurFault("refused")])
async def test_what_can_not_arrive_is_given_up_and_visible(bench: Bench, problem: Exception) -> None:
    await bench.shell.say("một", "m1", BINH)
    bench.post.trouble = [problem]
    await bench.deliverer.drain()
    (dead,) = await bench.shell.store.dead()
    assert (dead["error"], dead["kind"]) == (type(problem).__name__, "message")
    await bench.shell.store.revive(bench.shell.clock.now())
    await bench.deliverer.drain()
    assert bench.words == ["1: một"]


async def test_after_a_day_of_trying_a_message_is_given_up(bench: Bench) -> None:
    await bench.shell.say("một", "m1", BINH)
    bench.post.trouble = [TryAgain() for _ in range(200)]
    for _ in range(110):
        await bench.later(minutes=16)
    assert [dead["error"] for dead in await bench.shell.store.dead()] == ["TryAgain"]


async def test_our_own_fault_in_a_channel_is_tried_again_and_hides_nothing(bench: Bench) -> None:
    await bench.shell.say("một", "m1", BINH)
    bench.post.trouble = [ZeroDivisionError("of ours")]
    await bench.deliverer.drain()
    await bench.later(seconds=6)
    assert bench.words == ["1: một"]


async def test_a_slow_channel_holds_nobody_else_up(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr("bot.deliver.SEND_SECONDS", 0.05)
    await bench.shell.say("một", "m1", BINH)
    plain = bench.post.send

    async def hangs(*args: Any) -> None:
        await asyncio.sleep(30)

    bench.post.send = hangs
    await bench.deliverer.drain()
    bench.post.send = plain
    await bench.later(seconds=6)
    assert bench.words == ["1: một"]


async def test_a_lead_is_forwarded_and_tried_again(bench: Bench) -> None:
    bench.desk.trouble = [TryAgain()]
    lead = await lead_of(bench)
    await bench.deliverer.drain()
    assert bench.desk.leads == []
    await bench.later(seconds=6)
    assert bench.desk.leads == [lead]


async def test_an_answer_of_staff_reaches_the_chat(bench: Bench) -> None:
    lead = await lead_of(bench)
    await bench.shell.store.reply(lead, await officer(bench), "Mời đến thứ Năm", at=AT)
    await bench.deliverer.drain()
    assert bench.words == ["sent", "staff: Mời đến thứ Năm"]
    conversation = await bench.shell.turns.state(BINH)
    assert conversation is not None and conversation.turn == 2
    deliveries = await bench.shell.store.lead_deliveries(lead)
    assert {one["state"] for one in deliveries} == {"sent"}


async def test_an_answer_of_staff_waits_for_a_web_visitor(bench: Bench) -> None:
    lead = await lead_of(bench, HOA)
    last = await bench.shell.store.last_message(HOA)
    await bench.shell.store.reply(lead, await officer(bench), "Mời đến thứ Năm", at=AT)
    await bench.deliverer.drain()
    found = await bench.shell.store.fetch_web(HOA, last, AT)
    assert said([message for _, message in found]) == ["staff: Mời đến thứ Năm"]


async def test_an_answer_finds_the_person_after_the_talk_has_expired(bench: Bench) -> None:
    lead = await lead_of(bench)
    await bench.later(days=40)
    assert await bench.shell.turns.state(BINH) is None
    await bench.shell.store.reply(lead, await officer(bench), "Vẫn còn đây", at=bench.shell.clock.now())
    await bench.deliverer.drain()
    assert bench.words[-1] == "staff: Vẫn còn đây"


async def test_an_event_is_taken_in_once_whatever_breaks(bench: Bench, monkeypatch) -> None:
    lead = await lead_of(bench)
    await bench.deliverer.drain()
    await bench.shell.store.reply(lead, await officer(bench), "một lần", at=AT)
    (row,) = await bench.shell.store.due(AT, 10, "dies", ["telegram", "webhook"])
    await bench.deliverer._come_back(row)  # committed, but the worker died before it could say so
    await bench.later(minutes=2)
    assert bench.words == ["sent", "staff: một lần"]


async def test_a_wait_that_ran_out_wakes_its_talk_once(bench: Bench) -> None:
    await bench.shell.say("wait 30", "m1", BINH)
    await bench.later(minutes=29)
    assert bench.words == ["waiting"]
    await bench.later(minutes=2)
    await bench.later(minutes=30)
    assert bench.words == ["waiting", "waited draft"]


async def test_reminders_can_be_switched_off(bench: Bench) -> None:
    quiet = Deliverer(bench.shell.store, bench.shell.turns, bench.shell.clock, [bench.post], remind=False)
    await bench.shell.say("wait 1", "m1", BINH)
    bench.shell.clock.at += timedelta(hours=1)
    await quiet.drain()
    assert bench.words == ["waiting"]


async def test_a_reminder_that_breaks_is_put_off_and_then_dropped(bench: Bench, monkeypatch) -> None:
    await bench.shell.say("wait 1", "m1", BINH)

    async def broken(*args: Any) -> None:
        raise RuntimeError("of ours")

    monkeypatch.setattr(bench.shell.turns, "happen", broken)
    for _ in range(8):
        await bench.later(minutes=10)
    assert await bench.shell.store.due_reminders(bench.shell.clock.now(), 10) == []


async def test_what_is_past_its_time_is_forgotten(bench: Bench) -> None:
    await bench.shell.say("chào", "m1", BINH)
    await bench.later(hours=25)
    async with bench.shell.store.reading() as connection:
        assert (await connection.execute(select(conversations))).all() == []


async def test_the_worker_waits_for_a_database_that_is_away(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr("bot.deliver.IDLE_SECONDS", 0.01)
    stop = asyncio.Event()
    rounds: list[int] = []

    async def once() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise StoreAway("OperationalError")
        stop.set()
        return 0

    monkeypatch.setattr(bench.deliverer, "once", once)
    async with asyncio.timeout(5):
        await bench.deliverer.run(stop)
    assert len(rounds) == 2
