"""The twelve-digit citizen number: found, checked and masked. It is never kept by the reader."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from nlu.entities.number import read_out
from nlu.lexicon import load
from nlu.reading import Entity
from nlu.text import Plain, fold

_TYPED = re.compile(r"(?<![\d+])\d(?:[\s.\-]?\d){11}(?![\d])")
DIGITS = 12
_SEPARATORS = re.compile(r"[\s.\-]")


def valid(digits: str, on: date | None = None) -> bool:
    """Whether the digits can be a citizen number: known province, century digit and year of a person already born."""
    if len(digits) != DIGITS or not digits.isdigit() or digits[:3] not in load("provinces")["codes"]:
        return False
    century = 1900 + 100 * (int(digits[3]) // 2)
    born = century + int(digits[4:6])
    return 1905 <= born <= (on.year if on else 2099)


def masked(digits: str) -> str:
    """All twelve digits hidden: the fourth to sixth alone would tell sex and year of birth."""
    return "•" * len(digits)


def read_cccd(plain: Plain, on: date | None = None) -> list[Entity]:
    """Valid citizen numbers in the message."""
    found = []
    for first, last, digits in read_out(plain, DIGITS):
        if len(digits) == DIGITS and valid(digits, on):
            start, end = plain.span(first, last)
            found.append(Entity("cccd", digits, plain.text[start:end], start, end))
    if found or not plain.has_digits:
        return found
    for match in _TYPED.finditer(plain.text):
        digits = _SEPARATORS.sub("", match.group())
        if valid(digits, on):
            found.append(Entity("cccd", digits, match.group(), match.start(), match.end()))
    return found


_OWN_NUMBER = re.compile(
    r"\b(?:cccd|cmnd|cmt|can cuoc(?: cong dan)?|chung minh(?: thu| nhan dan)?|dinh danh|id|id card|identity(?: card)?)\b[^\d]{0,24}(?:\d[\s.\-]?){8,11}\d(?!\d)"
)


def told(message: Plain, entities: Iterable[Entity]) -> bool:
    """Whether the message gives an identity number: one that can be one, or any that is called so."""
    if any([entity.type == "cccd" for entity in entities]):
        return True
    return message.has_digits and _OWN_NUMBER.search(fold(message.text)) is not None


def hide(text: str) -> str:
    """The text with everything that looks like a citizen number or an old nine-digit one hidden."""
    return re.sub(r"(?<!\d)\d(?:[\s.\-]?\d){11}(?!\d)|(?<!\d)\d{9}(?!\d)", lambda m: "•" * len(m.group()), text)
