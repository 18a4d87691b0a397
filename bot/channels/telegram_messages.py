"""An `Outbound` as the messages that Telegram takes: texts within its length, keyboards that carry ids. Pure.

Nothing is ever edited or deleted afterwards, so that every other channel can do the same.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from bot.channels.errors import OurFault
from bot.channels.messages import Outbound, OutboundAttachment, OutboundChoice
from bot.wording import word
from flows.engine.text import Text

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
LONG_LABEL = 34  # code points that a button shows on a phone of 360 px before it cuts them
SHORT_LABEL = 12  # two or three of these stand side by side
# From the best place to part a text to the worst.
BORDERS = (re.compile(r"\n{2,}"), re.compile(r"\n"), re.compile(r"(?<=[.!?…:;])\s"), re.compile(r"\s"))
GEO = re.compile(r"geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


class Part(msgspec.Struct, frozen=True):
    """One request: a text, or one attachment."""

    text: str = ""
    markup: Markup | None = None
    attachment: OutboundAttachment | None = None


def parts(message: Outbound) -> list[Part]:
    """What to send, in order; the keyboard stands under the last text, attachments come before it."""
    text, labels = _readable_labels(message)
    links = [one for one in message.attachments if one.kind == "link" and one.url and place_of(one) is None]
    written = [one for one in links if not _fits_button(one.url)]
    files = [one for one in message.attachments if one not in links]
    if written:
        text += "\n\n" + "\n".join(f"{one.label}: {one.url.removeprefix('tel:')}" for one in written)
        links = [one for one in links if one not in written]
    texts = split(text)
    under = [Part(text=piece) for piece in texts[:-1]]
    last = Part(text=texts[-1], markup=_markup(message, labels, links)) if texts else None
    return [*under, *(Part(attachment=one) for one in files), *([last] if last else [])]


def place_of(attachment: OutboundAttachment) -> tuple[float, float] | None:
    """Latitude and longitude of a "geo:" link; None for any other attachment."""
    found = GEO.match(attachment.url or "")
    return (float(found[1]), float(found[2])) if found else None


def split(text: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """The text in pieces of at most `limit` UTF-16 units, parted where a reader would pause."""
    pieces, rest = [], text.strip()
    while units(rest) > limit:
        head = _head(rest, limit)
        cut = next((at for border in BORDERS if (at := _last_border(border, head)) > 0), len(head))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def units(text: str) -> int:
    """Telegram counts UTF-16 units: an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def callback_data(token: str, choice: str) -> str:
    """What a button carries back: ids only. Telegram takes 64 bytes."""
    data = f"{token}|{choice}"
    if len(data.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise OurFault(f"the id of a choice is too long for a button: {choice}")
    return data


def _fits_button(url: str) -> bool:
    """Telegram's buttons open web addresses with a real host name; a phone number or a test machine is written out."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "").strip("0123456789.")


def _head(text: str, limit: int) -> str:
    """The longest beginning within the limit."""
    head = text[:limit]
    while units(head) > limit:
        head = head[: -max(1, (units(head) - limit) // 2)]
    return head


def _last_border(border: re.Pattern[str], head: str) -> int:
    """Where the last border ends; 0 if that would leave a piece not half full, which looks like a fault."""
    ends = [found.end() for found in border.finditer(head)]
    return ends[-1] if ends and ends[-1] > len(head) // 2 else 0


def _readable_labels(message: Outbound) -> tuple[str, list[str]]:
    """Labels that a phone would cut are written out in the text, numbered; the buttons then show the numbers."""
    labels = [choice.label for choice in message.choices]
    if message.expects in ("contact", "location") or all(len(label) <= LONG_LABEL for label in labels):
        return message.text, labels
    numbered = "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
    return f"{message.text}\n\n{numbered}", [str(number) for number in range(1, len(labels) + 1)]


def _markup(message: Outbound, labels: list[str], links: list[OutboundAttachment]) -> Markup:
    if message.expects in ("contact", "location") and not links:
        return _sharing(message)
    rows = [
        [InlineKeyboardButton(link.label or word(Text("telegram.open"), message.language), url=link.url)]
        for link in links
    ]
    for row in _rows(message.choices, labels):
        rows.append(
            [InlineKeyboardButton(label, callback_data=callback_data(message.token, one.id)) for one, label in row]
        )
    # Without buttons, take away a keyboard that an earlier question left on the screen.
    return InlineKeyboardMarkup(rows) if rows else ReplyKeyboardRemove()


def _sharing(message: Outbound) -> ReplyKeyboardMarkup:
    """The button that shares the number or the place, which Telegram only has below the text field.

    Other choices stand there too; pressing one sends its label, which is read like any answer.
    """
    if message.expects == "contact":
        share = KeyboardButton(word(Text("telegram.share_contact"), message.language), request_contact=True)
    else:
        share = KeyboardButton(word(Text("telegram.share_location"), message.language), request_location=True)
    rows = [[share], *([KeyboardButton(choice.label)] for choice in message.choices)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _rows(choices: tuple[OutboundChoice, ...], labels: list[str]) -> list[list[tuple[OutboundChoice, str]]]:
    """Short labels side by side, long ones one a row."""
    across = 1 if any(len(label) > SHORT_LABEL for label in labels) else 5 if all(map(str.isdigit, labels)) else 3
    pairs = list(zip(choices, labels, strict=True))
    return [pairs[at : at + across] for at in range(0, len(pairs), across)]
