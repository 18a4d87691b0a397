"""From phone to phone over the real flows and a store in memory: the code, the number of tries, the farewell, an answer that follows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from small_engine import AT

from bot.app import App, running
from bot.channels.messages import Address, Inbound
from bot.clock import FixedClock
from bot.settings import Settings
from bot.turn import CODES

OLD, NEW = Address("web", "visitor-hoa"), Address("telegram", "700001")
UNKNOWN = "Mã này không mở được"


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    async with running(settings, clock=FixedClock(AT), dry=True) as made:
        yield made


class Phone:
    """One phone; what it is shown, also what came later."""

    def __init__(self, app: App, address: Address) -> None:
        self.app, self.address, self.sent = app, address, 0

    async def says(self, text: str, kind: str = "text") -> str:
        self.sent += 1
        what = {"text": text} if kind == "text" else {"payload": text}
        message = Inbound(address=self.address, message_id=f"{self.address.key}-{self.sent}", sent_at="", kind=kind, **what)
        replies = await self.app.turns.receive(message)
        if self.address.channel == "telegram":
            rows = await self.app.store.due(self.app.clock.now(), 50, "w", ["telegram"])
            for row in rows:
                await self.app.store.sent(row.id, self.app.clock.now())
        return "\n".join(reply.text for reply in replies)

    async def got(self) -> list[str]:
        return [message.text for _, message in await self.app.store.fetch_web(self.address, 0, self.app.clock.now())]


async def begun(app: App) -> tuple[Phone, str]:
    hoa = Phone(app, OLD)
    await hoa.says("tôi muốn đăng ký vay nước sạch, giếng hư rồi")
    told = await hoa.says("lấy mã để nhắn tiếp ở máy khác")
    return hoa, re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", told).group()


@pytest.mark.parametrize("kind", ["text", "start"])
async def test_the_talk_goes_on_at_the_new_phone(app: App, kind: str) -> None:
    hoa, code = await begun(app)
    new = Phone(app, NEW)
    await new.says(code.lower() if kind == "text" else code.replace("-", ""), kind)
    talk = await app.turns.state(NEW)
    assert talk is not None and talk.cases[0].programme == "water"
    assert talk.cases[0].facts["works_state"].value == "damaged"
    assert await app.turns.state(OLD) is None
    assert "chuyển sang máy khác" in (await hoa.got())[-1]
    assert len(await hoa.got()) == 1, "nothing of the talk is left for the old page"
    await new.says("thường trú")
    assert "registration" in (await app.turns.state(NEW)).cases[0].facts


async def test_the_code_works_once_and_a_used_one_is_answered_like_a_wrong_one(app: App) -> None:
    _, code = await begun(app)
    await Phone(app, NEW).says(code)
    third, fourth = Phone(app, Address("web", "visitor-cuc")), Phone(app, Address("web", "visitor-dao"))
    used, wrong = await third.says(code), await fourth.says("AAAA-2222")
    assert used == wrong
    assert UNKNOWN in used


async def test_after_half_an_hour_it_opens_nothing(app: App) -> None:
    _, code = await begun(app)
    app.clock.at += timedelta(minutes=30)
    assert UNKNOWN in await Phone(app, Address("web", "visitor-cuc")).says(code)
    assert await app.turns.state(OLD) is not None


async def test_guessing_is_stopped_and_looks_the_same(app: App) -> None:
    _, code = await begun(app)
    thief = Phone(app, Address("web", "visitor-x"))
    for number in range(CODES):
        assert UNKNOWN in await thief.says(f"AAAA-222{number}")
    assert UNKNOWN in await thief.says(code), "the right one comes too late"
    assert await app.turns.state(OLD) is not None
    assert UNKNOWN not in await Phone(app, Address("web", "visitor-hoa-2")).says(code)


async def test_a_phone_number_opens_nothing(app: App) -> None:
    hoa, _ = await begun(app)
    await hoa.says("0912345678")
    stranger = Phone(app, Address("web", "visitor-x"))
    await stranger.says("0912345678")
    assert "works_state" not in (await app.turns.state(stranger.address)).cases[0].facts
