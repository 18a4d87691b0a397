"""Personal data: sealed in the database, masked for the eye, absent from the log."""

from __future__ import annotations

import base64
import json
import logging
from datetime import datetime

import pytest
import structlog
from small_engine import BINH, Post, open_shell
from sqlalchemy import LargeBinary, select, type_coerce, update

from bot import logs
from bot.channels.errors import OurFault
from bot.deliver import Deliverer
from bot.leads.lead import as_contract
from bot.privacy import (
    CannotUnseal,
    KeyRing,
    key_from_text,
    key_to_text,
    mask_name,
    mask_phone,
    redact,
    redact_event,
)
from bot.stores.memory import MemoryStore
from bot.stores.tables import leads

KEY_1, KEY_2, HASH = b"1" * 32, b"2" * 32, b"h" * 32
ONE = KeyRing({"k1": KEY_1}, "k1", HASH)
BOTH = KeyRing({"k2": KEY_2, "k1": KEY_1}, "k2", HASH)
CONTRACT = (
    "id programme scheme truth place_kind commune former hamlet point rule why filed_at group status created_at channel by"
    " consent facts applicant"
)
NEW_ONLY = KeyRing({"k2": KEY_2}, "k2", HASH)


# --- sealing -----------------------------------------------------------------------------------------------------------


def test_what_is_sealed_opens_at_its_own_place_only() -> None:
    sealed = ONE.seal("Nguyễn Thị Thử".encode(), "leads.name")
    assert ONE.unseal(sealed, "leads.name").decode() == "Nguyễn Thị Thử"
    with pytest.raises(CannotUnseal):
        ONE.unseal(sealed, "leads.about")


def test_the_same_text_is_never_sealed_alike() -> None:
    assert ONE.seal(b"x", "a.b") != ONE.seal(b"x", "a.b")


@pytest.mark.parametrize("place", [0, 1, 3, 10, -1])
def test_changed_bytes_do_not_open(place: int) -> None:
    sealed = bytearray(ONE.seal(b"secret", "a.b"))
    sealed[place] ^= 1
    with pytest.raises(CannotUnseal):
        ONE.unseal(bytes(sealed), "a.b")


def test_a_rotated_ring_opens_the_old_and_seals_with_the_new() -> None:
    old = ONE.seal(b"x", "a.b")
    assert BOTH.unseal(old, "a.b") == b"x"
    new = BOTH.seal(b"y", "a.b")
    assert NEW_ONLY.unseal(new, "a.b") == b"y" and new.startswith(BOTH.head)
    with pytest.raises(CannotUnseal, match="k1"):
        NEW_ONLY.unseal(old, "a.b")


def test_hashes_need_the_key_and_keep_purposes_apart() -> None:
    assert ONE.hash("phone", "+84912345678") == BOTH.hash("phone", "+84912345678")
    assert ONE.hash("phone", "x") != ONE.hash("address", "x")
    assert ONE.hash("phone", "x") != KeyRing({"k1": KEY_1}, "k1", b"o" * 32).hash("phone", "x")


def test_keys_as_text() -> None:
    assert key_from_text(key_to_text(KEY_1)) == KEY_1
    with pytest.raises(ValueError, match="32"):
        key_from_text(base64.b64encode(b"short").decode())
    with pytest.raises(ValueError, match="current"):
        KeyRing({"k1": KEY_1}, "k9", HASH)


async def test_after_a_rotation_rows_are_sealed_anew() -> None:
    store = MemoryStore(ring=ONE)
    await store.migrate()
    shell = await open_shell(store=store)
    await shell.say("lead", "m1")
    await shell.say("tell chuyện riêng", "m2")
    assert await store.sealed_with_old_keys() == 0
    store.ring = BOTH
    store.engine.dialect.key_ring = BOTH
    before = await store.sealed_with_old_keys()
    assert before > 4
    assert await store.reseal() == before and await store.sealed_with_old_keys() == 0
    store.engine.dialect.key_ring = NEW_ONLY
    (lead,) = await store.leads()
    assert lead["name"] == "Nguyễn Thị Thử"
    await store.close()


async def test_a_value_moved_to_another_column_does_not_open() -> None:
    shell = await open_shell()
    await shell.say("lead", "m1")
    async with shell.store.session() as connection:
        raw = (await connection.execute(select(type_coerce(leads.c.name, LargeBinary)))).scalar_one()
        await connection.execute(update(leads).values(about=type_coerce(raw, LargeBinary)))
    with pytest.raises(CannotUnseal):
        await shell.store.leads()
    await shell.store.close()


# --- masks -------------------------------------------------------------------------------------------------------------


