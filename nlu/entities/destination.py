"""The country that somebody goes to for work."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from nlu.lexicon import load
from nlu.pattern import Found, Patterns, without_overlap
from nlu.reading import Entity
from nlu.text import Plain, fold, has_accents, is_syllable
from nlu.text import plain as plain_of

_GO = {
    "di",
    "sang",
    "qua",
    "ben",
    "don",
    "o",
    "hang",
    "ve",
    "nuoc",
    "thi",
    "truong",
    "visa",
    "lam",
    "vien",
    "dong",
    "xkld",
    "dau",
    "phong",
    "tai",
    "tu",
    "luong",
}
# the same letters in another sense: chủ nhật, sinh nhật, thợ hàn, thời hạn, tiếng Nhật
_NOT_BEFORE = {
    "chu",
    "sinh",
    "cap",
    "tieng",
    "tho",
    "nam",
    "thoi",
    "man",
    "ky",
    "co",
    "gia",
    "qua",
    "het",
    "thu",
    "de",
    "cao",
    "ga",
    "nghe",
    "it",
    "nguoi",
    "to",
    "so",
    "dieu",
}
_QUIET_BEFORE = {"cong", "chu", "sinh", "cap", "tieng", "hang", "nghe", "tho"}


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    phrases = []
    for country, names in load("countries").items():
        for kind, listed in names.items():
            phrases += [(str(name), (country, kind)) for name in listed]
    return Patterns(phrases)


_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")


def read_destination(plain: Plain, asked: bool = False) -> list[Entity]:
    """Countries in the message; `asked` when the question is about the country."""
    entities: list[Entity] = []
    text = plain.text
    if "-" in plain.keys and _HYPHENATED.search(plain.text):
        plain = plain_of(_HYPHENATED.sub(" ", plain.text))  # "Ru-ma-ni"; every letter keeps its place
    for one in without_overlap(f for f in _patterns().find(plain) if asked or _fits(plain, f)):
        country = one.payload[0]
        start, end = plain.span(one.first, one.last)
        entities.append(Entity("destination_country", country, text[start:end], start, end))
    known = {e.value for e in entities}
    entities += [e for e in _misspelt(plain, text) if e.value not in known]
    return entities


LONG_ENOUGH = 6  # letters of a word that may be a country's name with one slip: "hunggary", "malayssia"


def _misspelt(plain: Plain, text: str) -> list[Entity]:
    """Countries of one word with one letter too many, too few or another one; no Vietnamese word is so long."""
    found = []
    for word in plain.words:
        if word.kind == "w" and word.end - word.start >= LONG_ENOUGH:
            country = _nearest(fold(text[word.start : word.end]))
            if country is not None:
                found.append(Entity("destination_country", country, text[word.start : word.end], word.start, word.end))
    return found


@lru_cache(maxsize=8192)
def _nearest(typed: str) -> str | None:
    if is_syllable(typed):
        return None
    names = _single_names()
    close = [name for name in names if abs(len(name) - len(typed)) <= 1 and OSA.distance(typed, name, score_cutoff=1) == 1]
    return names[close[0]] if close and typed not in names else None


@lru_cache(maxsize=1)
def _single_names() -> dict[str, str]:
    names = {fold(str(name)): country for country, kinds in load("countries").items() for name in kinds.get("always", ())}
    return {name: country for name, country in names.items() if " " not in name and len(name) >= LONG_ENOUGH - 1}


_AFTER_INTEREST = frozenset(["co", "cao", "thap", "bao", "nhieu", "may", "suat", "the", "tinh", "la", "sao", "nao", "khong", "van", "dong", "hang", "tra", "tang", "giam", "bang"])


def _fits(plain: Plain, one: Found) -> bool:
    kind = one.payload[1]
    word = plain.words[one.first]
    follower = plain.words[one.last].key if one.last < len(plain.words) else ""
    if plain.line[plain.offsets[one.first] :].startswith("ma lai ") and follower in _AFTER_INTEREST:
        return False  # "mà lãi có cao không"
    before = plain.words[one.first - 1].key if one.first else ""
    if kind == "always":
        return before not in ("tieng",) and not _bare_talk(plain, one, follower)
    if before in _QUIET_BEFORE and before != "hang":
        return False
    if word.key == "tiep" and word.raw.isascii() and before not in ("di", "sang", "ben", "nuoc"):
        return False  # "dong tiep"
    if kind == "accented":
        return has_accents(word.raw) or (before in _GO and before not in _NOT_BEFORE)
    if word.upper and has_accents(word.raw) and not plain.text.isupper() and one.first:
        return before in _GO or before in ("", "don", "visa", "hang")
    if before == "dong" and one.first > 1 and plain.words[one.first - 2].key == "lao":
        return _followed_well(plain, one)  # "đi xuất khẩu lao động hàn"
    if before in ("o", "tai") and one.first > 1 and plain.words[one.first - 2].key in ("lam", "viec", "dong"):
        named_on = one.last < len(plain.words) and plain.words[one.last].upper  # "làm ở Lao Bảo"
        return not named_on and _followed_well(plain, one)  # "vay đi làm ở Sing"
    return before in ("di", "sang", "ben", "don", "nuoc", "qua", "eps") and _followed_well(plain, one)


def _bare_talk(plain: Plain, one: Found, follower: str) -> bool:
    """ "cuoi nam han bay" (hắn), "di Lao lam thuy dien" (thủy điện): typed without marks these are no countries."""
    words = plain.words[one.first : one.last]
    if any(not w.raw.isascii() or w.upper for w in words):
        return False
    said = " ".join(w.key for w in words)
    if said == "nam han":
        return follower in ("bay", "di", "ve", "se", "qua", "sang", "len") or plain.keys.isdisjoint(("lao", "xkld", "eps", "nuoc"))
    return said == "thuy dien" and one.first > 0 and plain.words[one.first - 1].key not in ("di", "sang", "qua", "o", "ben")


def _followed_well(plain: Plain, one: Found) -> bool:
    """ "đi Hàn" but not "đi hàn xì", "qua hạn"; "đi Đài" but not "đi đại"."""
    word = plain.words[one.first]
    after = plain.words[one.last].key if one.last < len(plain.words) else ""
    if has_accents(word.raw) and not any(
        word.raw == form for form in ("nhật", "hàn", "đài", "đức", "úc", "mỹ", "nga", "lào", "pháp")
    ):
        return False
    if fold(word.raw) == "han" and after in ("xi", "cat", "cho", "muc", "che", "tra", "vay"):
        return False
    if word.key == "han" and one.first and plain.words[one.first - 1].key == "qua":
        return False
    if word.key == "lao" and after == "dong":
        return False
    return not (
        word.key in ("my", "mi", "lao", "nga")
        and word.raw.isascii()
        and not word.upper
        and after in ("dong", "dam", "tho")
    )
