"""School level, year and field of study, and how many children study. Whether it belongs to a student loan is decided in `nlu/read.py`."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.entities.number import number_at, number_starts
from nlu.lexicon import load
from nlu.pattern import Found, Patterns
from nlu.reading import Entity
from nlu.text import Plain, Word

_STUDENT_NEAR = re.compile(r" (?:sinh vien|hoc|truong|freshman|dai hoc|cao dang|khoa|lop|con|em|chau)(?= )")


@lru_cache(maxsize=1)
def _patterns() -> tuple[Patterns, Patterns, Patterns]:
    data = load("study")

    def compiled(part: str) -> Patterns:
        return Patterns((str(p), value) for value, phrases in data[part].items() for p in phrases)

    return compiled("levels"), compiled("years"), compiled("fields")


def read_level(plain: Plain) -> list[Entity]:
    """Levels of study named in the message; with a proper school name the name belongs to it ("Đại học Bách khoa")."""
    entities: list[Entity] = []
    for one in _patterns()[0].longest(plain):
        if any(e.value == one.payload for e in entities) or _is_no_level(plain, one):
            continue
        last = one.last
        while (
            one.payload in ("university", "college")
            and last < len(plain.words)
            and last < one.last + 4
            and _proper(plain, last, one.last)
        ):
            last += 1
        start, end = plain.span(one.first, last)
        entities.append(Entity("school_level", one.payload, plain.text[start:end], start, end))
    return entities


_SCHOOL_PAPERS = re.compile(r" (?:hoc ba|bang diem|diem|bang(?: tot nghiep)?|giay tot nghiep|tot nghiep|hoc luc|thanh tich|ket qua(?: hoc tap)?)(?: (?:thi|cua|cap|he|bac|nam|hoc|em|con))* $")
_SCHOOL_MARKS = re.compile(r" (?:em |con |chau |toan |deu |cung |duoc |dat |diem |hoc luc |loai |xep loai )*(?:\d\.x|[6-9](?: ?[.,] ?[\dx]+)?|10 ?diem|kha|gioi|tien tien|xuat sac|trung binh)(?= )")


def _is_no_level(plain: Plain, one: Found) -> bool:
    """ "cảnh cáo học vụ" is no "cao học"; "học bạ cấp 3", "lớp 12 toàn 8" are of papers and marks."""
    if one.payload == "master":
        after = plain.words[one.last].key if one.last < len(plain.words) else ""
        before = plain.words[one.first - 1] if one.first else None
        return plain.words[one.first].key == "cao" and (
            after in ("vu", "phi") or (before is not None and before.key in ("canh", "bao", "nang", "muc"))
        )
    if one.payload != "high_school":
        return False
    if _SCHOOL_PAPERS.search(plain.line[: plain.offsets[one.first]]):
        return True
    return _SCHOOL_MARKS.match(plain.line, plain.offsets[one.last] - 1 if one.last < len(plain.words) else len(plain.line)) is not None


def _proper(plain: Plain, i: int, first: int) -> bool:
    word = plain.words[i]
    return word.kind == "w" and (
        (word.upper and not plain.text.isupper()) or (i > first and word.raw in ("khoa", "tế", "thuật"))
    )


def read_year(plain: Plain) -> list[Entity]:
    """The year of study: 1 … 6 or "final"."""
    for one in _patterns()[1].longest(plain):
        before = plain.words[one.first - 1] if one.first else None
        first = plain.words[one.first]
        if one.payload == 1 and before is not None and before.key in _NO_YEAR_OF_STUDY and plain.words[one.first + 1].key == "dau":
            continue  # "lãi tính từ năm đầu"
        if first.key == "nam":
            if before is not None and (
                (before.kind == "n" and not (one.first > 1 and plain.words[one.first - 2].key in ("ky", "ki")))
                or before.key in ("moi", "mot", "hang", "may", "hai", "trong", "thang", "sinh", "/")
            ):
                continue
            after = plain.words[one.last] if one.last < len(plain.words) else None
            if after is not None and (
                after.key in ("nam", "thang", "trieu", "tr", "/", "muoi", "tram", "chuc", "lan", "phan", "tuoi", "-")
                or after.kind == "n"
                or (after.key == "cho" and plain.words[one.last - 1].key == "mot")  # "nằm một chỗ"
            ):
                continue
            if plain.words[one.last - 1].key == "sau" and plain.words[one.last - 1].raw != "sáu":
                continue  # "đầu năm sau"
            if plain.words[one.last - 1].key == "nhat" and not plain.words[one.last - 1].means("nhất"):
                continue
        start, end = plain.span(one.first, one.last)
        value = one.payload if one.payload == "final" else int(one.payload)
        return [Entity("school_year", value, plain.text[start:end], start, end)]
    return []


_NO_YEAR_OF_STUDY = frozenset(("tu", "lai", "suat", "ngay", "nhung", "cac", "tra", "han", "don", "cho", "vay", "goc", "tinh"))

_STUDYING = re.compile(
    r" (?:hoc|an hoc|sinh vien|dai hoc|truong|nhap|nam (?:nhat|cuoi|thu [a-z0-9]+)|lop \d+|cao dang|trung cap)(?= )"
)
_CHILD = {"dua", "chau", "con", "em", "be"}
_PUPIL = ("hoc", "sinh")
_STUDENT = ("sinh", "vien")
_AFTER_CHILD = {
    "con",
    "deu",
    "dang",
    "di",
    "hoc",
    "cung",
    "vao",
    "dau",
    "la",
    "sinh",
    "nho",
    "lon",
    "tuoi",
    "an",
    "nam",
    "thi",
    "nha",
    "trai",
    "gai",
}


_MENDED = re.compile(r" (?:that ra|sua lai|nham|lon|chu khong phai|ma la|thanh)(?= )")


_NOBODY = re.compile(
    r" (?:khong|chua|chang)(?: co)? (?:dua|chau|con|em|ai)(?: con)?(?: nao| mo| dau| gi)?(?: di| dang| vao)* hoc(?= )"
)
_SIBLINGS = frozenset(("anh", "chi"))
_TOGETHER = frozenset(("cung", "deu", "dang", "di", "hoc", "la", "vao", "dau", "sinh", "con", "nha"))


def read_students(plain: Plain, asked: bool = False) -> list[Entity]:
    """How many children study ("2 đứa con đều học đại học"); `asked`: any count of children answers it."""
    words = plain.words
    if (not asked and not _STUDYING.search(plain.line)) or _NOBODY.search(plain.line):
        return []
    found = []
    for i in number_starts(plain):
        number = number_at(words, i)
        if number is None or number.last >= len(words) or not 1 <= number.value <= 10:
            continue
        at = number.last
        if (
            words[at].key in ("nguoi", "thang", "con")
            and at + 1 < len(words)
            and words[at + 1].key in ("con", "chau", "be", "nho", *(("em",) if words[at].key == "nguoi" else ()))
        ):
            at += 1  # "hai thằng con", "ba người con"
        siblings = words[at].key in _SIBLINGS and at + 2 < len(words) and words[at + 1].key == "em"
        if tuple(word.key for word in words[at : at + 2]) in (_PUPIL, _STUDENT) and not _of_all_pupils(words, at + 2):
            start, end = plain.span(i, at + 2)
            found.append(Entity("num_students", int(number.value), plain.text[start:end], start, end))
            continue  # "nhà có 2 sinh viên"
        if i and words[i - 1].key == "ca" and _all_study(words, at):
            start, end = plain.span(i - 1, at)
            found.append(Entity("num_students", int(number.value), plain.text[start:end], start, end))
            continue  # "cả ba đều đang đi học"
        together = _siblings_study(words, at + 2) if siblings else None
        at = together or at  # "cả 3 anh em cùng học", "ba chị em gái đang học"
        child = words[at]
        if (child.key not in _CHILD and together is None) or ((
            i and words[i - 1].key in ("thu", "nam", "lop", "khoa", "so", *(() if child.key == "dua" else (",",)))
        ) and not _each_studies(words, i, at)):
            continue
        if child.key == "chau" and at + 1 < len(words) and words[at + 1].key in ("noi", "ngoai"):
            at += 1  # "2 cháu nội đang học"
        follower = words[at + 1].key if at + 1 < len(words) else "con"
        if follower == "," and at + 2 < len(words):
            follower = "deu" if words[at + 2].key in ("deu", "dang", "cung", "ca") else follower  # "2 cháu, đều học"
        if not asked and child.key in ("em", "con", "chau") and follower not in _AFTER_CHILD:
            continue
        start, end = plain.span(i, at + 1)
        found.append(Entity("num_students", int(number.value), plain.text[start:end], start, end))
    if asked and not found and (only := _ONLY_ME.search(plain.line)):
        start, end = plain.span(plain.index(only.start() + 1), plain.index(only.end()))
        return [Entity("num_students", 1, plain.text[start:end], start, end)]
    if len(found) > 1 and _MENDED.search(plain.line):
        return found[-1:]
    studying = [e for e in found if _studies(plain, e)]
    if len(found) > 1 and len(studying) == len(found):
        return [_together(plain, found)]
    if len(studying) > 1 and found[0] is not studying[0] and found[0].value == sum(e.value for e in studying):
        return found[:1]  # "hai đứa thì một đứa đại học, một đứa cao đẳng"
    if len(found) > 1 and found[1].value < found[0].value and _LEFT_SCHOOL.match(_after(plain, found[1])):
        return found[:1]  # "hai cháu, còn một đứa nghỉ học rồi"
    return sorted(found, key=lambda e: not _studies(plain, e))[:1]


_ONLY_ME = re.compile(r" (?:(?:co )?moi (?:mot )?minh|mot minh|co moi|chi co|chi) (?:em|toi|con|chau|no|minh|tui)(?= (?:hoc|thoi|di|dang|a|a ad|roi|nhe)? ?$)")


def _of_all_pupils(words: list[Word], i: int) -> bool:
    """ "2 học sinh giỏi", "2 sinh viên cùng phòng" are not one's own children."""
    return i < len(words) and words[i].key in ("gioi", "ngheo", "cung", "khac", "trong")


