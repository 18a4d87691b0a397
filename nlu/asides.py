"""What people say beside the matter: why do you ask, according to which law, hide this, stop, in English please.

Pure patterns on folded text; accents are looked at only where they part two words ("dừng" from "đúng").
"""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.text import agrees, fold, nfc

# `…_NEEDS`: of these words at least one stands in every text where the pattern before finds something. Most texts hold none,
# and to look for words is much faster than for a pattern.
_SIGNS = frozenset(sign for sign in map(chr, range(128)) if not (sign.isalnum() or sign == "_"))
_NO_WORDS = str.maketrans(dict.fromkeys(_SIGNS, " "))


@lru_cache(maxsize=8)
def _words(folded: str) -> frozenset[str]:
    return frozenset(folded.translate(_NO_WORDS).split())


_WHY = re.compile(
    r"\b(?:sao|tai sao|vi sao)\b.{0,12}\bhoi\b"
    r"|\bhoi\b.{0,24}\b(?:lam gi|de lam gi|chi v|lam chi|man chi|chi rua)\b"
    r"|\b(?:can|lay|xin|dua)\b.{0,30}\b(?:de lam gi|lam chi|man chi)\b"
    r"|\bwhy (?:do|are|did) you (?:ask|need|want)|\bwhy (?:this|that|the) question|^\W*why\W*$"
)
_WHY_NEEDS = frozenset(["hoi", "lam", "man", "why"])
_ASKING = re.compile(r"\b(?:cho|xin|muon|can|dinh|nho)\b(?:\s+\w+){0,2}\s*$")  # "cho em hỏi" asks, it does not wonder
_LAW = re.compile(
    r"\b(?:theo|can cu|dua)\b.{0,14}\b(?:luat|quy dinh|nghi dinh|quyet dinh|van ban|dieu|dau)\b.{0,14}\b(?:nao|dau|gi|may)\b"
    r"|(?<!\bky )(?<!\bphap )\b(?:luat|quy dinh|nghi dinh|quyet dinh|van ban)\b.{0,8}\b(?:nao|gi)\b"
    r"|\b(?:which|what) (?:law|rule|decree|regulation)|\baccording to (?:which|what)\b"
)
_LAW_NEEDS = frozenset(["theo", "cu", "dua", "luat", "dinh", "ban", "which", "what", "according"])
_STOP = re.compile(
    r"^\W*(?:dung(?P<on>\s+(?:lai|di))?|stop|quit|exit|thoat|thoat ra|ket thuc|huy)(?:\s+(?:a|nhe|nha|di|lai|it|please))*\W*$"
)
_STOP_NEEDS = frozenset(["dung", "stop", "quit", "exit", "thoat", "ket", "huy"])
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
_AGREES_NO_MORE = re.compile(
    r"\b(?:khong|ko|hong|chang) (?:muon |con )?dong y(?: cho| gui| vay)? nua\b|\b(?:khong|ko|hong|chang) con dong y\b"
    r"|\b(?:doi y|nghi lai|khoan)\b.{0,16}\b(?:khong|ko|hong|chang) dong y\b"
    r"|\bno longer (?:agree|consent)\b|\b(?:do not|don.?t) (?:agree|consent) any ?more\b"
)
_DISAGREES = re.compile(r"^\W*(?:(?:thoi|khong|toi|em|minh|chau|tui)\W+)*(?:khong|ko|hong|chang) dong y(?: gui| dau| a)*\W*$")
_NO_QUESTION_OF_CONSENT = frozenset(("residence", "former", "hamlet", "loan_amount", "name", "phone", "contact_hours"))
_BEFORE_STOPPING = r"(?:(?:a|u|o|oi|ay|thoi|khoan|khoan da|tu tu|cho da|khong|ko|toi|em|minh|chau|doi y|doi y roi|nghi lai)\W+)*"
_UNSEND = re.compile(
    rf"^\W*(?P<before>{_BEFORE_STOPPING})(?P<no>dung|khong|ko|hong|chang|chua)(?: co| can| muon| nen)? gui"
    r"(?P<after>(?: (?:di|nua|voi|vay|nhe|nha|a|no|don|ho so|dang ky|dau|cho ai))*)"
    r"(?:\W+(?:toi |em |minh |chau )?(?:doi y|nghi lai|khong dong y)(?: roi| nua| day)*)?\W*$"
    r"|^\W*(?:(?:no|wait|stop|please)\W+)*(?:do not|don.?t) send(?: it| this| that| anything| yet| please)*\W*$"
)
_RESEND = re.compile(
    r"^\W*(?:(?:toi|em|minh|chau) )?(?:muon |xin |cho (?:toi |em |minh )?)?(?:gui|nop|dang ky)(?: (?:don|ho so|dang ky|mot|lan|them|cai|nay|vay))*"
    r" (?:lai|nua|lan nua)(?: (?:don|ho so|dang ky|lan nua|di|nhe|nha|a|voi|giup|cho toi|cho em))*\W*$"
    r"|^\W*(?:please )?(?:send|submit|apply)(?: it| this| my application| the application)* again(?: please)?\W*$"
)
_ERASE = re.compile(
    r"^\W*(?:(?:toi|em|minh|chau|hay|muon|xin|cho|giup|nho) )*(?:xoa|xoa bo)(?: giup| cho| toi| em| minh)* (?:het|sach|tat ca|toan bo)"
    r"(?: (?:di|nhe|nha|a|giup|cho|toi|em|minh|luon|moi thu|het|voi))*\W*$"
    r"|(?<!dung )(?<!khong )(?<!chua )\bxoa(?: (?:het|sach|bo|giup|cho|toi|em|minh|tat ca|toan bo|cac|nhung|moi|luon|di)){0,4} (?:thong tin|du lieu)\b"
    r"|\b(?:delete|erase|remove|clear)(?: all| everything)?(?: of)? (?:my|our) (?:data|information|details)\b"
    r"|^\W*(?:please )?(?:delete|erase) everything\W*$"
)
_ONLY_WONDERS = re.compile(r"\?\s*$|\b(?:duoc khong|the nao|lam sao|bao gio|khi nao|bao lau|co xoa|can i|how)\b")
_OWN_DATA = re.compile(
    r"^\W*(?:(?:cho|toi|em|minh|xin|muon|xem|coi|lai) )*(?:thong tin|du lieu)(?: ca nhan)? (?:cua |ve )?(?:toi|tui|em|minh|chau|con)"
    r"(?: (?:di|a|nhe|dau))*\W*$|^\W*my (?:data|information|details)\W*$"
)
_DATA_NEEDS = frozenset(["tin", "lieu", "y", "data", "information", "details", "consent", "agree"])
_SEND_NEEDS = frozenset(["gui", "nop", "dang", "send", "submit", "apply"])
_ERASE_NEEDS = frozenset(["xoa", "delete", "erase", "remove", "clear"])
_HIDE = re.compile(
    r"^\W*(?:an(?: di| ngay| man hinh| het| tin nhan| giup)?|che di|giau di|thoat nhanh|co nguoi(?: den| toi| vao)?|(?:xoa|tat|don) man hinh"
    r"|hide(?: it| this| that| all| now)?(?: please)?|clear (?:the )?screen)(?: di| ngay| giup| nhe| voi)*\W*$"
)
_HIDE_NEEDS = frozenset(["an", "che", "giau", "thoat", "co", "xoa", "tat", "don", "hide", "clear"])
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
_VIETNAMESE_NEED = "viet"
_OF_STUDY = frozenset(("stem_field", "study_field", "school"))  # here "tiếng Anh" is what one studies


