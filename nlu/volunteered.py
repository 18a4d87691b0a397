"""Facts that a person tells of themselves in passing: phrases of `nlu/lexicon/facts.yaml` and entities turned into facts.

A fact is taken only when it is said of the speaker (or of the one they ask for), not asked about, not a condition of the
programme, and not said twice with different values. What the question asked for is answered in `nlu/answers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from nlu.entities.yes_no import ends_asking
from nlu.lexicon import load
from nlu.pattern import Found, Patterns
from nlu.reading import Entity
from nlu.text import Plain, agrees, fold, once

_NEGATED = re.compile(
    r" (?:khong|chua|chang|cha|dau|chua he|khong he|dau co|lam gi|not|never|no|dont|isnt)(?: (?:phai|la|thuoc|co|duoc|bi|he|tung|bao gio|trong|dien|nam|vao|muon|dinh|can|de|thay|nghe)){0,3} $"
)
_CONDITION = re.compile(
    r" (?:neu|gia su|can|phai|bat buoc|yeu cau|(?<! nha )(?<! dinh )(?<! cua )(?<! con )chi|nhung(?= (?:nguoi|ho|ai) )|cac|ai|moi|dieu kien|doi tuong|vi du|truong hop|danh cho|nguoi nao|hay la|hoi ve|the nao la|chua biet)"
    r"(?: (?:la|thuoc|co|duoc|nguoi|ho|nhung|ai|dien|phai)){0,2} $"
)
_SUPPOSED = re.compile(r" (?:neu|gia su|nho|lo|truong hop|gia nhu|khi nao)(?= )")
_ONLY_THEN = re.compile(
    r" (?:moi duoc|thi moi|la gi|nghia la|la sao|la (?:nhu )?the nao|(?:xin |lay )?o dau|hay khong|hay chua)(?= )"
)
_ASKED = re.compile(
    r" (?:[a-z]+ ){0,3}?(?:khong|chua)(?: (?:a|em|chi|anh|ad|bac|co|chau|nhi|vay|the|ban|ha|da|nhe|con|mi|shop))* (?:[?.,!] ?)*$"
)
_NEW_QUESTION = re.compile(r" (?:co|thi|duoc|bao nhieu|the nao|gi|dau|vay|sao)(?= )")
_QUESTION = re.compile(
    r" (?:bao nhieu|the nao|sao|gi|dau(?! tu)|khi nao|bao lau|bao gio|may|ai|nao|\?|(?:co|duoc)(?: [a-z]+){0,6} khong|khong [a?]|phai khong|dung khong|chua [a?])(?= )"
)
_WHETHER = re.compile(r" (?:duoc(?: [a-z]+){0,6}|(?:co|phai)(?: [a-z]+){1,6}) $")
_DEFINED = re.compile(r" la (?:gi|sao|(?:nhu )?the nao|ai)(?= )")
_NOTHING_MORE = re.compile(r" (?:(?:a|em|chi|anh|ad|bac|co|chau|nhi|vay|the|ban|ha|da|nhe|con|[?.,!]) ?)*$")
_SELF = re.compile(
    r" (?:em|toi|minh|nha|con toi|chau|bac|vo chong|chung toi|gia dinh|ben em|anh toi|chong|vo|hien|dang)(?= )"
)


SHORT = 4  # words; a longer question that holds one word of an answer does not give it


class Told(NamedTuple):
    """A fact told at the words first … last-1. `asked_only`: the phrase means the fact only as an answer to its question."""

    fact: str
    value: Any
    first: int
    last: int
    negated: bool = False


class _Meaning(NamedTuple):
    fact: str
    value: Any
    asked_only: bool


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    phrases = []
    for fact, entry in load("facts").items():
        phrases += _of_part(fact, entry, asked_only=False)
        phrases += [(str(phrase), _Meaning(fact, None, False)) for phrase in entry.get("sounds_like", ())]
    for fact, said in load("facts_english").items():
        phrases += [(str(phrase), _Meaning(fact, value, False)) for value, listed in said.items() for phrase in listed]
    return Patterns(phrases)


@lru_cache(maxsize=64)
def _patterns_asked(fact: str) -> Patterns:
    """What answers the question for this fact, and tells it nowhere else."""
    return Patterns(_of_part(fact, load("facts").get(fact, {}), asked_only=True))


def _of_part(fact: str, entry: dict[str, Any], asked_only: bool) -> list[tuple[str, _Meaning]]:
    listed = entry.get("asked" if asked_only else "says") or {}
    return [(str(phrase), _Meaning(fact, value, asked_only)) for value, phrases in listed.items() for phrase in phrases]


def told(plain: Plain, asked: str | None = None, programmes: Container[str] = ()) -> list[Told]:
    """Every fact phrase in the message that is told and not asked about; with `asked`, that fact's short answers too."""
    lexicon = load("facts")
    found = _patterns().find(plain)
    if asked is not None:
        found += _patterns_asked(asked).find(plain)
    if not found:
        return []
    result: list[tuple[Told, bool]] = []
    for one in _longest_by_fact(found):
        meaning = one.payload
        entry = lexicon.get(meaning.fact, {})
        before = plain.line[: plain.offsets[one.first]]
        after = plain.line[plain.offsets[one.last] - 1 :] if one.last < len(plain.words) else " "
        if plain.words[min(one.first + 1, one.last - 1)].key in _folded_words(entry.get("unless_second", "")):
            continue
        if asked is not None and meaning.fact != asked and asked in entry.get("unless_asked", "").split():
            continue
        if meaning.asked_only and (one.last <= _taking_back(plain) or _LEAVES.match(plain.line) or tells_of_a_fault(plain)):
            continue
        if _other_word(entry, plain, one, after):
            continue
        if before.endswith(" cong ") and plain.words[one.first].key == "an":
            continue  # "cong an xa" typed without accents grants no amnesty ("ân xá")
        if _goes_on(entry, after) or (meaning.fact != asked and _elsewhere(entry, programmes)):
            continue
        if meaning.fact != asked and (
            _CONDITION.search(before) or _SUPPOSED.search(before[-40:]) or _ONLY_THEN.match(after)
        ):
            continue
        if _is_asked(plain, one, after) and meaning.fact != asked:
            continue
        bare = one.last - one.first <= 2
        asking = ends_asking(plain) or (is_question(plain) and len(plain.words) > SHORT)
        if (meaning.asked_only and (_only_asks(plain, one, after) or (bare and asking))) or _DEFINED.match(after):
            continue
        value: Any = meaning.value
        negated = bool(_NEGATED.search(before))
        if negated:
            flipped = entry.get("negated") or {}
            # "không, lớp 10 bị trung bình": what already says no is not turned into a yes
            value = (False if value else None) if isinstance(value, bool) else flipped.get(value)
        if value is not None:
            result.append((Told(meaning.fact, value, one.first, one.last, negated), meaning.asked_only))
    keys = [word.key for word in plain.words]
    return [one for one, asked_only in result if not (asked_only and _belongs_elsewhere(one, result, keys))]


