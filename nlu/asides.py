"""What people say beside the matter: why do you ask, according to which law, hide this, stop, in English please.

Pure patterns on folded text; accents are looked at only where they part two words ("dừng" from "đúng").
"""

from __future__ import annotations

import re

from nlu.text import agrees, fold, nfc

_WHY = re.compile(
    r"\b(?:sao|tai sao|vi sao)\b.{0,12}\bhoi\b"
    r"|\bhoi\b.{0,24}\b(?:lam gi|de lam gi|chi v|lam chi|man chi|chi rua)\b"
    r"|\b(?:can|lay|xin|dua)\b.{0,30}\b(?:de lam gi|lam chi|man chi)\b"
    r"|\bwhy (?:do|are|did) you (?:ask|need|want)|\bwhy (?:this|that|the) question|^\W*why\W*$"
)
_WHY_NEEDS = ("hoi", "lam gi", "lam chi", "man chi", "why")
_ASKING = re.compile(r"\b(?:cho|xin|muon|can|dinh|nho)\b(?:\s+\w+){0,2}\s*$")  # "cho em hỏi" asks, it does not wonder
_LAW = re.compile(
    r"\b(?:theo|can cu|dua)\b.{0,14}\b(?:luat|quy dinh|nghi dinh|quyet dinh|van ban|dieu|dau)\b.{0,14}\b(?:nao|dau|gi|may)\b"
    r"|(?<!\bky )(?<!\bphap )\b(?:luat|quy dinh|nghi dinh|quyet dinh|van ban)\b.{0,8}\b(?:nao|gi)\b"
    r"|\b(?:which|what) (?:law|rule|decree|regulation)|\baccording to (?:which|what)\b"
)
_LAW_NEEDS = ("theo", "can cu", "dua", "luat", "dinh", "van ban", "law", "rule", "decree", "regulation", "according")
_STOP = re.compile(
    r"^\W*(?:dung(?P<on>\s+(?:lai|di))?|stop|quit|exit|thoat|thoat ra|ket thuc|huy)(?:\s+(?:a|nhe|nha|di|lai|it|please))*\W*$"
)
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_DATA = re.compile(
    r"\b(?:xoa|huy|xem|coi|sua|rut lai)\b.{0,12}\b(?:thong tin|du lieu|dong y|su dong y)\b"
    r"|\b(?:thong tin|du lieu) (?:cua |ve )?(?:toi|em|minh|chau|con|bac|co|chu)\b.{0,10}\b(?:dau|gi|nao)\b"
    r"|\b(?:delete|erase|remove|clear|show|see|view|withdraw|take back)\b.{0,16}\b(?:data|information|details|consent)\b"
)
_UNCONSENT = re.compile(
    r"\b(?:rut|thu hoi|huy|bo)(?: lai| bo)?(?: (?:cai|luon|het|lai))?(?: su| loi)? dong y\b"
    r"|\b(?:withdraw|revoke|take back|cancel)(?: \w+){0,2} consent\b"
)
_KEEP_NO_MORE = re.compile(
    r"\b(?:khong|ko|hong|chang)(?: con| co)? (?:dong y|cho phep|cho|muon)\b.{0,30}\b(?:giu|luu|dung|su dung)\b.{0,30}\b(?:thong tin|du lieu)\b"
    r"|\b(?:dung|khong duoc|thoi) (?:co )?(?:giu|luu)\b.{0,20}\b(?:thong tin|du lieu)\b"
    r"|\b(?:stop|do not|don.?t) (?:keep|keeping|store|storing|use|using) (?:my|our) (?:data|information|details)\b"
)
_DATA_NEEDS = ("thong tin", "du lieu", "dong y", "data", "information", "details", "consent")
_HIDE = re.compile(
    r"^\W*(?:an(?: di| ngay| man hinh| het| tin nhan| giup)?|che di|giau di|thoat nhanh|co nguoi(?: den| toi| vao)?|(?:xoa|tat|don) man hinh"
    r"|hide(?: it| this| that| all| now)?(?: please)?|clear (?:the )?screen)(?: di| ngay| giup| nhe| voi)*\W*$"
)
_POLITE = r"(?:hello|hi|hey|sorry|please|pls|plz|only|now|version|di|nhe|a|duoc khong|luon|voi|\W)*"
_ENGLISH = re.compile(
    rf"^{_POLITE}(?:in )?(?:english|eng|tieng anh){_POLITE}$"
    r"|\b(?:speak|use|switch to|change to|talk|understand|reply|answer|write|explain|continue|have)(?: \w+){0,2}? (?:in )?english\b"
    r"|\benglish (?:please|pls|plz|version|speaker)\b"
    r"|\b(?:no|not speak|n.?t speak|not understand|n.?t understand|not know|n.?t know) vietnamese\b"
    r"|\b(?:noi|dung|chuyen|doi|tra loi|xai)(?: \w+){0,3} tieng anh\b"
)
_ENGLISH_NEEDS = ("eng", "vietnamese")  # "eng" stands in "tieng anh", too
_VIETNAMESE = re.compile(
    rf"^{_POLITE}(?:in )?(?:vietnamese|tieng viet){_POLITE}$"
    r"|\b(?:speak|use|switch (?:back )?to|change (?:back )?to|back to) vietnamese\b|\bvietnamese please\b"
    r"|\b(?:noi|dung|chuyen|doi|tra loi|xai|quay lai|ve)(?: \w+){0,3} tieng viet\b"
)
_VIETNAMESE_NEEDS = ("viet",)
_OF_STUDY = frozenset(("stem_field", "study_field", "school"))  # here "tiếng Anh" is what one studies


