"""The household's class and the person's marital status, as said of the speaker's own household only."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.lexicon import load
from nlu.pattern import Found, Patterns, without_overlap
from nlu.reading import Entity
from nlu.text import Plain

# a programme's name, a condition asked about, or a comparison: not the speaker's own class
_NOT_OWN_BEFORE = re.compile(
    r" (?:(?:cho )?(?:vay|loan|muon)(?: von| tien| theo| chuong trinh| dien| ho| cho| danh cho| danh)?|(?:goi|lai|lai suat|muc|han muc|chinh sach|uu dai|quy dinh|dieu kien|thu tuc|ho so|giay to|ho tro|tien|von)(?: vay)? (?:cho|cua|voi|doi voi|ap dung cho)|chuong trinh(?: cho vay)?|goi|nguon|von|tin dung|no|khoan vay|chi(?: ai| co| danh cho)?|hay chi ai|danh cho|danh sach|"
    r"(?:can|phai|bat buoc|nhat thiet|buoc)(?: phai)?(?: la| thuoc| co| vao)?(?: dien| so)?|hon|nhu|so voi|xac nhan|giay|giay xac nhan|ai|moi|chuan|tieu chi|xet|binh xet|"
    r"bang|kem|giong|giong nhu|tuong tu|may|cac|nhung|nhieu|doi tuong|dieu kien|the nao la|khac|nguoi ta|goi la|huong che do|uu tien|ngoai|dang ky|xin vao|lam|ho so|(?:lam sao|the nao|muon|lam gi)(?: [a-z]+){0,2} vao(?: danh sach| dien)?) $"
)
# the class of somebody else, for whom nothing is asked: "bà hàng xóm mới là hộ nghèo", "anh họ tôi hộ nghèo thì được vay"
_OF_ANOTHER = re.compile(
    r" (?:hang xom|(?:anh|chi|em|chu|bac|co) ho(?! ngheo| can| kho| moi| gia| chinh)|(?:co|may|nhieu|dua|thang|nhung) (?:dua |nguoi |thang |con )?ban|ban be|ban (?:em|toi|minh|tui|con|chau|hoc|cung lop|cung phong|cung xom)"
    r"|(?:may|nhieu|cac|bao nhieu) (?:nha|ho|nguoi|gia dinh)|nha (?:ben|khac|nguoi ta|hang xom|ke ben|do|no|kia|ay)|nguoi ta|nguoi khac|ho khac|nha ben canh)"
    r"(?: (?:em|toi|minh|tui|con|chau))?(?: (?!(?:em|toi|minh|tui|hoi|nho|con nha)(?= ))[a-z]+){0,4} $"
)
_ASKED_FOR_THEM = re.compile(
    r" (?:cho|giup|gium|ho|dum|thay|nho)(?: [a-z]+){0,3} (?:hang xom|ban|ho|nguoi)(?= )| nho(?= )"
)
_OF_THAI_BINH = re.compile(r"thai (?:binh|nguyen|lan|hoa|thuy)(?= )")  # "người Thái Bình" is of the province
_ASKED_CONDITION = re.compile(r" co (?:phai|can)(?: la| thuoc)? $")
_NOT_OWN_AFTER = re.compile(
    r" (?:(?:(?:hay|hoac|va|voi) (?:ho )?can ngheo )?moi(?! ra| dung)|khac|(?:(?:va|voi|hay) )?(?:ho )?can ngheo (?:co )?(?:khac|giong)|la gi|la the nao|la nhu)(?: duoc)?(?= )"
)
_IS_LENT = re.compile(r" (?:duoc )?(?:vay|muon)(?= )")  # "cho hộ nghèo vay lãi bao nhiêu"
_NEGATED = re.compile(
    r" (?:khong|hong|chang|cha|dau|chua)(?: (?:phai|thuoc|co|nam|o|con|la|duoc|bi|vao|trong|dien|so|danh|sach|thi|he|phai|xep|ho|mot|cong|nhan|xet|cap|ten|vo|cho|len|dua)){0,5} $"
)
_ALSO_NEGATED = re.compile(
    r" (?:ngheo|kho khan) (?:hay|va|hoac|cung khong phai|cung khong|cung hong|lan|,|hay la|khong)(?: (?:thuoc|phai|la|ho|khong|cung|ca))* $"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[Patterns, Patterns, Patterns]:
    people = load("people")

    def compiled(*keys: str) -> Patterns:
        return Patterns((p, value) for key in keys for value, phrases in people[key].items() for p in phrases)

    return compiled("household_class"), compiled("marital_status"), compiled("marital_status", "marital_housing_only")


def read_household(plain: Plain, forced: bool = False) -> list[Entity]:
    """Household classes; `forced` when the question asks for it, so that any mention counts."""
    if plain.keys.isdisjoint(_HINT_WORDS) or not _HINTS.search(plain.line):
        return []
    found = without_overlap(_patterns()[0].find(plain))
    entities: list[Entity] = []
    negated_from: Found | None = None
    for one in found:
        before = plain.line[: plain.offsets[one.first]]
        if plain.words[one.last - 1].key == "thai" and _OF_THAI_BINH.match(plain.line, plain.offsets[one.last - 1]):
            continue
        if _NEGATED.search(before) or (negated_from is not None and _ALSO_NEGATED.search(before)):
            if one.payload in ("poor", "near_poor", "difficult", "newly_escaped_poverty") and negated_from is None:
                start, end = plain.span(one.first, one.last)
                entities.append(Entity("household_class", "none", plain.text[start:end], start, end))
            negated_from = one
            continue
        after = plain.line[plain.offsets[one.last] - 1 :] if one.last < len(plain.words) else " "
        if not forced and (
            (_NOT_OWN_BEFORE.search(before) and not _is_sister(plain, one))
            or _NOT_OWN_AFTER.match(after)
            or (before.endswith(" cho ") and _IS_LENT.match(after))
            or _ASKED_CONDITION.search(before)
        ):
            continue
        if _OF_ANOTHER.search(before) and not _ASKED_FOR_THEM.search(before):
            continue
        if one.payload == "difficult" and not forced and _programme_name(plain, one):
            continue
        if any(e.value == one.payload for e in entities):
            continue
        start, end = plain.span(one.first, one.last)
        entities.append(Entity("household_class", one.payload, plain.text[start:end], start, end))
    if any(e.value == "newly_escaped_poverty" for e in entities):
        entities = [e for e in entities if e.value != "poor"]  # "năm ngoái còn hộ nghèo, năm nay thoát rồi"
    if any(e.value != "none" for e in entities):
        entities = [e for e in entities if e.value != "none"]
    return entities


def _is_sister(plain: Plain, one: Found) -> bool:
    """ "nhà chị hộ cận nghèo": chị, not chỉ."""
    before = plain.words[one.first - 1] if one.first else None
    if before is None or before.key != "chi":
        return False
    if before.raw.isascii():
        return one.first > 1 and plain.words[one.first - 2].key in ("nha", "dinh", "cua")  # "nha chi ho can ngheo"
    return before.means("chị")


_HINTS = re.compile(
    r" (?:ngheo|dan toc|liet|thuong binh|benh binh|co cong|kho khan|trung binh|muc song|dong bao|nguoi|ho can|chinh sach|poor) "
)
_HINT_WORDS = frozenset(("ngheo", "toc", "liet", "binh", "cong", "khan", "muc", "bao", "nguoi", "can", "sach", "poor"))


def _programme_name(plain: Plain, one: Found) -> bool:
    """ "học sinh sinh viên có hoàn cảnh khó khăn" is how the law calls the programme."""
    before = plain.line[: plain.offsets[one.first]]
    return bool(re.search(r" (?:sinh vien|hoc sinh)(?: co)? $", before)) or "vung" in before[-8:]


def read_marital(plain: Plain, housing: bool = False) -> list[Entity]:
    """Marital status; a bare "vợ" or "chồng" says married only where housing is meant."""
    found = (_patterns()[2] if housing else _patterns()[1]).longest(plain)
    entities: list[Entity] = []
    for one in found:
        if one.payload == "married" and _still_to_come_or_of_a_child(plain, one, housing):
            continue
        if any(e.value == one.payload for e in entities):
            continue
        start, end = plain.span(one.first, one.last)
        entities.append(Entity("marital_status", one.payload, plain.text[start:end], start, end))
    values = {e.value for e in entities}
    if values & {"single_parent", "divorced", "widowed", "single"}:
        entities = [e for e in entities if e.value != "married"]
    return entities


_WEDS = frozenset(("lay", "cuoi", "ket", "lap"))
_STILL_TO_COME = re.compile(r" (?:sap|dinh|chuan bi|muon|se|tinh|cho|doi|truoc khi|den khi|chua|khong|de|tien)(?: (?:toi|den|duoc|khi|di))? $")
_A_CHILD = re.compile(
    r" (?:(?:con|chau|chi|em|dua|thang)(?: con)?(?: (?:gai|trai|lon|dau|ut|nho|ca))|con (?:toi|tui|minh|bac|em)|con be|dua (?:lon|nho|dau|ut)|chi (?:ca|hai|ba)|may chi)(?: (?:nha )?(?:toi|tui|em|minh|bac|co|chu|chau|ca|lon|dau|ut))?(?: (?:thi|no|da|di|cung|moi|vua|ma)){0,2} $"
)


def _still_to_come_or_of_a_child(plain: Plain, one: Found, housing: bool) -> bool:
    """ "sắp cưới vợ" says nothing yet; "con gái tui lấy chồng xa" says it of one who has left the house."""
    if plain.words[one.first].key not in _WEDS:
        return False
    before = plain.line[: plain.offsets[one.first]]
    return _STILL_TO_COME.search(before) is not None or (not housing and _A_CHILD.search(before) is not None)
