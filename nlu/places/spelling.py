"""How a place name is compared: without diacritics, blanks and punctuation, or syllable by syllable with its marks.

No units here and no index: only what two spellings have in common.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SYLLABLE = re.compile(r"[^\W\d_]+|\d+")
UNIT_WORDS = (
    "thành phố", "thị xã", "thị trấn", "đặc khu", "huyện đảo", "phường", "quận", "huyện", "tỉnh", "xã",
)  # fmt: skip


@lru_cache(maxsize=65536)
def marks(syllable: str) -> tuple[str, str, str]:
    """A syllable as (letters without marks, letters with their hats and horns, tone): "Hoà" and "hóa" differ in tone only."""
    plain, shaped, tone = [], [], ""
    for letter in unicodedata.normalize("NFD", syllable.lower()):
        if letter in TONES:
            tone = TONES[letter]
        elif unicodedata.combining(letter):
            shaped.append(letter)
        elif letter == "đ":
            plain.append("d")
            shaped.append(letter)
        else:
            plain.append(letter)
            shaped.append(letter)
    return "".join(plain), "".join(shaped), tone


@lru_cache(maxsize=65536)
def fold(syllable: str) -> str:
    """The letters of a syllable without marks; y counts as i ("Mỹ Quý", "Mỹ Quí"), a final k as c ("Đăk", "Đắc")."""
    letters = marks(syllable)[0].replace("y", "i")
    return letters[:-1] + "c" if letters[-1:] == "k" else letters


# What the Telex keys make, the longest first; a tone key stands behind a vowel.
TELEX = (
    ("uow", "ươ"),
    ("uwow", "ươ"),
    ("dd", "đ"),
    ("aa", "â"),
    ("ee", "ê"),
    ("oo", "ô"),
    ("aw", "ă"),
    ("ow", "ơ"),
    ("uw", "ư"),
)
TONE_KEYS = {key: mark for mark, key in TONES.items()}
RAW_TELEX = re.compile(r"dd|aa|ee|oo|[aou]w|[aeiouy][a-z]*[sfrxj]", re.IGNORECASE)
SYLLABLE_SHAPE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|th|tr|qu|[bcdđghklmnprstvx])?[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnptk])?", re.IGNORECASE
)


@lru_cache(maxsize=8192)
def undone(word: str) -> str | None:
    """A syllable whose Telex keys were not turned into marks ("Muwowngf" -> "mường", "quangr" -> "quảng"); None if it is none."""
    plain = unicodedata.normalize("NFC", word.lower())
    letters = "".join(marks(plain)[1]) if not plain.isascii() else plain
    if len(plain) < 3 or not RAW_TELEX.search(plain):
        return None
    if SYLLABLE_SHAPE.fullmatch(letters) and not re.search(r"dd|aa|ee|[aou]w", plain):
        return None
    tone = ""
    found = re.search(r"(?<=[aăâeêioôơuưyw])([a-zăâêôơưđ]*?)([sfrxj])([cghmnpt]*)$", plain)
    if found is not None:
        tone = TONE_KEYS[found[2]]
        plain = plain[: found.start(2)] + plain[found.end(2) :]
    for keys, made in sorted(TELEX, key=lambda pair: -len(pair[0])):
        plain = plain.replace(keys, made)
    if not SYLLABLE_SHAPE.fullmatch(
        unicodedata.normalize("NFC", "".join(marks(plain)[1]))
    ) and not SYLLABLE_SHAPE.fullmatch(plain):
        return None
    if not tone:
        return plain
    vowel = max((at for at, letter in enumerate(plain) if marks(letter)[0] in "aeiouy"), default=len(plain) - 1)
    return unicodedata.normalize("NFC", plain[: vowel + 1] + tone + plain[vowel + 1 :])


def syllables(text: str) -> list[str]:
    """The words and numbers of a text; "P15" gives two."""
    return SYLLABLE.findall(unicodedata.normalize("NFC", text))


def key(name: str) -> str:
    """One string for all spellings of a name: "Đăk Ơ", "Dak O" and "đắc-ơ" without its c/k."""
    return "".join(fold(syllable) for syllable in syllables(name))


def spoken(name: str) -> str:
    """An official name as it stands within a sentence: "Xã Lĩnh Toại" -> "xã Lĩnh Toại"."""
    for word in UNIT_WORDS:
        if name.lower().startswith(word + " "):
            return word + name[len(word) :]
    return name


def bare(name: str) -> str:
    """A name without its unit word, unless a bare number would be left: "Tỉnh Thanh Hóa" -> "Thanh Hóa", "Quận 1" stays."""
    for word in UNIT_WORDS:
        if name.lower().startswith(word + " "):
            rest = name[len(word) + 1 :]
            return name if rest.isdigit() else rest
    return name
