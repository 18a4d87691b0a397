"""Fraud and threats: a clear warning, what the bank never does, whom to call, whether a number or a fee can be real, and an offer to
pass it on. What is known comes from the imported points; a number that is not among them is never called false.

How people tell of it is known by whole phrases, without accents, so that "học phí" or "giải ngân có nhanh không" is no alarm.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from flows.engine.effects import Choice
from flows.engine.flow import Flow, in_order, what_next
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Money, Text, Value
from flows.plain_words import bare
from flows.routing import Point
from nlu.reading import Entity, Reading

FLOW_ID = "scam"
TOLD = "complaint_scam:"  # the mark of a safety answer among those said lately; "#2" behind it counts those in a row
WAYS_TO_REPEAT = 3
HEADS_AT_MOST = 2
SOFT = frozenset({"menu", "next"})  # open questions that only offer what could be done
MOBILE_DIGITS = 10
REPORTED = "reported"  # the slot: what staff are told if the person wants it

_WHO = r"(?:ho(?! so)|no|thang|co nguoi|nguoi (?:ta|la|do)|ong|can bo|nhan vien|to truong|truong thon|cong an vien|moi gioi|zalo|facebook|face|fb|tren mang|app|cong ty tai chinh)"
_FEE = (
    r"(?:(?<!hoc )(?<!vien )(?<!chi )(?<!kinh )(?<!mien )phi|tien (?:ho so|coc|boi duong|tra nuoc|ca phe|cafe|boi tron|cam on|bao dam)"
    r"|dat coc|coc|boi duong|boi tron|lot tay|phong bi|che nuoc|qua cap|an chia|hoa hong|bao hiem khoan vay|fees?|deposit)"
)
_NO_FEE_OF_OURS = re.compile(r"\b(?:tiet kiem|tien lai|thu lai|phi dich vu|moi gioi|xuat khau|di nhat|di han|visa|truong (?:thu|doi)|nha truong)\b")
_HERE_AND_THERE = r"(?:zalo|facebook|face|fb|messenger|viber|telegram|tin nhan|mang|chat)"
SIGNS: dict[str, re.Pattern[str]] = {
    "harmed": re.compile(
        r"\b(?:lo|trot) (?:\w+ ){0,2}?(?:chuyen (?:tien|khoan)(?! hoc| an| nha)|doc (?:ma|otp)|dua (?:ma|otp|tien|mat khau)|gui (?:anh|hinh|cccd|can cuoc|tien|ma|otp)"
        r"|nop tien|dong (?:tien|phi)|bam (?:vao )?link|cho (?:ma|otp|mat khau)|lam theo)\b"
        r"|\b(?:da|moi|vua) (?:\w+ )?(?:(?:doc|dua|cho|gui|nhap) (?:\w+ ){0,3}?(?:otp|ma xac \w+|mat khau)|bam (?:vao )?link"
        r"|(?:chuyen|nop|dong|gui|dua)\b.{0,25}\bcho (?:ho|no|chung|nguoi ta|nguoi la|thang))\b"
        r"|\bbi (?:\w+ ){0,2}?(?:lua|du)\b.{0,25}\b(?:mat|chuyen|nop|dong|gui|doc)\b|\bi (?:already )?(?:sent|paid|gave|read out)\b.{0,30}\b(?:money|otp|code|fee|them)\b"
    ),
    "threat": re.compile(
        r"\b(?:doa|de doa|hu doa|khung bo|xiet no|siet no|chui boi|boi nho|tung anh|dang anh|doi (?:danh|chem|giet)|dap pha)\b.{0,60}\b(?:no|vay|app|lai|tien|nha|gia dinh|dien thoai)\b"
        r"|\b(?:no|vay|app|chu no|xa hoi den|giang ho|tin dung den)\b.{0,60}\b(?:doa|de doa|hu doa|khung bo|xiet|siet|chui boi|boi nho|tung anh|dang anh|doi danh|doi chem|dap pha)\b"
        r"|\bthreat\w*\b.{0,60}\b(?:debt|loan|lender|money|pay)\b|\b(?:debt|loan|lender)\b.{0,60}\bthreat\w*\b"
    ),
    "otp": re.compile(r"\b(?:otp|ma xac (?:thuc|nhan|minh)|mat khau|ma pin|password)\b"),
    "fee": re.compile(
        rf"\b(?:doi|yeu cau|keu|ep|bat (?:toi|em|minh|phai|dong|nop|chuyen))\b.{{0,40}}\b{_FEE}\b|\b{_WHO}\b.{{0,40}}\b(?:bao(?! nhieu| lau| gio)|thu|xin|noi|goi y|nhan|goi)\b.{{0,40}}\b{_FEE}\b"
        rf"|\b{_WHO}\b.{{0,40}}\b(?:dong|nop|chuyen|ung)\b.{{0,25}}\b{_FEE}\b|\b(?:dong|nop|chuyen|ung|tra)\b.{{0,25}}\b{_FEE}\b.{{0,30}}\b(?:moi|thi) (?:duoc|cho|giai ngan|vay)\b"
        r"|\b(?:dong|nop|dua|chuyen|lay)\b.{0,30}\b(?:trieu|nghin|ngan|tram|\d+ ?k|tien|phan tram)\b.{0,30}\bmoi (?:duoc|cho|ky|xac nhan|dua|giai ngan|vay|co suat)\b"
        r"|\b(?:ask|want|demand|charge)\w*\b.{0,40}\b(?:fees?|deposit)\b"
    ),
    "papers": re.compile(
        rf"\b(?:gui|chup|dua)\b.{{0,30}}\b(?:anh|hinh|cccd|can cuoc|chung minh|so ho khau|so do|giay to)\b.{{0,40}}\b{_HERE_AND_THERE}\b"
        rf"|\b{_HERE_AND_THERE}\b.{{0,40}}\b(?:gui|chup|dua)\b.{{0,30}}\b(?:anh|hinh|cccd|can cuoc|chung minh|so ho khau|so do|giay to)\b"
        r"|\bsend\b.{0,30}\b(?:photos?|pictures?|papers?|id)\b.{0,30}\b(?:zalo|facebook|chat|messenger)\b"
    ),
    "fast": re.compile(
        rf"\b(?:giai ngan|duyet vay|duyet)\b.{{0,12}}\b(?:nhanh|ngay(?! nao| may)|sieu toc|cap toc|trong ngay|trong \d+ phut)\b.{{0,60}}\b{_WHO}\b"
        rf"|\b(?:{_WHO}|quang cao|nhan tin|goi dien|moi chao|hua|cam ket)\b.{{0,60}}\b(?:giai ngan|duyet vay|duyet)\b.{{0,12}}\b(?:nhanh|ngay(?! nao| may)|sieu toc|cap toc|trong ngay|trong \d+ phut)\b"
        r"|\bgiai ngan nhanh\b(?!.{0,8}\b(?:khong|ko|k|hong|chua)\b)|\bbao dau\b|\bno xau (?:cung|van) (?:duoc )?(?:vay|duyet)\b"
    ),
    "number": re.compile(
        r"\b(?:so|sdt|hotline|goi|nhan)\b.{0,60}\b(?:(?:la|phai|dung) (?:la )?(?:so )?cua (?:ngan hang|can bo|phong giao dich|diem giao dich|nhcsxh|ben minh|ai)"
        r"|cua (?:ngan hang|can bo|phong giao dich|diem giao dich) (?:khong|ko|k|ha|that)|phai (?:la )?(?:ngan hang|can bo|so that|lua dao|that)|lua dao|co that|that khong|that ko|dang tin)\b"
        r"|\bis (?:this|that|the) (?:phone )?number\b|\bnumber\b.{0,30}\b(?:the bank|real|yours)\b"
    ),
}  # fmt: skip
_THIS_NUMBER = re.compile(r"\b(?:(?:so|so dien thoai|so dt|sdt) (?:nay|kia|do|ay|la (?:goi|nhan))|(?:this|that|the) (?:phone )?number)\b")
_DOUBT = re.compile(r"\b(?:that|dung|chac|tin duoc|lua dao|lua)\b.{0,10}\b(?:khong|ko|k|hong|chua|ha|sao)\b|\breally\b|\bare you sure\b")
_FEES = re.compile(
    r"\b(?:mat|ton|thu|dong|nop|co)\b.{0,12}(?<!hoc )(?<!vien )(?<!chi )(?<!an )\bphi\b.{0,15}\b(?:khong|ko|k|hong|gi)\b|\bis there (?:a|any) fee\b|\bfees?\?"
)
_DIGITS = re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\d])|(?<!\d)1[89]00(?:[ .-]?\d){4,6}(?!\d)")
NOT_THE_PERSONS = frozenset({"phone", "money", "person_name", "cccd"})  # in a report these are the other side's
NOT_ABOUT_THEM = frozenset({"loan_amount", "monthly_income", "spouse_monthly_income"})


def asked(scene: Scene, reading: Reading) -> bool:
    """Warn if the message tells of fraud or a threat, or asks whether a number or a fee is real; False if it does neither."""
    words = bare(reading.text)
    found = _signs(words)
    numbers = _numbers(reading)
    if numbers and not found and scene.data("which_number"):
        found = ["number"]
    if found == ["number"] and not numbers and not _THIS_NUMBER.search(words):
        return False
    if not found:
        return _doubts(scene, words) or _fees(scene, words)
    if found == ["number"] and not numbers:
        _ask_which_number(scene)
        return True
    _warn(scene, found, numbers, _sum(reading))
    _keep_what_is_theirs(scene, reading)
    _go_on(scene)
    return True


def _ask_which_number(scene: Scene) -> None:
    pending = scene.conversation.pending
    if pending is not None and pending.slot not in SOFT:
        scene.say("scam.number.which")
        scene.set_data(which_number=True)
    else:
        scene.enter(FLOW_ID, which_number=True)


def _doubts(scene: Scene, words: str) -> bool:
    """ "Thật không vậy" right after a warning: the steps once more."""
    if scene.conversation.flow != FLOW_ID or not _DOUBT.search(words):
        return False
    times = times_told(scene)
    scene.say(again(max(times, 1)))
    scene.change(said_keys=(*scene.conversation.said_keys, f"{TOLD}#{times + 1}")[-6:])
    return True


def _fees(scene: Scene, words: str) -> bool:
    """ "Vay có mất phí gì không": no alarm, an answer."""
    from flows import programme_info

    if not _FEES.search(words) or _NO_FEE_OF_OURS.search(words) or "truoc han" in words:
        return False
    programme_info.tell(scene, None, "fees")
    if scene.conversation.flow in {None, "welcome"}:
        scene.enter("programme_info" if scene.programme else "welcome")
    return True


def act_harmed(scene: Scene, argument: str) -> None:
    """The button "Tôi lỡ làm theo rồi"."""
    _warn(scene, ["harmed"], (), None)
    _go_on(scene)


def act_report(scene: Scene, argument: str) -> None:
    """The button "Báo cho cán bộ"."""
    from flows import handover

    handover.begin(scene, handover.SCAM)


def times_told(scene: Scene) -> int:
    """How many safety answers were given lately."""
    last = next((mark for mark in reversed(scene.conversation.said_keys) if mark.startswith(TOLD)), None)
    return 0 if last is None else int(last.partition("#")[2] or 1)


def again(times: int) -> Text:
    """The steps once more, in short and in other words than the time before."""
    return Text(f"safety.again.{(times - 1) % WAYS_TO_REPEAT + 1}")


# --- what is said ---------------------------------------------------------------------------------------------------------------


def _warn(scene: Scene, found: list[str], numbers: tuple[str, ...], demanded: int | None) -> None:
    times = times_told(scene)
    heads: list[Value] = []
    for kind in [one for one in found if one != "number"][:HEADS_AT_MOST]:
        heads.append(_head(kind, demanded))
    if numbers:
        heads += [check(scene, number) for number in numbers[:HEADS_AT_MOST]]
    if "harmed" in found:
        times = max(times, 1)  # `scam.harmed` has the steps of the first repetition
    elif "threat" not in found and found != ["number"]:
        heads += [again(times)] if times else [Text("scam.never"), Text("scam.whom_to_call")]
    elif "number" in found and numbers:
        heads.append(again(times) if times else Text("scam.never"))
    scene.say(Text("info.answer", {"answer": Joined(tuple(heads), "paragraphs")}))
    marks = (f"{TOLD}#{times + 1}", *(("scam.threat",) if "threat" in found else ()))
    scene.change(said_keys=(*scene.conversation.said_keys, *marks)[-6:])
    _keep_for_staff(scene, found, numbers, demanded)


def _head(kind: str, demanded: int | None) -> Text:
    if kind == "fee" and demanded is not None:
        return Text("scam.fee_sum", {"sum": Money(demanded)})
    return Text(f"scam.{kind}")


def check(scene: Scene, number: str) -> Text:
    """Whether a number is one of those that the branches told of. Not to be found there proves nothing."""
    directory = scene.book.points
    listed = [point for point in directory.listed() if point.phone] if directory is not None else []
    values: dict[str, Value] = {"number": _spoken(number)}
    if not listed:
        return Text("scam.number.no_list", values)
    point = next((point for point in listed if _plain(number) in _numbers_of(point)), None)
    if point is not None:
        return Text("scam.number.known", {**values, "point": point.name})
    return Text("scam.number.not_listed", values)


def _keep_for_staff(scene: Scene, found: list[str], numbers: tuple[str, ...], demanded: int | None) -> None:
    """What a report would say; it leaves this talk only if the person wants it and agrees."""
    told: dict[str, Any] = dict(scene.slot(REPORTED) or {})
    told["scam_kind"] = found[0]
    if numbers:
        told["scam_phone"] = _spoken(numbers[0])
    if demanded is not None:
        told["scam_fee"] = demanded
    scene.set_slot(REPORTED, told)


def _keep_what_is_theirs(scene: Scene, reading: Reading) -> None:
    """The household's own facts in such a message are kept; the caller's number, name and sum are not the applicant's."""
    from flows import absorbing

    own = tuple(entity for entity in reading.entities if entity.type not in NOT_THE_PERSONS)
    facts = {fact: value for fact, value in reading.facts.items() if fact not in NOT_ABOUT_THEM}
    if facts:
        absorbing.absorb(scene, replace(reading, entities=own, facts=facts, places=None), None)


