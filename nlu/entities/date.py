"""Days, months and years on the calendar, as precise as they were said, and the day of leaving prison.

Relative words are read from the day `on`. Left alone: "hôm nay", weekdays, lunar months, numbers of decrees and forms.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from nlu.entities.number import digit, number_at, only_trailing
from nlu.entities.period import Length, lengths
from nlu.reading import Entity
from nlu.text import Plain, fold

_NUMERIC = re.compile(
    r"(?<![\d/.\-])(?:(?P<d>\d{1,2})\s?[/.\-]\s?)?(?P<m>\d{1,2})\s?[/.\-]\s?(?P<y>(?:19|20)\d\d|\d\d(?=\b))(?![\d/]|[.,]\d)"
    r"|(?<![\d/.\-,])(?P<y2>(?:19|20)\d\d)-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})(?!\d)"
    r"|(?<![\d/.\-,])(?P<d3>\d{1,2})\s?/\s?(?P<m3>\d{1,2})(?![\d/])"
)
_PARTED = re.compile(r"\d\s?[/.\-]\s?\d")  # stands in each numeric date, and is found much faster
_WORDS = re.compile(
    r" (?:(?:(?:ngay|mung|mong|hom|bua) (?P<d>\d{1,2}|(?!mung|mong|ngay)[a-z]+(?: [a-z]+)?)|(?P<bare_d>\d{1,2})) )?"
    r"(?:thang (?P<m>\d{1,2}|[a-z]+(?: hai| mot)?)|t ?(?P<m2>\d{1,2}))"
    r"(?: ?/ ?(?P<y2>(?:19|20)\d\d|\d\d)| (?:nam )?(?P<y>(?:19|20)\d\d)| nam (?P<y3>\d\d)(?= )| nam (?P<ys>hai (?:mot|hai|ba|tu|bon|lam|nam|sau|bay))(?= )| nam (?P<yw>hai (?:khong|nghin|ngan)(?: khong tram| linh| le)? [a-z]+(?: [a-z]+){0,2})| (?P<rel>nam (?:ngoai|kia|nay|roi|toi|sau)))?(?= )"
)
_YEAR = re.compile(
    r" (?P<part>(?:dau|cuoi|giua|trong|tu|hoi) )?(?:nam (?P<y>(?:19|20)\d\d)|nam (?P<yw>hai (?:khong|nghin|ngan)(?= (?:khong tram |linh |le )?[a-z]))|(?P<rel>nam (?:ngoai|kia|roi))|(?P<relm>thang (?:truoc|roi|vua roi|vua qua|sau|toi)))(?= )"
)
_HOI_YEAR = re.compile(
    r" (?:hoi|vao|dau|cuoi|giua|tu) (?P<y>20[0-3]\d)(?= )(?! (?:trieu|tr|dong|d|k|m2|nguoi|ho|/|-|den))"
)
_DAY_OF_LATE = re.compile(
    r" (?:(?P<moon>mung|mong)|hom|ngay|bua) (?P<d>\d{1,2}|(?!mung|mong)[a-z]+(?: [a-z]+)?) (?:(?P<last>thang (?:truoc|roi|vua roi|vua qua))|(?P<this>thang nay)|(?P<next>thang (?:sau|toi))|vua roi|vua qua|roi)(?= )"
)
_PART_OF_YEAR = re.compile(r" (?:dau|cuoi|giua) $")
_LAW = re.compile(
    r"(?:\b(?:nd|qd|tt|nghi dinh|quyet dinh|thong tu|luat|vbhn|hd|huong dan|cv|cong van|mau|(?<!ho )so|dieu|khoan|to khai|nq|nghi quyet|ct)(?: so)? ?)$"
)
_RELEASE = (
    "released", "got out", "left prison", "ra tu", "man han", "ra trai", "truoc thoi han", "chap hanh xong", "duoc tha", "dac xa", "het an", "tha tu", "o tu ve", "di tu ve", "tu tu ve", "ra khoi trai",
    "man an", "an xong", "het tu", "thi hanh xong", "tu ve", "trai ve", "cai tao ve", "an xa", "xong an", "tha ve", "moi ra", "em ra", "toi ra", "ra tu ngay", "duoc ve", "ra hoi", "ra ve",
)  # fmt: skip
_ENGLISH = re.compile(
    r" (?:(?P<d>\d{1,2}) )?(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"
    r"(?: (?P<d2>\d{1,2}))?(?: ,)? (?P<y>(?:19|20)\d\d)(?= )"
)
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FUTURE = {
    "sap",
    "se",
    "du kien",
    "bay",
    "xuat canh",
    "nhap hoc",
    "khai giang",
    "het han",
    "dinh",
    "den han",
    "deadline",
}
_MONTH_WORDS = {"mot": 1, "gieng": 0, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12}  # fmt: skip


class Day(NamedTuple):
    """A date as ISO text of its precision, and where it stands in the text. `yearless`: the year was worked out."""

    value: str
    start: int
    end: int
    yearless: bool = False


def days(plain: Plain, on: date | None) -> list[Day]:
    """All dates in the message, in order of place."""
    found: list[Day] = []
    digits, keys = plain.has_digits, plain.keys
    if digits and _PARTED.search(plain.text):
        found += _numeric(plain, on)
    if "thang" in keys or "t" in keys:
        found += _spoken(plain, on)
    if digits:
        found += _in_english(plain)
    if "nam" in keys or "thang" in keys:
        found += _years(plain, on)
    if digits:
        found += [Day(m["y"], *plain.span(last - 1, last)) for _, last, m in plain.find(_HOI_YEAR)]
    if on and not keys.isdisjoint(_DAY_WORDS):
        found += _late_days(plain, on)
    if digits and "thang" in keys:
        found += _year_first(plain)
    if len(found) < 2:
        return found
    kept: list[Day] = []
    for day in sorted(found, key=lambda d: (d.start - d.end, d.start)):
        if all(day.end <= k.start or day.start >= k.end for k in kept):
            kept.append(day)
    return sorted(kept, key=lambda d: d.start)


_DAY_WORDS = frozenset(("hom", "ngay", "bua", "mung", "mong"))


def _late_days(plain: Plain, on: date) -> list[Day]:
    """ "hôm 12 vừa rồi", "ngày 25 tháng trước": a day whose month is told from today."""
    found = []
    for first, last, match in plain.find(_DAY_OF_LATE):
        day = _day_number(match["d"])
        if day is None or (match["moon"] and not match["last"]) or (match["next"] and not _means_next(plain, last)):
            continue
        month = months_before(on, 1 if match["last"] else -1 if match["next"] else 0)
        value = _iso(int(month[:4]), int(month[5:]), day)
        if value and value > on.isoformat() and not (match["this"] or match["next"]):
            month = months_before(on, 1)
            value = _iso(int(month[:4]), int(month[5:]), day)
        if value:
            found.append(Day(value, *plain.span(first, last)))
    return found


def _means_next(plain: Plain, last: int) -> bool:
    """Whether the word before `last` is sau or tới: not "tháng sáu", "tháng tôi làm", "sau khi"."""
    word, after = plain.words[last - 1], plain.words[last].key if last < len(plain.words) else ""
    if word.key == "sau":
        return word.raw == "sau" and after not in ("khi", "do", "day", "nam", "/", "nay")
    return word.raw == "tới" or (
        word.raw == "toi" and after not in ("lam", "co", "tra", "duoc", "phai", "kiem", "muon", "dong")
    )


def read_dates(plain: Plain, on: date | None, slot: str | None = None) -> list[Entity]:
    """date, release_date and release_ago entities."""
    entities = []
    for day in days(plain, on):
        kind = "release_date" if slot == "release_date" or _release_before(plain, day.start) else "date"
        if kind == "date" and (len(day.value) == 4 or _born(plain, day.start)):
            text = plain.text[day.start : day.end]
            told = any(c.isdigit() for c in text) or fold(text).startswith("nam hai") or _of_its_year(plain, day.start)
            if not told or _born(plain, day.start):
                continue  # "năm ngoái" alone, and years of birth
        if kind == "release_date" and on and day.value > on.isoformat():
            continue
        entities.append(Entity(kind, day.value, plain.text[day.start : day.end], day.start, day.end))
    if slot == "release_date" and not entities:
        entities += _bare_year(plain, on)
    for length in release_ago(plain, slot):
        start, end = plain.span(length.first, length.last)
        if all(end <= e.start or start >= e.end for e in entities):
            entities.append(Entity("release_ago", length.months, plain.text[start:end], start, end))
    return entities


def _bare_year(plain: Plain, on: date | None) -> list[Entity]:
    """ "2024", "dạ 2024 ạ": a year alone, where the day of leaving prison was asked for."""
    numbers = [word for word in plain.words if word.kind == "n"]
    if len(numbers) != 1 or len(plain.words) > 4 or not _RECENT.fullmatch(numbers[0].key):
        return []
    if on is not None and int(numbers[0].key) > on.year:
        return []
    word = numbers[0]
    return [Entity("release_date", word.key, plain.text[word.start : word.end], word.start, word.end)]


_RECENT = re.compile(r"(?:199|20[0-4])\d")


def _of_its_year(plain: Plain, start: int) -> bool:
    """ "đầu năm ngoái", "cuối năm rồi"."""
    first = next(i for i, w in enumerate(plain.words) if w.start >= start)
    return bool(_PART_OF_YEAR.search(plain.line[: plain.offsets[first]]))


# "vay ra tù 3 tháng trả một lần": the name of a programme
_PROGRAMME_BEFORE = re.compile(
    r" (?:vay|goi|chuong trinh|dien|lai)(?: (?:von|cho|nguoi|doi tuong|dien))* (?:ra tu|man han(?: tu)?) $"
)
_AGO_BEFORE = re.compile(
    r" (?:released|got out(?: of)?(?: prison)?|ra(?: khoi)?(?: tu| trai)?|man han(?: tu)?|ve(?: nha| que| dia phuong)?|chap hanh xong(?: an)?(?: phat)?(?: tu)?|duoc tha|het an|dac xa)"
    r"(?: (?:cung|da|moi|ma|tu|nay|hon|gan|tam|khoang|chung|co|cach day|tinh|den|duoc|cong|dong|tron|dau)){0,5} $"
)
_AGO_AFTER = re.compile(r" (?:ve truoc|truoc|nay|roi|qua)(?= )")
_PRISON = re.compile(r" (?:released|prison|tu|man han|trai|an|chap hanh|cai tao|dac xa|phat)(?= )")


def release_ago(plain: Plain, slot: str | None = None) -> list[Length]:
    """Lengths of time since leaving prison: "ra được 2 năm", or any past length when the question is the release date."""
    found = []
    for length in lengths(plain):
        before = plain.line[: plain.offsets[length.first]]
        if slot == "release_date":
            if not re.search(r" (?:an|phat|di|ngoi|tu) (?:tu )?$", before) or _AGO_BEFORE.search(before):
                found.append(length)
        elif _PROGRAMME_BEFORE.search(before) and not _AGO_AFTER.match(
            plain.line, plain.offsets[length.last - 1] + len(plain.words[length.last - 1].key)
        ):
            continue
        elif (_AGO_BEFORE.search(before) and (_PRISON.search(plain.line))) or (
            length.ago and _PRISON.search(plain.line) and any(cue in plain.line for cue in _RELEASE[:15])
        ):
            found.append(length)
    return found


def months_before(on: date, months: int) -> str:
    """The month that lies so many months before the day, as YYYY-MM."""
    index = on.year * 12 + on.month - 1 - months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def _numeric(plain: Plain, on: date | None) -> list[Day]:
    found = []
    for match in _NUMERIC.finditer(plain.text):
        g = match.groupdict()
        day, month, year = (g["d"] or g["d2"] or g["d3"]), (g["m"] or g["m2"] or g["m3"]), (g["y"] or g["y2"])
        text = match.group()
        if (
            _law_number(plain, match.start())
            or _is_fraction(plain.text, match)
            or ("." in text and not g["d"])
            or (text.count(".") == 1 and "/" not in text)
        ):
            continue
        if year is not None and len(year) == 2:
            if day is None:
                day, month, year = month, year, None  # "12-05": a day and a month
                if "/" not in text:
                    continue
            else:
                year = str(2000 + int(year) if int(year) <= (on.year % 100 + 5 if on else 40) else 1900 + int(year))
        if re.search(r"(?:th[uư][oơ]ng|b[eệ]nh) binh (?:h[aạ]ng )?$", plain.text[: match.start()], re.IGNORECASE):
            continue  # "thương binh 2/4" is a degree
        start = _with_day_word(plain.text, match.start(), day is not None)
        value, yearless = _value(plain, year, month, day, on=on, start=start, end=match.end())
        end = match.end()
        if yearless:
            value2, end2 = _relative_year_after(plain, value, on, end)
            value, end = value2 or value, end2
        if value:
            found.append(Day(value, start, end, yearless))
    return found


_OF = re.compile(
    r"\s*(?:số|so|giá|gia|tiền|tien|nhà|phần|phan|của|cua|lương|luong|đất|dat|căn|tổng|tong|học|suất)\b", re.IGNORECASE
)


_SHARE = re.compile(
    r"(?:tối đa|toi da|khoảng|khoang|bằng|bang|hơn|hon|gần|gan|chừng|chung|được|duoc|có|co|mất|mat)\s*$", re.IGNORECASE
)


def _is_fraction(text: str, match: re.Match[str]) -> bool:
    """ "1/2 số tiền", "24/7": no day of a month."""
    said = match.group().replace(" ", "")
    parts = ("1/2", "1/3", "2/3", "1/4", "3/4")
    if said in ("24/7", "24/24"):
        return True
    return said in parts and (
        _OF.match(text, match.end()) is not None or _SHARE.search(text[: match.start()]) is not None
    )


_DAY_WORD = re.compile(r"(?:ngày|ngay|mùng|mung|mồng|mong|hôm|hom|tháng|thang|t)\s?$", re.IGNORECASE)


def _with_day_word(text: str, start: int, day: bool) -> int:
    match = _DAY_WORD.search(text, max(0, start - 7), start)
    if match is None or (match.start() and text[match.start() - 1].isalpha()):
        return start
    return match.start()


def _relative_year_after(plain: Plain, value: str | None, on: date | None, end: int) -> tuple[str | None, int]:
    match = re.match(
        r"\s*,?\s*(?:(?:năm|nam)\s+(ngoái|ngoai|kia|nay|tới|toi|sau|rồi|roi)|(sang) (?:năm|nam))\b",
        plain.text[end:],
        re.IGNORECASE,
    )
    if match is None or on is None or value is None:
        return value, end
    year = _relative((match.group(1) or match.group(2)).lower(), on)
    return f"{year:04d}{value[4:]}", end + match.end()


def _relative(word: str, on: date) -> int:
    return (
        on.year
        + {"ngoái": -1, "ngoai": -1, "rồi": -1, "roi": -1, "kia": -2, "nay": 0, "tới": 1, "toi": 1, "sau": 1, "sang": 1}[word]
    )


def _law_number(plain: Plain, start: int) -> bool:
    before = plain.text[max(0, start - 14) : start].lower()
    return bool(_LAW.search(fold(before)))


def _value(
    plain: Plain, year: str | None, month: str, day: str | None, *, on: date | None, start: int, end: int
) -> tuple[str | None, bool]:
    """The ISO text, or None if there is no such day; a missing year is the nearest past, or the nearest to come."""
    m = int(month)
    if not 1 <= m <= 12:
        return None, False
    if year is not None:
        return _iso(int(year), m, None if day is None else int(day)), False
    if on is None:
        return None, False
    d = None if day is None else int(day)
    this = _iso(on.year, m, d)
    if this is None:
        return None, False
    if _said_this(plain, end):
        return this, True
    if _JUST_PAST.match(plain.text, end):
        return (this if this <= on.isoformat()[: len(this)] else _iso(on.year - 1, m, d)), True
    late = d is not None and 0 < (on - date.fromisoformat(this)).days <= LATE
    future = _planned(plain, start, end, late)
    today = on.isoformat()[: len(this)]
    if future and this < today:
        return _iso(on.year + 1, m, d), True
    if not future and this > today:
        return _iso(on.year - 1, m, d), True
    return this, True


_JUST_PAST = re.compile(r"\s+(?:vừa|vua)\s+(?:rồi|roi|qua|r)\b", re.IGNORECASE)


def _said_this(plain: Plain, end: int) -> bool:
    """ "tháng 9 này": of this year, whether it is over or not."""
    following = next((w for w in plain.words if w.start >= end), None)
    return following is not None and following.means("này") and following.raw in ("này", "nay", "ni")


def _planned(plain: Plain, start: int, end: int, late: bool = False) -> bool:
    """Whether the words around say that the day is still to come; `late`: this year's was over a short while ago."""
    first = next((i for i, w in enumerate(plain.words) if w.start >= start), len(plain.words))
    last = next((i for i, w in enumerate(plain.words) if w.start >= end), len(plain.words))
    next_words = plain.words[last : last + 1]
    until_now = plain.words[last + 1].key if last + 1 < len(plain.words) else ""
    if next_words and next_words[0].means("tới", "sau") and until_now not in ("gio", "nay", "bay", "tan", "hom"):
        return True
    if first and plain.words[first - 1].means("tới") and not plain.words[first - 1].means("tôi"):
        return True
    near = plain.words[max(0, first - 6) : first]
    before = " " + " ".join([w.key if w.means(*_FUTURE_FORMS.get(w.key, (w.raw,))) else "_" for w in near]) + " "
    if before.endswith((" truoc ", " truoc ngay ", " cham nhat ")) or _DUE.search(before):
        return True
    after = " " + " ".join(w.key for w in plain.words[last : last + 5]) + " "
    if _LEAVES.match(after):
        return True
    if _MUST_BE_PAID.match(after) and not late:
        return True
    return any(f" {cue} " in before for cue in _FUTURE)


