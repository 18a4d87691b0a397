"""What a message answers to the question asked: numbers get the unit the question implies, two readings stay two.

Here belongs only what needs the question. What the words say by themselves is read in `nlu/entities/` and `nlu/volunteered.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from nlu.entities import age as ages
from nlu.entities import date as dates
from nlu.entities import money as monies
from nlu.entities import name as names
from nlu.entities import period as periods
from nlu.entities.number import number_at
from nlu.entities.yes_no import Stance, read_yes_no
from nlu.lexicon import load
from nlu.reading import Ambiguous, Entity, Expecting, Intent
from nlu.text import Plain, agrees, fold, nfc
from nlu.text import plain as plain_words
from nlu.volunteered import SHORT, asks_whether, corrected, is_question, tells_of_a_fault, told

_MILLION = 1_000_000
LONGEST_WORDS = 400  # characters of an answer in free words, courtesies included
_CORRECTED_AWAY = re.compile(r" (?:chu )?(?:khong|dau) phai(?: la)? $")


class Asked(NamedTuple):
    """All that answering may look at."""

    plain: Plain
    slot: str
    expecting: Expecting
    entities: Sequence[Entity]
    facts: dict[str, Any]
    stance: Stance
    intent: Intent
    on: date | None


def kind_of(slot: str | None) -> str | None:
    """What kind of answer the slot takes; None for a slot that is not known."""
    return load("slots").get(slot) if slot else None


def answer(asked: Asked) -> Any:
    """The value for the question, `Ambiguous`, or None."""
    kind = kind_of(asked.slot)
    reader = _READERS.get(kind or "")
    return reader(asked) if reader else None


# ---- numbers and money


def bare_number(plain: Plain) -> Any:
    """The one number of a message that counts nothing else ("khoảng 30 thôi ạ"), or None."""
    numbers = []
    i = 0
    while i < len(plain.words):
        number = number_at(plain.words, i)
        if number is None:
            i += 1
            continue
        # "không" is a no here, not a zero; "để sau" is no six
        if (number.value or not number.words) and not _no_numeral(plain, number):
            numbers.append(number)
        i = number.last
    if len(numbers) != 1:
        return _after_correction(plain, numbers)
    return numbers[0]


_NUMERALS_WITH_MARKS = frozenset(("mot", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"))
_TIME_BEFORE_AFTER = frozenset(("de", "hom", "luc", "thang", "tuan", "tinh", "mai", "ve"))  # "để sau", "tuần sau"


def _no_numeral(plain: Plain, number: Any) -> bool:
    """ "sau" is six only where it can be "sáu": not without marks in a text that has them, not in "để sau"."""
    word = plain.words[number.first]
    if not number.words or number.last - number.first > 1 or word.key not in _NUMERALS_WITH_MARKS:
        return False
    if plain.accented and word.raw.isascii():
        return True
    before = plain.words[number.first - 1].key if number.first else ""
    if before == "may" and word.key == "nam":
        return True  # "mấy năm"
    return word.key == "sau" and word.raw != "sáu" and before in _TIME_BEFORE_AFTER


def _after_correction(plain: Plain, numbers: list[Any]) -> Any:
    kept = [n for n in numbers if not _CORRECTED_AWAY.search(plain.line[: plain.offsets[n.first]])]
    if len(kept) == 1:
        return kept[0]
    if len(kept) == 2 and re.search(r" (?:nham|lon|a khong|sua lai|ma la) ", plain.line):
        return kept[-1]
    return None


def _money(asked: Asked) -> Any:
    """The amount wanted. A bare number below a thousand is millions; where thousands of millions are as likely, both stay."""
    found = [e for e in asked.entities if e.type in ("money", "income")]
    values = list(dict.fromkeys(e.value for e in found))
    if len(values) > 1 and asked.slot == "loan_amount":
        wanted = [e.value for e in found if e.type == "money" and _wanted(asked.plain, e)]
        values = wanted if len(wanted) == 1 else values
    if len(values) == 1:
        entity = found[0]
        if entity.period == "year" and asked.slot == "loan_amount" and asked.expecting.programme == "student":
            return Ambiguous((values[0] // 10, values[0]))
        return values[0]
    if values:
        return Ambiguous(tuple(values))
    for amount in monies.amounts(asked.plain):
        ends = monies.range_ends(asked.plain, amount)
        if ends:
            return Ambiguous(ends)
    return _bare_amount(asked)


def _wanted(plain: Plain, entity: Entity) -> bool:
    before = " " + " ".join(w.key for w in plain.words if w.end <= entity.start)[-24:] + " "
    return bool(re.search(r" (?:vay|muon|xin|can)(?: [a-z]+)? $", before))


def _bare_amount(asked: Asked) -> Any:
    number = bare_number(asked.plain)
    if (
        number is None
        or any(e.type in _NO_SUMS for e in asked.entities)
        or asked.plain.words[number.first].key.startswith("0")  # a phone number that no network has
        or _counts_other(asked.plain, number)
        or (is_question(asked.plain) and len(asked.plain.words) > 5)
    ):
        return None
    after = asked.plain.words[number.last].key if number.last < len(asked.plain.words) else ""
    value = number.value
    if after in ("t", "c") and asked.plain.words[number.last].glued:
        return (
            Ambiguous((int(value * _MILLION), int(value * 1000 * _MILLION))) if after == "t" else int(value * _MILLION)
        )
    if value <= 0:
        return None
    if value < 1000:
        big = asked.slot in ("loan_amount", "amount") and asked.expecting.programme in ("housing", "jobs", "released")
        if big and value < 5:
            return Ambiguous((int(value * _MILLION), int(value * 1000 * _MILLION)))
        return int(value * _MILLION)
    if value < 100_000:
        return Ambiguous((int(value), int(value * 1000)))
    return int(value)


_NO_SUMS = frozenset(("phone", "cccd", "birth_year", "age", "release_date"))
_HAMLET_WORDS = frozenset(("xom", "thon", "ap", "khoi", "khu", "to", "doi", "phuong", "quan", "kp", "tdp", "lop", "ngo", "hem"))
# what a number may count that is no money
_OTHER_UNITS = frozenset(
    (
        *(
            "thang",
            "nam",
            "ngay",
            "nguoi",
            "dua",
            "%",
            "phan",
            "tuoi",
            "m2",
            "m",
            "met",
            "con",
            "chau",
            "n",
            "th",
            "gio",
        ),
        *(
            "h",
            "tuan",
            "/",
            "lan",
            "so",
            "cai",
            "cong",
            "mon",
            "khoan",
            "suat",
            "lo",
            "can",
            "ho",
            "khau",
            "lao",
            "dot",
        ),
        *("bo", "thu", "loai"),
    )
)


def _counts_other(plain: Plain, number: Any) -> bool:
    after = plain.words[number.last] if number.last < len(plain.words) else None
    before = plain.words[number.first - 1].key if number.first else ""
    if before in ("so", "cau", "thu", "cai", "muc", "thang", "nam", "ngay", "/", "may") or before in _HAMLET_WORDS:
        return True
    return after is not None and after.key in _OTHER_UNITS


_NO_PAY = re.compile(
    r" (?:(?:khong|chua) (?:co )?(?:di lam|viec|luong|thu nhap|lam gi|lam viec|lam)|that nghiep|noi tro|o nha)(?= )"
)


def _income(asked: Asked) -> Any:
    """Pay by the month. Pay by the day is not turned into a month's: nobody knows how many days."""
    if any(amount.daily for amount in monies.amounts(asked.plain)):
        return None
    found = [e for e in asked.entities if e.type == "income"] or [e for e in asked.entities if e.type == "money"]
    values = list(dict.fromkeys(e.value for e in found))
    if len(found) > 1 and {"monthly_income", "spouse_monthly_income"} <= asked.facts.keys():
        return asked.facts[asked.slot]  # "vợ 20 triệu, chồng 15 triệu"
    if len(values) == 1:
        return values[0]
    if len(values) > 1:
        return Ambiguous(tuple(values))
    if _NO_PAY.search(asked.plain.line) or asked.plain.text.strip() == "0":
        return 0
    return _money(asked)


