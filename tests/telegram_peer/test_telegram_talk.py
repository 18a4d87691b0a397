"""A whole talk on Telegram: from "/start" to a lead in the point's queue, and staff's answer back in the chat.

Everything is real but the person: python-telegram-bot asks a Bot API server that we did not write, the app runs on SQLite
with its outbox. The person answers what is asked, so a new question in the flow does not break the talk.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from trained import model

from bot.app import App, running
from bot.channels.messages import Address
from bot.commands.operate import add_staff
from bot.embedded import Embedded
from bot.settings import load

pytestmark = [pytest.mark.telegram, pytest.mark.timeout(240)]
TOKEN = "712345678:AA-invented-token"
LONGEST_TALK = 40

# What the mother of a first-year student answers, by what is asked: "=" picks a button, "@" shares the contact.
MOTHER = {
    "study_year": "nam nhat",
    "study_level": "đại học ạ",
    "stem_field": "=false",
    "poverty_status": "=near_poor",
    "lawful_residence": "=true",
    "admission_notice": "=true",
    "institution_in_vietnam": "=true",
    "orphan": "=no",
    "sudden_hardship": "=no",
    "vietnamese_citizen": "=true",
    "three_years_rated_good": "=true",
    "grade12_science_average_8": "=false",
    "scheme": "=ordinary",
    "consent": "=yes",
    "residence": "Xã Nghi Kim, thành phố Vinh, Nghệ An",
    "hamlet": "xóm 3",
    "group": "=no",
    "loan_amount": "4 triệu",
    "name": "Nguyễn Thị Thử",
    "phone": "@",
    "contact_hours": "buổi sáng",
}


@asynccontextmanager
async def app_on(proxy, folder: Path) -> AsyncIterator[App]:
    """The app as `vayvon serve` runs it, without its web server."""
    settings = load(var=folder, telegram_token=TOKEN, telegram_api=proxy.address)
    classifier = Embedded(await asyncio.to_thread(model))
    async with running(settings, classifier=classifier, limited=False) as app:
        app.start_work()
        app.start_polling()
        yield app


def shown(message) -> str:
    return message["message"]["text"]


async def open_slot(app: App, person) -> str:
    """What the open question asks for: its words may change, its slot does not."""
    state = await app.turns.state(Address("telegram", str(person.number)))
    assert state is not None and state.pending is not None, "nothing is asked"
    return state.pending.slot


async def answer_until(app: App, person, messages, last: str) -> list:
    """Answer question after question, as the person does, until `last` is asked."""
    for _ in range(LONGEST_TALK):
        slot = await open_slot(app, person)
        if slot == last:
            return messages
        assert slot in MOTHER, f"nobody told the person what to say to {slot}: {shown(messages[-1])}"
        reply = MOTHER[slot]
        if reply.startswith("="):
            await person.pick(f"{slot}{reply}", messages[-1])
        elif reply == "@":
            mine = {"phone_number": "84900000101", "first_name": "Thử", "user_id": person.number}
            await person.say("", contact=mine)
        else:
            await person.say(reply)
        messages = await person.hears()
        assert messages, "the bot fell silent"
    raise AssertionError(f"after {LONGEST_TALK} answers the bot still asks: {shown(messages[-1])}")


async def test_from_hello_to_a_lead_and_staffs_answer_back(telegram_proxy, person, tmp_path):
    async with app_on(telegram_proxy, tmp_path) as app:
        await person.command("/start")
        hello = await person.hears()
        assert "trợ lý tự động" in shown(hello[0])

        await person.say("em muon vay von cho con hoc dai hoc")
        messages = await person.hears()
        messages = await answer_until(app, person, messages, "confirm")
        read_back = "\n".join(map(shown, messages))
        assert "Nguyễn Thị Thử" in read_back and "Nghi Kim" in read_back
        assert await app.store.leads() == [], "nothing may be sent before the person says so"

        send = next(button for button in all_buttons(messages) if re.search(r"(?i)gửi", button["text"]))
        await person.press(send["text"], messages[-1])
        thanks = await person.hears()
        (lead,) = await app.store.leads()
        assert (lead["programme"], lead["truth"], lead["channel"]) == ("student", "yes", "telegram")
        assert (lead["name"], lead["phone"]) == ("Nguyễn Thị Thử", "+84900000101")
        assert lead["former"]["name"].endswith("Nghi Kim")
        assert lead["facts"]["poverty_status"] == "near_poor"
        assert lead["id"] in "\n".join(map(shown, thanks))

        # The same button again, and a repeated delivery, make no second lead.
        await person.press(send["text"], messages[-1])
        await person.hears()
        assert len(await app.store.leads()) == 1

        await app.store.move_lead(lead["id"], "seen", who="staff:1", at=app.clock.now())
        await app.store.move_lead(lead["id"], "contacted", who="staff:1", at=app.clock.now())
        told = await person.hears()
        assert lead["id"] in "\n".join(map(shown, told))
        await add_staff(app.store, "canbo", "Cán bộ Thử", "admin", {"points": [], "offices": [], "provinces": []})
        await app.store.reply(lead["id"], 1, "Mời chị đến điểm giao dịch sáng thứ Ba.", at=app.clock.now())
        assert "Mời chị đến điểm giao dịch sáng thứ Ba." in shown((await person.hears())[0])

    assert [method for method, _ in telegram_proxy.calls].count("answerCallbackQuery") >= 5


def all_buttons(messages) -> list[dict]:
    return [
        button
        for message in messages
        for row in (message["message"].get("reply_markup") or {}).get("inline_keyboard", ())
        for button in row
    ]


async def test_bad_input_gets_a_kind_answer_and_breaks_nothing(telegram_proxy, person, tmp_path):
    """Sticker, photo, somebody else's contact, a place abroad, emoji only, 4,096 characters, a button of nowhere."""
    file = {"file_id": "x", "file_unique_id": "y", "width": 512, "height": 512}
    odd = [
        {"sticker": {**file, "type": "regular", "is_animated": False, "is_video": False}},
        {"photo": [file]},
        {"voice": {"file_id": "x", "file_unique_id": "y", "duration": 3}},
        {"contact": {"phone_number": "84900000102", "first_name": "Tư", "user_id": 77}},
        {"location": {"latitude": 48.85, "longitude": 2.35}},
    ]
    async with app_on(telegram_proxy, tmp_path) as app:
        await person.command("/start")
        await person.hears()
        for message in odd:
            await person.say("", **message)
            heard = await person.hears()
            assert heard and "trục trặc" not in shown(heard[0]), message
        for text in ("🙏🙏🙏", "vay " * 1024, "?", "asdf qwer zxcv"):
            await person.say(text)
            heard = await person.hears()
            assert heard and "trục trặc" not in shown(heard[0]), text[:20]
        await person.press_data("999|poverty_status=poor", 1)
        await person.press_data("rubbish", 1)
        await person.say("thôi em hỏi vay nước sạch")
        assert await person.hears()
        assert await app.store.leads() == []