_DUE = re.compile(r" (?:han|den han|het han)(?: (?!tu )[a-z]+){0,3} $")
_LEAVES = re.compile(
    r" (?:(?:nay|em|toi|chau|con|no|han|la|thi) ){0,2}(?:bay|xuat canh|nhap hoc|khai giang)(?= )"
    r"| (?:(?:la|thi) )?(?:(?:den|het|toi) han|han(?! che))(?= )"
)
_MUST_BE_PAID = re.compile(r" (?:(?:la|thi) )?phai (?:tra|dong|nop)(?= )")
LATE = 31  # days; what "14/11 phải nộp" names may be over so long
_FUTURE_FORMS = {"sap": ("sắp",), "se": ("sẽ",), "bay": ("bay",), "dinh": ("định",)}  # "Đình" plans nothing


def _iso(year: int, month: int, day: int | None) -> str | None:
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return f"{year:04d}-{month:02d}" if day is None else f"{year:04d}-{month:02d}-{day:02d}"


def _spoken(plain: Plain, on: date | None) -> list[Day]:
    found = []
    for match in _WORDS.finditer(plain.line):
        first = plain.index(match.start() + 1)
        at = plain.index(match.start("m")) - 1 if match["m"] else first
        if not plain.words[at].means("tháng") and match["m"]:
            continue  # "thằng Hai"
        month, month_words = _month(match["m"] or match["m2"], plain, first)
        if month is None:
            continue
        if match["m2"] and (not plain.words[first + 1].glued or _weekday(plain, first)):
            continue
        day = _day_number(match["d"]) if match["d"] else None
        if match["d"] and day is None:
            continue
        if match["bare_d"]:  # "6 tháng 4 năm 2026" is a day; "vay 6 tháng 4 triệu" is none
            if not (match["m"] and (match["y"] or match["yw"] or match["rel"])):
                continue
            day = _day_number(match["bare_d"])
        elif match["d"] is None and first and _length_of_time(plain, first):
            continue
        year = match["y"] or match["y2"] or match["y3"]
        spoken_end = None
        if match["ys"]:
            ones = plain.words[plain.index(match.start("ys")) + 1]
            value = digit(ones) or only_trailing(ones)
            year = f"202{value}" if value else None
        if match["yw"]:
            year, spoken_end = _spoken_year(plain, plain.index(match.start("yw")))
        if year and len(year) == 2:
            year = f"20{year}"
        last = plain.index(match.end())
        if match["rel"] and on:
            year = str(_relative(match["rel"].split()[1], on))
        elif on and not year and [w.key for w in plain.words[last : last + 2]] == ["sang", "nam"]:
            year, last = str(on.year + 1), last + 2  # "tháng 3 sang năm"
        elif match["m"] and not match["m"].isdigit() and not year:
            last = (
                first + 1 + month_words + (2 if match["d"] else 0) + (len(match["d"].split()) - 1 if match["d"] else 0)
            )
        if spoken_end:
            last = spoken_end
        start, end = plain.span(first, last)
        value, yearless = _value(
            plain, year, str(month), None if day is None else str(day), on=on, start=start, end=end
        )
        if value:
            found.append(Day(value, start, end, yearless))
    return found