_WORKERS = re.compile(r" (\d+)(?: [a-z]+){0,3} (?:trong do|tren|/|co|,|gom)(?: [a-z]+){0,3} (\d+)(?= )")


def _integer(asked: Asked) -> Any:
    if asked.slot in asked.facts:
        return asked.facts[asked.slot]
    if asked.slot == "num_students":
        for entity in asked.entities:
            if entity.type == "num_students":
                return entity.value
    if asked.slot in ("workers_total", "workers_released"):
        of = _WORKERS.search(asked.plain.line)
        if of:
            counts = sorted(int(n) for n in of.groups())
            return counts[-1] if asked.slot == "workers_total" else counts[0]
    number = bare_number(asked.plain)
    if number is not None and number.value == int(number.value) and not _is_length_or_money(asked):
        return int(number.value)
    if asked.slot == "workers_released" and asked.stance.yes is False and not asked.stance.unsure:
        return 0
    return None


def _is_length_or_money(asked: Asked) -> bool:
    return any(e.type in ("money", "income", "phone", "cccd", "date", "age", "duration") for e in asked.entities)


def _study_year(asked: Asked) -> Any:
    for entity in asked.entities:
        if entity.type == "school_year":
            return entity.value if isinstance(entity.value, int) else Ambiguous((2, 3, 4, 5, 6))
    number = bare_number(asked.plain)
    if (
        number is not None
        and 1 <= number.value <= 8
        and number.value == int(number.value)
        and not is_question(asked.plain)
        and not (number.first and asked.plain.words[number.first - 1].key in _HAMLET_WORDS)
        and not _year_misspelt(asked.plain, number)
    ):
        return int(number.value)
    return None


def _year_misspelt(plain: Plain, number: Any) -> bool:
    """ "năm ngất": the year, and a word that nobody can read; not the fifth."""
    after = plain.words[number.last] if number.last < len(plain.words) else None
    return plain.words[number.first].key == "nam" and after is not None and after.kind == "w" and after.key not in _COURTESIES


