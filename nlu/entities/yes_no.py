"""Yes, no, "I don't know" and "I'd rather not say", in all the ways people say them. Which question it answers is not known here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from nlu.lexicon import load
from nlu.pattern import Found, Patterns, without_overlap
from nlu.text import Plain, Word, agrees, fold, once


class Stance(NamedTuple):
    """What a message says to a yes-no question. `bare`: nothing else stands in it. None: it says neither."""

    yes: bool | None = None
    bare: bool = False
    unsure: bool = False
    declined: bool = False


@lru_cache(maxsize=1)
def _patterns() -> tuple[Patterns, dict[str, tuple[str, ...]]]:
    data = load("yes_no")
    kinds = ("yes", "no", "unsure", "declined", "question")
    phrases = [(phrase, kind) for kind in kinds for phrase in data[kind]]
    return Patterns(phrases), _by_key(word for line in data["filler"] for word in line.split())


def _by_key(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for word in words:
        table.setdefault(fold(word), []).append(word)
    return {key: tuple(forms) for key, forms in table.items()}


def _is_filler(word: Word) -> bool:
    return _fills(word.key, word.raw)


@lru_cache(maxsize=8192)
def _fills(key: str, raw: str) -> bool:
    return any(agrees(raw, form) for form in _patterns()[1].get(key, ()))


def _stances(found: list[Found]) -> list[Found]:
    """The finds that count: "em không biết" is no "em không", so what is not known or not told comes before yes and no."""
    if not found:
        return found
    open_ = without_overlap(f for f in found if f.payload in ("unsure", "declined"))
    rest = [f for f in found if all(f.last <= o.first or f.first >= o.last for o in open_) and f.payload not in _OPEN]
    return sorted([*open_, *without_overlap(rest)], key=lambda f: f.first)


_OPEN = ("unsure", "declined")
_ASKING_END = re.compile(
    r" (?:co|da|duoc|phai|bi|con)(?: [a-z0-9]+){1,6} (?:khong|chua)"
    r"(?: (?:a|vay|nhi|ta|the|day|do|ha|ban|em|anh|chi|bac|co|chu|ad|shop|nhe|nha|he|ay|may|oi))* (?:[?.,!] ?)*$"
)


_ASKED_FIRST = re.compile(r"^ (?:[a-z]+ ){0,3}?co(?: [a-z]+){2,6} khong , ")  # "có số cán bộ không, cho tui gặp người"
_WHAT_END = re.compile(
    r" (?:gi|nao|dau|sao|the nao|bao nhieu|may gio|ai|mo|rang|chi rua)"
    r"(?: (?:a|vay|nhi|ta|the|day|do|ha|ban|em|anh|chi|bac|co|chu|ad|nhe|he|ay|oi|hi|hay|heo|hen))* (?:[?.,!] ?)*$"
)


_WHAT_CHI = re.compile(r" (?:giay to|giay|ho so|lam|can|nhung|man|mang|chuan bi|de|hoi) chi(?: (?:a|vay|rua|hi|he|day|do))* (?:[?.,!] ?)*$")


@once
def ends_asking(plain: Plain) -> bool:
    """ "có phải lừa đảo không đấy", "bạn có người yêu chưa": the last word makes a question of it."""
    if "chi" in plain.keys and _WHAT_CHI.search(plain.line) and plain.words[-1].raw not in ("chị", "chỉ"):
        return True
    whether = not plain.keys.isdisjoint(("khong", "chua"))
    if whether and (_ASKING_END.search(plain.line) or _ASKED_FIRST.search(plain.line)):
        return True
    return not plain.has("khong", "chua", "chang", "cha") and _WHAT_END.search(plain.line) is not None


def _of_a_clause(plain: Plain, found: list[Found]) -> Stance:
    """The yes or no that is a clause of its own: "hoàn cảnh khó khăn lắm, chưa ạ, anh thông cảm"."""
    if not any([f.payload in ("yes", "no") for f in found]):
        return Stance()
    said = set()
    first = 0
    for last in [*(i for i, word in enumerate(plain.words) if word.kind == "p"), len(plain.words)]:
        inside = [f for f in found if first <= f.first and f.last <= last and f.payload in ("yes", "no")]
        covered = {i for f in inside for i in range(f.first, f.last)}
        alone = all(i in covered or _is_filler(plain.words[i]) for i in range(first, last))
        if inside and alone:
            said |= {f.payload for f in inside}
        first = last + 1
    return Stance(said.pop() == "yes", False) if len(said) == 1 else Stance()


def _only_courtesy(words: list[Word]) -> Stance:
    """ "Dạ", "vâng ạ" are a yes of their own, if nothing else is said."""
    if not all([word.kind == "p" or _is_filler(word) for word in words]):
        return Stance()
    return Stance(True, True) if any(word.means("dạ", "vâng", "ừ") for word in words) else Stance()


_WISHES = frozenset(("muon", "can"))
_LEAVING = frozenset(("thoi", "khoi"))


def read_yes_no(plain: Plain) -> Stance:
    """The stance of the message."""
    patterns, _ = _patterns()
    words = plain.words
    found = _stances(patterns.find(plain))
    if not found:
        return _only_courtesy(words)
    openings = {f.first for f in found if f.payload in ("yes", "no")}
    start = 0
    while (
        start < len(words) and start not in openings and (_is_filler(words[start]) or words[start].kind == "p")
    ):
        start += 1
    said = {f.payload for f in found}
    question = "question" in said or (words[-1:] and words[-1].key == "?") or ends_asking(plain)
    unsure = "unsure" in said and not (question and len(words) > 6)
    declined = "declined" in said and not question
    head = next((f for f in found if f.first == start and f.payload in ("yes", "no")), None)
    if unsure or declined:
        return Stance(None, False, unsure, declined)
    if head is None:
        if start == len(words):
            return _only_courtesy(words)
        return Stance() if question else _of_a_clause(plain, found)
    rest = [w.key for i, w in enumerate(words) if i >= head.last and w.kind == "w" and not _is_filler(w)]
    others = [f for f in found if f.first >= head.last and f.payload in ("yes", "no")]
    covered = {i for f in others for i in range(f.first, f.last)}
    left = [
        w
        for i, w in enumerate(words)
        if i >= head.last and w.kind != "p" and not _is_filler(w) and i not in covered
    ]
    pause = head.last < len(words) and words[head.last].key in (",", ".", ";", "!")
    if question and left and not pause:
        return Stance()
    if words[start].key in _LEAVING and (left or any(word.raw == "vay" for word in words)):
        return Stance()  # "thôi để lúc khác" leaves; it says no to nothing
    if left and not pause and words[start].key in _WISHES:
        return Stance()  # "cần nghèo" typed for "cận nghèo", "muốn hỏi lãi": no yes to what was asked
    if any(f.payload != head.payload for f in others) and not left:
        return Stance() if head.last - head.first < 2 else Stance(head.payload == "yes", False)
    return Stance(head.payload == "yes", not rest or not left)
