"""The one door: what a message meant, given the question asked. It joins the readers and decides nothing about policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from nlu import answers, asides
from nlu.english import is_english, lends_for_studies, question, with_units
from nlu.entities.age import read_age, read_asked_year, read_birth_year
from nlu.entities.area import read_area
from nlu.entities.cccd import read_cccd
from nlu.entities.cccd import told as told_identity
from nlu.entities.choice import exact, pick
from nlu.entities.date import months_before, read_dates
from nlu.entities.destination import read_destination
from nlu.entities.household import read_household, read_marital
from nlu.entities.money import amounts, money_entity, read_money
from nlu.entities.name import read_names
from nlu.entities.people import read_people
from nlu.entities.period import read_duration
from nlu.entities.phone import of_a_stranger, read_phone
from nlu.entities.place import place_spans
from nlu.entities.self import read_about, read_addressing
from nlu.entities.study import read_field, read_level, read_students, read_studying, read_year
from nlu.entities.yes_no import Stance, read_yes_no
from nlu.mending import mends
from nlu.pattern import Phrases
from nlu.reading import Ambiguous, Choice, Entity, Expecting, Intent, Neighbour, Places, Reading
from nlu.second_thought import second_thought
from nlu.text import Plain, nfc, once, plain
from nlu.volunteered import corrected, is_question, volunteered

BARE = 4  # words; a yes or no among so few is the whole of what was meant
LONGEST = 2000  # a longer message is read to here; nobody tells more facts than that
_DROPPED = re.compile(r" (?:chu |cho )?(?:khong|hong|dau|chang|chu) phai(?: la| di| o| vay| hoc| nam)*(?: hoc)? $")
_THEN_OTHER = re.compile(
    r"(?: [,.])? (?:(?:(?:a|y|ui|chet|oi|ay|quen) )+khong phai|(?:(?:a|y|ui|chet|oi|ay|quen) )*(?:khong|nham|lon)(?: roi)?)(?: [,.])? (?:la )?\d"
)


def read(
    text: str,
    expecting: Expecting | None = None,
    intent: Intent | None = None,
    on: date | None = None,
    places: Callable[[str], Places] | None = None,
) -> Reading:
    """Everything the message says. Pure: the day `on` is given, and without it relative dates stay unread."""
    text = nfc(text)
    expecting = expecting or Expecting()
    message = plain(text[:LONGEST])
    intent = _of_english(_plainly_named(message, intent or Intent(), expecting), text)
    slot = expecting.slot if answers.kind_of(expecting.slot) else None
    entities = read_entities(message, slot, expecting.programme, intent, on)
    stance = read_yes_no(message)
    correction = corrected(message)
    asked_for = None if stance.unsure or stance.declined else slot
    facts = volunteered(message, entities, asked_for, domains(message, expecting.programme, intent))
    facts = {**_released_ago(entities, on), **facts}
    if slot and answers.kind_of(slot) not in _NUMERIC:
        facts = {**_told_early(message, entities, expecting.programme, on), **facts}
    if intent.topic == "correct" and facts.get("housing_purpose") == "repair" and not message.has("nha", "can ho", "mai"):
        facts.pop("housing_purpose")  # "tôi muốn sửa lại" mends an answer, no house
    asked = answers.Asked(message, slot or "", expecting, entities, facts, stance, intent, on)
    answer = answers.answer(asked) if slot else None
    choice = _choice(message, expecting, slot, answer, stance)
    if choice is not None and answer is None:
        answer = _value_of(choice, expecting, slot)
    second, doubts = _second(message, expecting, intent, on) if slot is None else (None, False)
    about = read_about(message)
    complaining = asides.complains(text)
    return Reading(
        text=text,
        intent=intent,
        entities=tuple(entities),
        facts=facts,
        answer=answer,
        choice=choice,
        unsure=stance.unsure and answer is None,
        says=stance.yes if stance.bare or len(message.words) <= BARE else None,
        declined=stance.declined,
        correction=correction,
        places=_places(message, slot, _with_before(_by_units(places), expecting.before, stance.unsure), entities),
        addressing=read_addressing(message),
        about=about,
        unprompted=_unprompted(message, intent, on) if about else {},
        aside=asides.aside(text, message.line.strip(), slot),
        angry=complaining or asides.is_shouted(text),
        complains=complaining,
        own=asides.about_oneself(text),
        second=second,
        doubts=doubts,
        mends=mends(text) if len(text) <= LONGEST else None,
        neighbours=_neighbours(message, intent, on),
        english=is_english(text[:LONGEST]),
        identity=told_identity(message, entities),
    )


_FOR_BUSINESS = re.compile(
    r" vay(?: von| tien| them)?(?: de)? (?:lam an|buon ban|kinh doanh|mo quan|mo tiem|chan nuoi|trong trot|tao viec lam)(?= )"
)


def _business(message: Plain) -> set[str]:
    """The loan for work where the words plainly ask for it."""
    return {"jobs"} if "vay" in message.keys and _FOR_BUSINESS.search(message.line) else set()


def _plainly_named(message: Plain, intent: Intent, expecting: Expecting) -> Intent:
    """ "Còn tôi thì muốn vay làm ăn" names the loan, though the engine hears none. For a released person it is a purpose."""
    if intent.programme != "none" or not _business(message) or "released" in domains(message, None, intent):
        return intent
    if expecting.programme == "released" and not asides.about_oneself(message.text):
        return intent
    return msgspec.structs.replace(intent, programme="jobs", programmes=("jobs",))


def _unprompted(message: Plain, intent: Intent, on: date | None) -> dict[str, Any]:
    """The facts told where nothing is asked: what is said of somebody else answers no question put to the speaker."""
    entities = read_entities(message, None, None, intent, on)
    return {**_released_ago(entities, on), **volunteered(message, entities, None, domains(message, None, intent))}


def _neighbours(message: Plain, intent: Intent, on: date | None) -> tuple[Neighbour, ...]:
    """Each person of several, with the loan and the facts that their own part of the message tells."""
    people = read_people(message)
    if not people:
        return ()
    parts = [message.text[one.start : one.end] for one in people]
    spoken: list[Any] = [domains(plain(part), None, Intent()) or _business(plain(part)) for part in parts]
    left = set(intent.programmes) - set().union(*spoken) - {"none", "multiple", "other"}
    silent = [place for place, found in enumerate(spoken) if not found]
    if len(left) == 1 and len(silent) == 1:
        spoken[silent[0]] = left  # the one loan that nobody else's words tell of
    found = []
    for one, part, about in zip(people, parts, spoken, strict=True):
        programme = next(iter(about)) if len(about) == 1 else None
        meant = Intent(programme, (programme,)) if programme else Intent()
        found.append(Neighbour(one.who, programme, read(part, Expecting(None, programme), meant, on).facts))
    return tuple(found)


def _second(message: Plain, expecting: Expecting, intent: Intent, on: date | None) -> tuple[Any, bool]:
    """The answer to the doubted fact in a second thought, and whether it is one."""
    told = second_thought(message) if expecting.doubted else None
    if told is None:
        return None, False
    again = read(told, Expecting(expecting.doubted, expecting.programme), intent, on)
    value = None if isinstance(again.answer, Ambiguous) else again.answer
    done = any(word.key == "roi" for word in message.words) and not is_question(message)
    return value, value is not None or bool(again.says) or done


_AMOUNT_ONLY = {"student", "water", "released", "abroad", "jobs"}  # where money said alone can be the loan only
_BARE_WORDS = frozenset(
    [
        "da",
        "vang",
        "a",
        "thua",
        "em",
        "toi",
        "minh",
        "bac",
        "chau",
        "con",
        "hoi",
        "tu",
        "ngay",
        "khoang",
        "tam",
        "chung",
        "dau",
        "cuoi",
        "giua",
        "ra",
        "ve",
        "la",
        "thang",
        "nam",
        "nhe",
        "nha",
        "roi",
        "thoi",
        ",",
    ]
)


def _told_early(message: Plain, entities: list[Entity], programme: str | None, on: date | None) -> dict[str, Any]:
    """The answer to a question still to come, said alone: "tháng 3 năm ngoái" while the certificate is asked for."""
    if len(entities) != 1:
        return {}
    only = entities[0]
    if any(w.key not in _BARE_WORDS for w in message.words if w.end <= only.start or w.start >= only.end):
        return {}
    past = only.type in ("date", "release_date") and on is not None and only.value <= on.isoformat()
    if past and programme == "released" and len(only.value) >= 7:
        return {"release_date": only.value}
    if only.type == "money" and only.period is None and programme in _AMOUNT_ONLY:
        return {"loan_amount": only.value}
    return {}


def _released_ago(entities: list[Entity], on: date | None) -> dict[str, Any]:
    """ "Tôi ra tù 7 năm rồi": the month, counted back from the day `on`."""
    ago = [e.value for e in entities if e.type == "release_ago"]
    told = any(e.type == "release_date" for e in entities)
    return {"release_date": months_before(on, ago[0])} if on and len(ago) == 1 and not told else {}


# ---- entities


_DOMAINS = Phrases({
    "student": ["sinh vien", "hoc sinh", "hoc phi", "an hoc", "di hoc", "dai hoc", "cao dang", "trung cap", "nhap hoc", "freshman", "student", "nganh", "truong dai hoc", "hoc hanh", "hoc nam", "tan sinh", "thac si", "cao hoc", "ky tuc", "stem", "hoc nghe"],
    "abroad": ["xuat khau", "nuoc ngoai", "ky quy", "eps", "xkld", "di lam viec", "don hang", "thuc tap sinh", "giup viec", "thuyen vien", "thi truong", "visa", "di nhat", "di han", "di dai", "sang nhat", "sang han", "sang dai !hoc", "qua nhat", "qua han", "bay"],
    "released": ["ra tu", "man han", "chap hanh xong", "an phat", "dac xa", "di tu", "o tu", "trai giam", "ra trai", "tien an", "an tich", "tha tu", "lam lo", "lo lam", "di trai", "hoan luong"],
    "housing": ["nha o xa hoi", "nha xa hoi", "mua nha", "mua can", "xay nha !ve|tam|xi", "sua nha !ve|tam|xi", "thue mua", "lam nha !ve|tam|xi", "can ho", "chung cu", "goi nha", "goi xa hoi", "cat nha"],
    "water": ["nuoc sach", "ve sinh", "gieng", "be nuoc", "bon nuoc", "nha tam", "ho xi", "cong trinh nuoc", "nuoc may", "cau tieu", "nha tieu", "bon cau", "loc nuoc", "nuoc", "bioga", "biogas", "ham"],
})  # fmt: skip


@once
def _domains_said(message: Plain) -> frozenset[str]:
    return _DOMAINS.names(message)


def domains(message: Plain, programme: str | None, intent: Intent) -> frozenset[str]:
    """The programmes that the text, the conversation or the intent speak of."""
    said = _domains_said(message)
    named = intent.programmes if intent.programme in ("none", "multiple", "other") else (intent.programme, *intent.programmes)
    return said.union(named, (programme,)) if programme else said.union(named) if named else said


def read_entities(
    message: Plain, slot: str | None, programme: str | None, intent: Intent, on: date | None
) -> list[Entity]:
    """All entities, in order of place; what a correction takes back is left out."""
    if not message.words:
        return []
    kind = answers.kind_of(slot)
    about = domains(message, programme, intent)
    solid: list[Entity] = [*read_cccd(message, on)]
    phones = read_phone(message)
    _add(solid, phones)
    _add(solid, read_age(message))
    _add(solid, read_birth_year(message, on))
    if kind == "year" and not any(e.type in ("age", "birth_year") for e in solid):
        _add(solid, read_asked_year(message, on, age=slot == "age"))
    sums = _money(message, kind, solid)
    _add(solid, [e for e in read_dates(message, on, slot) if not _overlaps(e, sums) and not _unborn(e, kind, on)])
    _add(solid, sums)
    pupils = not about and slot is None and intent.programme not in _NO_STUDIES and bool(read_studying(message))
    if slot in ("study_year", "school_year") or pupils or "student" in about or message.has("sinh vien"):
        _add(solid, read_year(message))
    _add(solid, read_duration(message, [(e.start, e.end) for e in solid]))
    _add(solid, _names(message))
    _add(solid, read_household(message, forced=slot == "poverty_status"))
    if kind not in _PLACE_SLOTS:  # "huyện Võ Nhai" has no wife
        _add(solid, read_marital(message, housing="housing" in about or slot == "marital_status"))
    solid += _study(message, slot, {"student"} if pupils else about, solid, intent)
    if "abroad" in about or slot == "destination_country" or about <= {"student"}:
        going = read_destination(message, asked=slot == "destination_country")
        people = [e for e in solid if e.type == "person_name"]
        solid += [e for e in going if not _overlaps(e, people)]
    if ("water" in about or slot == "area") and (about <= {"water", "student"} or intent.programme == "water"):
        solid += read_area(message)
    _add(solid, _place_entities(message, kind in _PLACE_SLOTS, solid))
    if slot == "hamlet" and not any(e.type == "place" for e in solid):
        _add(solid, answers.hamlets(message))
    if answers.kind_of(slot) == "name" and not solid and intent.topic in ("inform", Intent().topic):
        solid += answers.bare_names(message)
    if slot == "num_students" and not solid:
        solid += answers.counted(message, "num_students")
    if not solid:
        return []
    strangers = [] if slot == "phone" else [e for e in phones if of_a_stranger(message, e)]
    kept = [e for e in solid if e not in strangers and not _taken_back(message, e, solid)]
    return sorted(kept, key=lambda e: (e.start, e.end))


@once
def _spans(message: Plain) -> tuple[tuple[int, int], ...]:
    return place_spans(message.text)


def _names(message: Plain) -> list[Entity]:
    """Names of people; "Hà Trung Thanh Hóa" inside a named place is none."""
    names = read_names(message)
    if not names:
        return []
    places = [(start, end, _UNIT.match(message.text, start) is not None) for start, end in _spans(message)]
    return [
        name
        for name in names
        if not any(start < name.start < end and (unit or name.end <= end) for start, end, unit in places)
        and not any((start, end) == (name.start, name.end) and len(name.text.split()) > 3 for start, end, _ in places)
    ]


# "tốt nghiệp đại học, muốn mua nhà ở xã hội", "đi Đức vừa làm vừa học nghề": no study to pay for
_NO_STUDIES = frozenset(("housing", "water", "abroad"))


def _study(message: Plain, slot: str | None, about: frozenset[str], solid: list[Entity], intent: Intent) -> list[Entity]:
    found: list[Entity] = []
    student = (
        "student" in about
        and ("released" not in about or message.has("sinh vien", "dai hoc"))
        and not (intent.programme in _NO_STUDIES and message.has("hoc nghe", "tot nghiep"))
        and not (message.has("tot nghiep") and _domains_said(message) & _NO_STUDIES)
    ) or slot in ("study_level", "school", "school_level")
    if student:
        _add(found, read_level(message))
        found += read_students(message, asked=slot == "num_students")
    if student or slot in ("stem_field", "study_field"):
        found += [
            e
            for e in read_field(message, asked=slot in ("stem_field", "study_field"))
            if not _overlaps(e, found) or slot
        ]
    if slot == "num_students":
        found += [e for e in read_students(message, asked=True) if e not in found]
    return found


def _unborn(entity: Entity, kind: str | None, on: date | None) -> bool:
    """ "2035" where a year of birth is asked for: nobody is born then, and it is no other date."""
    return kind == "year" and on is not None and len(entity.value) == 4 and int(entity.value) > on.year


def _money(message: Plain, kind: str | None, taken: list[Entity]) -> list[Entity]:
    if kind != "income":
        sums = read_money(message, [(e.start, e.end) for e in taken])
        return sums if sums or kind != "money" else [e for e in answers.round_sums(message) if not _overlaps(e, taken)]
    found = []
    for amount in amounts(message):
        if amount.sure and not amount.ranged:
            entity = money_entity(message, amount, pay=True)
            if not _overlaps(entity, taken):
                found.append(entity)
    return found


# the one may stand for the other: "lương 8 triệu chứ không phải 80 triệu" has a pay and a sum
_ALIKE = {"money": ("money", "income"), "income": ("money", "income"), "date": ("date", "release_date"), "release_date": ("date", "release_date")}
_VALUES = frozenset(("money", "income", "duration", "date", "release_date", "age", "birth_year", "num_students"))
_COUNTRY_OR_PERSON = ("destination_country", "person_name")
_UNIT = re.compile(
    r"(?:xã|xa|phường|phuong|huyện|huyen|tỉnh|tinh|thôn|thon|xóm|xom|ấp|ap|bản|ban|buôn|thị|thi|thành|thanh|quận|quan|đặc|dac|khối|tổ|khu|p|q|tp|tx|tt|h|x|t)(?![^\W\d_])",
    re.IGNORECASE,
)


# a hamlet or quarter right before the commune: "khối 3 phường Cửa Lò", "bản Pà Khốm xã Tri Lễ"
_HAMLET_BEFORE = re.compile(
    r"(?<![^\W\d_])(?:(?i:thôn|thon|xóm|xom|ấp|ap|bản|ban|buôn|buon|làng|lang|khối phố|khoi pho|khối|khoi|khóm|khom|tổ dân phố|to dan pho|tdp|tổ|to|khu phố|khu pho|kp|khu|tiểu khu|tieu khu|đội|doi|sóc|soc)"
    r"(?:\s+số)?\s*(?:\d+[a-zA-Z]?|(?:[A-ZĐÀ-Ỹ][^\W_]*\s+){0,2}[A-ZĐÀ-Ỹ][^\W_]*))[\s,\-]+$"
)
_PAPERS_AFTER = re.compile(r"[\s,]+(?:HĐ|HD|LĐ|HS|GD|ĐK|DTTS)$")  # a contract's short form behind a place


_COMMUNE = re.compile(r"(?:xã|xa|phường|phuong|thị|thi|đặc khu|dac khu|p|x|tt)\b", re.IGNORECASE)


def _with_hamlet(text: str, start: int) -> int:
    """Where the place begins with its hamlet, where one stands right before the unit word."""
    if not _COMMUNE.match(text, start):
        return start
    match = _HAMLET_BEFORE.search(text, max(0, start - 40), start)
    return match.start() if match and not text.isupper() else start


# the number of a house before its street: "Số 12 ngõ 45 đường Lê Lợi", "nhà 7, đường Nguyễn Du"
_HOUSE_BEFORE = re.compile(
    r"(?:(?<![^\W\d_])(?:số nhà|so nha|sn|số|so)\s*\d+[a-zA-Z]?(?:/\d+[a-zA-Z]?)*|(?:(?<=^)|(?<=[,;] )|(?<=nhà )|(?<=nha )|(?<=ở )|(?<=dạ )|(?<=tại ))\d+[a-zA-Z]?(?:/\d+[a-zA-Z]?)*)[\s,]+$",
    re.IGNORECASE,
)
_STREET = re.compile(r"(?:ngõ|ngo|ngách|ngach|hẻm|hem|kiệt|kiet|đường|duong|phố|pho)\s", re.IGNORECASE)


def _with_house(text: str, start: int) -> int:
    """Where the place begins with the number of the house, where its first word is a street's."""
    if not start or not _STREET.match(text, start):
        return start
    match = _HOUSE_BEFORE.search(text, max(0, start - 24), start)
    return match.start() if match else start


