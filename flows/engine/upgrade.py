"""Reading conversations that were saved before: also by older versions. Writing is `msgspec.json.encode`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from flows.engine.conversation import FORMAT, Conversation

UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Format number -> how its JSON becomes that of the next format. One entry is added with each change of `FORMAT`."""


class UnknownFormat(ValueError):
    """The saved conversation is of a newer version of vayvon than this one: run the newer version, nothing was changed."""


def read_conversation(saved: bytes) -> Conversation:
    """The conversation in `saved` JSON, upgraded to today's format. Raises `UnknownFormat`, or `msgspec.ValidationError` if it is damaged."""
    raw = msgspec.json.decode(saved)
    number = raw.get("format", FORMAT)
    if number > FORMAT:
        raise UnknownFormat(f"format {number}, this version reads up to {FORMAT}")
    while number < FORMAT:
        raw = UPGRADES[number](raw)
        number += 1
    return msgspec.convert({**raw, "format": FORMAT}, Conversation)


def save_conversation(conversation: Conversation) -> bytes:
    """The conversation as JSON."""
    return msgspec.json.encode(conversation)
