"""Text -> a sentence in the person's language. The only reader of the catalogues; money, dates and numbers by Babel."""

from __future__ import annotations

import re
import string
from datetime import date
from functools import cache
from importlib import resources

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from flows.engine.text import Citation, Day, Joined, Money, Months, Percent, Text, Value

LANGUAGES = ("vi", "en")
ROOMS = ("flows", "bot")
BRIEF = 2  # sentences of an answer in passing


class MissingWording(LookupError):
    """A text has no entry in the catalogue of this language: add it to the `.po` file of its room."""


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language, by key, from every `.po` file of the rooms; an empty entry counts as missing."""
    texts: dict[str, str] = {}
    for room in ROOMS:
        folder = resources.files(room) / "locale" / language / "LC_MESSAGES"
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".po"):
                with file.open("rb") as stream:
                    for message in read_po(stream, locale=language):
                        if message.id and message.string:
                            texts[str(message.id)] = str(message.string)
    return texts


def placeholders(template: str) -> set[str]:
    """The names in braces of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def has(key: str, language: str = "vi") -> bool:
    return key in catalogue(language)


def word(value: Value, language: str = "vi", addressing: str = "anh/chị") -> str:
    """Word a value. `{you}` in any text is the person's form of address, `{You}` the same with a capital letter."""
    match value:
        case Text(key, values, otherwise):
            known = key if not otherwise or has(key, language) else otherwise
            return _fill(known, values, language, addressing)
        case Joined(parts, how):
            return _join([word(part, language, addressing) for part in parts], how, language)
        case Money(vnd):
            return _money(vnd, language)
        case Percent(number):
            return f"{format_decimal(number, format='#,##0.####', locale=language)}%"
        case Day(iso):
            return _day(iso, language)
        case Months(count):
            return _months(count, language)
        case Citation(instrument, article):
            return f"{article}, {instrument}" if article else instrument
        case int() | float():
            return format_decimal(value, locale=language)
        case _:
            return str(value)


def _fill(key: str, values: dict[str, Value], language: str, addressing: str) -> str:
    template = catalogue(language).get(key)
    if template is None:
        raise MissingWording(f"{key} ({language})")
    you = addressing if language == "vi" else "you"
    filled = {name: word(value, language, addressing) for name, value in values.items()}
    return template.format_map({"you": you, "You": you[:1].upper() + you[1:], **filled})


def _join(parts: list[str], how: str, language: str) -> str:
    parts = [part for part in parts if part]
    match how:
        case "lines":
            return "\n".join(parts)
        case "paragraphs":
            return "\n\n".join(parts)
        case "question":
            return _asking(" ".join(parts))
        case "brief":
            return " ".join(_sentences(" ".join(parts))[:BRIEF])
        case "bullets":
            return "\n".join(f"• {part}" for part in parts)
        case "list":
            last = " và " if language == "vi" else " and "
            return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
        case "or":
            last = " hoặc " if language == "vi" else " or "
            return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
        case _:
            return " ".join(parts)


def _asking(text: str) -> str:
    """The sentence that asks, without what explains it; the whole text where none ends with a question mark."""
    return next((one for one in reversed(_sentences(text)) if one.endswith("?")), text)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


def _day(iso: str, language: str) -> str:
    if len(iso) == 4:
        return iso if language == "en" else f"năm {iso}"
    if len(iso) == 7:
        year, month = iso.split("-")
        return f"{month}/{year}"
    day = date.fromisoformat(iso[:10])
    return f"{day.day:02d}/{day.month:02d}/{day.year}" if language == "vi" else f"{day.day} {day:%B %Y}"


def _money(vnd: int, language: str) -> str:
    """Whole đồng as people say them: 25 triệu đồng, 1,2 tỷ đồng; to the đồng where it is no round sum."""
    for unit, step, vi, en in ((10**9, 10**8, "tỷ đồng", "billion VND"), (10**6, 10**5, "triệu đồng", "million VND")):
        if vnd >= unit and vnd % step == 0:
            return f"{format_decimal(vnd / unit, locale=language)} {vi if language == 'vi' else en}"
    return f"{format_decimal(vnd, locale=language)} {'đồng' if language == 'vi' else 'VND'}"


def _months(count: int, language: str) -> str:
    years, rest = divmod(count, 12)
    if count and not rest:
        return f"{years} năm" if language == "vi" else f"{years} year{'s' if years > 1 else ''}"
    if years >= 2:
        return f"{years} năm {rest} tháng" if language == "vi" else f"{years} years {rest} months"
    return f"{count} tháng" if language == "vi" else f"{count} month{'s' if count != 1 else ''}"
