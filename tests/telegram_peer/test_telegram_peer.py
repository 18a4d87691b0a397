"""The Telegram channel over real HTTP against the Bot API peer: polling, buttons, sharing, webhook, a service that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta, timezone

import pytest
from starlette.applications import Starlette

from bot.channels.errors import OurFault, TryAgain
from bot.channels.messages import Address, Inbound, Outbound, OutboundAttachment, OutboundChoice
from bot.channels.telegram import Telegram

pytestmark = pytest.mark.telegram
TOKEN = "712345678:AA-invented-token"


class Clock:
    def now(self) -> datetime:
        return datetime.now(timezone(timedelta(hours=7)))


@asynccontextmanager
async def polling(proxy, receive) -> AsyncIterator[Telegram]:
    """The channel, asking the proxy for updates as it would ask Telegram."""
    telegram = Telegram(TOKEN, Clock(), api=proxy.address)
    task = asyncio.create_task(telegram.poll(receive))
    try:
        yield telegram
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await telegram.close()


class Heard:
    """Keeps what came in; a test waits for the next one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Inbound] = asyncio.Queue()

    async def receive(self, inbound: Inbound) -> None:
        await self.queue.put(inbound)

    async def next(self) -> Inbound:
        return await asyncio.wait_for(self.queue.get(), 20)


async def test_words_buttons_and_sharing_come_through_polling(telegram_proxy, person):
    heard = Heard()
    async with polling(telegram_proxy, heard.receive) as telegram:
        await person.command("/start to-tkvv-7Qm2")
        started = await heard.next()
        assert (started.kind, started.payload) == ("start", "to-tkvv-7Qm2")

        await person.say("em muốn vay vốn cho con đi học 🙏")
        said = await heard.next()
        assert said.text == "em muốn vay vốn cho con đi học 🙏"

        ask = Outbound(
            text="Nhà mình thuộc diện nào?",
            choices=(
                OutboundChoice("poverty_status=poor", "Hộ nghèo"),
                OutboundChoice("poverty_status=near_poor", "Hộ cận nghèo"),
            ),
            expects="choice",
            token="4",
        )
        await telegram.send(said.address, ask, "k1")
        assert "diện nào" in (await person.hears())[0]["message"]["text"]
        await person.press("Hộ cận nghèo")
        pressed = await heard.next()
        assert (pressed.kind, pressed.token, pressed.choice) == ("choice", "4", "poverty_status=near_poor")

        await person.say("", contact={"phone_number": "84900000101", "first_name": "Hoa", "user_id": 512340001})
        own = await heard.next()
        assert (own.kind, own.phone, own.own) == ("contact", "+84900000101", True)
        await person.say("", contact={"phone_number": "84900000102", "first_name": "Tư", "user_id": 77})
        assert (await heard.next()).own is False
        await person.say("", location={"latitude": 18.67, "longitude": 105.69})
        assert (await heard.next()).kind == "location"

        ids = [started.message_id, said.message_id, pressed.message_id, own.message_id]
        assert len(set(ids)) == len(ids)
    assert "answerCallbackQuery" in [method for method, _ in telegram_proxy.calls]


async def test_what_was_not_confirmed_comes_again_with_the_same_id(telegram_proxy, person):
    """A crash between taking in and confirming: the next process sees the update again and knows it by its id."""
    second = Heard()
    await person.say("lần một")
    taken: list[Inbound] = []

    async def crash(inbound: Inbound) -> None:
        taken.append(inbound)
        raise asyncio.CancelledError

    telegram = Telegram(TOKEN, Clock(), api=telegram_proxy.address)
    with suppress(asyncio.CancelledError):
        await telegram.poll(crash)
    await telegram.close()
    async with polling(telegram_proxy, second.receive):
        again = await second.next()
    assert again.message_id == taken[0].message_id


async def test_long_texts_files_and_refusals(telegram_proxy, person):
    async with polling(telegram_proxy, Heard().receive) as telegram:
        address = Address("telegram", "512340001")
        await telegram.send(address, Outbound(text="Một câu khá dài để đếm. 🙏 " * 400), "long")
        assert len(await person.hears()) == 3

        calendar = OutboundAttachment("calendar", "Lịch hẹn", body="BEGIN:VCALENDAR\nEND:VCALENDAR\n")
        await telegram.send(address, Outbound(text="Hẹn gặp ạ.", attachments=(calendar,)), "file")
        assert telegram_proxy.files == [("sendDocument", "lich-giao-dich.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n")]
        await person.hears()

        busy = {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
        telegram_proxy.fail_next.append((429, busy))
        with pytest.raises(TryAgain) as wait:
            await telegram.send(address, Outbound(text="chào"), "busy")
        assert wait.value.after == 7
        await telegram.send(address, Outbound(text="chào"), "busy")
        assert len(await person.hears()) == 1

    stranger = Telegram("1:wrong", Clock(), api=telegram_proxy.address)
    with pytest.raises(OurFault):
        await stranger.send(address, Outbound(text="chào"), "x")
    await stranger.close()
    nowhere = Telegram(TOKEN, Clock(), api="http://127.0.0.1:9")
    with pytest.raises(TryAgain):
        await nowhere.send(address, Outbound(text="chào"), "x")
    await nowhere.close()


async def test_the_same_comes_by_webhook_with_its_secret(telegram_proxy, person, serve):
    heard = Heard()
    telegram = Telegram(TOKEN, Clock(), api=telegram_proxy.address)
    async with serve(Starlette(routes=telegram.routes(heard.receive, "s3cret"))) as address:
        await telegram.set_webhook(f"{address}/telegram", "s3cret")
        await person.say("chào ạ")
        assert (await heard.next()).text == "chào ạ"
        telegram_proxy.secret = "guessed"
        await person.say("tôi là kẻ lạ", botToken=TOKEN)
        while len(telegram_proxy.hook_answers) < 2:
            await asyncio.sleep(0.05)
        assert telegram_proxy.hook_answers == [200, 403]
        assert heard.queue.empty()
    await telegram.close()
