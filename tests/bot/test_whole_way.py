"""The shell over the real flows: from the first word to a lead in the queue of its point, and staff's answer back in the chat.

What the flows say is tested in tests/flows; here it is that nothing is lost between a message, the database and the answer.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from small_engine import AT
from sqlalchemy import select

from bot.app import App
from bot.channels.messages import Address, Inbound, Outbound
from bot.clock import FixedClock
from bot.stores.tables import VIETNAM, consents, conversations, outbox, staff

HOA = Address("web", "visitor-hoa")
ANSWERS = {  # slot -> what Hoa answers
    "works": "nhà vệ sinh",
    "works_state": "choice:works_state=damaged",
    "area": "choice:area=rural",
    "registration": "choice:registration=permanent",
    "name": "Nguyễn Thị Thử",
    "phone": "0912345678",
    "contact_hours": "buổi tối",
    "hamlet": "thôn Đông",
    "loan_amount": "20 triệu",
    "consent": "Đồng ý",
    "confirm": "đúng rồi",
}


class Hoa:
    """Somebody who answers what she is asked; `steps` counts, so that a loop ends the test."""

    def __init__(self, app: App, address: Address = HOA) -> None:
        self.app, self.address = app, address
        self.steps = 0
        self.heard: list[str] = []

    async def send(self, **fields: object) -> list[Outbound]:
        self.steps += 1
        assert self.steps < 60, self.heard[-6:]
        message = Inbound(address=self.address, message_id=f"m{self.steps}", sent_at="", **fields)
        replies = await self.app.turns.receive(message)
        self.heard += [reply.text for reply in replies]
        assert not any("trục trặc" in reply.text for reply in replies), fields
        return replies

    async def say(self, text: str) -> list[Outbound]:
        return await self.send(kind="text", text=text)

    async def to_the_lead(self) -> str:
        """Answer until a lead was sent."""
        await self.say("tôi muốn đăng ký vay vốn làm nhà vệ sinh, xã Hoằng Đồng, huyện Hoằng Hóa, Thanh Hóa")
        await self.send(kind="choice", choice="do=apply:water")
        while not (found := await self.app.store.leads()):
            await self._answer()
        return found[0]["id"]

    async def _answer(self) -> None:
        conversation = await self.app.turns.state(self.address)
        assert conversation is not None and conversation.pending is not None, self.heard[-4:]
        pending = conversation.pending
        answer = ANSWERS.get(pending.slot)
        if answer is None and pending.choices:
            answer = f"choice:{pending.choices[0].id}"
        if answer is None:
            answer = "xã Hoằng Đồng, huyện Hoằng Hóa, Thanh Hóa" if pending.slot == "residence" else "bỏ qua"
        if answer.startswith("choice:"):
            await self.send(kind="choice", choice=answer.removeprefix("choice:"), token=pending.token)
        else:
            await self.say(answer)


async def add_officer(app: App) -> int:
    row = {"login": "lan", "password_hash": "x", "name": "Lan", "role": "officer", "created_at": AT}
    row |= {"points": [], "offices": [], "provinces": ["38"]}
    async with app.store.session() as connection:
        return (await connection.execute(staff.insert().values(row).returning(staff.c.id))).scalar_one()


async def test_from_the_first_word_to_the_lead_and_back(app: App) -> None:
    hoa = Hoa(app)
    number = await hoa.to_the_lead()
    lead = await app.store.lead(number)
    assert lead is not None
    assert (lead["programme"], lead["status"], lead["name"], lead["phone"]) == (
        "water",
        "new",
        "Nguyễn Thị Thử",
        "+84912345678",
    )
    assert lead["commune"]["province"].endswith("Thanh Hóa") and lead["former"]["name"].endswith("Hoằng Đồng")
    assert lead["facts"]["works_state"] == "damaged" and lead["verdict"]["truth"] == lead["truth"]
    assert lead["queue_code"] and lead["why"]["key"]
    assert [row["id"] for row in await app.store.leads([(lead["queue"], lead["queue_code"])])] == [number]
    async with app.store.reading() as connection:
        (proof,) = (await connection.execute(select(consents))).all()
        assert proof.given and proof.text_version == lead["consent_version"]
        (talk,) = (await connection.execute(select(conversations))).all()
        assert talk.consented and talk.expires_at > AT + timedelta(days=29)

    last = await app.store.last_message(HOA)
    await app.store.move_lead(number, "contacted", who="staff:lan", at=AT)
    await app.store.reply(number, await add_officer(app), "Mời chị đến sáng thứ Năm", at=AT)
    await app.deliverer.drain()
    told = [message.text for _, message in await app.store.fetch_web(HOA, last, AT)]
    assert len(told) == 2 and "Mời chị đến sáng thứ Năm" in told[1]


async def test_before_consent_nothing_is_forwarded_and_a_day_later_nothing_is_left(app: App) -> None:
    hoa = Hoa(app)
    await hoa.say("hộ nghèo, muốn vay cho con học đại học, tôi tên Nguyễn Thị Thử, 0912345678")
    async with app.store.reading() as connection:
        (talk,) = (await connection.execute(select(conversations))).all()
        assert not talk.consented and talk.expires_at <= AT + timedelta(hours=24)
        kinds = {row.kind for row in await connection.execute(select(outbox.c.kind))}
    assert kinds == {"message"} and await app.store.leads() == []
    app.clock.at += timedelta(hours=24, minutes=1)
    assert await app.turns.state(HOA) is None
    await app.deliverer.drain()
    async with app.store.reading() as connection:
        assert (await connection.execute(select(conversations))).all() == []
        assert (await connection.execute(select(outbox))).all() == []


async def test_a_storm_of_odd_messages_breaks_nothing(app: App) -> None:
    hoa = Hoa(app)
    odd = ["", " ", "😀", "?" * 4000, "\u202e đảo ngược", "12", "ừ", "\x07", "<script>", "{you}", "%s %d", "/start"]
    for text in odd:
        await hoa.say(text)
    for fields in (
        {"kind": "media", "media": "sticker"},
        {"kind": "media", "media": "photo"},
        {"kind": "contact", "phone": "abc", "own": False},
        {"kind": "contact", "phone": "+1 212 555 0100", "own": True},
        {"kind": "location", "lat": 0.0, "lon": 0.0},
        {"kind": "choice", "choice": "no=such", "token": "old"},
        {"kind": "choice", "choice": "confirm=yes", "token": "old"},
        {"kind": "start", "payload": "x" * 64},
    ):
        await hoa.send(**fields)
    assert await app.store.leads() == []


async def test_eight_messages_at_once_each_count_once(app: App) -> None:
    texts = ["tôi muốn vay nước sạch", "ở xã", "thường trú", "nhà vệ sinh hỏng", "20 triệu", "hộ nghèo", "dạ", "cảm ơn"]
    messages = [
        Inbound(address=HOA, message_id=f"a{number}", sent_at="", kind="text", text=text)
        for number, text in enumerate(texts)
    ]
    answers = await asyncio.gather(*(app.turns.receive(message) for message in messages * 2))
    assert all(answers[number] == answers[number + 8] for number in range(8))
    conversation = await app.turns.state(HOA)
    assert conversation is not None and conversation.turn == 8


def test_the_clock_is_of_viet_nam() -> None:
    assert FixedClock(AT.replace(tzinfo=None)).now().tzinfo == VIETNAM