_GROUP_WORD = re.compile(r"(?<![^\W\d_])(?:khu phố|khu pho|khu dân cư|tổ dân phố|to dan pho|khối phố|khoi pho|khối|khu|tổ|kp|tdp)\s+$", re.IGNORECASE)
_ITS_NUMBER = re.compile(r"\s\d{1,2}(?=\s*(?:$|[,.]|ạ|a\b|nhé|nha|đó|nhe|em\b|ad\b|xã|phường|thị))", re.IGNORECASE)


def _numbered_hamlet(text: str, start: int, end: int) -> tuple[int, int]:
    """ "Khu phố Bình Thuận 2": with the word before the name and the number after it."""
    group = _GROUP_WORD.search(text, max(0, start - 14), start)
    number = _ITS_NUMBER.match(text, end)
    if group is None and not _HAMLET_WORD.match(text, start):
        return start, end
    return (group.start() if group else start), (number.end() if number else end)


_HAMLET_WORD = re.compile(r"(?:thôn|thon|xóm|xom|ấp|ap|bản|ban|buôn|buon|làng|lang|khóm)\s", re.IGNORECASE)


def _without_papers(text: str, start: int, end: int) -> int:
    match = _PAPERS_AFTER.search(text[start:end])
    return start + match.start() if match else end


