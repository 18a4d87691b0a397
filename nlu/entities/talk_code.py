"""A code that takes a talk to another phone: eight signs, as typed or as read out over the phone. Nothing is looked up here."""

from __future__ import annotations

import re
import unicodedata

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U, which are misread or misheard
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
LENGTH = 8
_BARE = re.compile(r"([0-9A-Z]{4})([ -]?)([0-9A-Z]{4})")
_LED = re.compile(r"(?:MA|CODE)(?: (?:LA|CUA (?:TOI|EM|MINH)|NHAN TIEP|IS))* ?:? ?((?:[0-9A-Z][ -]?){8})")


def read_talk_code(text: str) -> str | None:
    """The code if the message is one and nothing else, without its dash: "k7qm-2xpd", "mã K7QM 2XPD". None for a sum, a year or two words."""
    letters = unicodedata.normalize("NFD", text.upper().replace("Đ", "D"))
    line = " ".join("".join(one for one in letters if not unicodedata.combining(one)).split()).strip(" .!?")
    led = _LED.fullmatch(line)
    if led:
        return _known(led.group(1))
    bare = _BARE.fullmatch(line)
    if bare is None:
        return None
    signs = bare.group(1) + bare.group(3)
    # "cong viec" and "20000000" have eight signs, too: bare, a code needs digits and letters, or its dash between letters.
    mixed = any(sign.isdigit() for sign in signs) and any(sign.isalpha() for sign in signs)
    return _known(signs) if mixed or (bare.group(2) == "-" and signs.isalpha()) else None


def _known(signs: str) -> str | None:
    plain = re.sub(r"[ -]", "", signs).translate(MISREAD)
    return plain if len(plain) == LENGTH and set(plain) <= set(SIGNS) else None