def _weekday(plain: Plain, first: int) -> bool:
    """ "hôm t2 tuần trước", "sáng t7": a day of the week; "bên t3": the third party."""
    before = plain.words[first - 1].key if first else ""
    after = plain.words[first + 2].key if first + 2 < len(plain.words) else ""
    return before in ("hom", "sang", "chieu", "trua", "toi", "bua", "thu", "ben", "nguoi") or after == "tuan"


def _in_english(plain: Plain) -> list[Day]:
    """ "March 2025", "12 March 2025", "March 12, 2025"."""
    found = []
    for first, last, match in plain.find(_ENGLISH):
        day = match["d"] or match["d2"]
        value = _iso(int(match["y"]), 1 + _ENGLISH_MONTHS.index(match["m"]), int(day) if day else None)
        if value:
            found.append(Day(value, *plain.span(first, last)))
    return found


_YEAR_THEN_MONTH = re.compile(
    r" (?:nam )?(?P<y>(?:19|20)\d\d)(?: ,)?(?: (?:vao|hoi|cung|khoang|la|a))* thang (?P<m>\d{1,2}|[a-z]+(?: hai| mot)?)(?= )"
)


def _year_first(plain: Plain) -> list[Day]:
    """ "2024, tháng 5": the year told before the month."""
    found = []
    for first, last, match in plain.find(_YEAR_THEN_MONTH):
        at = next(i for i in range(first, last) if plain.words[i].key == "thang")
        month, month_words = _month(match["m"], plain, at)
        if month is None or (at + 2 < len(plain.words) and plain.words[at + 2].key == "/"):
            continue
        start, end = plain.span(first, at + 1 + month_words)
        if value := _iso(int(match["y"]), month, None):
            found.append(Day(value, start, end))
    return found