_NAMES_A_PLACE = re.compile(
    r"(?:^|[,.]|\b(?:o|ở|tai|tại|ve|về|que|quê|hk|tru|trú|tinh|tỉnh|tu|từ|den|đến|ra|vao|vào|ben|bên|len|lên|duoi|dưới|trong|ngoai|ngoài))\s*$"
)


_SHORTEST_PLACE = 5  # letters; "vinh" in small letters is too short to be a town by itself


def _named_in_small_letters(message: Plain, start: int, text: str) -> bool:
    """ "học ở quy nhơn", "con đi học trên cần thơ": who types no capitals at all names places in small letters too."""
    before = message.text[:start].lower()
    if not message.accented:
        return _NAMES_A_PLACE.search(before) is not None
    small = not any(word.upper for word in message.words[1:])
    return small and text not in _NO_TOWNS and len(text) > _SHORTEST_PLACE and not text.isascii() and _STANDS_IN.search(before) is not None


_STANDS_IN = re.compile(r"(?:^|[^\W_]\s|\s)(?:ở|tại|về|quê|tận|trên|dưới|trong|lên|bên|vô)\s$")
_NO_TOWNS = frozenset(("trung tâm", "rạng đông", "thứ ba", "tự do", "an toàn", "bách khoa", "quốc khánh", "trung bình", "năm cuối", "đồng ý", "xã hội", "thống nhất"))