def _each_studies(words: list[Word], i: int, at: int) -> bool:
    """ "1 cháu học đại học, 1 cháu học cao đẳng": after a comma too a child is counted."""
    return words[i - 1].key == "," and at + 1 < len(words) and words[at + 1].key in ("hoc", "dang")


def read_studying(plain: Plain) -> list[Entity]:
    """The count only where the words right behind say that they study: nothing else need tell of a student's loan."""
    return [e for e in read_students(plain) if _studies(plain, e)]


def _together(plain: Plain, found: list[Entity]) -> Entity:
    """ "một đứa năm nhất, một đứa lớp 12": two; "3 đứa đều đi học, 1 đứa năm nhất, 2 đứa lớp 10": the three."""
    total = sum(e.value for e in found)
    first, last = found[0], found[-1]
    if first.value * 2 >= total and not (first.value == 1 and last.value == 1):
        return first
    return Entity("num_students", total, plain.text[first.start : last.end], first.start, last.end)


def _studies(plain: Plain, child: Entity) -> bool:
    """ "4 đứa con, 2 đứa đang học": the two."""
    return _AT_STUDY.match(_after(plain, child)) is not None


def _after(plain: Plain, child: Entity) -> str:
    return " " + " ".join(w.key for w in plain.words if w.start >= child.end)[:30] + " "


