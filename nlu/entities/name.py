"""Names of people, as written. Not here: kin titles ("bác Tư"), places and firms that begin like a family name."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.entities.number import digit
from nlu.lexicon import load
from nlu.reading import Entity
from nlu.text import Plain, Word, agrees, fold

_CUE = re.compile(
    r" (?:ho )?ten(?: day du)?(?: cua)?(?: (?:cho|em|toi|la|minh|chau|con|bac|co|chu|anh|chi|ong|ba|tui|no|vo|chong|khach|hang|bo|me|han|ban|ay|nguoi|vay|cua|dung|trong|thang|be|,|:|-|that)){0,4} $"
)
_IS = re.compile(r" (?:em|toi|minh|chau|con|bac|co|chu|anh|chi|ong|ba|tui)(?: day)? (?:la|ten|ten la) $")
_TITLE = {
    "ban",
    "anh",
    "chi",
    "em",
    "chu",
    "bac",
    "co",
    "ong",
    "ba",
    "chau",
    "con",
    "cua",
    "toi",
    "tui",
    "vo",
    "chong",
    "la",
    "ten",
    ":",
    "khach",
    "hang",
    "sinh",
    "vien",
    "be",
    "nguoi",
    "minh",
}
STOP = {
    "khong", "chu", "sinh", "nam", "o", "xa", "huyen", "tinh", "va", "nha", "so", "sdt", "dien", "muon", "can", "vay", "que", "tuoi", "nhe", "cho", "la", "thi", "co", "duoc", "dang",
    "thon", "xom", "phuong", "chau", "em", "con", "bac", "toi", "minh", "a", "ad", "nhen", "nghen", "hien", "cua", "voi", "roi", "da", "lam", "thoi", "day", "nua", "tru", "ho", "ma",
}  # fmt: skip
# family names that are everyday words when they are not written with a capital
_RARE_AND_COMMON = {
    "la",
    "va",
    "ma",
    "ta",
    "vi",
    "ra",
    "an",
    "y",
    "già",
    "gia",
    "ca",
    "hoa",
    "cu",
    "lai",
    "cung",
    "dau",
    "co",
    "thi",
    "sin",
    "chu",
    "dong",
    "kim",
    "quan",
    "son",
    "trang",
    "giang",
}
_PLACE_BEFORE = {
    "xa",
    "phuong",
    "huyen",
    "tinh",
    "thon",
    "xom",
    "ap",
    "ban",
    "o",
    "tai",
    "que",
    "thanh",
    "pho",
    "truong",
    "hoc",
    "quan",
    "thi",
    "tran",
    "khu",
    "duong",
    "cho",
    "cong",
    "ty",
    "trai",
}
_NOT_NAMES = {
    "ha tinh", "ha noi", "ha nam", "ha giang", "ho chi minh", "ly son", "kim lien", "kim son", "do luong", "chau doc", "duong minh", "an giang", "binh duong", "thai nguyen", "thai binh", "thai lan",
    "cao bang", "lam dong", "ninh binh", "ninh thuan", "ha long", "son la", "lai chau", "tra vinh", "kien giang", "tien giang", "bac giang", "phu tho", "quang nam", "long an", "vinh long",
    "han quoc", "ma cao", "ma lai", "to tiet", "van phong", "an ninh", "la gi", "kim anh", "ngan hang", "cao dang", "trang chu", "tu van", "ba lan", "hoa ky", "ha lan", "luong y",
}  # fmt: skip


@lru_cache(maxsize=1)
def _surnames() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for name in load("people")["surnames"].split():
        table.setdefault(fold(name), []).append(name)
    return {k: tuple(v) for k, v in table.items()}


def is_surname(word: Word) -> bool:
    """Whether the word can be a Vietnamese family name."""
    return _is_surname(word.key, word.raw)


@lru_cache(maxsize=8192)
def _is_surname(key: str, raw: str) -> bool:
    return any(agrees(raw, form) for form in _surnames().get(key, ()))


_BESIDE_SMALL = frozenset(("ten", "la", "thi", "van"))  # one of them stands beside a name in small letters
_BEFORE_SMALL = frozenset(("cua", "chau", "ban", "anh", "chi", "ong", "ba"))  # or of these, where accents are typed
_NOT_ONE: dict[str, tuple[str, ...]] = {}


def read_names(plain: Plain) -> list[Entity]:
    """Names of two syllables or more, by family name and capitals, or after "tên", "em là"."""
    found: list[tuple[int, int]] = []
    words = plain.words
    small = not plain.keys.isdisjoint(_BESIDE_SMALL) or (plain.well_accented and not plain.keys.isdisjoint(_BEFORE_SMALL))
    surnames = _surnames() if small else _NOT_ONE
    i = 0
    while i < len(words):
        last = _name_at(plain, i) if words[i].upper or words[i].key in surnames else None
        if last:
            found.append((i, last))
            i = last
        else:
            i += 1
    entities = []
    for first, last in found:
        start, end = plain.span(first, last)
        text = plain.text[start:end]
        entities.append(Entity("person_name", text, text, start, end))
    return entities


def _name_at(plain: Plain, i: int) -> int | None:
    """The end of a name that begins at word i."""
    words = plain.words
    word = words[i]
    if word.upper and _with_middle(words, i) and not plain.text.isupper():
        last = i + 3
        while last < len(words) and last - i < 5 and words[last].upper and _joined(plain, last):
            last += 1
        return last
    if word.kind != "w" or not is_surname(word) or (word.key in _RARE_AND_COMMON and not word.upper and not _marked_middle(words, i)):
        return None
    if _of_a_short_form(words, i) or _of_a_house(plain, i) or _is_no_name(words, i) or _of_a_prison(plain, i):
        return None
    before = plain.line[: plain.offsets[i]]
    follower = words[i + 1] if i + 1 < len(words) else None
    if not word.upper and follower is not None and follower.upper and plain.text[word.start].islower():
        return None  # "tên hắn Lê Bá Khôi"
    cued = (" ten" in before and _CUE.search(before)) or (before.endswith((" la ", " ten ")) and _IS.search(before))
    shouting = plain.text.isupper()
    if shouting and not cued and _shouted_after_of(plain, i, before):
        return i + 3
    last = i + 1
    if word.upper and not shouting:
        while (
            last < len(words)
            and last - i < 5
            and words[last].kind == "w"
            and words[last].upper
            and _joined(plain, last)
        ):
            last += 1
        if cued and last - i >= 2:
            return last
        if last - i < 3 and not (last - i == 2 and i and words[i - 1].key in _TITLE and words[i - 1].raw not in ("ở",)):
            return None
        return None if _is_place(words, i, last) and not _called_so(words, i, last) else last
    middle = (
        i + 1 < len(words)
        and words[i + 1].key in ("thi", "van")
        and (agrees(words[i + 1].raw, "thị") or agrees(words[i + 1].raw, "văn"))
    )
    if not cued and _in_small_letters(plain, i, before):
        return i + 3
    if not cued and not (middle and _lower_name(words, i)):
        return None
    last = i + 1
    while last < len(words) and last - i < 5 and words[last].kind == "w" and _joined(plain, last):
        if last - i >= 3 and (words[last].key in _NO_MORE or digit(words[last]) is not None):
            break  # "bế thị đào đến hạn", "hoàng văn sửu tám mươi tuổi"
        if words[last].raw == "phương" and last - i < 3:
            last += 1
            continue  # "lò thị phương" is no ward
        if (
            words[last].key in STOP
            and not (last == i + 1 and middle)
            and (last - i >= 3 or words[last].key not in ("thi", "son", "ha", "nam", "co"))
        ):
            break
        last += 1
    return last if last - i >= 2 else None


def _shouted_after_of(plain: Plain, i: int, before: str) -> bool:
    """ "HỒ SƠ CỦA TRẦN ĐÌNH KHẢI NỘP": a common family name and two syllables, where capitals say nothing."""
    after = plain.words[i + 1 : i + 3]
    return (
        plain.words[i].key in _COMMON
        and _OF_THEM.search(before) is not None
        and len(after) == 2
        and all(w.kind == "w" and _joined(plain, i + 1 + n) for n, w in enumerate(after))
        and (after[0].key in ("thi", "van") or all(w.key not in STOP for w in after))
    )


_OF_THEM = re.compile(r" (?:cua|ong|ba|anh|chi|chau|con) $")


def _with_middle(words: list[Word], i: int) -> bool:
    """ "Pó Văn Lường": three capitals with Văn or Thị between make a name, whatever the family."""
    if i + 2 >= len(words) or not (words[i].upper and words[i + 1].upper and words[i + 2].upper):
        return False
    return (
        words[i + 1].raw in ("văn", "thị")
        and words[i].kind == words[i + 2].kind == "w"
        and words[i].raw not in _NO_FAMILY
    )


_NO_FAMILY = {"xã", "phường", "thôn", "xóm", "cát", "tên", "là", "chị", "anh", "bác", "chú", "cô", "ông", "bà", "em"}
_ROLES = {
    "to truong", "to pho", "danh sach", "to vien", "truong thon", "truong xom", "to dan", "chu ho", "chu tich", "lai suat",
    "ho so", "ho ngheo", "ho can", "ho khau", "do tuoi", "thu tuc", "cu the", "vo chong", "tu van", "cong an", "can bo", "vo danh", "vo to", "luc nay", "luc truoc", "luc nao", "me don", "chau di", "con di", "hoi phu", "hoi nong", "hoi vien", "giao vien", "nhan vien", "cong nhan", "dang vien",
}  # fmt: skip
_HOUSES = {"hoc", "truong", "dang", "cap", "vien"}  # đại học, trường, cao đẳng, trung cấp, học viện


# what begins the next clause behind a name in small letters
_NO_MORE = frozenset(
    ("hoc", "den", "nen", "di", "sn", "bi", "nop", "gui", "ra", "ve", "cccd", "cmnd", "cung", "se", "moi", "vua", "tren", "duoi", "tai", "trong", "ngu", "dan", "hay", "xin", "dinh", "tu", "muoi", "tram", "ten", "goi", "bao", "noi", "hom")
)
# no name after "vo thi", "dang thi" typed without marks, where "thi" is "thì": "vo thi bo di", "cao dang thi mot thang"
_AFTER_THEN = frozenset(
    ("bo", "mot", "hai", "ba", "bao", "phai", "di", "moi", "sao", "the", "bi", "nop", "tra", "nen", "gap", "hoi", "xin", "mat", "het", "ve", "ra", "nghi", "gui", "dong", "tim", "xem", "chi", "khi", "gio", "ai", "con", "tien", "thieu", "phan", "tong", "lai", "loi")
)


def _of_a_short_form(words: list[Word], i: int) -> bool:
    """The "hàng" that "KH" was spelled out to: it stands where the word before it stands, and is nobody's family name."""
    return any(words[k].start == words[i].start for k in (i - 1, i + 1) if 0 <= k < len(words))