def _place_entities(message: Plain, asked: bool, others: list[Entity]) -> list[Entity]:
    """Places as written. What stands in small letters without a unit word in a text with accents is no name."""
    found = []
    for begin, stop in _spans(message):
        start, end = _with_house(message.text, _with_hamlet(message.text, begin)), _without_papers(message.text, begin, stop)
        if asked:
            start, end = _numbered_hamlet(message.text, start, end)
        name = next((e for e in others if e.type in _COUNTRY_OR_PERSON and e.start < end and start < e.end), None)
        text = message.text[start:end]
        if name is not None and name.end < end and name.type == "person_name":
            text = message.text[name.end : end].lstrip(" ,.-")
        if not text or (text.islower() and not asked and not _UNIT.match(text) and not _named_in_small_letters(message, start, text)):
            continue
        found.append(Entity("place", text, text, end - len(text), end))
    return found


def _add(known: list[Entity], more: list[Entity]) -> None:
    if more:
        known += [e for e in more if not _overlaps(e, known)]


def _overlaps(entity: Entity, others: list[Entity]) -> bool:
    return any(entity.start < other.end and other.start < entity.end for other in others)


def _taken_back(message: Plain, entity: Entity, entities: list[Entity]) -> bool:
    """ "20 triệu chứ không phải 25 triệu", "không phải 25 mà là 20": the value after "không phải" does not stand."""
    if entity.type == "household_class":
        return False
    before = " " + " ".join(w.key for w in message.words if w.end <= entity.start) + " "
    after = " " + " ".join(w.key for w in message.words if w.start >= entity.end) + " "
    alike = _ALIKE.get(entity.type, (entity.type,))
    if not any(other.type in alike and other is not entity for other in entities):
        # "không phải 50 triệu đâu": nothing is said in its stead
        return entity.type in _VALUES and after.startswith(" dau ") and before.endswith((" khong phai ", " khong phai la "))
    return bool(_DROPPED.search(before) or _THEN_OTHER.match(after))