def _spoken_year(plain: Plain, i: int) -> tuple[str | None, int | None]:
    """ "hai không hai tư", "hai nghìn không trăm hai mươi tư": the year and the word after it."""
    words = plain.words
    at = i + 2
    while at < len(words) and words[at].key in ("khong", "tram", "linh", "le"):
        at += 1
    number = number_at(words, at)
    if number is None:
        return None, None
    ones = number_at(words, number.last)
    if number.value in (20, 30) and number.last < len(words) and words[number.last].raw == "lam":
        return f"20{int(number.value) + 5}", number.last + 1  # "hai nghin khong tram hai muoi lam"
    if number.value < 10 and number.last < len(words):
        digit = only_trailing(words[number.last]) or (int(ones.value) if ones and ones.value < 10 else None)
        if digit is not None:
            return f"20{int(number.value)}{digit}", number.last + 1
    return (f"20{int(number.value):02d}", number.last) if number.value < 100 else (None, None)


def _length_of_time(plain: Plain, first: int) -> bool:
    """ "mỗi tháng 3 triệu", "2 tháng 5 ngày", "một tháng 3 triệu"."""
    before = plain.words[first - 1]
    if before.key in ("moi", "hang", "mot", "/", "may", "luong") or before.kind == "n":
        return not (before.kind == "n" and first > 1 and plain.words[first - 2].key in ("ngay", "mung", "hom"))
    after = plain.words[first + 2].key if first + 2 < len(plain.words) else ""
    return after in ("trieu", "tr", "nghin", "k", "cu", "ty", "lan", "dong", "chai")


