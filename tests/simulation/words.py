"""How a person says a thing: phrases of `phrases.yaml` turned into a style of writing. What is said when is `citizen.py`.

The styles are those of the label guide: full accents, none, chat language, dialects, voice-to-text of the old, slips of the
fingers. A style never changes what is meant: numbers, names and places stay readable, negations stay.
"""

from __future__ import annotations

import random
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

STYLES = (
    "full_diacritics",
    "no_diacritics",
    "teencode",
    "regional_south",
    "regional_nghe_tinh",
    "elderly_voice",
    "typo",
    "telex_slip",
    "short",
    "long_story",
)
SELF = {
    "full_diacritics": ("tôi", "em", "mình"),
    "no_diacritics": ("em", "tôi", "mình"),
    "teencode": ("e", "mk", "em"),
    "regional_south": ("tui", "em", "con"),
    "regional_nghe_tinh": ("tui", "choa", "em"),
    "elderly_voice": ("bác", "tôi", "cô"),
    "typo": ("em", "tôi", "cháu"),
    "telex_slip": ("em", "tôi"),
    "short": ("em", "tôi"),
    "long_story": ("em", "tôi", "cháu"),
}


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    """The file, read once."""
    return yaml.safe_load((Path(__file__).parent / "phrases.yaml").read_text(encoding="utf-8"))


