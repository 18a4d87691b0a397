"""Mobile numbers of Viet Nam: typed, read out digit by digit, with O for 0, or in the eleven-digit form of before 2018."""

from __future__ import annotations

import re
import unicodedata

from nlu.entities.number import read_out, said_digits
from nlu.lexicon import load
from nlu.reading import Entity
from nlu.text import Plain

_TYPED = re.compile(r"(?<![\w.,/])(?:\(?\+?\s?84\)?|0|O|o|o(?=9))(?:[\s.\-()]{0,2}[\doOlI]){8,11}(?![\w])")
SHORTEST = 10  # digits of a mobile number
LONGEST = 14  # digits of a mobile number with 00 and the country before it
_LOOSE = str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1"})
_SEPARATORS = re.compile(r"[\s.\-()+]")


def normal(digits: str) -> str | None:
    """The number as +84…, or None if no mobile network has it."""
    digits = _SEPARATORS.sub("", digits).translate(_LOOSE)
    # Wide or foreign digits are the same number; kept as typed it could not be dialled, nor known again.
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in digits)
    if digits.startswith("0084"):
        digits = "0" + digits[4:]
    elif digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    if digits.startswith("00") and len(digits) == 11:
        digits = digits[1:]
    data = load("phones")
    if len(digits) == 11 and digits[:4] in data["moved"]:
        digits = data["moved"][digits[:4]] + digits[4:]
    if len(digits) == 10 and digits.isascii() and digits.isdigit() and digits[:3] in data["mobile"]:
        return "+84" + digits[1:]
    return None


def read_phone(plain: Plain) -> list[Entity]:
    """Valid mobile numbers in the message."""
    found = []
    for match in _TYPED.finditer(plain.text) if plain.has_digits else ():
        text = match.group().rstrip(" .-(")
        value = normal(text)
        if value is None:
            # "0912 345 607 12" and the like: the number may be followed by another
            value, text = _shorter(text)
        if value is not None:
            start = match.start()
            found.append(Entity("phone", value, text, start, start + len(text)))
    return found or _spoken(plain)


_OF_A_STRANGER = re.compile(
    r" (?:(?:nay|do|kia|ay|la|no|,|cu|dang|vua|moi) )*(?:gia danh|gia mao|tu xung|tu nhan|xung|nhan (?:la|minh)|nhan tin|lua|co phai|phai khong"
    r"|la (?:ai|so ai|so cua ai|so can bo|can bo|so ngan hang|ngan hang|cua ngan hang|lua dao)|cua (?:ai|ngan hang|can bo)"
    r"|goi(?: [a-z]+){0,4} (?:bao|noi|doi|hoi|xung|yeu cau|co phai|lua|tu))(?= )"
)
_FROM_A_STRANGER = re.compile(
    r" (?:bi (?:lua|goi|doa)|ke (?:lua|xau|gian)|(?:thang|dua|bon|nguoi|co) (?:lua dao|la|nguoi)|chuyen(?: tien)? (?:cho|vao|toi|den)|goi tu|goi bang|tu)"
    r"(?: [a-z]+){0,4}?(?: so| sdt| so dien thoai| dien thoai)(?: la| :)? $"
)


def of_a_stranger(plain: Plain, phone: Entity) -> bool:
    """ "số 098… nhận là cán bộ ngân hàng": the number of one who called, not of the one who writes."""
    before = " " + " ".join(w.key for w in plain.words if w.end <= phone.start) + " "
    after = " " + " ".join(w.key for w in plain.words if w.start >= phone.end) + " "
    return bool(_OF_A_STRANGER.match(after) or _FROM_A_STRANGER.search(before))


def _shorter(text: str) -> tuple[str | None, str]:
    while len(text) > 10 and re.search(r"[\s]", text):
        text = text[: max(text.rfind(" "), 0)].rstrip(" .-(")
        value = normal(text)
        if value is not None:
            return value, text
    return None, text


def _spoken(plain: Plain) -> list[Entity]:
    """ "không chín bảy tám …": ten or eleven digit words (or single typed digits) in a row."""
    return [phone for i, j, _ in read_out(plain, SHORTEST) for phone in _last_of_run(plain, i, j)]


def _last_of_run(plain: Plain, i: int, j: int) -> list[Entity]:
    """The longest tail of a run of read-out digits that is a number: other figures may stand before it."""
    best, digits = [], ""
    for first in range(j - 1, i - 1, -1):
        digits = (said_digits(plain.words, first) or "") + digits
        if len(digits) > LONGEST:
            break
        value = normal(digits)
        if value is not None:
            start, end = plain.span(first, j)
            best = [Entity("phone", value, plain.text[start:end], start, end)]
    return best