def _month(said: str, plain: Plain, first: int) -> tuple[int | None, int]:
    if said.isdigit():
        return (int(said), 1) if 1 <= int(said) <= 12 else (None, 0)
    words = said.split()
    if said in _MONTH_WORDS and len(words) == 2:
        return _MONTH_WORDS[said] or None, 2
    if words[0] in _MONTH_WORDS and _MONTH_WORDS[words[0]]:
        at = next(i for i in range(first, len(plain.words)) if plain.words[i].key == "thang") + 1
        word = plain.words[at]
        if word.upper and word.raw.isascii() and not plain.accented and plain.words[at - 1].raw == "thang" and not plain.text.isupper():
            return None, 0  # "Thang Hai nha tui": thằng Hai
        if words[0] in ("tu", "nam", "sau", "ba", "muoi") and word.raw not in ("tư", "năm", "sáu", "ba", "mười"):
            return (_MONTH_WORDS[words[0]], 1) if _bare_month(plain, at) else (None, 0)
        if (
            words[0] == "nam"
            and at + 1 < len(plain.words)
            and plain.words[at + 1].key not in ("nam", "vua", "roi", "nay")
        ):
            return None, 0
        if words[0] == "mot" and word.raw not in ("mốt", "một", "mot"):
            return None, 0
        return _MONTH_WORDS[words[0]], 1
    return None, 0