# ---- choices, places, asides


_YES_IDS = ("yes", "true", "co", "agree", "send")
_NO_IDS = ("no", "false", "khong", "disagree")
_UNSURE_IDS = ("unsure", "unknown", "dont_know")


def _id_value(choice_id: str) -> str:
    """ "poverty_status=poor" -> "poor": the part of an id that says the value."""
    return choice_id.rpartition("=")[2] if "=" in choice_id else choice_id


_NUMERIC = {"money", "income", "integer", "study_year", "number", "months", "year", "date", "phone", "cccd"}


def _choice(message: Plain, expecting: Expecting, slot: str | None, answer: Any, stance: Stance) -> str | None:
    """The offered choice that the text picks: word for word, through the answer, by number, or by part of a label."""
    choices = expecting.choices
    if not choices or isinstance(answer, Ambiguous):
        return None
    if answer is not None:
        wanted = {str(answer), str(answer).lower()}
        wanted |= set(_YES_IDS if answer is True else _NO_IDS if answer is False else ())
        chosen = exact(message, choices) or _with_id(choices, wanted)
        if chosen is not None or isinstance(answer, bool) or answers.kind_of(slot) in _NUMERIC:
            return chosen
    said_number = _with_id(choices, {e.value for e in read_phone(message)})
    if said_number is not None:
        return said_number
    by_words = pick(message, choices, numbers=answers.kind_of(slot) not in _NUMERIC)
    if by_words is not None:
        return by_words
    if stance.unsure:
        return _with_id(choices, set(_UNSURE_IDS))
    if slot is None and stance.yes is not None:
        return _with_id(choices, set(_YES_IDS if stance.yes else _NO_IDS))
    return None


