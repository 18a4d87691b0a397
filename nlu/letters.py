"""Letters and their marks: composed form, letters without accents, hats and tone apart, whether two spellings can be one word."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
"""Each tone mark and the Telex key that types it."""


def nfc(text: str) -> str:
    """The text in composed form; all spans count code points of this form."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=65536)
def fold_char(char: str) -> str:
    if char in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char


@lru_cache(maxsize=32768)
def fold_word(word: str) -> str:
    return "".join(map(fold_char, nfc(word)))


@lru_cache(maxsize=1024)  # several readers fold one message, and the same lexicon entries again and again
def fold(text: str) -> str:
    """Lower case without accents, đ as d; as many code points as the composed text."""
    if text.isascii():
        return text.lower()
    return "".join(map(fold_char, nfc(text)))


@lru_cache(maxsize=32768)
def marks(word: str) -> tuple[str, str]:
    """The letters with hat, breve and horn but without tone, and the tone: so hoà and hòa are one word."""
    tone, letters = "", []
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in TONES:
            tone = TONES[char]
        else:
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)), tone


def has_accents(word: str) -> bool:
    """Whether the word carries any mark, so that its accents say something."""
    return not word.isascii()


@lru_cache(maxsize=65536)
def agrees(written: str, meant: str) -> bool:
    """Whether the written word can be the meant one: marks may be missing, but none may contradict."""
    if written.isascii():
        return True
    letters, tone = marks(written)
    want_letters, want_tone = marks(meant)
    if (tone and tone != want_tone) or len(letters) != len(want_letters):
        return False
    # who writes the marks of "diện" does not mean "điện"
    return all(a == b or (a == fold_char(b) and b != "đ") for a, b in zip(letters, want_letters))  # noqa: B905 (Python 3.10 twin)