def _holds(needs: tuple[str, ...], folded: str) -> bool:
    """Whether one of the pieces stands in the text of which each match of a pattern holds one; much faster than the pattern."""
    for need in needs:  # noqa: SIM110 (a generator costs as much as the search)
        if need in folded:
            return True
    return False


def asks_why(text: str) -> bool:
    """True for "sao lại hỏi vậy", "hỏi cái đó làm gì": the person wants to know why we ask."""
    folded = fold(text)
    found = _WHY.search(folded)
    return found is not None and not _ASKING.search(folded[: found.start()])


def asks_law(text: str) -> bool:
    """True for "theo quy định nào", "luật nào": the person wants the rule behind the last answer."""
    return bool(_LAW.search(fold(text)))


def wants_hidden(text: str) -> bool:
    """True for "ẩn", "ẩn đi": somebody looks over the shoulder."""
    return _HIDE.match(fold(text)) is not None


def wants_to_stop(text: str) -> bool:
    """True for a bare "dừng", "thoát", "stop": leave what we are doing. "đúng", also typed "dung", is a yes."""
    found = _STOP.match(fold(text))
    if found is None:
        return False
    first = _FIRST_WORD.search(nfc(text).lower())
    if first is None or fold(first.group()) != "dung":
        return True
    if first.group().isascii():
        return found["on"] is not None
    return agrees(first.group(), "dừng")


def wants_language(text: str, slot: str | None = None) -> str | None:
    """ "en" for "English", "do you speak English?", "nói tiếng Anh đi"; "vi" for the way back."""
    folded = fold(text)
    if slot in _OF_STUDY:
        return None
    if _holds(_ENGLISH_NEEDS, folded) and _ENGLISH.search(folded):
        return "en"
    return "vi" if _holds(_VIETNAMESE_NEEDS, folded) and _VIETNAMESE.search(folded) else None


def about_own_data(text: str) -> bool:
    """True for "xóa hết thông tin của tôi", "xem dữ liệu"."""
    return bool(_DATA.search(fold(text)))


def takes_consent_back(text: str) -> bool:
    """True for "rút lại đồng ý", "tôi không đồng ý cho giữ thông tin nữa"."""
    folded = fold(text)
    return bool(_UNCONSENT.search(folded) or _KEEP_NO_MORE.search(folded))


