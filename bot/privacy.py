"""Personal data's one gate: how it is sealed in the database, looked up, hidden from logs, kept and for how long.

No query and no policy of a programme here; erasing rows is the store's work (`bot/stores/sql.py`), under the rules below.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from bot.wording import MissingWording

_FORMAT = b"\x01"
_NONCE_BYTES = 12


class CannotUnseal(Exception):
    """A sealed field does not open: its key is missing from the key ring, or the bytes were changed or moved."""


class KeyRing:
    """The keys in force: `current` seals, all of them unseal (so keys can be rotated), `hash_key` makes look-up hashes."""

    def __init__(self, keys: Mapping[str, bytes], current: str, hash_key: bytes) -> None:
        if current not in keys:
            raise ValueError(f"the current key {current!r} is not on the key ring")
        self.current = current
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._hash_key = hash_key

    @classmethod
    def fresh(cls) -> KeyRing:
        """A ring of new random keys, for a database that lives no longer than the process."""
        return cls({"k1": AESGCM.generate_key(256)}, "k1", os.urandom(32))

    def seal(self, plain: bytes, where: str) -> bytes:
        """Encrypt for the place `where` ("table.column"); the result does not open anywhere else."""
        head = self.head
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + self._ciphers[self.current].encrypt(nonce, plain, head + where.encode())

    def unseal(self, sealed: bytes, where: str) -> bytes:
        """Decrypt what `seal` made for the same place."""
        head, name = _split(sealed)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise CannotUnseal(f"{where}: key {name!r} is not on the key ring")
        nonce = sealed[len(head) : len(head) + _NONCE_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[len(head) + _NONCE_BYTES :], head + where.encode())
        except InvalidTag:
            raise CannotUnseal(f"{where}: the bytes were changed or belong elsewhere") from None

    def hash(self, purpose: str, value: str) -> str:
        """A keyed hash to look something up by ("address", "phone"), useless without the key."""
        return hmac.new(self._hash_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    @property
    def head(self) -> bytes:
        """What everything sealed with the current key begins with."""
        name = self.current.encode("ascii")
        return _FORMAT + bytes([len(name)]) + name


def _split(sealed: bytes) -> tuple[bytes, str]:
    if sealed[:1] != _FORMAT or len(sealed) < 2 + sealed[1] + _NONCE_BYTES:
        raise CannotUnseal("not a sealed field")
    end = 2 + sealed[1]
    return sealed[:end], sealed[2:end].decode("ascii", "replace")


def key_from_text(text: str) -> bytes:
    """A 32-byte key written in base64 (as settings and key files hold it)."""
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("a key has 32 bytes, written in base64")
    return key


def key_to_text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


class Sealed(TypeDecorator[Any]):
    """A column whose value is encrypted: `Sealed("leads.name")` for text, `Sealed("leads.facts", json=True)` for JSON.

    The key ring is the engine's (`engine.dialect.key_ring`, set by `bot/stores/sql.py`), so that no key is global.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, where: str, json: bool = False) -> None:
        super().__init__()
        self.where = where
        self.json = json

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if self.json else value
        return _ring(dialect).seal(text.encode(), self.where)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = _ring(dialect).unseal(bytes(value), self.where).decode()
        return json.loads(text) if self.json else text

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self


def _ring(dialect: Dialect) -> KeyRing:
    ring = getattr(dialect, "key_ring", None)
    if not isinstance(ring, KeyRing):
        raise CannotUnseal("this database engine was opened without a key ring")
    return ring


# --- what people see ------------------------------------------------------------------------------------------------


def mask_name(name: str | None) -> str | None:
    """The given name's first letter is enough to tell two leads apart: "Nguyễn Thị Hoa" -> "N*** H***"."""
    if not name:
        return name
    words = name.split()
    return f"{words[0][0]}*** {words[-1][0]}***" if len(words) > 1 else f"{words[0][0]}***"


def mask_phone(phone: str | None) -> str | None:
    """The last three digits stay: "+84912345678" -> "*********678"."""
    return phone and "*" * max(len(phone) - 3, 3) + phone[-3:]


def mask_text(value: Any) -> Any:
    """Nothing of it stays but that there is something."""
    return value if value is None or value == "" else "***"


# --- how long things stay -------------------------------------------------------------------------------------------

KEEP_UNCONSENTED = timedelta(hours=24)  # a talk before consent, counted from its beginning
KEEP_CONSENTED = timedelta(days=30)  # a draft, and a closed handover
KEEP_SENT = timedelta(hours=24)  # what was said, once it has arrived
KEEP_DEAD = timedelta(days=7)  # what could not be delivered, for the operator to see
KEEP_INBOUND = timedelta(days=7)  # the ids of messages, to know a repeated delivery
KEEP_CLOSED_LEADS = timedelta(days=730)  # a closed lead's personal columns; its numbers stay


# --- what logs may show ---------------------------------------------------------------------------------------------

_MASKS = (
    (re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{20,}"), "<token>"),  # a Telegram bot token, also within an address
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), "<login>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 <token>"),
    (re.compile(r"\+84(?:[\s.-]?\d){8,10}(?!\d)"), "<phone>"),
    (re.compile(r"(?<![\w])\d{3}(?:[\s.-]?\d{3}){2,3}(?![\w])"), "<number>"),  # 9- and 12-digit identity numbers
    (re.compile(r"(?<![\w])(?:84|0)(?:[\s.-]?\d){8,10}(?!\d)"), "<phone>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "<mail>"),
)
_SECRET_NAMES = ("token", "password", "secret", "phone", "name", "text", "address", "cccd", "payload", "authorization")


def redact(text: str) -> str:
    """The text without identity numbers, phones, mail addresses and tokens."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def redact_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog's last processor before rendering: nothing personal passes, whoever logged it."""
    for key, value in event.items():
        event[key] = "<hidden>" if key.lower() in _SECRET_NAMES else _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return redact(value)
        case bool() | None | float():
            return value
        case int():
            return value if abs(value) < 10**8 else redact(str(value))
        case Mapping():
            return {
                key: "<hidden>" if str(key).lower() in _SECRET_NAMES else _redacted(one) for key, one in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [_redacted(one) for one in value]
        case _:
            return redact(str(value))


def where_it_broke(error: BaseException) -> dict[str, Any]:
    """An error for the log: its kind and where it came from. Its own text may quote what a person wrote, so it stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        **({"missing": str(error)} if isinstance(error, MissingWording) else {}),  # a key of ours, nobody's words
        "trace": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
    }