def _is_no_name(words: list[Word], i: int) -> bool:
    """ "em là tổ trưởng", "tên trong danh sách": two words that begin like a family name."""
    return " ".join(w.key for w in words[i : i + 2]) in _ROLES


def _of_a_house(plain: Plain, i: int) -> bool:
    """ "Đại học Nông Lâm Thái Nguyên": the capitals belong to a school."""
    words = plain.words
    if not words[i].upper or plain.text.isupper():
        return False
    first = i
    while first and i - first < 4 and words[first - 1].upper and _joined(plain, first):
        first -= 1
    return any(words[k].key in _HOUSES and words[k + 1].glued is False for k in range(max(0, first - 1), i))


def _of_a_prison(plain: Plain, i: int) -> bool:
    """ "Trại giam Xuân Lộc Đồng Nai": the capitals belong to the prison."""
    words = plain.words
    first = i
    while first and i - first < 4 and words[first - 1].upper and _joined(plain, first):
        first -= 1
    return words[i].upper and [w.key for w in words[max(0, first - 2) : first]] in (["trai", "giam"], ["tam", "giam"])


_COMMON = frozenset(["nguyen", "tran", "pham", "hoang", "huynh", "phan", "vu", "bui", "le", "ngo", "dinh", "trinh"])
_COMMON_OR_WORD = _COMMON | {"vo", "dang", "do", "duong", "luong", "truong", "ho"}