_BEFORE_A_MONTH = frozenset(("hoi", "hom", "tu", "dau", "cuoi", "giua"))


def _bare_month(plain: Plain, at: int) -> bool:
    """ "hoi thang tu nam roi", "hom thang muoi, sao": a month's word without marks, in a text without them."""
    word = plain.words[at]
    if plain.accented or not word.raw.isascii():
        return False
    after = [w.key for w in plain.words[at + 1 : at + 3]]
    if after[:1] == ["nam"] and after[1:] and (after[1] in ("nay", "ngoai", "roi", "kia") or after[1].isdigit()):
        return True
    before = plain.words[at - 2].key if at > 1 else ""
    return word.key in ("tu", "muoi") and (after[:2] == ["vua", "roi"] or (before in _BEFORE_A_MONTH and (not after or after[0] in (",", ".", "vua", "den"))))


def _day_number(said: str) -> int | None:
    if said.isdigit():
        return int(said)
    from nlu.text import plain as plain_of

    words = plain_of(said).words
    number = number_at(words, 0)
    return int(number.value) if number and number.last == len(words) and 1 <= number.value <= 31 else None


def _years(plain: Plain, on: date | None) -> list[Day]:
    found = []
    for match in _YEAR.finditer(plain.line):
        begin = match.start() + 1 + (len(match["part"]) if match["part"] else 0)
        first, last = plain.index(begin), plain.index(match.end())
        if first > 1 and plain.words[first - 2].key == "thang" and plain.words[first - 1].kind == "n":
            continue  # "tháng 13 năm 2024": what is no month makes no year either
        start, end = plain.span(first, last)
        if match["y"]:
            found.append(Day(match["y"], start, end))
        elif match["yw"]:
            year, after = _spoken_year(plain, first + 1)
            if year and after:
                found.append(Day(year, *plain.span(first, after)))
        elif on and match["rel"]:
            if match["rel"] == "nam roi" and match["part"] not in ("dau ", "cuoi ", "giua "):
                continue  # "5 năm rồi"
            found.append(Day(str(_relative(match["rel"].split()[1], on)), start, end))
        elif on and match["relm"]:
            ahead = plain.words[last - 1].key in ("sau", "toi")
            before = plain.words[first - 1] if first else None
            if before is not None and (
                before.kind == "n" or digit(before) is not None or before.key in _NO_MONTH_AFTER
            ):
                continue  # "3 tháng trước", "mùng 5 tháng sau", "mấy tháng sau"
            if before is not None and before.key in _SO_LONG and plain.words[last - 1].key == "roi":
                continue  # "cả tháng rồi"
            follower = plain.words[last].key if last < len(plain.words) else ""
            if (
                not plain.words[first].means("tháng")
                or follower in ("khi", "do", "day", "nay")
                or (ahead and not _means_next(plain, last))
            ):
                continue
            found.append(Day(months_before(on, -1 if ahead else 1), start, end))
    return found


