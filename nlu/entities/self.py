"""How people call themselves, and for whom they ask. Third persons ("hỏi cho bác Tư") are not the speaker."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.lexicon import load
from nlu.text import Plain, Word, agrees

_FORMS = {"bac": "bác", "co": "cô", "chu": "chú", "ong": "ông", "ba": "bà", "anh": "anh", "chi": "chị", "em": "em", "con": "con", "chau": "cháu", "minh": "mình", "toi": "tôi"}  # fmt: skip
# unaccented, these letters are more often another word: có, chủ, chỉ, còn, ba
_DOUBTFUL = {"co", "chu", "chi", "con", "ba", "ong", "anh"}
# small words that may stand before the subject of a sentence
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
    "hien",
    "nha",
}
_CLAUSE_ENDS = {
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
    "neu",
    "khi",
    "nhe",
    "hien",
    "ngay",
    "va",
    "mai",
}
# "cho em hỏi", "cho bác đăng ký"
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
    "thong tin",
    "nho",
    "kiem tra",
    "lich",
    "quay",
)
_AFTER_HELP = {"voi", "nhe", "nha", "a", "so", "nhen", "muon", "duoc", "nghen", "cai"}
_SPOKEN_TO = {"chao", "thua", "hoi", "gap", "cam", "on", "voi", "cac", "nho", "hai", "may", "dua", "thang"}
_OTHERS_AFTER = {"oi", "nay", "ay", "no", "ho", "ta"}
_MINE_AFTER = {"toi", "em", "minh", "chau", "con"}
_OWNED = {"nha", "cua"}
_KIN_OWNED = {"con", "vo", "chong", "bo", "me", "anh", "chi", "em"}
_KIN = r"(?:bac|co|chu|ong|di|cau|anh|chi|bác|cô|chú|ông|bà|anh|chị|em|con|cháu|dì|cậu|mợ|thím|dượng|o|mự|bạn|má|mẹ|bố|ba|cha|chồng|vợ|thằng|con bé|nó|đứa)"
_OWN_KIN = r"(?:bố|ba|cha|mẹ|má|mạ|anh|chị|em|con|cháu|chồng|vợ|ông|bà|chú|bác|cô|dì|cậu|bạn|hàng xóm)(?: (?:trai|gái|rể|dâu|họ|ruột|nội|ngoại|hàng xóm|cùng xóm|út|cả))?"
_ME = r"(?:tôi|tui|em|mình|cháu|con|choa|bác|cô|chú|nhà em|nhà tôi)"
_NAME = r"(?:[A-ZĐÀ-Ỹ][^\W\d_]*)"
_ASK_FOR = r"(?:hỏi|hoi|vay|đăng ký|dang ky|đk|làm|lam|xin|coi|xem|tra)(?:[^.?!\n]{0,30}?)?\s(?:cho|giùm|giúp|hộ|gium|giup|ho|dùm|giùm cho|hộ cho|giúp cho|thay)\s"
# what stands in the plain words wherever one of the patterns matches: without it they are not tried
_FOR_KIN = re.compile(
    r" (?:cho|gium|giup|ho|dum|thay) (?:bac|co|chu|ong|di|cau|anh|chi|ba|em|con|chau|mo|thim|duong|o|mu|ban|ma|me|bo|cha|chong|vo|thang|no|dua"
    r"|hang|nguoi) "
)
_IN_PRISON = frozenset(("trai", "tu", "han", "lo", "ve"))  # of the last of the patterns
_FOR_WORDS = frozenset(("cho", "gium", "giup", "ho", "dum", "thay"))
_ASKING_A_FAVOUR = re.compile(r" nho ")
_ABOUT = (
    (_FOR_KIN, re.compile(rf"(?:{_ASK_FOR})(?P<who>{_KIN}\s{_NAME}(?:\s{_NAME}){{0,3}})")),
    (_FOR_KIN, re.compile(rf"(?i:{_ASK_FOR})(?P<who>{_OWN_KIN}\s{_ME})(?![^\W\d_])", re.IGNORECASE)),
    (_FOR_KIN, re.compile(rf"(?i:{_ASK_FOR})(?P<who>(?:bác|chú|cô|anh|chị|ông|bà|bạn|người)\s(?:hàng xóm|bạn|quen|cùng xóm|cùng tổ|cùng thôn))", re.IGNORECASE)),
    (_ASKING_A_FAVOUR, re.compile(rf"(?:^|[.,!?]\s*)(?P<who>{_KIN}\s{_NAME})(?:\s(?:hàng xóm|cùng xóm|gần nhà))?\s(?:nhờ|nho)\s", re.IGNORECASE)),
    (_FOR_KIN, re.compile(r"(?:hỏi|hoi|đăng ký|dang ky|vay)\s(?:cho|giùm|giúp|hộ)\s(?P<who>(?:bac|chu|co|anh|chi|ong|ba|ban|di|cau|em)\s(?:[a-zà-ỹđ]+))(?=\s(?:hang xom|o|vay|nha|di|ra)\b|[\s.,!?]*$)")),
    (None, re.compile(r"^(?P<who>(?:anh|em|con|chồng|vợ|chú|bố|mẹ|cháu|bạn|em trai|anh trai|con trai) (?:tôi|tui|mình|em))\s(?=[^?]{0,40}(?:đi trại|ra tù|mãn hạn|đi tù|lỡ lầm|ở tù|về))", re.IGNORECASE)),
)  # fmt: skip
_NOT_ABOUT = {"em", "tôi", "mình", "con đi", "bác ấy"}


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    return frozenset(load("people")["subject_verbs"].split())


_CHILD = re.compile(r"(?:con|đứa|thằng|bé|cháu)\b", re.IGNORECASE)
_TO_STUDY = re.compile(
    r" (?:di hoc|vao dai hoc|hoc dai hoc|hoc cao dang|hoc trung cap|hoc nghe|nhap hoc|dong hoc phi|hoc phi|sinh vien|an hoc|hoc hanh|hoc)(?= )"
)


def read_about(plain: Plain) -> str | None:
    """The other person this is asked for, as written ("bác Tư"), or None.

    A parent who borrows for a child's studies asks for themselves: the household borrows.
    """
    if plain.text.isupper():
        return None
    keys = plain.keys
    likely = set()
    if not keys.isdisjoint(_FOR_WORDS) and _FOR_KIN.search(plain.line):
        likely.add(_FOR_KIN)
    if "nho" in keys:
        likely.add(_ASKING_A_FAVOUR)
    if not keys.isdisjoint(_IN_PRISON):
        likely.add(None)
    if not likely:
        return None
    for needs, pattern in _ABOUT:
        match = pattern.search(plain.text) if needs in likely else None
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
                "được",
                "duoc",
            ):
                continue
            if _CHILD.match(who) and _TO_STUDY.search(plain.line):
                continue
            return who
    return None


def read_addressing(plain: Plain) -> str | None:
    """The word people use for themselves, kin words before "tôi" and "mình"; None if the text shows none."""
    best: tuple[int, str] | None = None
    for i, word in enumerate(plain.words):
        form = _FORMS.get(word.key)
        if form is None or word.kind != "w" or not agrees(word.raw, form):
            continue
        weight = _weight(plain, i)
        if weight and (best is None or weight > best[0]):
            best = (weight, form)
    return best[1] if best else None


def _weight(plain: Plain, i: int) -> int:
    """How surely the word at i is the speaker: 0 not at all, 1 by a neutral word, 2 as an owner, 3 as the subject."""
    words = plain.words
    word = words[i]
    neutral = word.key in ("toi", "minh")
    doubtful = (
        word.key in _DOUBTFUL and word.raw.isascii() and (not plain.accented or word.key not in ("anh", "con", "ong"))
    )
    before = words[i - 1].key if i else ""
    after = words[i + 1].key if i + 1 < len(words) else ""
    if _is_other(plain, i, before, after, neutral):
        return 0
    sure = 1 if neutral else 3
    if _is_helped(plain, i, before, after):
        return sure
    if _is_owner(word, before, doubtful):
        return 1 if neutral else 2
    if before in _KIN_OWNED and before != word.key and i and not words[i - 1].raw.isascii():
        return 0
    if _starts_clause(words, i):
        if after in _verbs() and not doubtful:
            return sure
        if doubtful and word.key != "co" and after in ("muon", "hoi", "la", "can", "dang"):
            return 2
        if i + 2 < len(words) and words[i + 2].key == "tuoi":
            return sure
    if after in _verbs() and word.key in ("em", "chau", "toi", "bac", "minh"):
        return 1 if neutral else 2
    return 1 if word.raw == "tôi" else 0


def _is_other(plain: Plain, i: int, before: str, after: str, neutral: bool) -> bool:
    """The one spoken to ("chào cô", "cô ơi") or spoken of ("bác Tư", "anh tôi", "ông ấy")."""
    words = plain.words
    key = words[i].key
    if after in _OTHERS_AFTER and key != "minh" and not (after == "ho" and not words[i + 1].means("họ")):
        return True
    if not neutral and after in _MINE_AFTER:
        return True
    if before in _SPOKEN_TO and key != "minh":
        return True
    if i and words[i - 1].kind == "n":
        return True
    named = i + 1 < len(words) and words[i + 1].upper and words[i + 1].kind == "w" and not plain.text.isupper()
    return named and not neutral and before != "nha"


def _is_helped(plain: Plain, i: int, before: str, after: str) -> bool:
    """ "cho em hỏi", "giúp bác với", "gọi cho bác"."""
    if before == "cho" and i + 1 < len(plain.words):
        at = plain.offsets[i + 1] - 1
        if any(plain.line.startswith(f" {verb} ", at) for verb in _FOR):
            return True
    if before in ("giup", "gium", "ho", "cho", "nhac", "goi"):
        return i + 1 == len(plain.words) or plain.words[i + 1].kind == "p" or after in _AFTER_HELP
    return False


def _is_owner(word: Word, before: str, doubtful: bool) -> bool:
    """ "nhà em", "của bác", "con tôi", "mẹ em"."""
    if doubtful:
        return False
    if before in _OWNED:
        return True
    return before in ("con", "vo", "chong", "bo", "me", "ba", "anh", "chi") and word.key in (
        "em",
        "toi",
        "minh",
        "bac",
        "chau",
    )


def _starts_clause(words: list[Word], i: int) -> bool:
    """Whether only courtesies or another clause stand before the word."""
    j = i - 1
    while j >= 0 and words[j].key in _LEAD and words[j].kind == "w":
        j -= 1
    return j < 0 or words[j].kind == "p" or words[j].key in _CLAUSE_ENDS
