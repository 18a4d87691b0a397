"""Chat from a shell: a line on stdin -> Inbound; Outbound -> plain lines or one JSON object a turn. No logic beyond that."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from bot.channels.messages import Address, Inbound, Outbound

LONGEST_TEXT = 4_000
KINDS = ("text", "choice", "location", "contact", "media", "start")


class BadLine(Exception):
    """A line is no message: the text says what a message looks like."""


def inbound_of(line: str, address: Address, sent_at: str) -> Inbound:
    """One line as a message: plain text, or a JSON object with one of the kinds. Raises `BadLine`."""
    fields: dict[str, Any] = {"text": line}
    if line.lstrip().startswith("{"):
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            given = None  # somebody wrote a brace
        if isinstance(given, dict):
            fields = given
    fields = {name: clean(value) if isinstance(value, str) else value for name, value in fields.items()}
    common: dict[str, Any] = {
        "address": address,
        "message_id": clean(str(fields.get("message_id") or uuid.uuid4().hex))[:128],
        "sent_at": sent_at,
    }
    match fields:
        case {"text": str(text)}:
            return Inbound(kind="text", text=text[:LONGEST_TEXT], **common)
        case {"choice": str(choice)}:
            return Inbound(kind="choice", choice=choice, token=str(fields.get("token", "")), **common)
        case {"location": [int() | float() as lat, int() | float() as lon]} if abs(lat) <= 90 and abs(lon) <= 180:
            return Inbound(kind="location", lat=float(lat), lon=float(lon), **common)
        case {"contact": str(phone)}:
            return Inbound(kind="contact", phone=phone, own=bool(fields.get("own", True)), **common)
        case {"media": str(media)}:
            return Inbound(kind="media", media=media, **common)
        case {"start": payload}:
            return Inbound(kind="start", payload=payload if isinstance(payload, str) else "", **common)
        case _:
            raise BadLine('a line is plain text or an object with one of "' + '", "'.join(KINDS) + '"')


def clean(text: str) -> str:
    """Without what no database takes and no person types: NUL and lone halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def plain(replies: Sequence[Outbound]) -> str:
    """The replies as a person reads them; choices are numbered, and their number is an answer."""
    parts = []
    for reply in replies:
        lines = [reply.text]
        lines += [
            f"  {number}. {choice.label}" if reply.expects != "text" else f"  – {choice.label}"
            for number, choice in enumerate(reply.choices, start=1)
        ]
        lines += [f"  [{one.label}] {one.url or one.path or ''}" for one in reply.attachments if one.url or one.path]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