def _holds(needs: frozenset[str], folded: str) -> bool:
    return not needs.isdisjoint(_words(folded))


def asks_why(text: str) -> bool:
    """True for "sao lại hỏi vậy", "hỏi cái đó làm gì": the person wants to know why we ask."""
    folded = fold(text)
    words = _words(folded)
    if "why" not in words and words.isdisjoint(("gi", "chi", "sao")):
        return False
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
    if any([need in folded for need in _ENGLISH_NEEDS]) and _ENGLISH.search(folded):
        return "en"
    return "vi" if _VIETNAMESE_NEED in folded and _VIETNAMESE.search(folded) else None


def about_own_data(text: str) -> bool:
    """True for "xóa hết thông tin của tôi", "xem dữ liệu"."""
    folded = fold(text)
    return bool(_DATA.search(folded) or _OWN_DATA.search(folded))


def wants_erased(text: str) -> bool:
    """True for "xóa hết", "xóa thông tin của tôi đi"; asking whether or how that is done is no order to do it."""
    folded = fold(text)
    return bool(_ERASE.search(folded)) and not _ONLY_WONDERS.search(folded)


def stops_sending(text: str) -> bool:
    """True for "khoan đã đừng gửi", "không, đừng gửi đi". Without accents "dung gui di" may as well be "đúng, gửi đi"."""
    found = _UNSEND.match(fold(text))
    if found is None:
        return False
    if found["no"] != "dung":
        return found["no"] != "chua" or "voi" in (found["after"] or "")
    plainly = bool(found["before"]) or "nua" in found["after"]
    typed = re.search(r"([^\W\d_]+) (?:có )?(?:g[^\W\d_]+)", nfc(text).lower())
    return plainly if typed is None or typed.group(1).isascii() else agrees(typed.group(1), "đừng") or agrees(typed.group(1), "dừng")


