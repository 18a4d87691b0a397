"""Gateways against real listeners on loopback: a web server that checks the signature, a mail server that keeps the note."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from small_engine import open_shell

from bot.channels.errors import OurFault, TryAgain
from bot.leads.forward import NoteByMail, SignedWebhook, gateways_of
from bot.settings import BadSettings, load

SECRET = "một bí mật"


@dataclass
class Listener:
    """Answers each connection with `answers` in turn, and keeps what came."""

    answers: list[bytes]
    heard: list[bytes] = field(default_factory=list)

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(
            next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        )
        self.heard.append(head + await reader.readexactly(length))
        writer.write(self.answers.pop(0))
        await writer.drain()
        writer.close()

    async def smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.heard.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else self.answers[0] if verb == b"RCPT" else b"250 ok\r\n")
            if verb == b"QUIT":
                break
        writer.close()


@asynccontextmanager
async def listening(handler: Any) -> AsyncIterator[int]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
async def lead() -> AsyncIterator[dict[str, Any]]:
    shell = await open_shell()
    await shell.say("lead", "m1")
    yield (await shell.store.leads())[0]
    await shell.store.close()


async def test_the_webhook_is_signed_and_says_which_lead_it_is(lead: dict[str, Any]) -> None:
    listener = Listener([b"HTTP/1.1 204 No Content\r\n\r\n"])
    async with listening(listener.http) as port:
        await SignedWebhook(f"http://127.0.0.1:{port}/leads", SECRET).forward(lead)
    head, body = listener.heard[0].split(b"\r\n\r\n", 1)
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert f"x-vayvon-signature: {signature}".encode() in head.lower()
    assert f"idempotency-key: {lead['id']}".lower().encode() in head.lower()
    assert json.loads(body)["applicant"]["phone"] == "+84912345678"


@pytest.mark.parametrize(
    ("answer", "problem", "after"),
    [
        (b"HTTP/1.1 503 Away\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n", TryAgain, 30.0),
        (b"HTTP/1.1 429 Slowly\r\nContent-Length: 0\r\n\r\n", TryAgain, None),
        (b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", OurFault, None),
        (b"", TryAgain, None),
    ],
)
async def test_the_answer_says_whether_to_try_again(lead, answer: bytes, problem: type, after: float | None) -> None:
    listener = Listener([answer])
    async with listening(listener.http) as port:
        with pytest.raises(problem) as caught:
            await SignedWebhook(f"http://127.0.0.1:{port}/leads", SECRET).forward(lead)
    assert getattr(caught.value, "after", None) == after


async def test_an_erased_lead_is_not_posted(lead: dict[str, Any]) -> None:
    await SignedWebhook("http://127.0.0.1:1/nowhere", SECRET).forward({**lead, "erased_at": lead["created_at"]})


async def test_the_mail_says_nothing_of_the_person(lead: dict[str, Any]) -> None:
    listener = Listener([b"250 ok\r\n"])
    async with listening(listener.smtp) as port:
        mail = NoteByMail(f"smtp://127.0.0.1:{port}", "bot@example.org", "office@example.org", "https://vayvon.example")
        await mail.forward(lead)
    note = listener.heard[0].decode()
    assert lead["id"] in note and "Message-ID" in note
    assert "912345678" not in note and "Nguy" not in note


async def test_a_receiver_that_is_refused_is_our_fault(lead: dict[str, Any]) -> None:
    listener = Listener([b"550 nobody here\r\n"])
    async with listening(listener.smtp) as port:
        with pytest.raises(OurFault):
            await NoteByMail(f"smtp://127.0.0.1:{port}", "a@example.org", "b@example.org", "").forward(lead)
    with pytest.raises(TryAgain):
        await NoteByMail("smtp://127.0.0.1:1", "a@example.org", "b@example.org", "").forward(lead)


def test_the_settings_say_which_gateways_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(gateways_of(load())) == []
    monkeypatch.setenv("VAYVON_LEAD_WEBHOOK_URL", "https://bank.example/leads")
    with pytest.raises(BadSettings, match="SECRET"):
        gateways_of(load())
    monkeypatch.setenv("VAYVON_LEAD_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("VAYVON_LEAD_MAIL_TO", "office@example.org")
    monkeypatch.setenv("VAYVON_SMTP_URL", "smtp://127.0.0.1:25")
    assert [gateway.name for gateway in gateways_of(load())] == ["webhook", "mail"]
