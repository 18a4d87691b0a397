"""The visit over the shell: the calendar file that a person is given and opens, the place on their map, the reminder that comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import insert
from trained import put_model

from bot.app import App, running
from bot.channels.messages import Address, Inbound, Outbound
from bot.clock import FixedClock
from bot.deliver import Deliverer
from bot.papers.calendar_link import CalendarLinks
from bot.settings import Settings, load
from bot.stores.tables import VIETNAM, points
from bot.web import build_asgi

AT = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)
WEB, PHONE = Address("web", "visitor-hoa"), Address("telegram", "700002")
POINT = {
    "code": "VD1",
    "name": "Điểm giao dịch Thái Lai",
    "office_code": "001234",
    "office_name": "PGD Ví Dụ",
    "province_code": "38",
    "commune_code": "15298",
    "former_code": "15331",
    "status": "active",
    "venue": "Nhà văn hóa thôn 2",
    "landmark": "cạnh trạm y tế",
    "lat": 20.0041,
    "lon": 105.896,
    "day_of_month": 12,
    "start_time": "07:30",
    "end_time": "11:00",
    "updated_at": AT,
}
WORDS = (
    "tôi muốn đăng ký vay vốn làm nhà vệ sinh, xã Thái Lai, huyện Hà Trung, Thanh Hóa",
    "do=apply:water",
    "works_state=missing",
    "registration=permanent",
    "area=rural",
    "consent=yes",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("var")
    put_model(folder)
    return load(var=folder, public_url="https://vayvon.example")


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    async with running(settings, clock=FixedClock(AT), dry=True, limited=False) as made:
        async with made.store.session() as connection:
            await connection.execute(insert(points).values(POINT))
        await made.rules.refresh()
        yield made


class Talker:
    """Somebody on one channel."""

    def __init__(self, app: App, address: Address) -> None:
        self.app, self.address, self.number = app, address, 0

    async def send(self, **fields: object) -> list[Outbound]:
        self.number += 1
        return list(
            await self.app.turns.receive(
                Inbound(address=self.address, message_id=f"m{self.number}", sent_at="", **fields)  # of any kind
            )
        )

    async def say(self, text: str) -> list[Outbound]:
        return await self.send(kind="text", text=text)

    async def to_the_place(self) -> None:
        for line in WORDS:
            state = await self.app.turns.state(self.address)
            offered = {choice.id for choice in state.pending.choices} if state and state.pending else set()
            if "=" not in line:
                await self.say(line)
            elif line in offered:
                await self.send(kind="choice", choice=line, token=state.pending.token)
        state = await self.app.turns.state(self.address)
        assert state is not None and state.cases[0].place.commune["code"] == "15298"


class Post:
    """A Telegram that keeps what it is handed."""

    name = "telegram"

    def __init__(self) -> None:
        self.sent: list[Outbound] = []

    async def send(self, address: Address, message: Outbound, key: str) -> None:
        self.sent.append(message)


async def test_the_calendar_file_is_served_to_whoever_was_given_its_address(app: App) -> None:
    hoa = Talker(app, WEB)
    await hoa.to_the_place()
    (message,) = [one for one in await hoa.say("hôm nay còn kịp không") if one.attachments]
    calendar, place = message.attachments
    assert calendar.url is not None and calendar.url.startswith("https://vayvon.example/calendar/")
    assert place.url == "geo:20.004100,105.896000?q=20.004100,105.896000"
    # The page gets an address that it can open, not the file itself.
    assert message.as_json()["attachments"][0] == {"kind": "calendar", "label": calendar.label, "url": calendar.url}
    async with browser(app) as client:
        answer = await client.get(calendar.url.removeprefix("https://vayvon.example"))
        assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="lich-giao-dich.ics"'
        read = Calendar.from_ical(answer.text)
    assert [event.start.date().isoformat() for event in read.events][:2] == ["2026-11-12", "2026-12-12"]
    assert "hoa" not in answer.text and "vệ sinh" not in answer.text and "water" not in calendar.url


def browser(app: App) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(build_asgi(app)), base_url="http://vayvon.test")


async def test_an_address_that_nobody_was_given_opens_nothing(app: App) -> None:
    ours = CalendarLinks(app.store.ring.hash("web", "calendar"), "")
    forged = CalendarLinks("guessed", "")
    async with browser(app) as client:
        assert (await client.get(ours.address("VD1", "vi"))).status_code == 200
        assert (await client.get(ours.address("VD1", "en"))).status_code == 200
        bad = (forged.address("VD1", "vi"), ours.address("NONE", "vi"), ours.address("P-15331", "vi"))
        for address in (*bad, ours.address("VD1", "xx"), "/calendar/VD1.ics", "/calendar/..%2F..ics", "/calendar/.ics"):
            assert (await client.get(address)).status_code == 404, address


async def test_a_session_moved_later_is_right_in_the_same_address(app: App) -> None:
    from bot.stores.tables import point_exceptions

    address = CalendarLinks(app.store.ring.hash("web", "calendar"), "").address("VD1", "vi")
    async with app.store.session() as connection:
        moved = {"point": "VD1", "original_date": AT.date().replace(day=12), "new_date": AT.date().replace(day=14)}
        await connection.execute(insert(point_exceptions).values(moved))
    await app.rules.refresh()
    async with browser(app) as client:
        read = Calendar.from_ical((await client.get(address)).text)
    assert read.events[0].start.date().isoformat() == "2026-11-14"


async def test_a_channel_that_hands_over_files_gets_the_file_itself(app: App) -> None:
    binh, post = Talker(app, PHONE), Post()
    await binh.to_the_place()
    await binh.say("hôm nay còn kịp không")
    await Deliverer(app.store, app.turns, app.clock, [post]).drain()
    (message,) = [one for one in post.sent if one.attachments]
    calendar, place = message.attachments
    first = Calendar.from_ical(calendar.body).events[0]
    assert first.start.isoformat() == "2026-11-12T07:30:00+07:00"
    assert place.url.startswith("geo:20.004100,105.896000")  # Telegram: tests/bot/channels/test_telegram.py


async def test_the_reminder_really_comes_and_only_once(app: App) -> None:
    binh, post = Talker(app, PHONE), Post()
    await binh.to_the_place()
    await binh.say("nhắc tôi trước phiên nhé")
    deliverer = Deliverer(app.store, app.turns, app.clock, [post])
    await deliverer.drain()
    before = len(post.sent)
    app.clock.at = datetime(2026, 11, 11, 18, 59, tzinfo=VIETNAM)
    await deliverer.drain()
    assert len(post.sent) == before
    app.clock.at = datetime(2026, 11, 11, 19, 0, 5, tzinfo=VIETNAM)
    await deliverer.drain()
    (reminder,) = post.sent[before:]
    assert "thứ Năm, 12/11/2026, 07:30–11:00" in reminder.text and "Nhà văn hóa thôn 2" in reminder.text
    assert reminder.attachments[0].body is not None and "BEGIN:VCALENDAR" in reminder.attachments[0].body
    app.clock.at += timedelta(days=1)
    await deliverer.drain()
    assert len(post.sent) == before + 1


async def test_on_the_web_the_reminder_waits_for_the_page(app: App) -> None:
    hoa = Talker(app, WEB)
    await hoa.to_the_place()
    await hoa.say("nhắc tôi nhé")
    after = await app.store.last_message(WEB)
    app.clock.at = datetime(2026, 11, 11, 19, 1, tzinfo=VIETNAM)
    await Deliverer(app.store, app.turns, app.clock, []).drain()
    ((_, message),) = await app.store.fetch_web(WEB, after, app.clock.now())
    assert "12/11/2026" in message.text and message.attachments[0].url.startswith("https://vayvon.example/calendar/")


async def test_who_erases_everything_is_not_reminded(app: App) -> None:
    from sqlalchemy import func, select

    from bot.stores.tables import reminders

    hoa = Talker(app, WEB)
    await hoa.to_the_place()
    await hoa.say("nhắc tôi nhé")

    async def waiting() -> int:
        async with app.store.reading() as connection:
            return (await connection.execute(select(func.count()).select_from(reminders))).scalar()

    assert await waiting() == 1
    await hoa.say("xóa hết thông tin của tôi")
    for _ in range(3):
        state = await app.turns.state(WEB)
        if state is None or state.pending is None:
            break
        erase = next((one.id for one in state.pending.choices if "erase" in one.id), None)
        if erase is None:
            break
        await hoa.send(kind="choice", choice=erase, token=state.pending.token)
    assert await waiting() == 0