# --- numbers as they are said and typed ------------------------------------------------------------------------------

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def spelled(number: int) -> str:
    """A number below a thousand in words: 35 -> "ba mươi lăm"."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [DIGITS[hundreds], "trăm"] if hundreds else []
    if tens == 0:
        return " ".join(
            [*words, *(["linh"] if hundreds and ones else []), *([DIGITS[ones]] if ones or not words else [])]
        )
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if ones:
        words.append({1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(ones, DIGITS[ones]))
    return " ".join(words)


def money(vnd: int, style: str, chance: random.Random) -> str:
    """A sum of whole millions (or of hundreds of millions over a thousand of them) as this style writes it."""
    millions = vnd // 1_000_000
    if style == "elderly_voice":
        if millions >= 1000:
            billions, rest = divmod(millions, 1000)
            return f"{spelled(billions)} tỷ{' ' + DIGITS[rest // 100] if rest else ''}"
        return f"{spelled(millions)} triệu"
    if millions >= 1000:
        billions, rest = divmod(millions, 1000)
        return f"{billions} tỷ{f' {rest // 100}' if rest else ''}"
    if style == "teencode":
        return chance.choice((f"{millions}tr", f"{millions} củ", f"{millions} tr"))
    if style == "short":
        return chance.choice((f"{millions}tr", f"{millions} triệu"))
    return chance.choice((f"{millions} triệu", f"{millions} triệu", f"{millions}tr", f"{millions}.000.000 đồng"))


def day(iso: str, style: str, chance: random.Random) -> str:
    """A day or a month as it is written: "05/03/2024", "tháng 3 năm 2024"."""
    year, month, *rest = (int(part) for part in iso.split("-"))
    if not rest:
        return f"tháng {month} năm {year}" if style == "elderly_voice" else f"{month}/{year}"
    if style == "elderly_voice":
        return f"{rest[0]} tháng {month} năm {year}"
    return chance.choice(
        (f"{rest[0]:02d}/{month:02d}/{year}", f"{rest[0]}/{month}/{year}", f"{rest[0]}-{month}-{year}")
    )


def phone(digits: str, style: str, chance: random.Random) -> str:
    """A mobile number, "0912000123", as it is written or read out."""
    if style == "elderly_voice":
        return " ".join(DIGITS[int(digit)] for digit in digits)
    parts = digits[:4], digits[4:7], digits[7:]
    return chance.choice((digits, " ".join(parts), ".".join(parts), f"+84{digits[1:]}"))


# --- the style -------------------------------------------------------------------------------------------------------

TEEN = {
    "không": ("ko", "k", "hok"),
    "được": ("đc", "dc"),
    "gì": ("j", "gì"),
    "bao nhiêu": ("bn", "bao nhiu"),
    "rồi": ("r", "rùi"),
    "với": ("vs",),
    "vậy": ("z", "vậy"),
    "biết": ("bít", "bik"),
    "chưa": ("chưa", "chua"),
    "nhà ở xã hội": ("noxh",),
    "sinh viên": ("sv",),
    "ạ": ("ạ", "ah"),
    "gọi": ("gọi",),
    "giấy tờ": ("giấy tờ", "gt"),
}
SOUTH = {
    "không": ("hông", "không", "hổng"),
    "ạ": ("dạ", "nha"),
    "bố": ("ba",),
    "mẹ": ("má",),
    "hỏng": ("hư",),
    "ốm": ("bệnh",),
    "thế": ("vậy",),
    "xây": ("cất",),
    "vâng": ("dạ",),
    "bao nhiêu": ("nhiêu", "bao nhiêu"),
    "gì": ("gì", "chi"),
    "cháu": ("cháu", "nó"),
}
NGHE = {
    "không": ("khôông", "không", "nỏ"),
    "làm": ("mần", "làm"),
    "gì": ("chi",),
    "đâu": ("mô",),
    "sao": ("răng",),
    "thế": ("rứa",),
    "vậy": ("rứa",),
    "bố": ("cha",),
    "mẹ": ("mạ", "mẹ"),
    "bao nhiêu": ("mấy", "bao nhiêu"),
    "giờ": ("chừ",),
    "cháu": ("hắn", "cháu"),
    "ạ": ("hè", "nờ", "ạ"),
}
# Where a dialect's word would say something else ("làm việc" is no "mần việc", a bare "nỏ" ends no question).
LEFT_ALONE = re.compile(r"việc làm|làm việc|làm ăn|nhà vệ sinh|xuất khẩu lao động|không \w+ (?:không|chưa)|\bkhông$")
TELEX = {
    "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "ă": "aw", "â": "aa", "đ": "dd",
}  # fmt: skip
TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
NEIGHBOURS = {"a": "s", "o": "p", "i": "u", "n": "m", "h": "g", "t": "r", "m": "n", "g": "h"}


def styled(text: str, style: str, chance: random.Random) -> str:
    """The text in the style."""
    match style:
        case "no_diacritics":
            return bare(text)
        case "teencode":
            return _replaced(text, TEEN, chance)
        case "regional_south":
            return _replaced(text, SOUTH, chance)
        case "regional_nghe_tinh":
            return _replaced(text, NGHE, chance)
        case "elderly_voice":
            return re.sub(r"[,.?!]", "", text.lower())
        case "typo":
            return _slipped(text, chance)
        case "telex_slip":
            return " ".join(_telex(word) if chance.random() < 0.5 else word for word in text.split())
        case _:
            return text


def bare(text: str) -> str:
    """Without accents."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _replaced(text: str, words: dict[str, tuple[str, ...]], chance: random.Random) -> str:
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    text = LEFT_ALONE.sub(keep, text) if words is not TEEN else text
    for word, others in words.items():
        text = re.sub(rf"(?<!\w){word}(?!\w)", lambda _, others=others: chance.choice(others), text)
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], text)


def _slipped(text: str, chance: random.Random) -> str:
    """One slip of the finger in a longer word, or an accent left out; never in a word with a digit."""
    words = text.split(" ")
    longer = [at for at, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not longer:
        at = chance.randrange(len(words))
        words[at] = bare(words[at])
        return " ".join(words)
    at = chance.choice(longer)
    words[at] = _slip(words[at], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + NEIGHBOURS.get(word[at], word[at]) + word[at + 1 :]
        case _:
            return bare(word)


def _telex(word: str) -> str:
    """The keys that were pressed, as they come out when the keyboard's own spelling is off."""
    if not word.isalpha() or not word.islower():
        return word
    out, tone = "", ""
    for letter in unicodedata.normalize("NFC", word):
        marks = unicodedata.normalize("NFD", letter)
        tone = next((TONES[mark] for mark in marks if mark in TONES), tone)
        toneless = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
        out += TELEX.get(toneless, toneless)
    return out + tone
