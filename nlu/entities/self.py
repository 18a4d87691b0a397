"""How people call themselves, and for whom they ask. Third persons ("hỏi cho bác Tư") are not the speaker."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.lexicon import load
from nlu.text import Plain, Word, agrees

_FORMS = {"bac": "bác", "co": "cô", "chu": "chú", "ong": "ông", "ba": "bà", "anh": "anh", "chi": "chị", "em": "em", "con": "con", "chau": "cháu", "minh": "mình", "toi": "tôi"}  # fmt: skip
# unaccented, these letters are more often another word: có, chủ, chỉ, còn, ba
_DOUBTFUL = {"co", "chu", "chi", "con", "ba", "ong", "anh"}
_LEAD = {
    "da",
    "vang",
    "chao",
    "alo",
    "a",
    "thua",
    "oi",
    "xin",
    "loi",
    "cho",
    "hi",
    "hello",
    "u",
    "uh",
    "the",
    "thi",
    "gio",
    "nay",
    "vay",
    "ma",
    "bot",
    "ad",
    "admin",
    "ngan",
    "hang",
    "hien",
    "nha",
}
_FOR = (
    "hoi",
    "dang ky",
    "biet",
    "xin",
    "vay",
    "gap",
    "lam",
    "muon",
    "noi",
    "so",
    "dat",
    "sua",
    "doi",
    "xem",
    "dk",
    "thong tin",
    "nho",
    "hoi tham",
    "kiem tra",
    "lich",
    "quay",
)
_HELP = {
    "giup",
    "gium",
    "ho",
    "nhac",
    "goi",
    "bao",
    "chi",
    "cho",
    "noi",
    "tra",
    "coi",
    "xem",
    "huong",
    "dan",
    "voi",
    "tu",
    "van",
    "lai",
}
_KIN = r"(?:bác|cô|chú|ông|bà|anh|chị|em|con|cháu|dì|cậu|mợ|thím|dượng|o|mự|bạn|má|mẹ|bố|ba|cha|chồng|vợ|thằng|con bé|nó|đứa)"
_OWN_KIN = r"(?:bố|ba|cha|mẹ|má|mạ|anh|chị|em|con|cháu|chồng|vợ|ông|bà|chú|bác|cô|dì|cậu|bạn|hàng xóm)(?: (?:trai|gái|rể|dâu|họ|ruột|nội|ngoại|hàng xóm|cùng xóm|út|cả))?"
_ME = r"(?:tôi|tui|em|mình|cháu|con|choa|bác|cô|chú|nhà em|nhà tôi)"
_NAME = r"(?:[A-ZĐÀ-Ỹ][^\W\d_]*)"
_ASK_FOR = r"(?:hỏi|hoi|vay|đăng ký|dang ky|đk|làm|lam|xin|coi|xem|tra)(?:[^.?!\n]{0,30}?)?\s(?:cho|giùm|giúp|hộ|gium|giup|ho|dùm|giùm cho|hộ cho|giúp cho|thay)\s"
_ABOUT = (
    re.compile(rf"(?:{_ASK_FOR})(?P<who>{_KIN}\s{_NAME}(?:\s{_NAME}){{0,3}})"),
    re.compile(rf"(?i:{_ASK_FOR})(?P<who>{_OWN_KIN}\s{_ME})(?![^\W\d_])", re.IGNORECASE),
    re.compile(rf"(?i:{_ASK_FOR})(?P<who>(?:bác|chú|cô|anh|chị|ông|bà|bạn|người)\s(?:hàng xóm|bạn|quen|cùng xóm|cùng tổ|cùng thôn))", re.IGNORECASE),
    re.compile(rf"(?:^|[.,!?]\s*)(?P<who>{_KIN}\s{_NAME})(?:\s(?:hàng xóm|cùng xóm|gần nhà))?\s(?:nhờ|nho)\s", re.IGNORECASE),
    re.compile(rf"(?:hỏi|hoi|đăng ký|dang ky|vay)\s(?:cho|giùm|giúp|hộ)\s(?P<who>(?:bac|chu|co|anh|chi|ong|ba|ban|di|cau|em)\s(?:[a-zà-ỹđ]+))(?=\s(?:hang xom|o|vay|nha|di|ra)\b|[\s.,!?]*$)"),
    re.compile(r"^(?P<who>(?:anh|em|con|chồng|vợ|chú|bố|mẹ|cháu|bạn|em trai|anh trai|con trai) (?:tôi|tui|mình|em))\s(?=[^?]{0,40}(?:đi trại|ra tù|mãn hạn|đi tù|lỡ lầm|ở tù|về))", re.IGNORECASE),
)  # fmt: skip
_NOT_ABOUT = {"em", "tôi", "mình", "con đi", "bác ấy"}


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    return frozenset(load("people")["subject_verbs"].split())


def read_about(plain: Plain) -> str | None:
    """The other person this is asked for, as written ("bác Tư"), or None."""
    if plain.text.isupper():
        return None
    for pattern in _ABOUT:
        match = pattern.search(plain.text)
        if match:
            who = match["who"].strip()
            if who.split()[-1].lower() in (
                "vay",
                "hỏi",
                "hoi",
                "đi",
                "nhé",
                "với",
                "voi",
                "ạ",
                "a",
                "nha",
                "di",
                "muon",
                "muốn",
                "biet",
                "biết",
                "xin",
            ):
                continue
            return who
    return None


def read_addressing(plain: Plain) -> str | None:
    """The word people use for themselves, kin words before "tôi" and "mình"; None if the text shows none."""
    words = plain.words
    best: tuple[int, str] | None = None
    for i, word in enumerate(words):
        form = _FORMS.get(word.key)
        if form is None or word.kind != "w" or not agrees(word.raw, form) or word.upper and i and _third(words, i):
            continue
        if word.raw in ("chù", "bá", "bạ", "cọn"):
            continue
        weight = _weight(plain, words, i)
        if weight and (best is None or weight > best[0]):
            best = (weight, form)
    return best[1] if best else None


def _third(words: list[Word], i: int) -> bool:
    return i + 1 < len(words) and words[i + 1].upper


def _weight(plain: Plain, words: list[Word], i: int) -> int:
    """How surely the word at i is the speaker: 0 not at all, 3 surely."""
    word = words[i]
    key = word.key
    before = words[i - 1].key if i else ""
    after = words[i + 1].key if i + 1 < len(words) else ""
    neutral = key in ("toi", "minh")
    strength = 1 if neutral else 3
    bare = (
        key in _DOUBTFUL
        and word.raw.isascii()
        and key not in ("anh", "con", "ong")
        or (key in _DOUBTFUL and word.raw.isascii() and not plain.accented)
    )
    if (
        after in ("oi", "nay", "ay", "no", "ho", "ta")
        and key not in ("minh",)
        or (
            after in ("toi", "em", "minh", "chau", "con")
            and key in ("anh", "chi", "em", "con", "chau", "bac", "chu", "ong", "ba", "co")
            and not neutral
        )
    ):
        return 0
    if (
        i + 1 < len(words)
        and words[i + 1].upper
        and not plain.text.isupper()
        and words[i + 1].kind == "w"
        and not neutral
        and words[i + 1].glued is False
        and before != "nha"
    ):
        return 0
    if (
        before
        in ("chao", "thua", "hoi", "gap", "cam", "on", "voi", "cac", "nho", "hai", "may", "dua", "thang", "vo", "chong")
        and key != "minh"
    ):
        if before == "nho":
            return 0
        return 0
    if before == "cho" and any(
        plain.line.startswith(f" {verb} ", plain.offsets[i + 1] - 1) for verb in _FOR if i + 1 < len(words)
    ):
        return strength
    if before in ("giup", "gium", "ho", "cho", "nhac", "goi") and (
        i + 1 == len(words)
        or words[i + 1].kind == "p"
        or after in ("voi", "nhe", "di", "nha", "a", "so", "nhen", "muon", "duoc", "nghen", "cai")
    ):
        return strength
    if (
        before in ("nha", "cua", "con", "vo", "chong", "bo", "me", "gia", "dinh")
        and key in ("em", "toi", "minh", "chau", "bac", "co", "chu", "ong", "ba", "anh", "chi", "con")
        and before != key
    ):
        if before in ("nha", "cua") and not bare:
            return strength - 1 if not neutral else 1
        if before in ("con", "vo", "chong", "bo", "me") and key in ("em", "toi", "minh", "bac", "chau", "co", "chu"):
            return strength - 1 if not neutral and not bare else (1 if neutral else 0)
        return 0
    if after in _verbs() and not bare and _starts_clause(words, i):
        return strength
    if (
        bare
        and after in ("muon", "hoi", "la", "can", "dang")
        and _starts_clause(words, i)
        and key in ("con", "chi", "ong", "chu", "anh")
    ):
        return 2
    if key in ("em", "chau", "toi", "bac", "minh") and after in _verbs() and before not in ("cac", "dua", "thang"):
        return strength - 1 if not neutral else 1
    if word.raw in ("choa", "tui"):
        return 1
    if after.isdigit() and i + 2 < len(words) and words[i + 2].key == "tuoi":
        return strength
    return 0


def _starts_clause(words: list[Word], i: int) -> bool:
    """Whether only courtesies or another clause stand before the word."""
    j = i - 1
    while j >= 0 and words[j].key in _LEAD and words[j].kind == "w":
        j -= 1
    if (
        j < 0
        or words[j].kind == "p"
        or words[j].key
        in (
            "oi",
            "a",
            "gio",
            "nay",
            "roi",
            "ma",
            "nhung",
            "vi",
            "thi",
            "nen",
            "chau",
            "em",
            "cho",
            "neu",
            "khi",
            "nhe",
            "hien",
            "ngay",
            "va",
            "mai",
        )
    ):
        return True
    return False