def _marked_middle(words: list[Word], i: int) -> bool:
    """ "vi thị hồng", "tạ thị bích": with its marks the middle tells a name; not "và thị trấn"."""
    after = words[i + 1 : i + 3]
    return (
        len(after) == 2
        and after[0].raw in ("thị", "văn")
        and after[1].kind == "w"
        and after[1].key not in ("tran", "xa", "truong", "phong", "ban", "hoa")
        and words[i].raw in _surnames().get(words[i].key, ())  # "cô văn thư" is no family Cổ
        and words[i].raw not in ("là", "và", "ra", "quan", "ở", "thì", "từ", "sơn")
    )


# family names that, written with their marks, are hardly anything else
_PLAIN_FAMILIES = frozenset(["nguyễn", "trần", "phạm", "hoàng", "huỳnh", "bùi", "lê", "ngô", "đinh", "trịnh", "võ", "đặng", "đỗ", "dương", "lương", "đoàn", "mai", "hà", "tạ", "thạch"])
_OF_WHOM = re.compile(r" (?:cua|ten)(?: (?:em|chau|bac|anh|chi|ong|ba|co|chu|con|toi|tui|minh|ban|be|ca|chong|vo))* $| (?:chau|ban|anh|chi|ong|ba) $")
_NO_SYLLABLES = frozenset(("thanh nien", "gia dinh", "vien", "hoc", "so", "khau", "phi", "vay", "nay", "nao", "truoc", "mot", "hai"))