@lru_cache(maxsize=1024)
def _folded_words(listed: str) -> frozenset[str]:
    """The words of a line of the lexicon, without accents."""
    return frozenset(fold(listed).split())


_LEAVES = re.compile(r"^ (?:(?:da|a|vay) )*(?:thoi|khoi) (?!roi|hoc)[a-z]+ ")  # "thôi khỏi vay" leaves and answers nothing
_TAKING_BACK = re.compile(
    r"^ (?:(?:a|ay|ui|y|da|em|toi|minh|xin loi|,|\.) )*(?:(?:khong|nham|lon)(?: roi| phai)?|(?:sua|chinh|doi) lai(?: giup| ho| gium| cho)?(?: [a-z]+)?)(?= [,.] )"
)


_FAULT = re.compile(r" (?:co |bi )?(?:cho|cau|dong|muc)(?: [a-z]+)? (?:ghi |noi |viet )?(?:sai|nham|lon)(?= )")


def tells_of_a_fault(plain: Plain) -> bool:
    """ "Có chỗ ghi sai, sửa giúp tôi" answers nothing."""
    return bool(_FAULT.search(plain.line))


def _taking_back(plain: Plain) -> int:
    """The words that only take back what was said: the "à không" of "à không, có nhưng hỏng" answers nothing."""
    match = _TAKING_BACK.match(plain.line)
    if match is None or not corrected(plain):
        return 0
    return plain.index(match.end())


