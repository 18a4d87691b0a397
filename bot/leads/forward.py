"""To those who serve the point: the gateways that a committed lead also leaves by. The console needs none: its queue is the row itself.

Each gateway may be called again with the same lead (after a lost answer), so each says which lead it is and changes nothing
of it. When to try again is `bot/deliver.py`'s business.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from bot.channels.errors import OurFault, TryAgain
from bot.leads.lead import as_contract
from bot.ports import PointGateway
from bot.settings import BadSettings, Settings
from bot.wording import word
from flows.engine.text import Text


class SignedWebhook:
    """Posts the whole lead as JSON to a system of the bank; `X-Vayvon-Signature` is the HMAC-SHA256 of the body."""

    name = "webhook"

    def __init__(self, url: str, secret: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url, self._secret = url, secret.encode()
        self._transport = transport

    async def forward(self, lead: Mapping[str, Any]) -> None:
        """Post the lead; the other side knows a repeated one by its id."""
        if lead["erased_at"] is not None:
            return
        body = json.dumps(as_contract(lead, reveal=True), ensure_ascii=False).encode()
        signature = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Vayvon-Signature": signature, "Idempotency-Key": lead["id"]}
        try:
            async with httpx.AsyncClient(timeout=15, transport=self._transport) as client:
                answer = await client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise TryAgain(type(error).__name__) from None
        if answer.status_code in {408, 425, 429} or answer.status_code >= 500:
            raise TryAgain(f"status {answer.status_code}", _seconds(answer.headers.get("Retry-After")))
        if not answer.is_success:
            raise OurFault(f"status {answer.status_code}")


class NoteByMail:
    """Mails that there is a new lead and where to open it; nothing about the person, for mail is read by many."""

    name = "mail"

    def __init__(self, server: str, sender: str, receiver: str, site: str) -> None:
        parts = urlsplit(server)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise BadSettings("VAYVON_SMTP_URL is smtp://user:password@host:port or smtps://…")
        self._parts, self._sender, self._receiver, self._site = parts, sender, receiver, site

    async def forward(self, lead: Mapping[str, Any]) -> None:
        """Send the note."""
        try:
            await asyncio.to_thread(self._send, self._note(lead))
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            raise OurFault(type(error).__name__) from None
        except (smtplib.SMTPException, OSError) as error:
            raise TryAgain(type(error).__name__) from None

    def _note(self, lead: Mapping[str, Any]) -> EmailMessage:
        note = EmailMessage()
        note["From"], note["To"] = self._sender, self._receiver
        note["Message-ID"] = f"<{lead['id']}@vayvon>"
        note["Subject"] = word(Text("shell.mail.subject", {"lead": lead["id"]}))
        link = f"{self._site}/console/leads/{lead['id']}"
        note.set_content(word(Text("shell.mail.body", {"lead": lead["id"], "link": link})))
        return note

    def _send(self, note: EmailMessage) -> None:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=20, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port or 587, timeout=20)
        with server:
            if self._parts.username:
                if self._parts.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())  # a password never goes in the clear
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            server.send_message(note)


def gateways_of(settings: Settings) -> Sequence[PointGateway]:
    """The gateways that the settings ask for."""
    gateways: list[PointGateway] = []
    if settings.lead_webhook_url:
        if settings.lead_webhook_secret is None:
            raise BadSettings("VAYVON_LEAD_WEBHOOK_SECRET is needed with VAYVON_LEAD_WEBHOOK_URL")
        gateways.append(SignedWebhook(settings.lead_webhook_url, settings.lead_webhook_secret.get_secret_value()))
    if settings.lead_mail_to:
        if settings.smtp_url is None:
            raise BadSettings("VAYVON_SMTP_URL is needed with VAYVON_LEAD_MAIL_TO")
        server = settings.smtp_url.get_secret_value()
        gateways.append(NoteByMail(server, settings.lead_mail_from, settings.lead_mail_to, settings.address))
    return gateways


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() else None