_SO_LONG = frozenset(("ca", "nua", "gan", "hon", "tron", "duoc", "qua"))
_NO_MONTH_AFTER = frozenset(
    ("may", "vai", "moi", "hang", "mot", "muoi", "chuc", "tram", "ruoi", "nhieu", "luong", "tung", "cac")
)


def _release_before(plain: Plain, start: int) -> bool:
    """Whether the words just before the date speak of leaving prison."""
    first = next(i for i, w in enumerate(plain.words) if w.start >= start)
    before = plain.line[: plain.offsets[first]]
    if before.endswith(_SINCE) and _CAME_BACK.search(before) and _OF_PRISON.search(plain.line):
        return True
    if _WAS_IN_PRISON.search(before) and _BACK_AFTER.search(_after_date(plain, first)):
        return True
    window = before[-60:]
    at = max(window.rfind(f" {cue} ") for cue in _RELEASE)
    if at < 0:
        return bool(_BACK_FROM.search(window))
    if re.search(r" (?:dien|theo|chuong trinh|goi|nguoi) $", window[: at + 1]):
        return False  # "nộp đơn theo diện mãn hạn tù từ 15/10"
    return not re.search(r" (?:vay|nop|dang ky|sinh|xac nhan|duyet)(?= )", window[at:])


_SINCE = tuple(f" {word} " for word in ("hoi", "ve", "tu", "hom", "ngay", "vao", "bua", "luc", "dau", "cuoi", "giua", "khoang", "nha", "que", "lang", "xa"))
# "tui mới về hồi tháng bảy … vay người ra tù": home from where, the rest of the message says
_CAME_BACK = re.compile(
    r" (?:toi|tui|em|minh|chau|con|no|han|anh|chi|bac|chu|chong|trai|moi|vua|da|duoc|cho) (?:moi |vua |da |duoc )*(?:ve|ra)(?: (?:nha|que|lang|xa|dia phuong|nuoc))?(?: (?:hoi|tu|hom|ngay|vao|bua|luc|dau|cuoi|giua|khoang)){0,3} $"
)
_OF_PRISON = re.compile(r" (?:ra tu|man han|di tu|o tu|ngoi tu|trai giam|an phat|dac xa|chap hanh xong|di trai|cai tao|lam lo|hoan luong)(?= )")