def _other_word(entry: dict[str, Any], plain: Plain, one: Found, after: str) -> bool:
    """ "mo vay", "moi mo quan" typed without accents open a loan and a stall, no belly; "chưa có nha" ends in a courtesy."""
    last = plain.words[one.last - 1]
    if last.key == "on" and plain.line[: plain.offsets[one.last - 1]].endswith(" cam "):
        return True  # "da cam on" is thanks, and nothing is in order ("ổn")
    if last.key == "roi" and one.last - one.first == 1 and one.first and plain.words[one.first - 1].key in ("nham", "sai", "lon"):
        return True  # "trả lời nhầm rồi" says no yes
    if last.key == "nha" and last.raw.isascii() and plain.accented and one.last == len(plain.words):
        return True
    follower = next(iter(after.split(maxsplit=1)), "")
    unless = entry.get("unless_after") or {}
    return any(last.key == fold(word) and follower in _folded_words(others) for word, others in unless.items())


_BARE_NO = frozenset(("khong", "chua", "co"))  # "chưa có" inside "chưa có sổ đỏ" says no to the paper alone


def _belongs_elsewhere(one: Told, others: Iterable[tuple[Told, bool]], words: list[str]) -> bool:
    """The "không" of "không có giấy báo" answers about the notice, not what was asked."""
    return any(
        other.fact != one.fact
        and other.first <= one.first
        and one.last <= other.last
        and other.last - other.first > one.last - one.first
        for other, asked_only in others
        if not asked_only and (one.last - one.first == 1 or set(words[one.first : one.last]) <= _BARE_NO)
    )


def _elsewhere(entry: dict[str, Any], programmes: Container[str]) -> bool:
    """ "sinh viên" is a class of housing only where housing is spoken of."""
    return "programme" in entry and entry["programme"] not in programmes


def _goes_on(entry: dict[str, Any], after: str) -> bool:
    """ "xây nhà" is no house in "xây nhà vệ sinh", nor "chưa có nhà" in "chưa có nhà vệ sinh"."""
    follower = next(iter(after.split(maxsplit=1)), "")
    return follower in fold(entry.get("unless_next", "")).split()


def _longest_by_fact(found: Iterable[Found]) -> list[Found]:
    """For each fact the longest of overlapping phrases: "không thuộc hộ nghèo" before "hộ nghèo"."""
    kept: dict[str, list[Found]] = {}
    for one in sorted(found, key=lambda f: (f.first - f.last, f.first)):
        mine = kept.setdefault(one.payload.fact, [])
        if all(one.last <= other.first or one.first >= other.last for other in mine):
            mine.append(one)
    return sorted((f for listed in kept.values() for f in listed), key=lambda f: f.first)


def _is_asked(plain: Plain, one: Found, after: str) -> bool:
    """ "có sổ đỏ không?" asks; "có sổ đỏ có vay được không?" tells."""
    match = _ASKED.match(after)
    if match is None or _NEW_QUESTION.search(match.group()):
        return False
    first = plain.words[one.first].key
    before = plain.words[one.first - 1].key if one.first else ""
    return "co" in (first, before) or first in ("duoc", "da", "bi") or " " + "chua" in match.group()


def _only_asks(plain: Plain, one: Found, after: str) -> bool:
    """The "không" or "chưa" that ends "có được giảm lãi không" answers nothing: it makes the words a question."""
    if one.last - one.first > 1 or plain.words[one.first].key not in ("khong", "chua"):
        return False
    before = plain.line[: plain.offsets[one.first]]
    return bool(_WHETHER.search(before)) and bool(_NOTHING_MORE.match(after))


def asks_whether(plain: Plain) -> bool:
    """Whether the message ends as a question that wants a yes or a no: "làm hầm biogas được không ạ"."""
    ends = [one for one, word in enumerate(plain.words) if word.key in ("khong", "chua")]
    if not ends:
        return False
    before, after = plain.line[: plain.offsets[ends[-1]]], plain.line[plain.offsets[ends[-1]] :]
    return bool(_WHETHER.search(before)) and bool(_NOTHING_MORE.match(" " + after.strip().partition(" ")[2] + " "))


