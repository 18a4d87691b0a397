"""Numbers below a thousand in digits or words, southern and northern. Scales and units belong to `money.py`, `period.py`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from nlu.text import Plain, Word, agrees

_DIGITS = {
    "khong": (0, "không"), "mot": (1, "một"), "hai": (2, "hai"), "ba": (3, "ba"), "bon": (4, "bốn"), "nam": (5, "năm"),
    "sau": (6, "sáu"), "bay": (7, "bảy"), "tam": (8, "tám"), "chin": (9, "chín"),
}  # fmt: skip
DIGIT_WORDS = frozenset(_DIGITS)
# only after a ten or a hundred: "hai mươi mốt", "ba lăm", "trăm tư"
_TRAILING = {"mot": (1, "mốt"), "tu": (4, "tư"), "lam": (5, "lăm"), "nham": (5, "nhăm")}
_TENS = {"muoi": ("mươi", "mười"), "chuc": ("chục",)}
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+\Z")


class Number(NamedTuple):
    """A number and the words first … last-1 that say it. `words`: said in words. `shorthand`: "trăm hai" for 120."""

    value: int | Decimal
    first: int
    last: int
    words: bool
    shorthand: bool = False


def digits_value(piece: str) -> int | Decimal | None:
    """What typed digits say: "1.500" is 1500, "2,5" is 2.5; None for an IP-like mess."""
    if piece.isdigit():
        return int(piece)
    if _GROUPED.match(piece):
        return int(piece.replace(".", "").replace(",", ""))
    if piece.count(".") + piece.count(",") == 1:
        return Decimal(piece.replace(",", "."))
    return None


def _is(word: Word, form: str) -> bool:
    return agrees(word.raw, form)


def digit(word: Word) -> int | None:
    """The digit said by one word ("bảy" -> 7), never by a look-alike ("bạy", "sau" with other accents)."""
    entry = _DIGITS.get(word.key)
    if entry and word.kind == "w" and _is(word, entry[1]):
        return entry[0]
    return None


def _trailing(word: Word) -> int | None:
    entry = _TRAILING.get(word.key)
    if entry and word.kind == "w" and _is(word, entry[1]):
        return entry[0]
    return digit(word) if word.key != "khong" else None


def only_trailing(word: Word) -> int | None:
    """mốt, tư, lăm, nhăm: they make a ten out of the word before ("ba lăm")."""
    entry = _TRAILING.get(word.key)
    if entry is None or not _is(word, entry[1]):
        return None
    if word.key == "mot" and word.raw != "mốt":
        return None
    return entry[0]


def is_ten(word: Word) -> bool:
    """mươi, mười, chục."""
    forms = _TENS.get(word.key)
    return forms is not None and any(_is(word, form) for form in forms)


def is_hundred(word: Word) -> bool:
    """trăm."""
    return word.key == "tram" and _is(word, "trăm")


def is_half(word: Word) -> bool:
    """rưỡi."""
    return word.key in ("ruoi", "ruoij") and (_is(word, "rưỡi") or _is(word, "rưởi") or _is(word, "rươi"))


def number_at(words: list[Word], i: int) -> Number | None:
    """The number below a thousand (or typed in digits) that begins at word i."""
    if i >= len(words):
        return None
    word = words[i]
    if word.kind == "n":
        value = digits_value(word.key)
        if value is None or below_zero(words, i):
            return None
        nxt = words[i + 1] if i + 1 < len(words) else None
        if nxt is not None and value < 10 and is_hundred(nxt):
            return _after_hundred(words, i, i + 2, int(value * 100))
        if (
            nxt is not None
            and value < 100
            and is_ten(nxt)
            and (nxt.key == "chuc" or (nxt.raw in ("mươi", "muoi") and 1 < value < 10))
        ):
            return _after_ten(words, i, i + 2, int(value * 10))
        return Number(value, i, i + 1, False)
    if is_hundred(word):
        return None if i and words[i - 1].key == "phan" else _after_hundred(words, i, i + 1, 100)
    if is_ten(word):
        return _after_ten(words, i, i + 1, 10)
    if word.key == "ham" and word.raw in ("hăm", "ham") and i + 1 < len(words) and _trailing(words[i + 1]) is not None:
        return Number(20 + (_trailing(words[i + 1]) or 0), i, i + 2, True)
    value = digit(word)
    if value is None:
        return None
    if i + 1 >= len(words):
        return Number(value, i, i + 1, True)
    nxt = words[i + 1]
    if is_hundred(nxt):
        return _after_hundred(words, i, i + 2, value * 100)
    if is_ten(nxt) and value:
        return _after_ten(words, i, i + 2, value * 10)
    if value > 1:
        ones = only_trailing(nxt)
        if ones is not None and nxt.raw not in ("lam", "tu"):
            return Number(value * 10 + ones, i, i + 2, True)
        if ones is not None and nxt.raw in ("lam", "tu") and _scale_follows(words, i + 2):
            return Number(value * 10 + ones, i, i + 2, True)
    return Number(value, i, i + 1, True)


def below_zero(words: list[Word], i: int) -> bool:
    """ "-5 triệu", "âm 5": less than nothing is no amount. Not in "20-30", "- 5 triệu" of a list, "tháng-5"."""
    before = words[i - 1] if i else None
    if before is None:
        return False
    if before.key == "am" and before.raw == "âm":
        return i < 2 or words[i - 2].key not in ("duong", "lich")
    if before.key != "-" or not words[i].glued:
        return False
    further = words[i - 2] if i > 1 else None
    return further is None or (not before.glued and further.kind != "n" and further.key not in _SCALES)


_SCALES = {"trieu", "tr", "cu", "chai", "ty", "ti", "nghin", "ngan", "tuoi", "dong"}


def _scale_follows(words: list[Word], i: int) -> bool:
    return i < len(words) and words[i].key in _SCALES


def _after_ten(words: list[Word], first: int, i: int, value: int) -> Number:
    if i < len(words):
        if is_half(words[i]) and words[i - 1].key == "chuc":
            return Number(value + 5, first, i + 1, True)
        ones = _trailing(words[i])
        # "mười năm" is ten years unless the word says lăm; "mươi sau" may be "mươi, sau đó"
        if ones and not _means_year(words, i):
            return Number(value + ones, first, i + 1, True)
    return Number(value, first, i, True)


def _means_year(words: list[Word], i: int) -> bool:
    """Whether the word at i is năm "year" or sau "after" rather than a five or a six after a ten."""
    word = words[i]
    if word.key == "nam":
        return not _scale_follows(words, i + 1) and not (i + 1 < len(words) and words[i + 1].key in ("nam", "thang"))
    if word.key in ("sau", "lam", "ba", "bay") and not word.raw.isascii():
        return False
    if word.key in ("sau", "lam", "tu") and word.raw.isascii():
        return not (i + 1 >= len(words) or words[i + 1].key in _SCALES or words[i + 1].key in ("nam", "thang", "tuoi"))
    return False


def _after_hundred(words: list[Word], first: int, i: int, value: int) -> Number:
    if i >= len(words):
        return Number(value, first, i, True)
    word = words[i]
    if is_half(word):
        return Number(value + 50, first, i + 1, True, shorthand=True)
    if word.key in ("linh", "le") and (_is(word, "linh") or _is(word, "lẻ")) and i + 1 < len(words):
        ones = _trailing(words[i + 1])
        if ones:
            return Number(value + ones, first, i + 2, True)
    if word.kind == "n":
        more = number_at(words, i)
        if more is not None and more.value < 100 and more.last > i + 1:
            return Number(value + more.value, first, more.last, True)
        return Number(value, first, i, True)
    tens = _tens_at(words, i)
    if tens is not None:
        return Number(value + tens.value, first, tens.last, True)
    ones = _trailing(word)
    if ones and not _means_year(words, i):
        return Number(value + ones * 10, first, i + 1, True, shorthand=True)
    return Number(value, first, i, True)


def _tens_at(words: list[Word], i: int) -> Number | None:
    word = words[i]
    if is_ten(word):
        return _after_ten(words, i, i + 1, 10)
    value = digit(word)
    if value and i + 1 < len(words):
        if is_ten(words[i + 1]):
            return _after_ten(words, i, i + 2, value * 10)
        ones = only_trailing(words[i + 1])
        if value > 1 and ones is not None and words[i + 1].raw not in ("lam", "tu"):
            return Number(value * 10 + ones, i, i + 2, True)
    return None


_ALSO = {"lam": "5", "tu": "4", "mot": "1", "nham": "5"}
_READ_OUT = frozenset((*_ALSO, *DIGIT_WORDS))


def said_digits(words: list[Word], i: int) -> str | None:
    """The digit or digits that one word says where a long number is read out: "bảy", "lăm", "042"."""
    word = words[i]
    if word.kind == "n":
        return word.key if word.key.isdigit() else None
    if word.key in _ALSO and word.raw in ("lăm", "nhăm", "tư", "mốt", "tu", "lam"):
        return _ALSO[word.key]
    value = digit(word)
    return None if value is None else str(value)


def read_out(plain: Plain, shortest: int) -> list[tuple[int, int, str]]:
    """Runs of digits said one by one, at least so many: the words first … last-1 and what they say."""
    words, runs, i = plain.words, [], 0
    if sum([len(w.key) if w.kind == "n" else 1 for w in words if w.kind == "n" or w.key in _READ_OUT]) < shortest:
        return runs
    while i < len(words):
        digits, j = "", i
        while j < len(words) and (said := said_digits(words, j)) is not None:
            digits += said
            j += 1
        if len(digits) >= shortest:
            runs.append((i, j, digits))
        i = max(j, i + 1)
    return runs


_OPENING = frozenset((*_DIGITS, *_TENS, "tram", "ham"))


def number_starts(plain: Plain) -> list[int]:
    """The words at which a number may begin, looked up once a message."""
    starts = plain.memo.get("number_starts")
    if starts is None:
        starts = [i for i, w in enumerate(plain.words) if w.kind == "n" or w.key in _OPENING]
        plain.memo["number_starts"] = starts
    return starts