def _number(asked: Asked) -> Any:
    """Square metres a person, percent of the price."""
    line = asked.plain.line
    if asked.slot == "own_funds_percent":
        if re.search(r" (?:mot )?nua(?= )", line) and "ruoi" not in line:
            return 50
        fraction = re.search(r" (?:mot|1) (?:phan|/) (ba|3|tu|4|hai|2|nam|5)(?= )", line)
        if fraction:
            return {"ba": 33, "3": 33, "tu": 25, "4": 25, "hai": 50, "2": 50, "nam": 20, "5": 20}[fraction[1]]
    if asked.slot == "floor_area_per_person":
        total = re.search(
            r" (\d+(?:[.,]\d+)?) ?(?:m(?: 2)?|met vuong|met)?(?: [a-z]+){0,4} (\d+) (?:nguoi|khau)(?= )", line
        )
        if total:
            return round(float(total[1].replace(",", ".")) / int(total[2]), 1)
        each = re.search(r" (\d+(?:[.,]\d+)?) ?(?:m²|m(?: 2)?|met vuong|met)? (?:(?:mot|1|moi) |/ )(?:nguoi|khau|dau nguoi)(?= )", line)
        if each:
            value = float(each[1].replace(",", "."))
            return int(value) if value == int(value) else value
    if is_question(asked.plain) and len(asked.plain.words) > SHORT:
        return None  # "trả trong mấy năm" asks and measures nothing
    numbers, after = [], 0
    for i in range(len(asked.plain.words)):
        number = number_at(asked.plain.words, i) if i >= after else None
        if number is not None:
            after = number.last
            if number.value or not number.words:  # the "không" of "không biết" is no zero
                numbers.append(number)
    if (
        asked.slot == "floor_area_per_person"
        and len(numbers) == 2
        and asked.plain.words[numbers[0].last - 1].key.endswith("m")
    ):
        numbers = numbers[:1]
    if len([n for n in numbers if n.value != 2 or len(numbers) == 1]) == 1:
        value = next(n for n in numbers if n.value != 2 or len(numbers) == 1).value
        return int(value) if value == int(value) else float(value)
    return None


def _months(asked: Asked) -> Any:
    """A term. A bare number that can be both months and years of this programme's loans stays two."""
    found = [e.value for e in asked.entities if e.type == "duration"]
    if len(dict.fromkeys(found)) == 1:
        return found[0]
    if found:
        return Ambiguous(tuple(dict.fromkeys(found)))
    lengths = periods.lengths(asked.plain)
    if len(lengths) == 1:
        return lengths[0].months
    words = [w for w in asked.plain.words if w.kind == "w"]
    if len(words) <= 4 and re.search(r" (?:mot|1) nam(?= )", asked.plain.line):
        return 12
    number = bare_number(asked.plain)
    if (
        number is None
        or _is_length_or_money(asked)
        or number.value != int(number.value)
        or number.value <= 0
        or is_question(asked.plain)
    ):
        return None
    n = int(number.value)
    longest = {"housing": 360, "water": 60, "student": 144, "released": 120, "abroad": 120, "jobs": 120}.get(
        asked.expecting.programme or "", 360
    )
    if n * 12 > longest or (n % 12 == 0 and n >= 12 and longest <= 120):
        return n
    return Ambiguous((n, n * 12))


# ---- dates


def _date(asked: Asked) -> Any:
    on = asked.on
    for kind in ("release_date", "date"):
        found = [e.value for e in asked.entities if e.type == kind]
        if found:
            value = found[-1] if len(found) == 1 else max(found, key=len)
            if len(value) >= 7:
                return value
            return _months_of(value, on)
    ago = [e for e in asked.entities if e.type == "release_ago"]
    if ago and on:
        return dates.months_before(on, ago[0].value)
    bare = re.fullmatch(r" (?:(?:da|nam|tu|hoi|khoang|la|tam) )*((?:19|20)\d\d)(?: a)? ", asked.plain.line)
    if bare:
        return _months_of(bare[1], on)
    return _moment(asked.plain, on)


MOMENT_WORDS = 4


def _moment(plain: Plain, on: date | None) -> Any:
    """ "tháng trước", "năm ngoái" (all its months), "đầu năm", "hôm qua"."""
    if on is None:
        return None
    if len(plain.words) > MOMENT_WORDS:
        return None  # "hôm nay trời nóng quá" tells no day of a paper
    if plain.has("hom qua", "hom nay", "sang nay"):
        return (on - timedelta(days=1) if plain.has("hom qua") else on).isoformat()
    if plain.has("tuan truoc", "tuan roi", "tuan vua roi", "tuan qua"):
        return (on - timedelta(days=7)).isoformat()[:7]
    if plain.has("thang truoc", "thang vua roi", "thang roi"):
        return dates.months_before(on, 1)
    if plain.has("thang nay"):
        return dates.months_before(on, 0)
    if plain.has("nam ngoai", "nam roi", "nam truoc"):
        return _months_of(str(on.year - 1), on)
    if plain.has("nam kia"):
        return _months_of(str(on.year - 2), on)
    if plain.has("nam nay", "dau nam"):
        return _months_of(str(on.year), on)
    return None


def _months_of(year: str, on: date | None) -> Any:
    months = [f"{year}-{m:02d}" for m in range(1, 13)]
    months = [m for m in months if on is None or m <= on.isoformat()[:7]]
    return Ambiguous(tuple(months)) if len(months) > 1 else (months[0] if months else None)


