"""Ages in years and years of birth."""

from __future__ import annotations

import re
from datetime import date

from nlu.entities.number import digit, number_at, number_starts, only_trailing
from nlu.reading import Entity
from nlu.text import Plain, agrees

_BORN = re.compile(
    r"(?<! ve)(?<! hoc)(?<! phat)(?<! tan) (?:sinh|sn|s n)(?: nam| ngay)?(?: :)? (?:(?:\d{1,2} ?[/.-] ?){1,2})?"
    r"(?P<y>(?:19|20)\d\d|\d\d(?! (?:trieu|tr|cu|chai|ty|ti|nghin|ngan|k|nam|thang|ngay|dua|con|chau|nguoi|m2|%|tuoi)))(?= )"
    r"|(?<= )nam sinh(?: cua)?(?: em| toi| chau| con| minh)?(?: la)?(?: :)? (?P<y2>(?:19|20)\d\d|\d\d)(?= )"
)
_BORN_IN_WORDS = re.compile(r" (?:sinh|sn)(?: nam)? (?=[a-z])")
_BIRTH = frozenset(("sinh", "sn", "s"))  # one of these stands in each of the two
_2K = re.compile(r"\b2k(\d{1,2})?\b", re.IGNORECASE)
_PEOPLE = {
    "em",
    "toi",
    "bac",
    "co",
    "chu",
    "anh",
    "chi",
    "con",
    "chau",
    "minh",
    "ong",
    "ba",
    "nam",
    "nu",
    "luc",
    "nay",
    "hoi",
    "da",
}


def read_age(plain: Plain) -> list[Entity]:
    """Ages: "47 tuổi", "năm mươi lăm tuổi", "em 22t"."""
    words, found, after = plain.words, [], 0
    if " tuoi " not in plain.line and " t " not in plain.line:
        return []
    for first in number_starts(plain):
        number = number_at(words, first) if first >= after else None
        if number is None:
            continue
        i = after = number.last
        value, begin = int(number.value), number.first
        tens = digit(words[first - 1]) if first else None
        if number.words and value < 10 and tens and tens > 1 and i - first == 1:
            value, begin = 10 * tens + value, first - 1  # "bốn hai tuổi"
        if i >= len(words) or not 0 < number.value < 120 or number.value != int(number.value):
            continue
        unit = words[i]
        said = unit.key == "tuoi" and agrees(unit.raw, "tuổi")
        short = (
            unit.key == "t"
            and unit.glued
            and 15 <= number.value <= 90
            and number.first
            and words[number.first - 1].key in _PEOPLE
        )
        months = i and words[i - 1].key == "thang"
        if (
            (said or short)
            and not months
            and not (number.first and words[number.first - 1].key in ("tu", "tren", "den", "-") and not number.words)
        ):
            start, end = plain.span(begin, i + 1)
            found.append(Entity("age", value, plain.text[start:end], start, end))
    return found


def read_birth_year(plain: Plain, on: date | None = None) -> list[Entity]:
    """Years of birth: "sinh năm 1990", "sn 95", "2k3"."""
    found = []
    told = not plain.keys.isdisjoint(_BIRTH)
    for first, last, match in plain.find(_BORN) if told else ():
        said = match["y"] or match["y2"]
        year = full_year(said, on)
        at = last - 1
        start, end = plain.span(at, last)
        if year is not None and first < last:
            found.append(Entity("birth_year", year, plain.text[start:end], start, end))
    found += _in_words(plain, on) if told else []
    for match in _2K.finditer(plain.text) if plain.has_digits else ():
        after = plain.text[match.end() : match.end() + 8].lower()
        if match.group(1) is not None or re.match(r"\s*(?:$|[,.?!]|ạ|a\b|nha|nhé)", after):
            year = 2000 + int(match.group(1) or 0)
            if on is None or year < on.year:
                found.append(Entity("birth_year", year, match.group(), match.start(), match.end()))
    return found


def _in_words(plain: Plain, on: date | None) -> list[Entity]:
    """ "sinh năm sáu tám", "sinh một chín bảy lăm", "sinh năm tám mươi": the digits read out."""
    found = []
    for match in _BORN_IN_WORDS.finditer(plain.line):
        last_of_cue = plain.index(match.end())
        for first in (last_of_cue, last_of_cue - 1):  # "sinh năm bảy" may be the year 57
            said = _read_out(plain, first)
            if said is not None and (year := full_year(said[0], on)) is not None:
                start, end = plain.span(first, said[1])
                found.append(Entity("birth_year", year, plain.text[start:end], start, end))
                break
    return found


def _read_out(plain: Plain, first: int) -> tuple[str, int] | None:
    """Two or four digits said one by one, or a number of two digits; and the word after them."""
    words = plain.words
    number = number_at(words, first)
    if number is not None and number.words and 10 <= number.value <= 99:
        return str(number.value), number.last
    digits, i = "", first
    while i < len(words) and len(digits) < 4:
        value = digit(words[i])
        if value is None and digits:
            value = only_trailing(words[i])
        if value is None:
            break
        digits += str(value)
        i += 1
    return (digits, i) if len(digits) in (2, 4) else None


_AGED = re.compile(r" (?:nam nay|tuoi|duoc|tron|ngoai|gan|hon) $")


def read_asked_year(plain: Plain, on: date | None = None, age: bool = False) -> list[Entity]:
    """The bare year of birth, or the bare age, of somebody who was asked for it: "1979", "năm nay năm mươi bốn".

    `age`: the question was how old they are, so a number alone is that.
    """
    for first in number_starts(plain):
        number = number_at(plain.words, first)
        if number is None or number.value != int(number.value):
            continue
        said = None if age else _read_out(plain, first)
        if said is not None and len(said[0]) == 4 and (year := full_year(said[0], on)) is not None:
            start, end = plain.span(first, said[1])
            return [Entity("birth_year", year, plain.text[start:end], start, end)]  # "một chín bảy lăm"
        start, end = plain.span(first, number.last)
        text = plain.text[start:end]
        if not age and _two_figures(plain, first, text) and (year := full_year(text, on)) is not None:
            return [Entity("birth_year", year, text, start, end)]
        if not number.words and 1905 <= number.value <= (on.year if on else 2099):
            return [Entity("birth_year", int(number.value), text, start, end)]
        if 15 <= number.value <= 99 and (age or _AGED.search(plain.line[: plain.offsets[first]])):
            return [Entity("age", int(number.value), text, start, end)]
    return []


_AROUND_A_YEAR = frozenset(("da", "vang", "a", "em", "toi", "minh", "chau", "con", "bac", "co", "chu", "anh", "chi", "thi", "la", "nam", "nha", "nhe", "ad", "sinh", "nhen", "nghen", "oi", "thua", "tuoi", ","))


def _two_figures(plain: Plain, first: int, text: str) -> bool:
    """ "99 nha", "dạ năm 87 ạ": the last two figures of a grown person's year of birth, and nothing else."""
    if len(text) != 2 or not text.isdigit() or 12 < int(text) < 40 or "tuoi" in plain.keys:
        return False
    return all(i == first or word.key in _AROUND_A_YEAR for i, word in enumerate(plain.words))


def full_year(said: str, on: date | None) -> int | None:
    """The year that "95" or "1995" says, if a living person can be born then."""
    year = int(said)
    latest = on.year if on else 2099
    if year < 100:
        year += 2000 if 2000 + year <= latest - 10 else 1900
    return year if 1905 <= year <= latest else None