async def test_two_people_do_not_hear_each_others_talk(telegram_proxy, person, peer, tmp_path):
    other = type(person)(peer, 512340002, "Tư")
    async with app_on(telegram_proxy, tmp_path) as app:
        await asyncio.gather(person.command("/start"), other.command("/start"))
        assert await person.hears()
        assert await other.hears()
        await asyncio.gather(person.say("em muốn vay cho con đi học"), other.say("tôi muốn vay làm nhà vệ sinh"))
        await asyncio.gather(person.hears(), other.hears())
        states = [await app.turns.state(Address("telegram", str(one.number))) for one in (person, other)]
        assert [state.cases[0].programme for state in states] == ["student", "water"]
        for one in (person, other):
            assert all(message["message"]["chat_id"] == str(one.number) for message in one.seen)
    await other.http.aclose()


async def test_a_talk_goes_on_after_a_restart(telegram_proxy, person, tmp_path):
    async with app_on(telegram_proxy, tmp_path) as app:
        await person.command("/start")
        await person.hears()
        await person.say("em muon vay von cho con hoc dai hoc")
        await person.hears()
        asked = await open_slot(app, person)
    async with app_on(telegram_proxy, tmp_path) as app:
        assert await open_slot(app, person) == asked
        await answer_until(app, person, person.seen, "consent")
        state = await app.turns.state(Address("telegram", str(person.number)))
        assert state.cases[0].facts["study_level"].value == "university"