def _year(asked: Asked) -> Any:
    for entity in asked.entities:
        if entity.type == "birth_year":
            return entity.value
    day = next((e.value for e in asked.entities if e.type == "date"), None)
    if day:
        return int(day[:4])
    for found in dates.days(asked.plain, asked.on):
        year = int(found.value[:4])
        if not found.yearless and (asked.on is None or year <= asked.on.year):
            return year
    for entity in asked.entities:
        if entity.type == "age" and asked.on:
            return Ambiguous((asked.on.year - entity.value - 1, asked.on.year - entity.value))
    number = bare_number(asked.plain)
    if (
        number is not None
        and number.value == int(number.value)
        and (number.value > 1900 or 40 <= number.value < 100 or number.value <= 12)
    ):
        said = str(int(number.value)) if number.value > 1900 else f"{int(number.value):02d}"
        return ages.full_year(said, asked.on)
    return None


# ---- choices, yes and no


_AGREES = re.compile(
    r" (?P<no>(?:khong|chua|chang|cha|no) (?:co |chiu |muon )?)?(?:dong y|nhat tri|bang long|ung)(?= )"
)


def _agreement(plain: Plain) -> bool | None:
    """ "bác ấy đồng ý rồi", "mẹ em chưa đồng ý": what is said of whoever was asked."""
    said = [match["no"] is None for match in _AGREES.finditer(plain.line)]
    return said[0] if said and len(set(said)) == 1 else None


def _bool(asked: Asked) -> Any:
    if asked.slot in asked.facts:
        return asked.facts[asked.slot]
    if asked.slot == "consent" and asked.stance.yes is None:
        return _agreement(asked.plain)
    if asked.stance.unsure or asked.stance.declined:
        return None
    if asked.slot == "full_civil_capacity" and asked.stance.yes is None:
        return _grown(asked)
    if asked.stance.yes is None and asked.slot in _DONE_OR_NOT and _done(asked.plain) and not _tells_other(asked):
        return True
    if asked.slot == "grade12_science_average_8" and asked.stance.yes is None:
        marks = [
            n.value
            for i in range(len(asked.plain.words))
            if (n := number_at(asked.plain.words, i)) and LOWEST_MARK <= n.value <= 10
        ]
        return all(mark >= 8 for mark in marks) if marks else None
    if asked.slot not in _SENT_BY and _SENDS.search(asked.plain.line):
        return None
    return _own_stance(asked)


LOWEST_MARK = 4  # below it a number picks a line, it is no mark of a year
GROWN = 18  # years
_SENT_BY = frozenset(("consent", "confirm", "yes_no"))
_SENDS = re.compile(r"^ (?:(?:da|vang|thi|cu|em) )*gui (?:di|luon|nhe|giup|ngay) ")  # "gửi đi" sends; it answers no fact


def _grown(asked: Asked) -> bool | None:
    """Whether the one who is asked about is of age, by the age told ("22 tuổi", "cháu 17")."""
    ages_told = [e.value for e in asked.entities if e.type == "age"]
    number = None if ages_told or is_question(asked.plain) or _is_length_or_money(asked) else bare_number(asked.plain)
    if number is not None and not number.words and not _counts_other(asked.plain, number):
        ages_told = [number.value] if OF_SOME_AGE <= number.value <= OLDEST else []
    return ages_told[0] >= GROWN if len(ages_told) == 1 else None


OF_SOME_AGE, OLDEST = 5, 110  # years; other numbers are no age


def _own_stance(asked: Asked) -> bool | None:
    """The yes or no, if it is said to this question: not one that takes back or tells another fact, or names other things."""
    if not asked.stance.bare and corrected(asked.plain):
        after = read_yes_no(plain_words(_TAKEN_BACK.sub("", asked.plain.text, count=1)))
        return after.yes if after.bare and not tells_of_a_fault(asked.plain) else None
    if asked.stance.yes is None or _tells_other(asked) or _has_other_things(asked) or _tells_of_no_debt(asked):
        return None
    return asked.stance.yes


_OF_DEBTS = frozenset(("other_preferential_housing_loan", "housing_support_before", "consent", "confirm", "yes_no"))
_NO_DEBT = re.compile(
    r"^ (?:(?:da|vang|thua|em|toi|minh|chau|con|chi|bac|nha|cung) )*(?:khong|chua|chang|cha)(?: (?:co|tung|he|bao gio|con|dang|phai))*"
    r" (?:vay|no|mac no|muon)(?: (?:von|tien|no))* (?:cho|o|ai|dau|gi|nao|ngan hang|nha nuoc|lan|dong|ben|cua)(?= )"
)


def _tells_of_no_debt(asked: Asked) -> bool:
    """ "Chưa vay chỗ nào" says nothing of a school that is lawful: its no is said of debts."""
    return asked.slot not in _OF_DEBTS and _NO_DEBT.match(asked.plain.line) is not None


_TAKEN_BACK = re.compile(
    r"^\W*(?:(?:à|a|ấy|ay|ui|ủa|í|y|dạ|da|em|xin lỗi)[\s,.]+)*(?:không|khong|ko|k|nhầm|nham|lộn|lon|quên|sai)(?:\s+(?:rồi|roi|phải|phai))?[\s,.:]+",
    re.IGNORECASE,
)
_OF_THINGS = re.compile(r" (?:(?:khong|chua|cung|van|da) )?co(?= )")