_WAS_IN_PRISON = re.compile(r" (?:di tu|o tu|cai tao|di trai|trong trai|ngoi tu|an tu)(?= )")
_BACK_FROM = re.compile(
    r" (?:di tu|o tu|cai tao|di trai|trong trai|ngoi tu|an tu)(?: (?!vay|nop|tra)[a-z0-9,]+){0,6} (?:ve|ra)"
    r"(?: (?:hom|bua|ngay|hoi|vao|tu|dau|cuoi|giua|khoang|nha|que|luc)){0,3} $"
)
_BACK_AFTER = re.compile(
    r"^ (?:(?:moi|vua|thi|no|toi|tui|em|la|han|anh|chau|duoc|con|ay) ){0,3}(?:ve|ra(?! truong)|duoc tha|tha|man han)(?= )"
)


def _after_date(plain: Plain, first: int) -> str:
    """The words after the date that begins at word `first`: after its figures and the words that belong to them."""
    last = first
    while last < len(plain.words) and (
        plain.words[last].kind == "n" or plain.words[last].key in _OF_A_DATE or digit(plain.words[last]) is not None
    ):
        last += 1
    return f" {' '.join(w.key for w in plain.words[last : last + 6])} "


_OF_A_DATE = frozenset(
    ("ngay", "thang", "nam", "hom", "nay", "ngoai", "roi", "truoc", "kia", "/", "-", ".", "mung", "muoi", "tu")
)


def _born(plain: Plain, start: int) -> bool:
    before = " " + " ".join(w.key for w in plain.words if w.end <= start) + " "
    return bool(re.search(r" (?:sinh|sn)(?: ngay| nam| vao)? $", before))
