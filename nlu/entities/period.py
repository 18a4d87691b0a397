"""Lengths of time in months. Not here: days and weeks, frequencies ("6 tháng một lần"), points in time (`date.py`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from nlu.entities.number import is_half, number_at, number_starts
from nlu.reading import Entity
from nlu.text import Plain, Word, agrees

# one year or month alone is often a rate base ("lãi một năm"): these words before it say that it is a length
_CUES = {
    "trong", "vong", "luu", "han", "hoc", "tu", "an", "cho", "sau", "khoa", "dong", "duoc", "muon", "gan", "hon", "tron", "nghi", "hoan", "them", "gia",
    "keo", "dai", "suot", "du", "khoang", "tam", "moi", "nuoi", "lam", "tro", "tham", "day", "tiet", "kiem", "gui", "phat", "den", "toi", "mat", "gian", "lui", "khat", "hen",
}  # fmt: skip
_AMOUNT_NEAR = {"trieu", "tr", "nghin", "k", "dong", "d", "%", "tram", "suat", "nhieu", "may", "lai"}


class Length(NamedTuple):
    """A length of time in months and the words that say it. `ago`: it lies before today."""

    months: int
    first: int
    last: int
    ago: bool = False
    unit: str = "month"


_UNITS = frozenset(("nam", "thang", "year", "years", "month", "months", "n", "t", "th"))  # no length without one of them


def lengths(plain: Plain) -> list[Length]:
    """All lengths of time in the message."""
    known = plain.memo.get("lengths")
    if known is not None:
        return known
    if plain.keys.isdisjoint(_UNITS):
        return plain.memo.setdefault("lengths", [])
    words, found, after = plain.words, [], 0
    starts = number_starts(plain)
    if " nua " in plain.line or " ruoi " in plain.line:
        starts = sorted({*starts, *(i for i, w in enumerate(words) if w.key in ("nua", "nam"))})
    for i in starts:
        length = _length_at(words, i) if i >= after else None
        if length is None:
            continue
        after = length.last
        if not _excluded(words, length):
            found.append(length._replace(ago=_ago(words, length)))
    plain.memo["lengths"] = found
    return found


def read_duration(plain: Plain, taken: list[tuple[int, int]] = ()) -> list[Entity]:
    """Duration entities; `taken` are spans that money, dates or ages have read."""
    entities = []
    for length in lengths(plain):
        start, end = plain.span(length.first, length.last)
        if length.ago or any(start < e and s < end for s, e in taken):
            continue
        if _tells_no_term(plain, length):
            continue
        entities.append(Entity("duration", length.months, plain.text[start:end], start, end))
    return entities


_RATED = re.compile(
    r" (?:(?:hoc|lien|cap 3|thpt|pho thong|deu|cung|toan|la|dat|duoc|loai|xep|xep loai|hoc luc|hanh kiem|lien tuc|lien tiep|qua|em|con|chau) ){0,5}(?:kha|gioi|tien tien|xuat sac|hoc sinh (?:kha|gioi))(?= )"
)
_MARKS = frozenset(("kha", "gioi", "tien", "sac"))
_ABOUT = frozenset(("duoc", "hon", "gan", "tam", "khoang", "chung", "cung", "da", "chac", "do", ","))
_UP_TO_NOW = frozenset(("nay", "ni"))
# what is meant when a length up to now is told: waiting, saving, a debt, a sentence, a course
_LASTING = re.compile(
    r" (?:cho(?! thue)|doi|ngong|nop|nap|gui|nhan ho so|duyet|ho so|don|tiet kiem|dong|(?<!nghi )(?<!bo )(?<!thoi )hoc|vay|(?<=con )no|(?<=dang )no|(?<=mac )no|muon|an|tu|trai|giam|phat|cai tao|hop dong)(?: (?!thi |ma |nhung )[a-z0-9]+){0,5} $"
)


def _tells_no_term(plain: Plain, length: Length) -> bool:
    """ "3 năm đều khá" is of marks, "hai năm nay tôm chết" only of how long things have been so."""
    end = plain.offsets[length.last] - 1 if length.last < len(plain.words) else len(plain.line)
    if not plain.keys.isdisjoint(_MARKS) and _RATED.match(plain.line, end):
        return True
    following = plain.words[length.last] if length.last < len(plain.words) else None
    if following is None or following.key not in _UP_TO_NOW or not following.means("nay", "này"):
        return False
    after = plain.words[length.last + 1].key if length.last + 1 < len(plain.words) else ""
    if not after and all([w.key in _ABOUT for w in plain.words[: length.first]]):
        return False  # "được hơn một năm nay": an answer
    return after != "roi" and _LASTING.search(plain.line[: plain.offsets[length.first]]) is None


def _unit(words: list[Word], i: int) -> int | None:
    """Months in the unit at word i: năm, n (after digits), tháng, th, quý."""
    if i >= len(words):
        return None
    word = words[i]
    if word.key in ("nam", "year", "years") and (word.key != "nam" or agrees(word.raw, "năm")):
        return 12
    if word.key in ("thang", "month", "months") and (word.key != "thang" or agrees(word.raw, "tháng")):
        return 1
    if word.key == "n" and i and words[i - 1].kind == "n" and (word.glued or i + 1 == len(words)):
        return 12
    if word.key == "t" and i > 2 and word.glued and words[i - 1].kind == "n" and words[i - 2].key in ("dong", "han"):
        return 1  # "hợp đồng 24t"
    if word.key in ("th", "t") and i and words[i - 1].kind == "n" and word.key == "th":
        return 1
    return None


def _length_at(words: list[Word], i: int) -> Length | None:
    word = words[i]
    if word.key == "nua" and _unit(words, i + 1) == 12 and agrees(word.raw, "nửa"):
        return Length(6, i, i + 2, unit="year")
    if word.key == "nam" and i + 1 < len(words) and is_half(words[i + 1]) and agrees(word.raw, "năm"):
        return Length(18, i, i + 2, unit="year")
    number = number_at(words, i)
    if number is None:
        return None
    unit = _unit(words, number.last)
    if unit is None or number.value <= 0 or number.value > 600:
        return None
    if i and words[i - 1].key in ("/", ".", "-", "thang", "ngay") and words[i - 1].glued:
        return None
    months = number.value * unit
    last = number.last + 1
    if last < len(words) and is_half(words[last]) and unit == 12:
        return Length(int(months) + 6, i, last + 1, unit="year")
    if unit == 12:
        more = number_at(words, last)
        if more is not None and _unit(words, more.last) == 1 and more.value < 12 and not _is_date(words, more.last):
            return Length(int(months + more.value), i, more.last + 1, unit="year")
    if months != int(months):
        return None
    return Length(int(months), i, last, unit="year" if unit == 12 else "month")


def _is_date(words: list[Word], i: int) -> bool:
    return i + 1 < len(words) and words[i + 1].kind == "n"


def _excluded(words: list[Word], length: Length) -> bool:
    """A date, a rate base, an age in months, how often something is due, a vague number."""
    previous = words[length.first - 1] if length.first else None
    following = words[length.last] if length.last < len(words) else None
    before = previous.key if previous else ""
    after = following.key if following else ""
    then = words[length.last + 1].key if length.last + 1 < len(words) else ""
    if before in ("mung", "mong") or (before == "ngay" and previous is not None and previous.raw != "ngay"):
        return True  # "mùng 5 tháng sau"
    if before in ("thang", "/") or (before == "nam" and previous is not None and previous.glued):
        return True
    if after in ("mot", "1", "/") and then in ("lan", "ky", "dot"):
        return True
    if after in ("tra", "dong", "nop", "thu") and _PAID_ONCE.search(
        " ".join(w.key for w in words[length.last : length.last + 5])
    ):
        return True  # "3 tháng trả gốc một lần"
    if after in ("tuoi", "nhat"):
        return True
    if before == "cu" and not _said_money(words, length.first - 1):
        return True  # "cứ 3 tháng", not "100 củ 3 năm"
    if before in ("may", "hang", "vai", "tung") or (before == "moi" and previous is not None and previous.raw != "mới"):
        return True
    # "tháng 3 năm 2024" is a point in time
    if words[length.last - 1].key == "nam" and following is not None and following.kind == "n" and len(after) == 4:
        return True
    if length.months in (1, 12) and _said_one(words, length.first):
        return not _one_is_length(words, length)
    return False


_PAID_ONCE = re.compile(r"^(?:tra|dong|nop|thu)(?: (?:goc|lai|tien|no|phi))* (?:1|mot) (?:lan|ky)")


def _said_money(words: list[Word], i: int) -> bool:
    """Whether the "cu" at i is củ, a million."""
    return words[i].raw == "củ" or (words[i].raw != "cứ" and i > 0 and words[i - 1].kind == "n")


def _said_one(words: list[Word], i: int) -> bool:
    return words[i].key in ("mot", "1")


def _one_is_length(words: list[Word], length: Length) -> bool:
    before = [w.key for w in words[max(0, length.first - 3) : length.first]]
    after = [w.key for w in words[length.last : length.last + 3]]
    if after[:1] == ["roi"]:
        return True  # "nộp đơn một tháng rồi"
    if after[:1] == ["thi"] and {"hoc", "nghe", "khoa"} & set(before):
        return True  # "học nghề 1 năm thì vay được bao nhiêu"
    if _ASKS_EACH.search(" ".join([w.key for w in words[length.last : length.last + 8]])) and not _WITHIN & set(before):
        return False
    if set(before[-2:]) & _AMOUNT_NEAR or set(after) & {"bao", "may", "lai", "duoc", "tra"} - (
        {"duoc"} if before[-1:] == ["duoc"] else set()
    ):
        return bool({"gian", "hoan", "khat", "lui"} & set(before)) or (
            bool(before)
            and before[-1]
            in ("han", "trong", "vong", "luu", "hoc", "tu", "an", "dong", "hoan", "them", "gian", "lui", "khat", "treo", "kiem")
        )
    said = {w.key for w in words[max(0, length.first - 3) : length.first] if w.key != "toi" or w.raw in ("toi", "tới")}
    if before[-2:] == ["toi", "da"]:
        return False
    if "trai" in said and after[:1] and after[0] in ("roi", "nay"):
        return True  # "ra trại một năm rồi"
    return bool(said & _CUES) or not before


# "một tháng nhà nước cho vay mấy triệu": the base of a sum that is asked for
_ASKS_EACH = re.compile(r"^(?:(?!,|roi |thi )[a-z]+ ){0,5}(?:duoc|vay|muon|cho|cap|tra|dong|gop|nop|het|mat|co|la)(?: (?:vay|muon|duoc|em|khoang|toi da))* (?:(?:bao )?bao nhieu|may (?:trieu|tien|dong|tram|chuc)|nhieu nhat|nhieu it)\b")
_WITHIN = frozenset(("trong", "vong", "han", "hoan", "gian", "luu", "khat", "nghi"))


def _ago(words: list[Word], length: Length) -> bool:
    """ "3 năm trước", "cách đây 3 năm", "3 năm về trước"."""
    after = [w.key for w in words[length.last : length.last + 2]]
    before = [w.key for w in words[max(0, length.first - 3) : length.first]]
    if after[:1] == ["truoc"] and words[length.last].means("trước") and not _then_clause(words, length.last + 1):
        return True
    return after == ["ve", "truoc"] or ("cach" in before and ("day" in before or "nay" in before))


def _only_then(words: list[Word], i: int) -> bool:
    after = [w.key for w in words[i : i + 5]]
    return (after[:1] == ["moi"] or after[:2] == ["roi", "moi"]) and bool({"duoc", "cho"} & set(after[1:4]))


def _then_clause(words: list[Word], i: int) -> bool:
    """ "trước khi", "trước hạn"; "gửi tiết kiệm 1 năm trước mới được vay": it must come first, not that it lies back."""
    if i >= len(words):
        return False
    return words[i].key in ("khi", "han") or _only_then(words, i)