def _has_other_things(asked: Asked) -> bool:
    """ "có hợp đồng hết" says yes to a contract, not to a plan that the commune confirmed."""
    entry = load("facts").get(asked.slot)
    match = _OF_THINGS.match(asked.plain.line) if entry and not asked.stance.bare else None
    if match is None:
        return False
    things = [w.key for w in asked.plain.words[asked.plain.index(match.end()) :] if w.kind == "w"]
    things = [key for key in things if key not in _SMALL_WORDS and key not in _COURTESIES]
    own, all_words = _words_of(asked.slot), _words_of(None)
    return len(things) >= LEAST_OTHER and all(key in all_words and key not in own for key in things)


LEAST_OTHER = 2  # syllables: one alone may be anything


@lru_cache(maxsize=64)
def _words_of(fact: str | None) -> frozenset[str]:
    """The words, without accents, of the phrases of a fact, or of all facts."""
    entries = load("facts").values() if fact is None else [load("facts")[fact]]
    return frozenset(w for entry in entries for phrase in _phrases(entry) for w in re.findall(r"[a-z]+", fold(phrase)))
# What is done or not: "trường cấp giấy rồi", "xin được rồi" say so whatever the verb.
_DONE_OR_NOT = frozenset(
    (
        "school_confirmation",
        "admission_notice",
        "business_plan",
        "lawful_residence",
        "on_commune_list",
        "signed_contract",
        "group",
        "plan_confirmed",
        "land_certificate",
        "hardship_confirmed",
    )
)
_DONE = re.compile(r" (?P<verb>[a-z]+)(?: [a-z]+)? roi(?: (?:a|nhe|nha|do|day|em|ban|chau|anh|chi|ma|hi|he))* (?:[.,!] ?)*$")
_GONE = frozenset(("mat", "het", "hong", "huy", "thoi", "lac", "quen", "bo", "nghi", "tra", "biet"))


def _done(plain: Plain) -> bool:
    """A short statement that something is done, without a no or a question in it."""
    if len(plain.words) > 9 or is_question(plain) or plain.has("khong", "chua", "cha", "chang"):
        return False
    match = _DONE.search(plain.line)
    return match is not None and match["verb"] not in _GONE


# "không phải ngành đó, học sư phạm văn" denies what it names
_NOT_THAT = re.compile(
    r" (?:(?:da|a|thua|em|toi) )*(?:khong|dau|chang) phai (?!(?:dau|a|the|vay|roi|em|anh|chi|bac) |[,.!] )[a-z]"
)


# words of a yes or no: "không có gì ạ" tells nothing but no
_SAYS_NOTHING = frozenset(["co", "khong", "chua", "gi", "ca", "het", "nao", "ai", "cai", "bi", "dau", "roi", "phai", "duoc", "vay", "tung", "he", "lam"])
_IS_RIGHT = re.compile(r" moi (?:dung|phai)(?= )")  # "không, nhà tôi hộ nghèo mới đúng"
_GROUP = re.compile(r" (?:vao|vo|trong|tham gia)(?: [a-z]+)? to(?: tiet kiem| vay von)?(?: |$)(?!truong)")


def _tells_other(asked: Asked) -> bool:
    """ "chưa có nhà, đang ở trọ" says no to a house, not to a contract: the yes or no belongs to the fact that is told."""
    if asked.stance.bare:
        return any(
            one.fact != asked.slot
            and any(word.key not in _SAYS_NOTHING for word in asked.plain.words[one.first : one.last])
            and _only_courtesy(asked.plain, one.first)
            for one in told(asked.plain, asked.slot)
        )
    if asked.facts and _IS_RIGHT.search(asked.plain.line):
        return True
    if asked.slot not in ("group", "in_group", "in_savings_group") and _GROUP.search(asked.plain.line):
        return True
    if not asked.facts:
        return False
    if _NOT_THAT.match(asked.plain.line):
        return True
    return any(
        one.fact != asked.slot and one.last - one.first >= 3 and _only_courtesy(asked.plain, one.first)
        for one in told(asked.plain)
        if one.fact in asked.facts
    )


_COURTESIES = frozenset(
    ("da", "vang", "a", "thua", "em", "toi", "minh", "bac", "chau", "con", "nha", "thi", "hien", ",", ".")
)


def _only_courtesy(plain: Plain, first: int) -> bool:
    return all(word.key in _COURTESIES for word in plain.words[:first])


def _choice(asked: Asked) -> Any:
    if asked.slot in asked.facts:
        return asked.facts[asked.slot]
    if asked.stance.unsure or asked.stance.declined:
        return None
    values = list(dict.fromkeys(t.value for t in told(asked.plain, asked.slot) if t.fact == asked.slot))
    if len(values) > 1:
        return values if asked.slot == "housing_class" else Ambiguous(tuple(values))
    entry = load("facts").get(asked.slot) or {}
    if not asked.stance.bare and (_tells_other(asked) or not _about_it(asked.plain, entry)):
        return None
    yes = _own_stance(asked)
    if yes is False and "no" in entry and not asks_whether(asked.plain):
        return entry["no"]
    return entry["yes"] if yes is True and "yes" in entry else None


_SMALL_WORDS = frozenset(
    [
        "co",
        "khong",
        "chua",
        "roi",
        "ai",
        "gi",
        "ca",
        "het",
        "nao",
        "bi",
        "con",
        "cai",
        "phai",
        "duoc",
        "thuoc",
        "dien",
        "dau",
        "mot",
        "nha",
        "nguoi",
        "dang",
        "da",
        "hien",
        "nay",
        "truoc",
        "gio",
        "deu",
        "thi",
        "lam",
    ]
)


