"""Lexicon phrases as patterns over plain words. What the phrases mean stands in `nlu/lexicon/`, not here.

A phrase is written in full Vietnamese: "giếng ... (hư|hỏng) [rồi]". `(a|b)` is a choice, `[x]` may be missing,
`...` stands for up to four words of the same clause, `..,` also over a comma, `#` for a number. Accents typed by the person must not contradict the phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from nlu.text import Plain, agrees, fold, nfc, once

PART = re.compile(r"\.\.\.|\.\.,|[()\[\]|]|[^\s()\[\]|]+")
_NUMBER_WORDS = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")
_NUMBER = rf"(?:\d[\d.,]*|{'|'.join(_NUMBER_WORDS)}) "
_GAP = r"(?:[a-z0-9.]+ ){0,4}?"
_LONG_GAP = r"(?:[a-z0-9.,]+ ){0,7}?"


_THEMSELVES = frozenset(["con", "nha", "nghe", "cho", "sau", "nam", "trong", "mai", "nay", "ba", "la", "do", "ai", "anh", "em", "vay", "ta", "ma", "qua", "thanh", "chi", "xin", "dung", "ban", "than", "sinh"])


class Found(NamedTuple):
    """A phrase found in a message: its payload and the word numbers first … last-1."""

    payload: Any
    first: int
    last: int


class _Compiled(NamedTuple):
    length: int  # of a phrase of one or two fixed words, which its first two words find; 0 for all others
    match: Callable[[str, int], re.Match[str] | None]
    forms: dict[str, tuple[str, ...]]
    needs: frozenset[str]
    payload: Any


class Phrases:
    """Plain words under a name each, found whatever accents they were typed with: {"housing": ["mua nha", "xay nha !ve|tam"]}.

    `!a|b`: none of these words follows.
    """

    def __init__(self, named: dict[str, Iterable[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], frozenset[str], str]]] = {}
        for name, phrases in named.items():
            for phrase in phrases:
                said, _, unless = phrase.partition(" !")
                first, *rest = said.split()
                entry = (tuple(rest), frozenset(unless.split("|")) if unless else frozenset(), name)
                self._by_first.setdefault(first, []).append(entry)

    def names(self, plain: Plain) -> frozenset[str]:
        """The names whose phrases stand in the message."""
        by_first, keys = self._by_first, plain.in_order
        found = set()
        if by_first.keys().isdisjoint(plain.keys):
            return frozenset()
        for at, key in enumerate(keys):
            if key in by_first:
                for rest, unless, name in by_first[key]:
                    end = at + 1 + len(rest)
                    if (not rest or tuple(keys[at + 1 : end]) == rest) and (not unless or keys[end : end + 1] == [] or keys[end] not in unless):
                        found.add(name)
        return frozenset(found)


class _Opening(NamedTuple):
    """The phrases that may begin with a word: by the word that comes next, and those that any word may follow."""

    by_next: dict[str, tuple[_Compiled, ...]]
    any_next: tuple[_Compiled, ...]


class Patterns:
    """Many phrases with a payload each, found in one pass over the words of a message."""

    def __init__(self, phrases: Iterable[tuple[str, Any]]) -> None:
        by_first: dict[str, list[tuple[_Compiled, set[str | None]]]] = {}
        for phrase, payload in phrases:
            regex, forms, heads = _compile(phrase)
            compiled = _Compiled(_fixed(phrase), regex.match, forms, _needs(phrase), payload)
            for first in dict.fromkeys(head[0] for head in heads):
                by_first.setdefault(first, []).append((compiled, {head[1] for head in heads if head[0] == first}))
        self._by_first = {first: _opening(listed) for first, listed in by_first.items()}

    def find(self, plain: Plain) -> list[Found]:
        """All phrases in the message, in order of place; the same place may hold several."""
        found: list[Found] = []
        firsts = _firsts_of(plain)
        if self._by_first.keys().isdisjoint(firsts):
            return found
        line, words, keys, offsets = plain.line, plain.words, plain.keys, plain.offsets
        by_first, followers, accented = self._by_first, plain.followers, plain.well_accented
        for i, first in enumerate(firsts):
            if first not in by_first:
                continue
            by_next, any_next = by_first[first]
            for length, match, forms, needs, payload in by_next.get(followers[i], any_next):
                if length:
                    last = i + length
                elif needs and needs.isdisjoint(keys):
                    continue
                else:
                    found_at = match(line, offsets[i])
                    if found_at is None:
                        continue
                    last = plain.index(found_at.end())
                if _agree(words[i:last], forms, accented):
                    found.append(Found(payload, i, last))
        return found

    def longest(self, plain: Plain) -> list[Found]:
        """The phrases in the message without those that overlap a longer one."""
        return without_overlap(self.find(plain))


@once
def _firsts_of(plain: Plain) -> list[str]:
    """What a phrase must begin with to begin at each word."""
    return ["#" if word.kind == "n" else word.key for word in plain.words] if plain.has_digits else plain.in_order


def without_overlap(found: Iterable[Found]) -> list[Found]:
    """Keep the longest of overlapping finds, in order of place."""
    found = list(found)
    if len(found) < 2:
        return found
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.first - f.last, f.first)):
        if all(one.last <= other.first or one.first >= other.last for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.first)


def _agree(words: list[Any], forms: dict[str, tuple[str, ...]], accented: bool) -> bool:
    """One slip is forgiven in a word of four letters or more: "vệ sịnh"; never in a short one: "ra từ".

    In a text written with accents, "con", "trong" and their like mean themselves, not "còn" or "trồng".
    """
    slips = 0
    for word in words:
        if word.raw.isascii() and not (accented and word.raw in _THEMSELVES):
            continue
        want = forms.get(word.key)
        typed_so = word.end - word.start == len(word.key)  # not "conf", which Telex makes "còn"
        if accented and want and typed_so and word.raw in _THEMSELVES and word.raw not in want:
            return False
        if want and not any([agrees(word.raw, form) for form in want]):
            slips += 1
            if slips > 1 or len(word.key) < 4 or len(words) < 2:
                return False
    return True


def _opening(listed: list[tuple[_Compiled, set[str | None]]]) -> _Opening:
    any_next = tuple([compiled for compiled, nexts in listed if None in nexts])
    words = {word for _, nexts in listed for word in nexts if word is not None}
    by_next = {word: tuple([c for c, nexts in listed if None in nexts or word in nexts]) for word in words}
    return _Opening(by_next, any_next)


def _compile(phrase: str) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]], list[tuple[str, str | None]]]:
    parts = PART.findall(nfc(phrase).lower())
    source = []
    forms: dict[str, list[str]] = {}
    for part in parts:
        if part == "...":
            source.append(_GAP)
        elif part == "..,":
            source.append(_LONG_GAP)
        elif part == "#":
            source.append(_NUMBER)
        elif part in "([":
            source.append("(?:")
        elif part == "]":
            source.append(")?")
        elif part in ")|":
            source.append(part)
        else:
            key = fold(part)
            forms.setdefault(key, []).append(part)
            source.append(re.escape(key) + " ")
    regex = re.compile("".join(source))
    return regex, {k: tuple(v) for k, v in forms.items()}, _heads(parts)


def _fixed(phrase: str) -> int:
    """How many words a phrase of one or two fixed words has, else 0."""
    parts = PART.findall(nfc(phrase).lower())
    fixed = len(parts) < 3 and not any(part in "()[]|#" or part in ("...", "..,") for part in parts)
    return len(parts) if fixed and all(fold(part).isalnum() for part in parts) else 0


def _needs(phrase: str) -> frozenset[str]:
    """Words of which the message must hold at least one: the last part that may not be missing. Spares most matching."""
    parts = PART.findall(nfc(phrase).lower())
    needs: frozenset[str] = frozenset()
    i = 0
    while i < len(parts):
        part = parts[i]
        if part in "([":
            close = _closing(parts, i)
            inside = parts[i + 1 : close]
            if part == "(" and "#" not in inside and not _firsts(inside)[1]:
                needs = frozenset(fold(p) for p in inside if p not in ("(", ")", "[", "]", "|", "...", "..,"))
            i = close
        elif part not in ("...", "..,", "#"):
            needs = frozenset((fold(part),))
        i += 1
    return needs


def _firsts(parts: list[str]) -> tuple[set[str], bool]:
    """The words a match can begin with, and whether the parts may be empty."""
    firsts: set[str] = set()
    i = 0
    while i < len(parts):
        part = parts[i]
        if part in "([":
            close = _closing(parts, i)
            empty = part == "["
            for branch in _branches(parts[i + 1 : close]):
                more, may_be_empty = _firsts(branch)
                firsts |= more
                empty = empty or may_be_empty
            i = close
            if not empty:
                return firsts, False
        elif part in ("...", "..,"):
            raise ValueError("a phrase may not begin with a gap: " + " ".join(parts))
        elif part == "#":
            return firsts | {"#", *_NUMBER_WORDS}, False
        else:
            firsts.add(fold(part))
            return firsts, False
        i += 1
    return firsts, True


def _heads(parts: list[str]) -> list[tuple[str, str | None]]:
    """The first two words that a match can begin with; None for the second where it may be any word or none."""
    _firsts(parts)  # refuses a phrase that begins with a gap
    return sorted(
        {(head[0], head[1] if len(head) > 1 else None) for head in _grown({()}, parts)}, key=lambda h: (h[0], h[1] or "")
    )


def _grown(heads: set[tuple[str | None, ...]], parts: list[str]) -> set[tuple[Any, ...]]:
    """The heads, of up to two words, after the parts have been read behind them."""
    i = 0
    while i < len(parts) and any(len(head) < 2 for head in heads):
        part = parts[i]
        done = {head for head in heads if len(head) == 2}
        open_ = heads - done
        if part in "([":
            close = _closing(parts, i)
            branches = _branches(parts[i + 1 : close])
            heads = done.union(open_ if part == "[" else (), *(_grown(open_, branch) for branch in branches))
            i = close
        else:
            heads = done | {(*head, word) for head in open_ for word in _may_be(part, first=not head)}
        i += 1
    return heads


def _may_be(part: str, first: bool) -> tuple[str | None, ...]:
    """The words that a part may stand for; None for any."""
    if part == "#" and first:
        return ("#", *_NUMBER_WORDS)
    return (None,) if part in ("...", "..,", "#") else (fold(part),)


def _closing(parts: list[str], i: int) -> int:
    depth = 0
    for j in range(i, len(parts)):
        depth += (parts[j] in "([") - (parts[j] in ")]")
        if depth == 0:
            return j
    raise ValueError("a bracket is not closed: " + " ".join(parts))


def _branches(parts: list[str]) -> list[list[str]]:
    branches: list[list[str]] = [[]]
    depth = 0
    for part in parts:
        depth += (part in "([") - (part in ")]")
        if part == "|" and depth == 0:
            branches.append([])
        else:
            branches[-1].append(part)
    return branches