def _with_id(choices: tuple[Choice, ...], wanted: set[str]) -> str | None:
    return next((c.id for c in choices if _id_value(c.id) in wanted), None)


def _value_of(choice_id: str, expecting: Expecting, slot: str | None) -> Any:
    """The value that a choice stands for, where the slot's kind tells."""
    value = _id_value(choice_id)
    kind = answers.kind_of(slot)
    if kind == "bool":
        return True if value in _YES_IDS else False if value in _NO_IDS else None
    if value in _UNSURE_IDS or kind is None:
        return None
    if kind in ("money", "income", "integer", "study_year", "months", "year"):
        return int(value) if value.isdigit() else None
    return value


_PLACE_WORD = re.compile(
    r" (?:xa|phuong|huyen|tinh|thon|xom|ap|thi tran|thi xa|thanh pho|quan|que|o|tai|ve|dac khu|khu)(?= )"
)
_PLACE_SLOTS = {"place", "hamlet"}
_NO_SUCH_PLACE = 0.4  # below it, a text that is a person's name is that and no place


def _of_english(intent: Intent, text: str) -> Intent:
    """A short English question is known by its words, and so is a loan for "my kid's college"."""
    asked = question(text) if len(text) <= LONGEST else None
    if asked is not None and intent.topic != asked:
        intent = msgspec.structs.replace(intent, topic=asked, topics=(asked,), confidence=1.0)
    if not intent.programmes and lends_for_studies(text[:LONGEST]):
        intent = msgspec.structs.replace(intent, programme="student", programmes=("student",))
    return intent