def _about_it(plain: Plain, entry: dict[str, Any]) -> bool:
    """Whether the words behind a yes or no speak of the fact: "chưa vào tổ" says nothing about being an orphan."""
    own = {w for phrase in _phrases(entry) for w in re.findall(r"[a-z]+", fold(phrase))}
    return all(
        word.kind != "w" or word.key in own or word.key in _SMALL_WORDS or word.key in _COURTESIES
        for word in plain.words
    )


def _phrases(entry: dict[str, Any]) -> list[str]:
    return [str(p) for part in ("says", "asked") for listed in (entry.get(part) or {}).values() for p in listed]


# ---- words


_ASKING_TOPICS = {
    "eligibility",
    "amount",
    "rate",
    "term",
    "repayment",
    "documents",
    "procedure",
    "where_when",
    "calculator",
    "help",
    "status",
    "human",
    "complaint_scam",
    "privacy",
}
LIKELY = 0.5  # from here on small talk is taken for what it is, where any words would do
_NO_TEXT_TOPICS = {"cancel", "go_back", "greet", "thanks", "out_of_scope"}


def _is_aside(asked: Asked) -> bool:
    """Whether the message asks or wants something else than to answer."""
    plain = asked.plain
    if is_question(plain) or plain.text.rstrip().endswith("?"):
        return True
    if plain.has(
        "vay von",
        "lai suat",
        "cho hoi",
        "dieu kien",
        "thu tuc",
        "ho so",
        "giay to",
        "quay lai",
        "huy",
        "dung lai",
        "bat dau lai",
        "ngan hang",
    ):
        return True
    return asked.intent.confidence >= 0.8 and asked.intent.topic in _ASKING_TOPICS


_NAME_LEAD = re.compile(
    r"^(?:(?:dạ|da|vâng|vang|ạ|à|ờ|ừ|thưa|ok|oke)[\s,.:]+)*(?:(?:họ|ho)\s+(?:và|va|tên|ten)\s+(?:tên\s+|ten\s+)?|(?:tên|ten)\s+)?"
    r"(?:(?:của|cua)\s+)?(?:(?:em|tôi|toi|tui|mình|minh|cháu|chau|con|bác|bac|cô|co|chú|chu|anh|chị|chi|ông|ong|bà|ba)\s+(?=(?:tên|ten|là|la)\b))?(?:(?:tên|ten)\s+)?(?:(?:là|la)\s*)?[:\-\s]*",
    re.IGNORECASE,
)
_NAME_TAIL = re.compile(
    r"(?:[\s,.!]+(?:ạ|a|nhé|nhe|nha|nghen|đó|do|đấy|day|nè|ne|cháu ạ|chau a|em ạ|cô ạ|cháu|ad|bot))+[\s.!]*$",
    re.IGNORECASE,
)
_NO_NAME = {
    "khong",
    "vay",
    "lai",
    "suat",
    "bao",
    "nhieu",
    "muon",
    "ngheo",
    "trieu",
    "ngan",
    "hang",
    "ho",
    "so",
    "ok",
    "co",
    "roi",
    "duoc",
    "biet",
    "gi",
    "dau",
    "sao",
    "xin",
    "chao",
    "cam",
    "on",
    "xa",
    "huyen",
    "thon",
    "tinh",
    "sinh",
    "vien",
    "hoc",
}