@once
def is_question(plain: Plain) -> bool:
    """Whether the message asks something."""
    return bool(_QUESTION.search(plain.line))


def volunteered(
    plain: Plain, entities: Iterable[Entity], asked: str | None = None, programmes: Container[str] = ()
) -> dict[str, Any]:
    """The facts told, each with one value; what was told with two values is left out."""
    general = is_question(plain) and not _SELF.search(plain.line)
    named = dict(_from_entities(entities, plain, general, asked, bool(programmes)))
    values: dict[str, list[Any]] = {fact: [value] for fact, value in named.items()}
    for one in told(plain, asked, programmes):
        if one.fact == "study_level" and (_names_a_school(plain, asked) or _only_wished(plain, asked)):
            continue
        if one.fact not in named and (not general or one.fact == asked or _opens(plain, one.first)):
            values.setdefault(one.fact, []).append(one.value)
    if school_marks(plain):
        values.pop("previous_year_very_good", None)  # of university; these are the years before it
    if "both" in values.get("works", ()):
        values["works"] = ["both"]
    facts = {}
    for fact, listed in values.items():
        distinct = [v for n, v in enumerate(listed) if v not in listed[:n]]
        if len(distinct) == 1:
            facts[fact] = distinct[0]
        elif corrected(plain):
            facts[fact] = distinct[-1] if " chu khong phai " not in plain.line else distinct[0]
    return facts


def _opens(plain: Plain, first: int) -> bool:
    """Whether only courtesies stand before: "chưa có sổ đỏ có vay được không" leaves out the speaker."""
    return all(w.key in _LEAD or w.kind == "p" for w in plain.words[:first])


_LEAD = {
    "da",
    "vang",
    "cho",
    "hoi",
    "a",
    "thua",
    "ad",
    "oi",
    "chi",
    "anh",
    "nha",
    "dat",
    "the",
    "vay",
    "gio",
    "neu",
} - {"neu"}


@once
def corrected(plain: Plain) -> bool:
    """Whether the message replaces something said before."""
    if plain.keys.isdisjoint(_CORRECTING) and " a khong " not in plain.line:
        return False
    found = _CORRECTION.search(plain.line)
    if found is None:
        return False
    words = [word for word in plain.words if word.key == "lon"]
    return found.group().strip() not in ("lon", "lon roi", "y lon") or any(agrees(word.raw, "lộn") for word in words)


_CORRECTING = frozenset(("nham", "lon", "sai", "lai", "doi", "dinh", "quen", "phai", "y", "loi"))  # one in each correction but "à không"
_CORRECTION = re.compile(
    r" (?:nham(?! lan voi)|(?<!nguoi )(?<!gia )(?<!con )(?<!nuoi )(?<!khon )(?<!to )lon|ghi sai|go sai|noi sai|viet sai|khai sai|sua lai(?! (?:(?:cai|can|mai|ngoi) )?(?:nha|mai|gieng|be|bep|ho xi|cong trinh|phong|tuong|chuong|duong ong|ong nuoc|cho o))|doi lai|chinh lai|thay doi|dinh chinh|quen noi|chu (?:khong|chang|hong) phai|chu dau phai|a khong|y em la|y toi la|nham roi|y lon|"
    r"khong phai(?: [a-z0-9]+){1,6} ma la|xin loi(?: [a-z]+)? (?:em|toi|bac|minh) (?:ghi|go|noi|nham|khai))(?= )"
)


_WANTS = re.compile(
    r" (?:muon|can|xin|dinh|tinh|dang ky|de nghi|em|toi|minh|chau|bac|nha|ky|,)(?: (?:ky|muon|can|xin|nha nuoc|ngan hang|ho so))? vay(?: von| them| tien| ky quy| khoang| tam| chung| gan)* $"
)
_NEEDS = re.compile(
    r" (?:can|muon|xin|borrow|loan of)(?: khoang| tam| them| chung| gan)* $"
)  # "vay nước sạch, cần 20 triệu"
_INSTEAD = re.compile(
    r" (?:sua lai|doi lai|a khong|a nham|nham|y lon|lon)(?: (?:la|thanh|con|len|xuong|toi|em|minh|roi|,))* $"
)
_HAS = re.compile(r" (?:da|dang|con|no|tung|cu|truoc|duoc|bi|ho|no) ")


