"""Telegram: payloads of the service to `Inbound`, `Outbound` to requests, its refusals to kinds of error. No network."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from telegram.error import NetworkError
from telegram.request import BaseRequest

from bot.channels.errors import OurFault, PersonGone, TryAgain
from bot.channels.messages import Address, Inbound, Outbound, OutboundAttachment, OutboundChoice
from bot.channels.telegram import Telegram, read_update
from bot.channels.telegram_messages import callback_data, split, units
from bot.channels.telegram_updates import chat_of, courtesy, inbound
from bot.papers.repayment_chart import chart_svg
from bot.papers.svg import picture_of
from bot.ports import Away
from flows.cost import cost
from flows.eligibility.book import load_book

PAYLOADS = Path(__file__).parent / "telegram"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=7)))
HOA = Address("telegram", "512340001")
TOKEN = "712345678:AA-invented-token"


def payload(name: str) -> dict:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def read(name: str) -> tuple[Inbound, ...]:
    return inbound(read_update(payload(name)), NOW)


def one(name: str) -> Inbound:
    (only,) = read(name)
    return only


class FixedClock:
    def now(self) -> datetime:
        return NOW


class Wire(BaseRequest):
    """The last step before the network: keeps what would be sent, answers what it is told to."""

    def __init__(self, *answers: object) -> None:
        super().__init__()
        self.answers = list(answers)
        self.sent: list[tuple[str, dict]] = []

    read_timeout = 1.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url, method, request_data=None, **timeouts) -> tuple[int, bytes]:
        self.sent.append((unquote(url).rpartition("/")[2], request_data.parameters if request_data else {}))
        if request_data is not None and request_data.multipart_data:
            self.sent[-1][1]["files"] = request_data.multipart_data
        answer = self.answers.pop(0) if self.answers else sent_message(len(self.sent))
        if isinstance(answer, BaseException):
            raise answer
        status, body = answer
        return status, json.dumps(body).encode()


def ok(result: object) -> tuple[int, dict]:
    return 200, {"ok": True, "result": result}


def sent_message(number: int) -> tuple[int, dict]:
    return ok({"message_id": number, "date": 1795417200, "chat": {"id": 512340001, "type": "private"}, "text": "…"})


def refusal(code: int, description: str, **parameters) -> tuple[int, dict]:
    return code, {"ok": False, "error_code": code, "description": description, "parameters": parameters}


def channel(*answers: object) -> tuple[Telegram, Wire]:
    wire = Wire(*answers)
    return Telegram(TOKEN, FixedClock(), request=wire), wire


# --- in


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("text", "text", {"text": "em muon vay von cho con hoc dai hoc", "message_id": "m101"}),
        ("text_emoji", "text", {"text": "🙏🙏🙏"}),
        ("start", "start", {"payload": ""}),
        ("start_payload", "start", {"payload": "to-tkvv-7Qm2"}),
        ("command", "text", {"text": "xoa du lieu"}),
        ("forwarded", "text", {"text": "Phí hồ sơ 500k chuyển khoản trước nhé chị"}),
        ("reply", "text", {"text": "cận nghèo ạ"}),
        (
            "callback",
            "choice",
            {"token": "4", "choice": "poverty_status=near_poor", "message_id": "c2200483920113344551"},
        ),
        ("callback_old", "choice", {"token": "1", "choice": "do=screen:student"}),
        ("callback_inline", "choice", {"token": "1", "choice": "do=menu"}),
        ("callback_foreign", "choice", {"token": "", "choice": "cu"}),
        ("contact_own", "contact", {"phone": "+84900000101", "own": True}),
        ("contact_own_plus", "contact", {"phone": "+84900000101", "own": True}),
        ("contact_other", "contact", {"own": False}),
        ("contact_unknown", "contact", {"phone": "0900 000 103", "own": False}),
        ("location", "location", {"lat": 18.672431, "lon": 105.692384}),
        ("location_abroad", "location", {"lat": 48.8566}),
        ("location_live", "location", {"lat": 18.6724}),
        ("venue", "location", {"lon": 105.6813}),
        ("photo", "media", {"media": "photo"}),
        ("sticker", "media", {"media": "sticker"}),
        ("voice", "media", {"media": "voice"}),
        ("audio", "media", {"media": "audio"}),
        ("video", "media", {"media": "video"}),
        ("video_note", "media", {"media": "video"}),
        ("document", "media", {"media": "document"}),
        ("animation", "media", {"media": "sticker"}),
        ("poll", "media", {"media": "sticker"}),
        ("dice", "media", {"media": "sticker"}),
    ],
)
def test_what_a_person_does_becomes_one_inbound(name, kind, expected):
    got = one(name)
    assert got.kind == kind
    assert got.address == HOA
    assert {field: getattr(got, field) for field in expected} == expected


@pytest.mark.parametrize(
    "name",
    [
        "service_pinned",
        "service_timer",
        "edited",
        "location_live_moved",
        "group_text",
        "group_command",
        "group_joined",
        "group_callback",
        "blocked",
        "channel_post",
        "other_bot",
        "unknown_kind",
        "unknown_update",
        "callback_game",
    ],
)
def test_what_is_not_said_to_us_is_left_alone(name):
    assert read(name) == ()


def test_every_payload_is_looked_at():
    """A new payload without a test would prove nothing; each must at least be readable and keep one person in order."""
    for file in sorted(PAYLOADS.glob("*.json")):
        update = read_update(json.loads(file.read_text(encoding="utf-8")))
        assert update is not None, file.name
        assert isinstance(chat_of(update), int)
        for item in inbound(update, NOW):
            assert item.message_id
            assert datetime.fromisoformat(item.sent_at).utcoffset() == timedelta(hours=7)


def test_a_long_text_is_cut_where_all_channels_cut():
    assert len(one("text_long").text) == 4_000


def test_words_under_a_picture_are_read_too():
    picture, words = read("photo_caption")
    assert (picture.kind, picture.media) == ("media", "photo")
    assert (words.kind, words.text) == ("text", "giấy báo nhập học của cháu, vay được bao nhiêu")
    assert picture.message_id != words.message_id


def test_an_album_is_one_thing_so_that_it_is_answered_once():
    assert one("album_1").message_id == one("album_2").message_id


def test_a_button_pressed_twice_has_two_ids_and_one_token():
    twice = payload("callback")
    twice["callback_query"]["id"] = "2200483920113344999"
    again = inbound(read_update(twice), NOW)[0]
    assert again.message_id != one("callback").message_id
    assert (again.token, again.choice) == (one("callback").token, one("callback").choice)


def test_message_ids_of_different_kinds_never_meet():
    """Telegram counts messages and buttons apart; a button must not look like the repetition of a message."""
    ids = [item.message_id for file in PAYLOADS.glob("*.json") for item in read(file.stem)]
    assert len(ids) == len(set(ids)) + 1  # the album


@pytest.mark.parametrize("name", ["group_joined", "group_command"])
def test_a_group_is_told_politely_where_to_go(name):
    said = courtesy(read_update(payload(name)))
    assert (said.chat, said.key) == (-1001987654321, "telegram.private_only")


@pytest.mark.parametrize("name", ["group_text", "blocked", "text", "location_live_moved", "channel_post"])
def test_no_courtesy_where_none_is_called_for(name):
    assert courtesy(read_update(payload(name))) is None


async def test_an_edit_is_answered_once_and_never_taken_as_an_answer():
    telegram, wire = channel(ok({"id": 1, "is_bot": True, "first_name": "x", "username": "hoi_vay_von_bot"}))
    got: list[Inbound] = []
    for _ in range(2):
        await telegram.accept(read_update(payload("edited")), collect(got))
    assert got == []
    texts = [data["text"] for method, data in wire.sent if method == "sendMessage"]
    assert len(texts) == 1
    assert "sửa" in texts[0]


async def test_a_group_gets_the_name_of_the_bot():
    telegram, wire = channel(ok({"id": 1, "is_bot": True, "first_name": "x", "username": "hoi_vay_von_bot"}))
    await telegram.accept(read_update(payload("group_command")), collect([]))
    assert "@hoi_vay_von_bot" in wire.sent[-1][1]["text"]


async def test_a_pressed_button_is_acknowledged_even_if_telegram_finds_it_too_old():
    telegram, wire = channel(refusal(400, "Bad Request: query is too old and response timeout expired"))
    got: list[Inbound] = []
    await telegram.accept(read_update(payload("callback")), collect(got))
    assert [method for method, _ in wire.sent] == ["answerCallbackQuery"]
    assert len(got) == 1


def collect(into: list[Inbound]):
    async def receive(item: Inbound) -> None:
        into.append(item)

    return receive


# --- out


async def test_buttons_carry_ids_only():
    telegram, wire = channel()
    choices = (
        OutboundChoice("poverty_status=poor", "Hộ nghèo"),
        OutboundChoice("poverty_status=near_poor", "Hộ cận nghèo"),
    )
    await telegram.send(
        HOA, Outbound(text="Nhà mình thuộc diện nào?", choices=choices, expects="choice", token="4"), "k"
    )
    method, data = wire.sent[0]
    assert method == "sendMessage"
    rows = data["reply_markup"]["inline_keyboard"]
    assert [button["callback_data"] for row in rows for button in row] == [
        "4|poverty_status=poor",
        "4|poverty_status=near_poor",
    ]
    assert "parse_mode" not in data


async def test_long_labels_are_numbered_so_that_no_phone_cuts_them():
    telegram, wire = channel()
    label = "Mồ côi một bên, người còn lại không có khả năng lao động"
    await telegram.send(
        HOA, Outbound(text="Em mồ côi?", choices=(OutboundChoice("a", label), OutboundChoice("b", "Không"))), "k"
    )
    data = wire.sent[0][1]
    assert f"1. {label}" in data["text"]
    assert [button["text"] for row in data["reply_markup"]["inline_keyboard"] for button in row] == ["1", "2"]


def test_a_choice_too_long_for_a_button_is_our_fault_and_counted_in_bytes():
    assert callback_data("12", "x" * 60)
    with pytest.raises(OurFault):
        callback_data("12", "ế" * 30)


@pytest.mark.parametrize(("expects", "field"), [("contact", "request_contact"), ("location", "request_location")])
async def test_sharing_has_its_own_keyboard_and_the_other_choices_beside_it(expects, field):
    telegram, wire = channel()
    await telegram.send(
        HOA, Outbound(text="…", expects=expects, choices=(OutboundChoice("do=back", "Quay lại"),), token="1"), "k"
    )
    keyboard = wire.sent[0][1]["reply_markup"]["keyboard"]
    assert keyboard[0][0][field] is True
    assert keyboard[1][0]["text"] == "Quay lại"


async def test_a_plain_text_takes_an_old_keyboard_away():
    telegram, wire = channel()
    await telegram.send(HOA, Outbound(text="Cảm ơn ạ."), "k")
    assert wire.sent[0][1]["reply_markup"] == {"remove_keyboard": True}


async def test_sensitive_texts_come_silently_and_without_preview():
    telegram, wire = channel()
    await telegram.send(HOA, Outbound(text="https://vidu.vn", preview=False), "k")
    data = wire.sent[0][1]
    assert data["disable_notification"] is True
    assert data["link_preview_options"]["is_disabled"] is True


async def test_attachments_come_before_the_last_text_and_links_are_buttons(tmp_path):
    picture = tmp_path / "ve.png"
    picture.write_bytes(b"\x89PNG")
    telegram, wire = channel()
    message = Outbound(
        text="Hẹn gặp ở phiên giao dịch.",
        attachments=(
            OutboundAttachment("calendar", "Lịch", body="BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
            OutboundAttachment("picture", "Vé", path=str(picture)),
            OutboundAttachment("link", "Xem trên bản đồ", url="https://vidu.vn/ban-do"),
        ),
    )
    await telegram.send(HOA, message, "k")
    assert [method for method, _ in wire.sent] == ["sendDocument", "sendPhoto", "sendMessage"]
    assert wire.sent[2][1]["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://vidu.vn/ban-do"


async def test_a_drawn_picture_is_sent_as_png_with_its_words_as_caption():
    telegram, wire = channel()
    plan = cost("water", "works", {}, date(2026, 11, 26), load_book(), amount=25_000_000, months=36)
    message = Outbound(text="Từng đợt trả.", attachments=(OutboundAttachment("picture", "Vay", body=chart_svg(plan)),))
    await telegram.send(HOA, message, "k")
    method, data = wire.sent[0]
    assert (method, data["caption"]) == ("sendPhoto", "Vay")


def test_a_picture_in_the_colours_of_its_page_gets_paper_and_ink_of_its_own():
    plan = cost("water", "works", {}, date(2026, 11, 26), load_book(), amount=25_000_000, months=36)
    drawn = picture_of(chart_svg(plan))
    assert drawn.startswith(b"\x89PNG")
    assert int.from_bytes(drawn[16:20], "big") == 720
async def test_a_place_is_shown_on_the_persons_own_map():
    telegram, wire = channel()
    place = OutboundAttachment("link", "Mở bản đồ", url="geo:20.004100,105.896000?q=20.004100,105.896000")
    await telegram.send(HOA, Outbound(text="Nơi giao dịch: nhà văn hóa.", attachments=(place,)), "k")
    assert [method for method, _ in wire.sent] == ["sendLocation", "sendMessage"]
    assert (wire.sent[0][1]["latitude"], wire.sent[0][1]["longitude"]) == (20.0041, 105.896)
    assert "geo:" not in wire.sent[1][1]["text"]


async def test_an_address_that_no_button_takes_is_written_out():
    telegram, wire = channel()
    message = Outbound(
        text="Gọi hoặc xem:",
        attachments=(
            OutboundAttachment("link", "Tổng đài", url="tel:19000000"),
            OutboundAttachment("link", "Phiếu", url="http://127.0.0.1:8000/phieu"),
            OutboundAttachment("link", "Trang", url="https://vidu.vn/"),
        ),
    )
    await telegram.send(HOA, message, "k")
    data = wire.sent[0][1]
    assert "Tổng đài: 19000000" in data["text"]
    assert "http://127.0.0.1:8000/phieu" in data["text"]
    assert [button["text"] for row in data["reply_markup"]["inline_keyboard"] for button in row] == ["Trang"]


async def test_a_retry_goes_on_where_it_broke_off():
    telegram, wire = channel(sent_message(1), NetworkError("reset"))
    message = Outbound(text="\n\n".join(f"Đoạn {number}. " + "chữ " * 500 for number in range(5)))
    with pytest.raises(TryAgain):
        await telegram.send(HOA, message, "row-7")
    await telegram.send(HOA, message, "row-7")
    texts = [data["text"] for _, data in wire.sent]
    assert texts[1] == texts[2]
    assert len(set(texts)) == len(texts) - 1
    assert "".join("".join(dict.fromkeys(texts)).split()) == "".join(message.text.split())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(429, "Too Many Requests: retry after 14", retry_after=14), TryAgain),
        (refusal(403, "Forbidden: bot was blocked by the user"), PersonGone),
        (refusal(403, "Forbidden: user is deactivated"), PersonGone),
        (refusal(400, "Bad Request: chat not found"), PersonGone),
        (refusal(400, "Bad Request: message text is empty"), OurFault),
        (refusal(400, "Bad Request: BUTTON_DATA_INVALID"), OurFault),
        (refusal(401, "Unauthorized"), OurFault),
        (refusal(502, "Bad Gateway"), TryAgain),
        (NetworkError("httpx.ConnectError: no route"), TryAgain),
        (refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100), PersonGone),
    ],
)
async def test_each_refusal_has_its_kind(answer, kind):
    telegram, _ = channel(answer)
    with pytest.raises(kind) as caught:
        await telegram.send(HOA, Outbound(text="chào chị"), "k")
    assert TOKEN not in str(caught.value)


async def test_a_wait_that_telegram_asks_for_is_passed_on():
    telegram, _ = channel(refusal(429, "Too Many Requests: retry after 14", retry_after=14))
    with pytest.raises(TryAgain) as caught:
        await telegram.send(HOA, Outbound(text="chào chị"), "k")
    assert caught.value.after == 14


# --- splitting


VIETNAMESE = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyế .,!?\n🙏🏠"), max_size=3000)


@given(VIETNAMESE, st.integers(20, 200))
@example("🙏" * 300, 21)
@example("a" * 5000, 4096)
@example(" \n ", 20)
def test_pieces_fit_and_nothing_is_lost(text, limit):
    pieces = split(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_texts_part_between_sentences_rather_than_within():
    sentence = "Lãi suất hôm nay là của hôm nay, mai có thể khác. "
    for piece in split(sentence * 200):
        assert piece.endswith("khác.")


def test_units_are_counted_as_telegram_counts():
    assert units("a🙏ế") == 4


# --- polling and webhook

END = asyncio.CancelledError()  # the operator stops the process


async def polled(telegram: Telegram, receive) -> None:
    with pytest.raises(asyncio.CancelledError):
        await telegram.poll(receive)


async def test_polling_survives_what_goes_wrong_and_confirms_only_what_was_taken_in(monkeypatch):
    naps: list[float] = []
    monkeypatch.setattr("bot.channels.telegram.asyncio.sleep", napping(naps))
    telegram, wire = channel(
        NetworkError("blocked"),
        ok(True),
        refusal(429, "Too Many Requests: retry after 3", retry_after=3),
        ok([payload("text"), payload("start")]),
        ok([]),
        refusal(401, "Unauthorized"),
        END,
    )
    got: list[Inbound] = []
    await polled(telegram, collect(got))
    assert [item.kind for item in got] == ["text", "start"]
    offsets = [data.get("offset") for method, data in wire.sent if method == "getUpdates"]
    assert offsets == [None, None, *[payload("start")["update_id"] + 1] * 3]
    assert naps == [1.0, 3.0, 600.0]


async def test_one_odd_update_does_not_silence_the_bot(caplog, capsys):
    odd = {"update_id": 5, "message": {"message_id": 1, "date": "yesterday", "chat": 7}}
    telegram, _ = channel(ok(True), ok([odd, payload("text")]), ok([odd]), ok([payload("text")]), END)
    got: list[Inbound] = []
    await polled(telegram, collect(got))
    assert [item.kind for item in got] == ["text"]
    logged = caplog.text + "".join(capsys.readouterr())
    assert "hoc dai hoc" not in logged
    assert TOKEN not in logged


async def test_an_update_that_always_fails_is_dropped_after_some_tries(monkeypatch):
    naps: list[float] = []
    monkeypatch.setattr("bot.channels.telegram.asyncio.sleep", napping(naps))
    telegram, _ = channel(ok(True), ok([payload("text"), payload("start")]), END)
    got: list[Inbound] = []

    async def receive(item: Inbound) -> None:
        if item.kind == "text":
            raise RuntimeError("a fault of ours")
        got.append(item)

    await polled(telegram, receive)
    assert [item.kind for item in got] == ["start"]
    assert len(naps) == 5


async def test_nothing_is_dropped_while_the_store_is_away(monkeypatch):
    monkeypatch.setattr("bot.channels.telegram.asyncio.sleep", napping([]))
    telegram, _ = channel(ok(True), ok([payload("text"), payload("start")]), END)
    got: list[Inbound] = []
    tries = iter(range(40))

    async def receive(item: Inbound) -> None:
        if next(tries) < 30:
            raise Away
        got.append(item)

    await polled(telegram, receive)
    assert [item.kind for item in got] == ["text", "start"]


def napping(naps: list[float]):
    nap = asyncio.sleep

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        await nap(0)

    return sleep


SECRET = "X-Telegram-Bot-Api-Secret-Token"


def caller(telegram: Telegram, receive) -> httpx.AsyncClient:
    """Telegram's side of the webhook."""
    app = Starlette(routes=telegram.routes(receive, "s3cret"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="https://vidu.vn", headers={SECRET: "s3cret"})


async def test_a_webhook_takes_in_only_what_carries_the_secret():
    telegram, _ = channel()
    got: list[Inbound] = []
    async with caller(telegram, collect(got)) as client:
        for wrong in ("", "S3CRET", "sécret".encode()):
            assert (await client.post("/telegram", json=payload("text"), headers={SECRET: wrong})).status_code == 403
        assert (await client.get("/telegram")).status_code == 405
        assert (await client.post("/telegram", content=b"{")).status_code == 400
        assert (await client.post("/telegram", content=b"x" * (1 << 21))).status_code == 413
        assert (await client.post("/telegram", json=[1])).status_code == 200
        assert got == []
        assert (await client.post("/telegram", json=payload("text"))).status_code == 200
    assert [item.text for item in got] == ["em muon vay von cho con hoc dai hoc"]


async def test_a_webhook_whose_turn_failed_is_asked_again():
    async def receive(item: Inbound) -> None:
        raise Away

    async with caller(channel()[0], receive) as client:
        assert (await client.post("/telegram", json=payload("text"))).status_code == 500


def test_a_webhook_without_a_secret_is_refused_at_start():
    with pytest.raises(ValueError, match="secret"):
        channel()[0].routes(collect([]), "")


async def test_a_turn_that_takes_long_shows_that_we_are_typing(monkeypatch):
    monkeypatch.setattr("bot.channels.telegram.NOTICED", 0.02)
    telegram, wire = channel(ok(True))

    async def slow(one):
        await asyncio.sleep(0.2)

    await telegram.accept(read_update(payload("text"), None), slow)
    assert [(method, data["action"]) for method, data in wire.sent] == [("sendChatAction", "typing")]


async def test_a_quick_turn_shows_nothing():
    telegram, wire = channel()

    async def quick(one):
        await asyncio.sleep(0)

    await telegram.accept(read_update(payload("text"), None), quick)
    assert wire.sent == []
