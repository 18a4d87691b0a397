"""What all channels share: an address, what comes in, what goes out. No channel's own types here."""

from __future__ import annotations

import base64
from typing import Any, Literal

import msgspec


class Address(msgspec.Struct, frozen=True):
    """Where one person is reached: `channel` "web" | "telegram" | "terminal", `key` the channel's own id of the chat.

    The key is personal data: it is stored encrypted, looked up by its keyed hash and never logged.
    """

    channel: str
    key: str


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person did. Exactly what the kind needs is set.

    `message_id` is unique within the address; a repeated delivery carries the same one and is ignored.
    `kind`: start (payload) | text (text) | choice (choice, token) | contact (phone, own) | location (lat, lon) | media (media).
    `text` is cut to 4,000 code points by the channel.
    """

    address: Address
    message_id: str
    sent_at: str
    kind: Literal["start", "text", "choice", "contact", "location", "media"]
    payload: str = ""
    text: str = ""
    choice: str = ""
    token: str = ""
    phone: str = ""
    own: bool = False
    lat: float | None = None
    lon: float | None = None
    media: str = ""


class OutboundChoice(msgspec.Struct, frozen=True):
    id: str
    label: str


class OutboundAttachment(msgspec.Struct, frozen=True):
    """`kind` "calendar" | "link" | "picture"; `url` or `path` or `body` (the text of a calendar file, the SVG of a picture)."""

    kind: str
    label: str
    url: str | None = None
    path: str | None = None
    body: str | None = None

    @property
    def address(self) -> str | None:
        """Where it is fetched. A file that has no address of its own travels in the link itself."""
        if self.url or self.body is None:
            return self.url
        content = "text/calendar;charset=utf-8" if self.kind == "calendar" else "image/svg+xml"
        return f"data:{content};base64,{base64.b64encode(self.body.encode()).decode()}"


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a person, already worded. Plain text, lines parted by newlines; no markup.

    `expects`: text | choice | location | contact | none; `token` goes back with a picked choice.
    """

    text: str
    choices: tuple[OutboundChoice, ...] = ()
    attachments: tuple[OutboundAttachment, ...] = ()
    expects: str = "none"
    token: str = ""
    language: str = "vi"  # of the text: a channel words its own labels ("share my number") in it
    clear: bool = False  # somebody looks over the shoulder: clear the screen first, where that can be done
    preview: bool = True  # False: the text is sensitive, ask the channel for no preview and a silent notification

    def as_json(self) -> dict[str, Any]:
        """The reply object of the contract, section 8."""
        attachments = [
            {"kind": a.kind, "label": a.label, **({"url": a.address} if a.address else {"path": a.path})}
            for a in self.attachments
        ]
        choices = [{"id": c.id, "label": c.label} for c in self.choices]
        shown = {"text": self.text, "choices": choices, "attachments": attachments, "expects": self.expects}
        return {**shown, "clear": True} if self.clear else shown
