"""Several people asked for in one message: "hỏi giúp chị Lan làm nhà vệ sinh và chị Hoa có con học đại học".

Who they are, in the speaker's words, and which part of the message tells of each. One person alone: nlu/entities/self.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nlu.text import Plain, fold

AT_MOST = 4
_KIN = r"(?:bác|bac|cô|co|chú|chu|ông|ong|bà|ba|dì|di|cậu|cau|anh|chị|chi|em|thím|thim|mợ|o|mự)"
_KIN_WORDS = frozenset(("bac", "co", "chu", "ong", "ba", "di", "cau", "anh", "chi", "em", "thim", "mo", "o", "mu"))
_FOR = frozenset(("cho", "gium", "giup", "ho", "dum", "thay"))
_OF = r"(?:(?:nhà|nha|vợ chồng|vo chong|gia đình|gia dinh)\s)?"
_CAPITALS = "".join(letter for letter in map(chr, range(0x41, 0x1EF9)) if letter.isupper() and letter.isalpha())
_NAME = rf"[{_CAPITALS}][^\W\d_]*"
_SMALL = r"[^\W\d_]{2,7}"  # in a message without capitals
_ASKS = r"(?:hỏi|hoi|vay|đăng ký|dang ky|đk|làm|lam|xin|coi|xem|tra)\b[^.?!\n]{0,24}?\b(?:cho|giùm|giúp|hộ|gium|giup|ho|dùm|dum|thay)\s(?:cho\s)?"
_LINK = r"(?:[,;]\s*(?:và|va|với|voi|còn|con)?|\b(?:và|va|với|voi|cùng|cung|còn|con)\b)\s*(?:(?:cả|ca|cho|giúp|giup|hỏi cho|hỏi giúp)\s)?"
_NO_NAME = frozenset(
    [
        *("trai", "gai", "re", "dau", "ho", "ruot", "noi", "ngoai", "ut", "ca", "hang", "ban", "toi", "minh", "tui", "em", "anh", "chi", "con"),
        *("di", "vay", "hoi", "lam", "muon", "can", "co", "la", "o", "thi", "xin", "hoc", "ve", "ra", "nao", "ay", "nay", "do", "kia", "gi"),
        *("dang", "da", "chua", "khong", "duoc", "cung", "deu", "moi", "vua", "bi", "nua", "so", "ngheo", "voi", "va", "oi", "nhe"),
        *("nha", "roi", "luon", "biet", "nghe", "xem", "hay", "hoac", "ta", "them", "tien", "mot", "hai", "nhieu", "von", "dau"),
    ]
)


class Told(NamedTuple):
    """One of the people: the words for them and where what is told of them stands in the text."""

    who: str
    start: int
    end: int


def read_people(plain: Plain) -> tuple[Told, ...]:
    """The people, in their order, if two or more are asked for; else none."""
    if len([key for key in plain.in_order if key in _KIN_WORDS]) < 2 or plain.keys.isdisjoint(_FOR):
        return ()
    text = plain.text
    capitals = any(letter.isupper() for letter in text[1:]) and not text.isupper()
    name = rf"{_NAME}(?:\s{_NAME})?" if capitals else _SMALL
    first = re.search(rf"(?i:{_ASKS})(?P<who>(?i:{_OF}{_KIN})\s{name})(?![^\W\d_])", text)
    if first is None or not (capitals or _named(first["who"])):
        return ()
    found = [first]
    more = re.compile(rf"(?i:{_LINK})(?P<who>(?i:{_OF}{_KIN})\s{name})(?![^\W\d_])")
    for match in more.finditer(text, first.end()):
        if (capitals or _named(match["who"])) and fold(match["who"]) not in {fold(one["who"]) for one in found}:
            found.append(match)
    if len(found) < 2:
        return ()
    found = found[:AT_MOST]
    ends = [*(match.start() for match in found[1:]), len(text)]
    return _shared(text, [Told(match["who"].strip(), match.end(), end) for match, end in zip(found, ends, strict=True)])


def _named(who: str) -> bool:
    return fold(who.rsplit(maxsplit=1)[-1]) not in _NO_NAME


def _shared(text: str, people: list[Told]) -> tuple[Told, ...]:
    """ "Chị Lan và chị Hoa vay nước sạch": what follows the last name is told of both."""
    shared: list[Told] = []
    for one in reversed(people):
        blank = not any(letter.isalnum() for letter in text[one.start : one.end])
        shared.append(Told(one.who, shared[-1].start, shared[-1].end) if blank and shared else one)
    return tuple(reversed(shared))