def sends_again(text: str) -> bool:
    """True for "gửi lại đi", "gửi đăng ký nữa"."""
    return bool(_RESEND.match(fold(text)))


def takes_consent_back(text: str) -> bool:
    """True for "rút lại đồng ý", "tôi không đồng ý cho giữ thông tin nữa"."""
    folded = fold(text)
    return bool(_UNCONSENT.search(folded) or _KEEP_NO_MORE.search(folded) or _AGREES_NO_MORE.search(folded))


_OWN_TOO = re.compile(
    r"\b(?P<beside>con|the|the con) (?:toi|minh|tui|em|chi|anh|co|chau) "
    r"(?:thi (?:sao|the nao|muon|can|dinh|dang)|co (?:duoc )?vay|muon vay|cung (?:muon|can))\b"
)
_OWN = re.compile(
    r"\b(?:hoi|vay|dang ky|lam) cho (?:ban than|chinh (?:toi|minh|em|tui))\b"
    r"|\b(?:viec|chuyen|ho so) cua (?:toi|tui|minh|chinh toi)\b"
    r"|\b(?:toi|tui|minh|em|chau) (?:thi |xin |hoan toan )?(?:dong y|nhat tri)\b"
)
_OWN_TOO_BESIDE = frozenset(("con", "the"))
_OWN_TOO_NEEDS = frozenset(["thi", "vay", "cung"])
_OWN_NEEDS = frozenset(["than", "chinh", "cua", "dong", "tri"])
_LEFT = re.compile(
    r"\bhow many (?:more )?questions\b|\b(?:may|bao nhieu) cau nua\b|\bcon (?:may|bao nhieu|nhieu) cau\b|\b(?:sap|gan) xong chua\b|\bhoi nhieu (?:the|vay|qua)\b"
)
_LEFT_NEEDS = frozenset(["questions", "cau", "xong", "nhieu"])


def about_oneself(text: str) -> bool:
    """True for "còn tôi thì sao", "vay cho chính tôi", "tôi đồng ý": said for the speaker, nobody else."""
    folded = fold(text)
    beside = _holds(_OWN_TOO_BESIDE, folded) and _holds(_OWN_TOO_NEEDS, folded)
    if beside and (found := _OWN_TOO.search(folded)) and not _a_child(text, found["beside"]):
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
    r"|khong ai (?:nghe|tra loi|giai quyet)|noi nhieu|met qua|ngu|do (?:dien|khung|khon)|ky cuc|lam kho dan|an cuop|quan cuop|deo|dm|dcm|vcl"
    r"|cai quai gi|stupid|damn|ridiculous)\b"
    r"|\b(?:gi|kieu gi|sao) ma (?:lam|nhieu|lau|kho|met|rac roi)(?: the| vay| rua| ri)?\b"
    r"|\b(?:hoi|doi|thuc|giuc|nhac|phien|goi)(?: no| tien| tra)?(?: \w+)? (?:suot ngay|suot|hoai|mai|lien tuc)\b"
    r"|\bda (?:lam sao|sao dau|chet ai)\b"
)
_ANGRY_NEEDS = frozenset(
    ["buc", "tuc", "kieu", "trach", "chan", "hoai", "met", "ngu", "dien", "khung", "khon", "cuc", "cuop", "deo", "dm", "dcm", "vcl", "quai", "stupid", "damn", "ridiculous", "suot", "lien", "chet"]
)
_ANGRY_TOGETHER = tuple(  # each word with one of those that must stand beside it
    (word, frozenset(beside.split()))
    for word, beside in (("ma", "gi sao"), ("noi", "nhieu"), ("ai", "khong"), ("dan", "kho lua ke"), ("mai", "goi hoi doi thuc giuc nhac phien"), ("da", "sao"))
)


_ANGRY_ANY = _ANGRY_NEEDS.union(word for word, _ in _ANGRY_TOGETHER)


def _may_complain(words: frozenset[str]) -> bool:
    if words.isdisjoint(_ANGRY_ANY):
        return False
    return not words.isdisjoint(_ANGRY_NEEDS) or any(
        [word in words and not words.isdisjoint(beside) for word, beside in _ANGRY_TOGETHER]
    )


