"""A message as the flows compare it with phrases: small letters, no accents, no signs, one space between words."""

from __future__ import annotations

import re
import unicodedata


def bare(text: str) -> str:
    """ "Nhắc tôi sau nhé!" -> "nhac toi sau nhe"."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))