def _in_small_letters(plain: Plain, i: int, before: str) -> bool:
    """ "hồ sơ của đinh công sáng, căn cước …": family, two syllables, then a stop or a word of talk; nobody typed capitals."""
    words = plain.words
    if words[i].raw not in _PLAIN_FAMILIES or len(words) < i + 3 or not _OF_WHOM.search(before):
        return False
    if any(w.upper for w in words[1:]) or not plain.well_accented:
        return False
    rest = words[i + 1 : i + 3]
    if any(w.kind != "w" or w.key in STOP - {"nam", "son", "ha"} or w.key in _NO_SYLLABLES for w in rest) or rest[0].key + " " + rest[1].key in _NO_SYLLABLES:
        return False
    after = words[i + 3] if len(words) > i + 3 else None
    return after is None or after.kind != "w" or after.key in STOP or after.key in _NO_MORE


def _lower_name(words: list[Word], i: int) -> bool:
    """ "nguyen van tu" without a cue: family name, văn or thị, and one more syllable that is no common word."""
    if i + 2 >= len(words) or words[i + 2].kind != "w":
        return False
    then = words[i + 1].raw == "thi" and words[i + 2].key in _AFTER_THEN and words[i + 2].raw.isascii()
    return (
        (words[i].key in _COMMON_OR_WORD or _marked_middle(words, i))
        and not then
        and words[i + 2].key not in STOP
        and words[i + 2].key not in ("truong", "de", "hoa", "ban", "phong", "giua")
    )


def _joined(plain: Plain, i: int) -> bool:
    between = plain.text[plain.words[i - 1].end : plain.words[i].start]
    return between in (" ", "  ", "\u00a0")


def _called_so(words: list[Word], first: int, last: int) -> bool:
    """ "em Cao Bằng Phi": three syllables right behind a kin word are a person, though two of them are a province."""
    return last - first == 3 and first > 0 and words[first - 1].key in _KIN and not words[first - 1].upper


_KIN = frozenset(("em", "anh", "chi", "bac", "co", "chu", "ong", "ba", "chau"))


def _is_place(words: list[Word], first: int, last: int) -> bool:
    key = " ".join(w.key for w in words[first:last])
    if key in _NOT_NAMES or " ".join(w.key for w in words[first : first + 2]) in _NOT_NAMES:
        return True
    if words[first + 1].key in ("van", "thi") and last - first >= 3:
        return False
    before = words[first - 1] if first else None
    return (
        before is not None and before.key in _PLACE_BEFORE and before.key != "cho" and before.raw not in ("bạn", "thị")
    )
