"""What the clock brings, over the real flows, a store in memory and the outbox: the one reminder, the end of a silence, an answer held back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_engine import AT

from bot.app import App
from bot.channels.messages import Address, Inbound, Outbound
from bot.deliver import Deliverer
from bot.stores.tables import staff

HOA = Address("telegram", "700001")


class Hoa:
    """Somebody at the other end of Telegram."""

    def __init__(self, app: App) -> None:
        self.app, self.sent = app, 0
        self.heard: list[str] = []

    async def send(self, **fields: object) -> None:
        self.sent += 1
        message = Inbound(address=HOA, message_id=f"m{self.sent}", sent_at="", **fields)
        self.heard += [reply.text for reply in await self.app.turns.receive(message)]

    async def say(self, text: str) -> None:
        await self.send(kind="text", text=text)

    async def press(self, choice: str) -> None:
        await self.send(kind="choice", choice=choice)


async def add_officer(app: App) -> int:
    row = {"login": "lan", "password_hash": "x", "name": "Lan", "role": "officer", "created_at": AT}
    row |= {"points": [], "offices": [], "provinces": ["38"]}
    async with app.store.session() as connection:
        return (await connection.execute(staff.insert().values(row).returning(staff.c.id))).scalar_one()


class Wire:
    """A channel that keeps what it carries."""

    name = "telegram"

    def __init__(self) -> None:
        self.sent: list[Outbound] = []

    async def send(self, address: Address, message: Outbound, key: str) -> None:
        self.sent.append(message)


class Days:
    """Time that passes while the outbox works."""

    def __init__(self, app: App, remind: bool = True) -> None:
        self.app, self.wire = app, Wire()
        self.worker = Deliverer(app.store, app.turns, app.clock, [self.wire], remind=remind)

    async def later(self, **time: float) -> list[Outbound]:
        """What has been sent since the last time, while time passes in steps of an hour."""
        await self.worker.drain()
        until = self.app.clock.at + timedelta(**time)
        while self.app.clock.at < until:
            self.app.clock.at = min(self.app.clock.at + timedelta(hours=1), until)
            await self.worker.drain()
        sent, self.wire.sent = self.wire.sent, []
        return sent


async def left_a_draft(app: App) -> Hoa:
    hoa = Hoa(app)
    await hoa.say("tôi muốn đăng ký vay nước sạch, giếng hư rồi")
    for press in ("registration=permanent", "area=rural", "consent=yes"):
        await hoa.press(press)
    assert (await app.turns.state(HOA)).cases[0].consent, hoa.heard[-3:]
    await hoa.say("thôi để sau")
    return hoa


async def test_the_reminder_leaves_the_house_once_and_by_day(app: App) -> None:
    hoa = await left_a_draft(app)
    await hoa.press("draft_reminder=yes")
    days = Days(app)
    await days.later()
    assert await days.later(days=1, hours=23) == []
    (reminder,) = await days.later(hours=12)
    assert "làm dở đăng ký" in reminder.text
    assert [choice.id for choice in reminder.choices] == ["do=apply:water"]
    assert await days.later(days=20) == []


@pytest.mark.parametrize(("agreed", "remind"), [("yes", False), ("no", True)])
async def test_nobody_is_reminded_where_that_is_switched_off_or_not_wanted(app: App, agreed: str, remind: bool) -> None:
    hoa = await left_a_draft(app)
    await hoa.press(f"draft_reminder={agreed}")
    days = Days(app, remind)
    await days.later()
    assert await days.later(days=5) == []


async def test_the_draft_is_gone_after_thirty_days_with_its_reminder(app: App) -> None:
    hoa = await left_a_draft(app)
    await hoa.press("draft_reminder=yes")
    await Days(app).later(days=30, hours=1)
    assert await app.turns.state(HOA) is None
    swept = await app.store.due_reminders(app.clock.at + timedelta(days=99), 10)
    assert swept == []


async def handed_over(app: App) -> Hoa:
    hoa = Hoa(app)
    await hoa.say("cho tôi gặp cán bộ")
    await hoa.press("consent=yes")
    await hoa.say("xã Hoằng Đồng, huyện Hoằng Hóa, Thanh Hóa")
    assert (await app.turns.state(HOA)).handover
    return hoa


@pytest.mark.parametrize("remind", [True, False])
async def test_a_silence_of_staff_ends_after_two_working_days_whatever_the_setting(app: App, remind: bool) -> None:
    await handed_over(app)
    days = Days(app, remind)
    await days.later()
    told = await days.later(days=2, hours=1)  # Monday to Wednesday
    assert "hai ngày làm việc" in told[0].text
    assert not (await app.turns.state(HOA)).handover
    assert len(await app.store.handovers()) == 1, "staff still see it"
    assert await days.later(days=10) == []


async def test_an_answer_in_time_ends_the_waiting_and_one_too_late_takes_over_again(app: App) -> None:
    hoa, officer = await handed_over(app), await add_officer(app)
    days = Days(app)
    await days.later()
    await app.store.reply_handover(1, officer, "Chào bác", at=app.clock.at)
    assert len(await days.later(days=5)) == 1
    assert (await app.turns.state(HOA)).handover
    await hoa.say("còn khoản nợ cũ của tôi")
    assert "hai ngày làm việc" in (await days.later(days=5))[-2].text
    assert not (await app.turns.state(HOA)).handover
    await app.store.reply_handover(1, officer, "Xin lỗi bác, tôi xem rồi", at=app.clock.at)
    (late,) = await days.later(hours=1)
    assert "tôi xem rồi" in late.text
    assert (await app.turns.state(HOA)).handover


async def test_a_released_person_gets_no_telling_notification(app: App) -> None:
    hoa = Hoa(app)
    await hoa.say("tôi mãn hạn tù muốn vay vốn")
    await hoa.say("cho tôi gặp cán bộ")
    await hoa.press("consent=yes")
    await hoa.say("xã Hoằng Đồng, huyện Hoằng Hóa, Thanh Hóa")
    officer = await add_officer(app)
    app.clock.at += timedelta(hours=2)
    await app.store.reply_handover(1, officer, "Án phí của anh nộp rồi chứ?", at=app.clock.at)
    notice = (await Days(app).later())[-1]
    assert "Có tin mới" in notice.text
    assert "Án" not in notice.text
    assert not notice.preview
    await hoa.press("do=news")
    assert "Án phí" in hoa.heard[-1]