def _go_on(scene: Scene) -> None:
    """Back to the open question with a button to pass it on; with none open, that is what is asked."""
    pending = scene.conversation.pending
    if pending is not None and pending.slot not in SOFT:
        scene.set_data(report=True)
        scene.drop_data("which_number")
    else:
        scene.enter(FLOW_ID)


# --- reading ---------------------------------------------------------------------------------------------------------------------


def _signs(words: str) -> list[str]:
    found = [kind for kind, sign in SIGNS.items() if sign.search(words)]
    if "fee" in found and _NO_FEE_OF_OURS.search(words):
        found.remove("fee")
    return found


def _numbers(reading: Reading) -> tuple[str, ...]:
    """Phone numbers in the message, mobile, fixed and short, as digits with the leading 0."""
    typed = [_plain(found.group()) for found in _DIGITS.finditer(reading.text)]
    read = [_plain(str(entity.value)) for entity in reading.entities if entity.type == "phone"]
    return tuple(dict.fromkeys([*read, *typed]))


def _numbers_of(point: Point) -> set[str]:
    """A branch may give several numbers in one cell."""
    return {_plain(one) for one in re.split(r"[;,/]| - |\n", point.phone or "") if one.strip()}


def _plain(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return "0" + digits[2:] if digits.startswith("84") and len(digits) > 9 else digits


def _spoken(number: str) -> str:
    digits = _plain(number)
    middle = 7 if len(digits) <= MOBILE_DIGITS else 8
    return f"{digits[:4]} {digits[4:middle]} {digits[middle:]}".strip()


def _sum(reading: Reading) -> int | None:
    sums = [entity for entity in reading.entities if _is_sum(entity)]
    return int(sums[0].value) if len(sums) == 1 else None


def _is_sum(entity: Entity) -> bool:
    return entity.type == "money" and isinstance(entity.value, int)


# --- what next --------------------------------------------------------------------------------------------------------------------


def report_choice() -> Choice:
    return choice("do", "report_scam", "scam.report")


def _choices(scene: Scene) -> tuple[Choice, ...]:
    told = (scene.slot(REPORTED) or {}).get("scam_kind")
    more = () if told in {"harmed", "threat"} else (choice("do", "harmed", "scam.i_did"),)
    return (report_choice(), *more, choice("do", "menu", "choice.menu"))


NEXT = what_next(lambda scene: Text("scam.number.which" if scene.data("which_number") else "scam.ask"), _choices)

FLOW: Flow = in_order(FLOW_ID, (NEXT,), lambda scene: scene.leave())