_OWN_TOO = re.compile(
    r"\b(?P<beside>con|the|the con) (?:toi|minh|tui|em|chi|anh|co|chau) "
    r"(?:thi (?:sao|the nao|muon|can|dinh|dang)|co (?:duoc )?vay|muon vay|cung (?:muon|can))\b"
)
_OWN = re.compile(
    r"\b(?:hoi|vay|dang ky|lam) cho (?:ban than|chinh (?:toi|minh|em|tui))\b"
    r"|\b(?:viec|chuyen|ho so) cua (?:toi|tui|minh|chinh toi)\b"
    r"|\b(?:toi|tui|minh|em|chau) (?:thi |xin |hoan toan )?(?:dong y|nhat tri)\b"
)
_OWN_TOO_NEEDS = ("thi", "vay", "cung")
_OWN_NEEDS = ("thi sao", "the nao", "co vay", "duoc vay", "muon vay", "ban than", "cho chinh", "cua", "dong y", "nhat tri")
_LEFT = re.compile(
    r"\bhow many (?:more )?questions\b|\b(?:may|bao nhieu) cau nua\b|\bcon (?:may|bao nhieu|nhieu) cau\b|\b(?:sap|gan) xong chua\b|\bhoi nhieu (?:the|vay|qua)\b"
)
_LEFT_NEEDS = ("questions", "cau", "xong chua", "hoi nhieu")


def about_oneself(text: str) -> bool:
    """True for "còn tôi thì sao", "vay cho chính tôi", "tôi đồng ý": said for the speaker, nobody else."""
    folded = fold(text)
    if _holds(_OWN_TOO_NEEDS, folded) and (found := _OWN_TOO.search(folded)) and not _a_child(text, found["beside"]):
        return True
    return _holds(_OWN_NEEDS, folded) and bool(_OWN.search(folded))


def _a_child(text: str, beside: str) -> bool:
    """ "Con tôi muốn vay" speaks of the child, "còn tôi thì muốn vay" of oneself; without any accents it is oneself."""
    words = [word for word in _FIRST_WORD.findall(nfc(text).lower()) if fold(word) == "con"]
    return beside == "con" and not text.isascii() and "còn" not in words


def asks_how_much_is_left(text: str) -> bool:
    """True for "mấy câu nữa vậy em", "sắp xong chưa"."""
    return bool(_LEFT.search(fold(text)))


_ANGRY = re.compile(
    r"\b(?:buc (?:minh|qua|xuc)|tuc (?:qua|minh|dien)|lam an kieu|vo trach nhiem|lua dan|chan qua|goi (?:mai|hoai)|mac ke dan"
    r"|khong ai (?:nghe|tra loi|giai quyet)|noi nhieu|met qua|ngu|do (?:dien|khung))\b"
    r"|\b(?:gi|kieu gi|sao) ma (?:lam|nhieu|lau|kho|met|rac roi)(?: the| vay| rua| ri)?\b"
    r"|\b(?:hoi|doi|thuc|giuc|nhac|phien|goi)(?: no| tien| tra)?(?: \w+)? (?:suot ngay|suot|hoai|mai|lien tuc)\b"
    r"|\bda (?:lam sao|sao dau|chet ai)\b"
)
SHOUTED = 12  # letters, all of them capitals


def sounds_angry(text: str) -> bool:
    """True for shouting in capitals, for words of anger and for a complaint of being pressed."""
    shouted = all(letter.isupper() for letter in text if letter.isalpha()) and sum(map(str.isalpha, text)) >= SHOUTED
    return shouted or complains(text)


def complains(text: str) -> bool:
    """True for words of anger or complaint, however they are typed: many people write every question in capitals."""
    return bool(_ANGRY.search(fold(text)))


_WAYS = (
    ("why", _WHY_NEEDS, asks_why),
    ("law", _LAW_NEEDS, asks_law),
    ("hide", (), wants_hidden),
    ("cancel", (), wants_to_stop),
    ("unconsent", _DATA_NEEDS, takes_consent_back),
    ("data", _DATA_NEEDS, about_own_data),
    ("left", _LEFT_NEEDS, asks_how_much_is_left),
)


def aside(text: str, mended: str = "", slot: str | None = None) -> str | None:
    """ "why" | "law" | "hide" | "cancel" | "unconsent" | "data" | "left" | "language:en" | "language:vi", or None.

    `mended`: the same text with its typing slips undone (nlu/text.py); `slot`: the question that is open.
    """
    folded = fold(text)
    mended = "" if mended == folded else fold(mended)
    both = f"{folded}\n{mended}"
    for name, needs, says in _WAYS:
        if needs and not _holds(needs, both):
            continue
        if name == "unconsent" and slot == "consent" and not _UNCONSENT.search(both):
            continue  # "tôi không đồng ý cho lưu thông tin" answers the question there
        if says(text) or (mended and name != "cancel" and says(mended)):
            return name
    language = wants_language(text, slot)
    return f"language:{language}" if language else None
