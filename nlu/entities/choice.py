"""Which of the offered answers a message picks: by number, by id, or by (part of) its label."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from nlu.entities.number import number_at
from nlu.reading import Choice
from nlu.text import Plain, agrees, plain

_FILLER = re.compile(
    r" (?:da|a|em|toi|minh|bac|cho|chon|chac|la|thi|nhe|nha|cai|di|con|chau|vang|u|co le|lay|theo|thoi|do|ay|roi|ad|oi|va)(?= )"
)
_ORDINAL = re.compile(
    r" (?:(?:so|cai|cau|dong|muc|chon|y|y so|thu|phuong an|lua chon|cai so|cai thu|muc so|dap an|option)\b ?)+(?P<n>\d{1,2}|nhat|dau(?: tien)?|cuoi(?: cung)?|[a-z]+) (?=$|[a-z,.! ])"
)
BRIEF = 2  # words
_OF_OTHER_THINGS = re.compile(r" (?:nam|lop|con|lan|ngay|chu|dua|tuan|thang) $")  # "năm thứ ba" is no third line
_PLACES = {"nhat": 1, "dau": 1, "dau tien": 1, "nhi": 2, "cuoi": -1, "cuoi cung": -1}


def pick(message: Plain, choices: Sequence[Choice], numbers: bool = True) -> str | None:
    """The id of the choice that the message picks, or None. `numbers`: whether a bare "2" means the second."""
    if not choices or not message.words:
        return None
    word_for_word = exact(message, choices)
    if word_for_word is not None:
        return word_for_word
    nth = _ordinal(message, numbers)
    if nth is not None and (numbers or len(choices) > 1):
        if nth == -1:
            return choices[-1].id
        return choices[nth - 1].id if 1 <= nth <= len(choices) else None
    return _by_label(message, choices)


def exact(message: Plain, choices: Sequence[Choice]) -> str | None:
    """The choice whose id or label is the whole message."""
    said = message.line.strip(" .,!?")
    for choice in choices:
        if message.text.strip() == choice.id or (said and said == label_key(choice.label)):
            return choice.id
    return None


def _ordinal(message: Plain, numbers: bool) -> int | None:
    words = [w for w in message.words if w.kind != "p"]
    if len(words) > 8:
        return None
    match = _ORDINAL.search(message.line) if numbers else None
    if match and not _OF_OTHER_THINGS.search(message.line[: match.start() + 1]):
        said = match["n"]
        if said.isdigit():
            return int(said)
        if said in _PLACES:
            return _PLACES[said]
        number = number_at(plain(said).words, 0)
        return int(number.value) if number else (4 if said == "tu" else None)
    if numbers:
        bare = _without_filler(message).split()
        if len(bare) == 1 and bare[0].isdigit() and len(bare[0]) <= 2:
            return int(bare[0])
        if len(bare) == 1:
            number = (
                number_at(plain(bare[0]).words, 0)
                if message.words[0].raw in ("một", "hai", "ba", "bốn", "năm", "sáu")
                else None
            )
            return int(number.value) if number else None
    return None


def _without_filler(message: Plain) -> str:
    line = message.line
    while True:
        shorter = _FILLER.sub("", line)
        if shorter == line:
            return line.strip(" .,!")
        line = shorter


def _by_label(message: Plain, choices: Sequence[Choice]) -> str | None:
    said = {message.line.strip(" .,!"), _without_filler(message)}
    said = {words for words in said if 2 <= len(words) <= 120}
    if not said:
        return None
    scored = sorted(
        ((max(_likeness(words, label_key(c.label)) for words in said), n) for n, c in enumerate(choices)), reverse=True
    )
    best, n = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0
    if best >= 86 and best - second >= 6:
        return choices[n].id if _accents_agree(message, choices[n].label) else None
    return _by_verb(message, choices)


def _accents_agree(message: Plain, label: str) -> bool:
    """ "cho cô" is no "cho cơ sở": accents that were typed may not contradict the label."""
    forms: dict[str, list[str]] = {}
    for word in plain(label).words:
        forms.setdefault(word.key, []).append(word.raw.lower())
    return all(any(agrees(word.raw, form) for form in forms[word.key]) for word in message.words if word.key in forms)


_ASSENT = re.compile(r" (?:ok|uh|duoc|luon|giup|gium|ho|ngay|cu|van|dong y|nha|voi|admin|bot|shop)(?= )")


def _by_verb(message: Plain, choices: Sequence[Choice]) -> str | None:
    """ "oke gửi đi ad" among "Xem khoản vay khác", "Vẫn gửi để cán bộ xem": the one label with the verb that was said."""
    said = f" {_without_filler(message)} "
    while (shorter := _ASSENT.sub("", said)) != said:
        said = shorter
    verb = said.strip(" .,!")
    if len(verb) < 3 or " " in verb:
        return None
    holding = [choice.id for choice in choices if f" {verb} " in f" {label_key(choice.label)} "]
    return holding[0] if len(holding) == 1 and verb in _VERBS else None


_VERBS = frozenset(("gui", "sua", "huy", "doi", "mua", "xay", "thue"))


def label_key(label: str) -> str:
    """The label as plain words."""
    return plain(label).line.strip(" .,!?")


def _likeness(said: str, label: str) -> float:
    """How much of the label was said; a label that was said whole inside more text counts fully only if it is long."""
    if f" {label} " in f" {said} ":
        beside = len(said.split()) - len(label.split())
        brief = len(label.split()) <= BRIEF and beside >= BRIEF  # the "chưa có" of "chưa có nước sạch" is its own no
        return 80 if brief or (len(label) < 6 and beside) else 100
    if f" {said} " in f" {label} " and len(said) >= 4:
        return 90 + 8 * len(said) / len(label)
    return fuzz.ratio(said, label)