_LONG_AGO = re.compile(
    r"(?: [a-z]+){0,4} (?:(?:tu|hoi|nam)(?: nam| thang)? (?:19|20)\d\d|tu nam ngoai|truoc day|con no|tu truoc)(?= )"
)


_FOR_OTHER_COSTS = re.compile(r" (?:de |cho |tien |la |phi )*(?:dat coc|coc|dong phi|phi|ky quy|tra no|chua benh)(?= )")


def _wants(plain: Plain, entity: Entity, spoken: bool) -> bool:
    """Whether the amount is the loan that the speaker wants, not one they have or were promised.

    `spoken`: a loan is spoken of, so that "cần 3 triệu một tháng" says how much of it.
    """
    before = " " + " ".join(w.key for w in plain.words if w.end <= entity.start) + " "
    match = _WANTS.search(before) or (_INSTEAD.search(before) if " vay " in before else None)
    after = " " + " ".join(w.key for w in plain.words if w.start >= entity.end) + " "
    if match is None and (spoken or " vay " in before or " borrow " in before or " loan " in before):
        match = _NEEDS.search(before)
    if match is None:
        return False
    clause = match.start() if match.group().startswith(" ,") else max(0, match.start() - 12)
    if _HAS.search(before[clause:]) or _FOR_OTHER_COSTS.match(after):
        return False
    return not _LONG_AGO.match(after)


_EARNERS = re.compile(r" (?:(?P<own>toi|minh|em|tui|ban than|chau)|(?P<wife>vo)|(?P<husband>chong))(?= )")
_EACH = re.compile(r" (?:moi nguoi|moi dua|ca hai (?:deu|cung)|deu|hai dua)(?= )")


def _of_a_couple(plain: Plain, incomes: list[Entity]) -> list[tuple[str, Any]] | None:
    """The pay of both, told at once: "hai vợ chồng lương 28tr và 25tr", "vợ 20 triệu chồng 15 triệu". None: not so told.

    Where the words do not say which of the two speaks, the first sum is the speaker's: what counts is both together.
    """
    if len(incomes) not in (1, 2) or not _TWO.search(plain.line):
        return None
    if len(incomes) == 1:
        if _EACH.search(plain.line):
            return [(fact, incomes[0].value) for fact in _PAYS]
        # one sum for both: what counts is both together, so the second one adds nothing
        return [(_PAYS[0], incomes[0].value), (_PAYS[1], 0)] if _TOGETHER.search(plain.line) else None
    first_words, second_words = (_words_before(plain, incomes, n) for n in (0, 1))
    if _A_COST.search(second_words):
        return _of_a_couple(plain, incomes[:1]) or [(_PAYS[0], incomes[0].value)]
    first, second = (_who(words) for words in (first_words, second_words))
    if second == "own" or (first in ("wife", "husband") and second is None and " vo chong " not in first_words):
        incomes = incomes[::-1] if second == "own" else incomes
    return list(zip(_PAYS, (e.value for e in incomes), strict=True))


_A_COST = re.compile(r" (?:xay|sua|het|mua|gia|can|vay|no|ton|mat) ")  # "lương 2 vợ chồng 20 triệu, xây hết 600 triệu"
_TOGETHER = re.compile(
    r" (?:tong(?: cong)?(?: thu nhap| luong)?|(?:thu nhap|luong)(?: cua)?(?: ca)?(?: hai| 2)? vo chong|ca hai(?: vo chong)?|gop lai|cong lai|2 vo chong)(?= )"
)
_PAYS = ("monthly_income", "spouse_monthly_income")
_TWO = re.compile(r" vo chong(?= )| (?:vo(?= ).* chong|chong(?= ).* vo)(?= )")