def _name(asked: Asked) -> Any:
    """A full name. A bare name needs no cue; what asks something, or says yes or no, is no name."""
    for entity in asked.entities:
        if entity.type == "person_name":
            return written_name(entity.value)
    plain = asked.plain
    if match := _ENGLISH_NAME.search(plain.text):
        return written_name(match["name"])
    if asked.facts or _GROUP.search(plain.line) or any(e.type == "place" and _LARGER.match(e.text) for e in asked.entities):
        return None  # it tells something else
    if len(plain.text) > LONGEST_WORDS or any(w.kind == "n" for w in plain.words):
        return None
    if _is_aside(asked) or asked.stance.unsure or asked.stance.declined:
        return None
    if asked.intent.confidence >= LIKELY and asked.intent.topic in {"thanks", "greet"}:
        return None
    bare = _NAME_TAIL.sub("", _NAME_LEAD.sub("", plain.text.strip())).strip(" .,!:")
    pieces = bare.split()
    if not 1 <= len(pieces) <= 7 or not all(re.fullmatch(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*\.?", p) for p in pieces):
        return None
    keys = [fold(p) for p in pieces]
    if nfc(pieces[0]) in _NO_FAMILY:
        return None
    cued = len(bare) < len(plain.text.strip()) and re.search(r"\b(?:tên|ten|là|la)\b", plain.text.lower()) is not None
    if asked.stance.yes is not None and not pieces[0][0].isupper():
        return None
    stray = [k for k in keys if k in _NO_NAME]
    if stray and not (names.is_surname(plain.words[_word_at(plain, bare)]) and len(pieces) >= 2 and len(stray) == 1):
        return None
    if len(pieces) == 1:
        return (
            written_name(bare)
            if cued
            or (pieces[0][0].isupper() and not pieces[0].isupper() and len(bare) > 1 and asked.stance.yes is None)
            else None
        )
    if (
        not names.is_surname(plain.words[_word_at(plain, bare)])
        and not all(p[0].isupper() for p in pieces)
        and len(pieces) > 4
    ):
        return None
    return written_name(bare)


_SYLLABLES_TOO = frozenset(("nam", "thi", "son", "ha", "an", "hien", "co", "can", "thoi", "minh", "bao", "on", "dau", "sinh", "tinh", "vien", "hang", "lai"))  # "lê hoàng nam"


# the talk that a syllable of a name is not, once it has its marks: "châu", "lâm", "huyền", "đăng"
_TALK_FORMS = {"chau": "cháu", "lam": "làm", "huyen": "huyện", "dang": "đang", "thon": "thôn", "hien": "hiện", "voi": "với", "cua": "của", "que": "quê", "ngan": "ngân", "tinh": "tỉnh"}


def _is_talk(piece: str) -> bool:
    word = fold(piece)
    if word in _SYLLABLES_TOO or not (word in _NO_NAME or word in names.STOP):
        return False
    return agrees(nfc(piece), _TALK_FORMS.get(word, piece))


def bare_names(plain: Plain) -> list[Entity]:
    """The name in small letters that is the whole answer: "đặng ngọc bảo trân nha ad"."""
    lead = _NAME_LEAD.match(plain.text.lstrip())
    skipped = len(plain.text) - len(plain.text.lstrip()) + (lead.end() if lead else 0)
    bare = _NAME_TAIL.sub("", plain.text[skipped:]).rstrip(" .,!:")
    pieces = bare.split()
    if not 3 <= len(pieces) <= 5 or not all(piece.isalpha() for piece in pieces) or nfc(pieces[0]) in _NO_FAMILY:
        return []
    if not names.is_surname(plain.words[_word_at(plain, bare)]) or any(map(_is_talk, pieces[1:])) or "bao nhieu" in fold(bare):
        return []
    start = plain.text.find(bare, skipped)
    return [Entity("person_name", bare, bare, start, start + len(bare))]


# as typed: "đang" opens no name, "đặng" and a bare "dang" may
_NO_FAMILY = frozenset(("chua", "khong", "muon", "vao", "duoc", "gui", "sua", "chưa", "không", "muốn", "vào", "được", "gửi", "sửa", "để", "đang", "đã"))
_ENGLISH_NAME = re.compile(
    r"\b(?:my name is|name is|i am called|it is in the name of)\s+(?P<name>[^\W\d_]+(?:[ '.-][^\W\d_]+){0,5})", re.IGNORECASE
)


def _word_at(plain: Plain, bare: str) -> int:
    at = plain.text.find(bare)
    return next((i for i, w in enumerate(plain.words) if w.start >= at), 0)


def written_name(text: str) -> str:
    """The name as one writes it: capitals for a name typed all small or all large, else as typed."""
    text = re.sub(r"\s+", " ", text).strip()
    return text.title() if text.islower() or text.isupper() else text


def _phone(asked: Asked) -> Any:
    values = list(dict.fromkeys(e.value for e in asked.entities if e.type == "phone"))
    if len(values) == 1:
        return values[0]
    return Ambiguous(tuple(values)) if values else None


def _cccd(asked: Asked) -> Any:
    return next((e.value for e in asked.entities if e.type == "cccd"), None)


def _country(asked: Asked) -> Any:
    values = list(dict.fromkeys(e.value for e in asked.entities if e.type == "destination_country"))
    if len(values) == 1:
        return values[0]
    return Ambiguous(tuple(values)) if values else None


_HAMLET = re.compile(
    r"(?i)(?<![^\W\d_])(?:thôn|thon|xóm|xom|ấp|ap|bản|ban|buôn|buon|khối(?: phố)?|khoi(?: pho)?|tổ(?: dân phố| dan pho)?|to(?: dan pho)?|tdp|khu(?: phố| pho| dân cư| dan cu)?|làng|lang|plei|sóc|soc|phum|đội|doi|tiểu khu|tieu khu|kp)"
    r"\s*(?:số\s*)?(?:\d+[a-zA-Z]?|[^\W\d_]+)(?:\s+(?!xã|xa|phường|phuong|huyện|huyen|tỉnh|tinh|thị|ạ|a\b|nhé|nhe|cháu|ở|o\b|nha)[^\W_]+){0,3}"
)


def hamlets(plain: Plain) -> list[Entity]:
    """The hamlet that an answer names, with its unit word and as written."""
    match = _HAMLET.search(plain.text)
    if match is None or len(plain.words) > 12:
        return []
    text = match.group().strip()
    return [Entity("place", text, text, match.start(), match.start() + len(text))]


def counted(plain: Plain, kind: str) -> list[Entity]:
    """The bare number that answers how many."""
    number = bare_number(plain)
    if (
        number is None
        or not 1 <= number.value <= 15
        or number.value != int(number.value)
        or _counts_other(plain, number)
    ):
        return []
    start, end = plain.span(number.first, number.last)
    return [Entity(kind, int(number.value), plain.text[start:end], start, end)]


def round_sums(plain: Plain) -> list[Entity]:
    """ "3 chục thôi em", said of a sum: tens or hundreds are millions."""
    number = bare_number(plain)
    if number is None or plain.words[number.last - 1].key not in ("chuc", "tram") or _counts_other(plain, number):
        return []
    start, end = plain.span(number.first, number.last)
    return [Entity("money", int(number.value * _MILLION), plain.text[start:end], start, end)]


def _hamlet(asked: Asked) -> Any:
    if _GROUP.search(asked.plain.line):
        return None
    match = _HAMLET.search(asked.plain.text)
    if match and not _is_aside(asked):
        return match.group().strip()
    if _names_no_hamlet(asked):
        return None
    return None if asked.stance.yes is False else _text(asked, 40)


_OTHER_THINGS = frozenset(("money", "income", "phone", "cccd", "date", "release_date", "age", "duration", "household_class"))
_LARGER = re.compile(r"(?i)^(?:xã|xa|phường|phuong|huyện|huyen|tỉnh|tinh|thành phố|thanh pho|thị xã|thi xa|quận|quan|tp)\b")
_CUED_NAME = re.compile(r" ten |^ (?:[a-z]+ )(?:thi|van) [a-z]+ ")
_AT_HOURS = re.compile(r"^ (?:(?:khoang|luc|vao|goi|tam) )*(?:buoi|gio|sau \d|truoc \d|\d+ (?:h|gio)|cuoi tuan)(?= )")


def _names_no_hamlet(asked: Asked) -> bool:
    """A sum, a phone, a name, an hour, a fact, or a commune with its district: told, but no hamlet."""
    plain = asked.plain
    if any(e.type in _OTHER_THINGS for e in asked.entities) or asked.facts or _AT_HOURS.search(plain.line):
        return True
    if plain.has("thuong tru", "tam tru", "dong y"):
        return True
    if any(e.type == "person_name" for e in asked.entities) and _CUED_NAME.search(plain.line):
        return True
    return any(e.type == "place" and _LARGER.match(e.text) for e in asked.entities)


_HOURS = re.compile(
    r" (?:sang|chieu|trua|dem|thu|chu nhat|cuoi tuan|gio|h|luc|buoi|sau|truoc|bat ky|hanh chinh|khi nao|nao cung|ngay|mai|tuan|duoc|ranh|\d{1,2}(?:h\d{0,2})?)(?= )"
)
_EVENING = re.compile(r" (?:(?:buoi|chieu|sang|hoac|hay|,|cac|vao|moi) toi| toi (?:nao|nay|mai|thu|chu nhat|cung|\d+|,))(?= )|^ toi $")


def _contact_hours(asked: Asked) -> Any:
    plain = asked.plain
    if plain.has(
        "luc nao cung duoc",
        "khi nao cung duoc",
        "gio nao cung duoc",
        "bat ky luc nao",
        "bat cu luc nao",
        "gio nao cung ok",
        "luc nao cung ok",
        "luc nao cung dc",
        "sao cung duoc",
        "may gio cung duoc",
    ):
        return _strip_courtesy(plain.text)
    if len(plain.text) > LONGEST_WORDS or plain.text.rstrip().endswith("?") or asked.stance.declined:
        return None
    if not _HOURS.search(plain.line) and not _in_the_evening(plain):
        return None
    if plain.has("dong y") or any(e.type in ("cccd", "phone") for e in asked.entities):
        return None
    if re.search(r" (?:bao nhieu|the nao|lai suat|vay|ho so|giay to|lam gi|o dau|tai sao|sao lai)(?= )", plain.line):
        return None
    return _strip_courtesy(plain.text)


def _in_the_evening(plain: Plain) -> bool:
    """ "tối", where it is not "tôi": without an accent only beside words of time."""
    if any(nfc(w.raw).lower() == "tối" for w in plain.words):
        return True
    return any(w.key == "toi" and w.raw.isascii() for w in plain.words) and bool(_EVENING.search(plain.line))


_COURTESY = re.compile(
    r"^(?:(?:dạ|da|vâng|vang|ạ|thưa|ok)[\s,.]+)+|(?:[\s,.]+(?:ạ|a|nhé|nhe|nha|nghen|em ạ|cháu ạ|cháu nhé|em nhé))+[\s.!]*$",
    re.IGNORECASE,
)


def _strip_courtesy(text: str) -> str:
    return _COURTESY.sub("", text.strip()).strip(" .,!")


def _text(asked: Asked, longest: int = 120) -> Any:
    """Free words: whatever is said, unless it asks, refuses or is only yes or no."""
    if len(asked.plain.text) > LONGEST_WORDS:
        return None
    text = _strip_courtesy(asked.plain.text)
    if _is_aside(asked) or asked.stance.unsure or asked.stance.declined or asked.stance.bare:
        return None
    if asked.intent.confidence >= LIKELY and asked.intent.topic in _NO_TEXT_TOPICS:
        return None
    return text if 1 <= len(text) <= longest and any(c.isalnum() for c in text) else None


def _place(asked: Asked) -> Any:
    found = [e for e in asked.entities if e.type == "place"]
    return ", ".join(e.text for e in found) if found else None


def _field(asked: Asked) -> Any:
    return next((e.value for e in asked.entities if e.type == "study_field"), None)


_READERS: dict[str, Callable[[Asked], Any]] = {
    "money": _money, "income": _income, "integer": _integer, "study_year": _study_year, "number": _number, "months": _months, "date": _date,
    "year": _year, "bool": _bool, "choice": _choice, "name": _name, "phone": _phone, "cccd": _cccd, "country": _country, "hamlet": _hamlet,
    "contact_hours": _contact_hours, "text": _text, "place": _place, "field": _field,
}  # fmt: skip