def _by_units(places: Callable[[str], Places] | None) -> Callable[[str], Places] | None:
    """Reads "Nghi Loc commune" as "xã Nghi Loc"."""
    return None if places is None else lambda text: places(with_units(text))


def _with_before(
    places: Callable[[str], Places] | None, before: str, unsure: bool = False
) -> Callable[[str], Places] | None:
    """Reads a text together with the place named before, which it may narrow down ("Đan Phượng", after "xã Tân Lập").
    Whoever is `unsure` and names nothing says no more of it."""
    if places is None or not before:
        return places

    def together(text: str) -> Places:
        alone = places(text)
        if unsure and not alone.candidates and not alone.ambiguous:
            return alone
        # What was said before may be the smaller unit or the larger one; the better reading of the two orders counts.
        ways = (places(f"{before}, {text}"), places(f"{text}, {before}"))
        both = min(ways, key=lambda found: (not found.candidates, found.ambiguous, len(found.candidates)))
        if not both.candidates and not both.ambiguous:
            return alone
        if alone.ambiguous and 0 < len(alone.candidates) < len(both.candidates):
            return alone  # the answer says more by itself than with what was said before
        if alone.candidates and not alone.ambiguous and (both.ambiguous or both.candidates[0] != alone.candidates[0]):
            return alone  # another place, told in full
        return both

    return together


def _places(
    message: Plain, slot: str | None, places: Callable[[str], Places] | None, entities: list[Entity]
) -> Places | None:
    """Place candidates: always for a question about a place, else only where the text looks like it names one."""
    if places is None or not message.words:
        return None
    if any(e.type == "place" for e in entities):
        return places(message.text)
    if answers.kind_of(slot) in _PLACE_SLOTS:
        found = places(message.text)
        weak = not found.candidates or found.candidates[0].score < _NO_SUCH_PLACE
        return None if weak and any(e.type == "person_name" for e in entities) else found
    return places(message.text) if _PLACE_WORD.search(message.line) and not is_question(message) else None