def _words_before(plain: Plain, incomes: list[Entity], n: int) -> str:
    since = incomes[n - 1].end if n else 0
    return " " + " ".join(w.key for w in plain.words if w.start >= since and w.end <= incomes[n].start) + " "


def _who(words: str) -> str | None:
    said = [m.lastgroup for m in _EARNERS.finditer(words.replace(" vo chong ", " "))]
    return next((who for who in said if who in ("wife", "husband")), said[-1] if said else None)


_ESTABLISHMENT = re.compile(
    r" (?:xuong|co so|cong ty|hop tac xa|doanh nghiep|to hop tac|tiem|quan|ho kinh doanh|trang trai|nha may|cua hang|lo gach|to may)(?= )"
)
_WORKERS = re.compile(
    r" (?P<n>\d{1,4})(?: (?:anh|chi|em|nguoi|ban))* ?(?P<what>cong nhan|lao dong|nhan cong|nhan vien|tho|nguoi lam|nguoi)(?: lao dong| lam(?: viec)?| lam cong)?"
    r"(?P<freed>(?: (?:la|moi|vua|tung|da|di|ve))* (?:ra tu|man han|chap hanh xong|di tu|tu ve|ra trai|dac xa|an tich))?(?= )"
)
_RELEASED_OF = re.compile(r" (?:trong do|co) (?P<n>\d{1,4})(?: [a-z]+){0,2}(?: (?:moi|vua))? (?:ra tu|man han|chap hanh xong|di tu|tu ve|ra trai)(?= )")


def _workers(plain: Plain) -> list[tuple[str, Any]]:
    """How many work in the establishment that the message speaks of, and how many of them came from prison."""
    if not plain.has_digits or not _ESTABLISHMENT.search(plain.line) or ends_asking(plain) or _SUPPOSED.search(plain.line):
        return []
    facts: dict[str, Any] = {}
    for match in _WORKERS.finditer(plain.line):
        facts.setdefault("workers_released" if match["freed"] else "workers_total", int(match["n"]))
    if released := _RELEASED_OF.search(plain.line):
        facts["workers_released"] = int(released["n"])
    return list(facts.items())


def _earner(plain: Plain, entity: Entity, asked: str | None) -> str:
    """Whose pay it is: the husband's or wife's if the words or else the question say so."""
    before = " " + " ".join(w.key for w in plain.words if w.end <= entity.start)[-40:] + " "
    spouse = re.search(
        r" (?<!chua )(?<!chua co )(?<!khong co )(?<!bo )(?:vo|chong|wife|husband|his|her)(?: (?:em|toi|minh|chau|anh|chi))?(?: [a-z]+){0,6} $",
        before,
    )
    if spouse and " vo chong " not in before:
        return "spouse_monthly_income"
    return asked if asked in ("monthly_income", "spouse_monthly_income") else "monthly_income"


_AT_A_SCHOOL = frozenset(("institution_in_vietnam", "school"))  # here "đại học Bách khoa" is a name and no level
_WISH_TO_LEARN = re.compile(r" muon (?:di )?hoc nghe(?= )")  # what the money is for, not where one studies
_LEVEL_SAID = re.compile(r" (?:he|bac|trinh do|cap) ")


def _names_a_school(plain: Plain, asked: str | None) -> bool:
    return asked in _AT_A_SCHOOL and not _LEVEL_SAID.search(plain.line)


def _only_wished(plain: Plain, asked: str | None) -> bool:
    return asked != "study_level" and corrected(plain) and bool(_WISH_TO_LEARN.search(plain.line))


_ADMITTED = frozenset(("dau", "tuyen", "do"))
_JUST_ADMITTED = re.compile(
    r" (?:moi|vua)(?: thi)? (?:dau|trung tuyen|do) (?:vao )?(?:truong )?(?:dai hoc|cao dang)(?= )"
)
_CLASS = {
    "poor": "poor",
    "near_poor": "near_poor",
    "newly_escaped_poverty": "newly_escaped",
    "average": "average",
    "none": "other",
}
_MARITAL = {
    "single": "single",
    "divorced": "single",
    "widowed": "single",
    "single_parent": "single",
    "married": "married",
}