_LEFT_SCHOOL = re.compile(r" (?:thi |da |moi |vua |no )*(?:nghi|bo|thoi|khong)(?: di)? hoc(?= )")


def _siblings_study(words: list[Word], i: int) -> int | None:
    """The last word of "anh em gái", "chị em hắn" before "đang học", "cùng đi học"."""
    if i < len(words) and words[i].key in _TOGETHER:
        return i - 1
    while i < len(words) and words[i].key in _OF_SIBLINGS:
        i += 1
    return i - 1 if _all_study(words, i) else None


def _all_study(words: list[Word], i: int) -> bool:
    after = [w.key for w in words[i : i + 5]]
    return bool({"deu", "dang", "cung"} & set(after[:1])) and not {"hoc", "sinh", "nhap"}.isdisjoint(after)


_OF_SIBLINGS = frozenset(("gai", "trai", "ruot", "no", "em", "toi", "tui", "minh", "nha", "chau", "con", "ho"))


_AT_STUDY = re.compile(
    r" (?!(?:mot|hai|ba|\d+) (?:dua|chau|con|em) )(?:[a-z]+ ){0,3}?(?:(?<!nghi )(?<!bo )(?<!thoi )hoc|sinh vien|nhap hoc|nam (?:nhat|hai|ba|tu|cuoi|\d)|lop \d+|dai hoc|cao dang|trung cap)(?= )"
)


def read_field(plain: Plain, asked: bool = False) -> list[Entity]:
    """stem or non_stem, where the field is clear; outside a question about it only after "ngành" or "học"."""
    found = _patterns()[2].longest(plain)
    for one in found:
        before = " ".join(w.key for w in plain.words[max(0, one.first - 3) : one.first])
        if not asked and not re.search(r"\b(?:nganh|hoc|khoa|chuyen nganh|theo|nam \d|nam (?:thu )?(?:nhat|hai|ba|tu|nam|sau|cuoi|\d)|major|in)\b", before):
            continue
        lone = one.last - one.first == 1 and plain.words[one.first].raw.isascii()
        if not asked and lone and not re.search(r"\b(?:nganh|khoa|hoc|nghe)$", before):
            continue  # "dai hoc, xa Dien Chau" studies no electricity
        if not asked and re.search(r"\b(?:dai hoc|cao dang|hoc vien|truong)$", before):
            continue  # "đại học kinh tế" is a school
        if plain.words[one.first].key == "stem" and re.search(
            r"\b(?:goi|vay|chuong trinh|dien|theo|tin dung|von|ho tro)$", before
        ):
            continue  # the name of a loan
        start, end = plain.span(one.first, one.last)
        return [Entity("study_field", one.payload, plain.text[start:end], start, end)]
    return []