def test_masks() -> None:
    assert mask_name("Nguyễn Thị Hoa") == "N*** H***" and mask_name("Hoa") == "H***" and mask_name(None) is None
    assert mask_phone("+84912345678") == "*********678" and mask_phone(None) is None


async def test_a_masked_lead_shows_nobody() -> None:
    shell = await open_shell()
    await shell.say("lead", "m1")
    (row,) = await shell.store.leads()
    masked = json.dumps(as_contract(row), ensure_ascii=False)
    for secret in ("Thử", "912345", "rural"):
        assert secret not in masked.replace("Xã Thử", "")
    assert as_contract(row, reveal=True)["applicant"]["phone"] == "+84912345678"
    assert set(as_contract(row)) >= set(CONTRACT.split())
    await shell.store.close()


# --- logs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CCCD 001099012345 nhé", "CCCD <number> nhé"),
        ("số 001 099 012 345", "số <number>"),
        ("CMND 123456789", "CMND <number>"),
        ("gọi 0912345678", "gọi <phone>"),
        ("gọi 0912 345 678 hoặc +84 912.345.678", "gọi <phone> hoặc <phone>"),
        ("gọi 84912345678", "gọi <phone>"),
        (
            "https://api.example/bot123456789:AAF0-abcdefghijklmnopqrstuvwxyz123/getMe",
            "https://api.example/bot<token>/getMe",
        ),
        ("postgresql+asyncpg://vayvon:s3cret@db/vayvon", "postgresql+asyncpg://<login>@db/vayvon"),
        ("Authorization: Bearer abcdef.ghijkl-mnop", "Authorization: Bearer <token>"),
        ("thư hoa@example.org", "thư <mail>"),
        ("2026-11-23T09:00:00.253162+07:00", "2026-11-23T09:00:00.253162+07:00"),
        ("20.000.000 đồng, 12 tháng, xã 00268", "20.000.000 đồng, 12 tháng, xã 00268"),
    ],
)
def test_nothing_personal_passes_into_a_line(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_fields_that_hold_a_person_are_hidden_whatever_they_hold() -> None:
    event = {"event": "x", "phone": "không rõ", "nested": {"name": "Hoa", "id": 7}, "row": 12, "number": 84912345678}
    assert redact_event(None, "info", event) == {
        "event": "x",
        "phone": "<hidden>",
        "nested": {"name": "<hidden>", "id": 7},
        "row": 12,
        "number": "<phone>",
    }


@pytest.mark.parametrize("style", ["text", "json"])
async def test_a_whole_talk_with_faults_leaves_nothing_personal_in_the_log(style: str, capsys) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("debug", style)
    try:
        shell = await open_shell()
        await shell.say("tôi tên Nguyễn Thị Thử, 0912345678", "m1", BINH)
        await shell.say("break", "m2", BINH)
        await shell.say("lead", "m3", BINH)
        await shell.say("lead", "m3", BINH)
        post = Post(trouble=[OurFault("Nguyễn Thị Thử 0912345678"), RuntimeError("chat 700002 của Nguyễn Thị Thử")])
        await Deliverer(shell.store, shell.turns, shell.clock, [post]).drain()
        try:
            raise ValueError("Nguyễn Thị Thử")
        except ValueError:
            logging.getLogger("some.library").exception("it broke on %s", "0912345678")
        logging.getLogger("some.library").debug("sending %s", "tôi tên Nguyễn Thị Thử")
        structlog.get_logger("x").info("said", text="tôi tên Thử", at=datetime.now())
        await shell.store.close()
    finally:
        root.handlers[:], root.level = before
        structlog.reset_defaults()
    log = capsys.readouterr().err
    assert "turn.done" in log and "turn.failed" in log and "outbox.dead" in log and "it broke on <phone>" in log
    for secret in ("Thử", "912345", BINH.key, "tôi tên"):
        assert secret not in log, secret


def test_what_the_telegram_channel_logs_is_heard_though_its_library_is_silent(capsys) -> None:
    from bot.channels import telegram
    from bot.clock import SystemClock

    root, library = logging.getLogger(), logging.getLogger("telegram")
    before = root.handlers[:], root.level, library.level
    logs.configure("info")
    try:
        telegram.Telegram("123456789:" + "A" * 35, SystemClock())
        library.error("gửi: tôi tên Thử")
        telegram.log.error("Telegram refuses the token; correct TELEGRAM_TOKEN and start again")
    finally:
        root.handlers[:], root.level, library.level = before
        structlog.reset_defaults()
    heard = capsys.readouterr().err
    assert "refuses the token" in heard
    assert "Thử" not in heard