def _defined(plain: Plain, entity: Entity) -> bool:
    """ "Mức sống trung bình là thế nào" asks for the meaning of the words and tells nothing of the speaker."""
    return bool(_DEFINED.match(f" {' '.join(fold(plain.text[entity.end :]).split())} "))


def _from_entities(
    entities: Iterable[Entity], plain: Plain, general: bool, asked: str | None, spoken: bool
) -> list[tuple[str, Any]]:
    facts = _told_by(list(entities), plain, general, asked, spoken)
    facts += _workers(plain)
    if not plain.keys.isdisjoint(_ADMITTED) and "study_year" not in dict(facts) and _JUST_ADMITTED.search(plain.line):
        at = next((n for n, (fact, _) in enumerate(facts) if fact == "study_level"), len(facts))
        facts.insert(at, ("study_year", 1))
    levels = {value for fact, value in facts if fact == "study_level"}
    return [(f, v) for f, v in facts if f != "study_level" or len(levels) == 1]


def _told_by(
    entities: list[Entity], plain: Plain, general: bool, asked: str | None, spoken: bool
) -> list[tuple[str, Any]]:
    if not entities:
        return []
    facts: list[tuple[str, Any]] = []
    classes = [e.value for e in entities if e.type == "household_class" and not _defined(plain, e)]
    poverty = [_CLASS[c] for c in classes if c in _CLASS]
    if len(poverty) == 1:
        facts.append(("poverty_status", poverty[0]))
    if "ethnic_minority" in classes:
        facts.append(("ethnic_minority", True))
    couple = _of_a_couple(plain, [e for e in entities if e.type == "income"])
    for entity in entities:
        if entity.type == "marital_status":
            facts.append(("marital_status", _MARITAL[entity.value]))
            if entity.value == "single_parent":
                facts.append(("raising_minor_child", True))
        elif entity.type == "school_level" and not general:
            facts.append(("study_level", entity.value))
        elif entity.type == "school_year" and isinstance(entity.value, int):
            facts.append(("study_year", entity.value))
        elif entity.type == "study_field" and not general:
            facts.append(("stem_field", entity.value == "stem"))
        elif entity.type == "release_date" and len(entity.value) >= 7:
            facts.append(("release_date", entity.value))
        elif entity.type == "income":
            if couple is None:
                facts.append((_earner(plain, entity, asked), entity.value))
        elif entity.type == "money" and entity.period != "year" and _wants(plain, entity, spoken):
            facts.append(("loan_amount", entity.value))
    facts += couple or []
    if _names_a_school(plain, asked):
        facts = [told for told in facts if told[0] != "study_level"]
    if _only_wished(plain, asked):
        facts = [told for told in facts if told != ("study_level", "vocational")]
    if school_marks(plain):
        facts = [told for told in facts if told != ("study_level", "high_school")]
    return facts


_SCHOOL = r"(?:lop (?:10|11|12)|cap (?:3|ba)|pho thong|trung hoc)"
_OF_SCHOOL = frozenset(("lop", "cap", "pho", "trung"))  # the first words of `_SCHOOL`
_MARKS = r"(?:kha|gioi|tien tien|xuat sac|trung binh|yeu|hoc luc|xep loai|diem)"
_SCHOOL_MARKS = re.compile(
    rf" {_SCHOOL}(?: [a-z0-9,]+){{0,9}} {_MARKS}(?= )| {_MARKS}(?: [a-z0-9,]+){{0,9}} {_SCHOOL}(?= )"
    rf"| (?:tot nghiep|hoc xong|hoc het|xong|het) {_SCHOOL}(?= )"
)
_AT_SCHOOL = re.compile(
    r" (?:dang|hien|nam nay|moi)(?: (?:hoc|vao|len))* lop (?:10|11|12)(?= )| hoc lop (?:10|11|12)(?! (?:,|10|11|12|kha|gioi|diem))"
)


@once
def school_marks(plain: Plain) -> bool:
    """ "lớp 10, 11, 12 đều khá" tells of marks at school that is over, not of where one studies now."""
    if plain.keys.isdisjoint(_OF_SCHOOL):
        return False
    return bool(_SCHOOL_MARKS.search(plain.line)) and not _AT_SCHOOL.search(plain.line)