_DESPAIR = re.compile(
    r"(?<!\btuc )(?<!\bmet )(?<!\bcuoi )(?<!\bnong )(?<!\bdoi )(?<!\blo )(?<!\bso )\b(?:muon|dinh|tinh) chet\b"
    r"|\bchet (?:quach|di cho|cho (?:xong|roi|khoe))\b|\bquyen sinh\b|\bkhong (?:muon|thiet|con muon) song\b|\bchang thiet song\b"
    r"|\b(?:muon|dinh|chac|chi con|con nuoc|phai)(?: (?:toi|em|minh|tui))? tu (?:tu|sat)\b"
    r"|\b(?:kill myself|suicide|want to die|end my life)\b"
)
_DESPAIR_HOLDS = ("chet", "song", "tu tu", "tu sat", "tu van", "quyen sinh", "kill", "suicide", "die", "life")
_DESPAIR_NEEDS = frozenset(["chet", "song", "tu", "quyen", "kill", "suicide", "die", "life"])
_BY_OWN_HAND = re.compile(r"\btự (?:tử|sát|vẫn)\b")  # "từ từ" is slowly, "tư vấn" advice: here the accents decide
_BEATEN = re.compile(
    r"\b(?:bi|bo|thang)? ?(?:chong|vo|bo|cha|con)(?: \w+)? (?:danh dap|bao hanh|danh (?:toi|em|minh|tui|hoai|suot))\b|\bbi (?:chong|vo|bo|cha) (?:danh|bao hanh)\b|\bbao luc gia dinh\b"
)
_BEATEN_NEEDS = frozenset(["danh", "hanh", "luc"])
SHOUTED = 12  # letters, all of them capitals


def despairs(text: str) -> bool:
    """True for "tôi không muốn sống nữa": a person in despair, whatever the loan."""
    folded = fold(text)
    if not any([need in folded for need in _DESPAIR_HOLDS]):
        return False
    return bool(_BY_OWN_HAND.search(nfc(text).lower())) or bool(_DESPAIR.search(folded))


def is_beaten(text: str) -> bool:
    """True for "em bị chồng đánh": somebody is hurt at home."""
    return bool(_BEATEN.search(fold(text)))


def is_shouted(text: str) -> bool:
    """True for a message in capitals."""
    return text.isupper() and sum(map(str.isalpha, text)) >= SHOUTED


def complains(text: str) -> bool:
    """True for words of anger or complaint, however they are typed: many people write every question in capitals."""
    folded = fold(text)
    return _may_complain(_words(folded)) and _ANGRY.search(folded) is not None


_AS_TYPED = frozenset(("cancel", "unsend"))  # where an accent parts a yes from a no
_WAYS = (
    ("despair", _DESPAIR_NEEDS, despairs),
    ("beaten", _BEATEN_NEEDS, is_beaten),
    ("why", _WHY_NEEDS, asks_why),
    ("law", _LAW_NEEDS, asks_law),
    ("hide", _HIDE_NEEDS, wants_hidden),
    ("cancel", _STOP_NEEDS, wants_to_stop),
    ("unconsent", _DATA_NEEDS, takes_consent_back),
    ("unsend", _SEND_NEEDS, stops_sending),
    ("resend", _SEND_NEEDS, sends_again),
    ("erase", _ERASE_NEEDS, wants_erased),
    ("data", _DATA_NEEDS, about_own_data),
    ("left", _LEFT_NEEDS, asks_how_much_is_left),
)


def aside(text: str, mended: str = "", slot: str | None = None) -> str | None:
    """ "despair" | "beaten" | "why" | "law" | "hide" | "cancel" | "unconsent" | "unsend" | "resend" | "erase" | "data" | "left" | "language:en" |
    "language:vi", or None.

    `mended`: the same text with its typing slips undone (nlu/text.py); `slot`: the question that is open.
    """
    folded = fold(text)
    mended = "" if mended == folded else fold(mended)
    words = _words(folded)
    if mended:
        undone = frozenset(mended.split()).difference(words, _SIGNS)
        mended = mended if undone else ""
        words = words.union(undone)
    for name, needs, says in _WAYS:
        if needs.isdisjoint(words):
            continue
        if name == "unconsent" and slot == "consent" and not (_UNCONSENT.search(folded) or _UNCONSENT.search(mended)):
            continue  # "tôi không đồng ý cho lưu thông tin" answers the question there
        if name == "unsend" and slot == "consent":
            continue  # so does "không gửi"
        if says(text) or (mended and name not in _AS_TYPED and says(mended)):
            return name
    if slot in _NO_QUESTION_OF_CONSENT and _DISAGREES.match(folded):
        return "unconsent"
    language = wants_language(text, slot)
    return f"language:{language}" if language else None
