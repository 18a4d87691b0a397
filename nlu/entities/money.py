"""Amounts of đồng, and whether an amount is somebody's pay. What an amount answers is decided in `nlu/answers.py`.

Not read: ranges ("20-30 triệu"), vague amounts ("mấy chục triệu"), bare numbers (they need the question asked).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from nlu.entities.number import digit, digits_value, is_half, number_at, number_starts, only_trailing
from nlu.reading import Entity
from nlu.text import Plain, Word, agrees, has_accents

_MILLION = 1_000_000
_SCALES: dict[str, tuple[int, tuple[str, ...]]] = {
    "ty": (1000 * _MILLION, ("tỷ",)), "ti": (1000 * _MILLION, ("tỉ",)), "toi": (1000 * _MILLION, ("tỏi",)),
    "trieu": (_MILLION, ("triệu",)), "tr": (_MILLION, ("tr",)), "trd": (_MILLION, ("trđ",)), "cu": (_MILLION, ("củ",)),
    "chai": (_MILLION, ("chai",)), "million": (_MILLION, ("million",)), "mil": (_MILLION, ("mil",)), "m": (_MILLION, ("m",)),
    "nghin": (1000, ("nghìn",)), "ngan": (1000, ("ngàn",)), "k": (1000, ("k",)), "ng": (1000, ("ng",)),
    "lit": (100_000, ("lít",)), "xi": (100_000, ("xị",)),
}  # fmt: skip
_GLUED_ONLY = {"k", "ng", "m"}
_DONG = {"dong", "d", "vnd", "vn₫", "₫"}
# after a bare tail these words show that the number counts something else: "2 triệu 1 tháng"
_COUNTED = {
    "thang", "nam", "ngay", "nguoi", "dua", "con", "chau", "ky", "lan", "phan", "%", "tuoi", "nha", "tuan", "gio", "em", "be", "nhan", "khau", "cong",
    "hang", "mon", "khoan", "bo", "to", "cai", "thanh", "quy", "hoc", "sinh", "suat", "m2", "can", "lo", "manh", "dot", "buoi", "/", "th", "n", "tr", "ki",
    "year", "years", "month", "months", "week", "weeks", "day", "days",
}  # fmt: skip
_VAGUE = {"may", "vai", "bao", "nhieu", "muoi"}
_BETWEEN = {"-", "den", "toi", "hoac", "hay", "~"}
_PERIODS = {"thang": "month", "th": "month", "t": "month", "nam": "year", "n": "year", "month": "month", "year": "year"}
_EVERY = {"mot", "moi", "hang", "1", "/", "mooi", "mo~i", "a", "per"}
_DAILY = {"ngay", "tuan", "buoi", "gio", "cong", "ca"}
_PAY = ("earn", "earns", "earning", "wage", "luong", "thu nhap", "income", "salary", "kiem duoc", "kiem", "lanh luong", "lanh", "tien cong", "luong thang")
_NOT_PAY = (
    "thue tro",
    "tien tro",
    "thue nha",
    "tien nha",
    "tro",
    "chi phi",
    "hoc phi",
    "phi",
    "vay",
    "no",
    "tra",
    "dong",
    "dat coc",
    "gia",
    "danh ra",
    "danh dum",
    "de danh",
    "de ra",
    "bo ra",
    "rut ra",
    "trich",
    "chi tieu",
    "tieu",
    "het",
    "ton",
    "mat",
)
# the same letters in another sense: "điện lạnh", "lương nó", "thu nhập gia đình", "vợ chồng"
_MEANT = {
    "luong": "lương", "lanh": "lãnh", "kiem": "kiếm", "no": "nợ", "gia": "giá", "tra": "trả", "tro": "trọ", "dong": "đóng", "tieu": "tiêu",
    "het": "hết", "ton": "tốn", "mat": "mất", "vay": "vay",
}  # fmt: skip


class Amount(NamedTuple):
    """An amount and the words first … last-1 that say it. `sure` is False when no unit of money was said."""

    value: int
    first: int
    last: int
    sure: bool
    period: str | None = None
    daily: bool = False
    ranged: bool = False


def amounts(plain: Plain) -> list[Amount]:
    """All amounts in the message, ranges included (marked), vague ones left out."""
    known = plain.memo.get("amounts")
    if known is not None:
        return known
    if not plain.has_digits and plain.keys.isdisjoint(_OF_MONEY):
        return plain.memo.setdefault("amounts", [])
    words, found, after = plain.words, [], 0
    starts = number_starts(plain)
    if " nua " in plain.line:
        starts = sorted({*starts, *(i for i, w in enumerate(words) if w.key == "nua")})
    if not plain.keys.isdisjoint(_ONE_LEFT_OUT):
        starts = sorted({*starts, *(i for i, w in enumerate(words) if w.key in _ONE_LEFT_OUT)})
    for i in starts:
        amount = (_amount_at(words, i) or _round_sum(plain, i)) if i >= after else None
        if amount is None:
            continue
        after = amount.last
        if not amount.value or _vague(words, amount) or _is_year(words, amount):
            continue
        found.append(_with_period(words, amount))
    plain.memo["amounts"] = _mark_ranges(words, found)
    return plain.memo["amounts"]


_OF_MONEY = frozenset((*_SCALES, "tram", "chuc", "ruoi", "ruoij", "nua"))  # no amount without one of them or a digit
_ONE_LEFT_OUT = frozenset(("cu", "trieu", "ty", "ti", "chai"))  # "củ rưỡi", "tỷ hai": the "một" before is left out


def _one_left_out(words: list[Word], i: int) -> Amount | None:
    """ "tốn củ rưỡi", "giá tỷ hai": one and a part of it, where no number stands before."""
    scale = _scale(words, i)
    following = words[i + 1] if i + 1 < len(words) else None
    if scale is None or following is None or (i and (_is_number(words[i - 1]) or words[i - 1].key in _NO_ONE_AFTER)):
        return None
    if is_half(following):
        return Amount(scale * 3 // 2, i, i + 2, True)
    part = digit(following) or only_trailing(following)
    after = words[i + 2] if i + 2 < len(words) else None
    if scale < 1000 * _MILLION or not part or not has_accents(words[i].raw) or (after and (_scale(words, i + 2) or after.key in _COUNTED)):
        return None
    return Amount(scale + scale // 10 * part, i, i + 2, True)


_NO_ONE_AFTER = frozenset(("may", "vai", "chuc", "tram", "nua", "linh", "le", "ruoi"))


def _is_year(words: list[Word], amount: Amount) -> bool:
    """The "hai nghìn không trăm mười tám" of "năm hai nghìn không trăm mười tám"."""
    if not amount.first or words[amount.first - 1].key != "nam" or amount.value not in (2000, *range(2001, 2100)):
        return False
    after = words[amount.last].key if amount.last < len(words) else ""
    return words[amount.first].kind == "w" and (amount.value > 2000 or after in ("khong", "linh", "le"))


_MONEY_VERB = re.compile(
    r" (?:tra|vay|co san|san co|san|dong|gop|muon|dua|con thieu|thieu|no|chuyen|gui|goi|nop|rut|them|tra truoc|dat coc|coc|ung)"
    r"(?: (?:truoc|them|duoc|chung|khoang|tam|hon|gan|toi da|co|con))* $"
)
_NOTHING_COUNTED = frozenset(
    ["thi", "la", "duoc", "truoc", "roi", "gio", "chu", "thoi", "nua", "hong", "khong", "ma", "vay", "co", "lai", "cho", "va", "nhung", "con", "bay", "de", "a", "ha", "nha", "nhe", "em", "chi", "anh", "bac", "co", ",", ".", "?", "!", ";"]
)


def _round_sum(plain: Plain, i: int) -> Amount | None:
    """ "có sẵn hai trăm", "trả trước hai chục": tens or hundreds of millions, where nothing else is counted."""
    words = plain.words
    number = number_at(words, i)
    if number is None or not number.words or number.value < 20 or number.value % 10:
        return None
    if words[number.last - 1].key not in ("chuc", "tram"):
        return None
    after = words[number.last] if number.last < len(words) else None
    if (after is not None and after.key not in _NOTHING_COUNTED) or not _MONEY_VERB.search(plain.line[: plain.offsets[i]]):
        return None
    return Amount(int(number.value) * _MILLION, i, number.last, True)


def read_money(plain: Plain, taken: list[tuple[int, int]] = ()) -> list[Entity]:
    """Money and income entities; `taken` are spans that something surer has read (phones, dates)."""
    entities = []
    for amount in amounts(plain):
        if not amount.sure or amount.ranged:
            continue
        start, end = plain.span(amount.first, amount.last)
        if any(start < e and s < end for s, e in taken):
            continue
        entities.append(money_entity(plain, amount))
    return entities


def money_entity(plain: Plain, amount: Amount, pay: bool | None = None) -> Entity:
    """The amount as an entity: income per month if it is somebody's pay, else money."""
    start, end = plain.span(amount.first, amount.last)
    text = plain.text[start:end]
    if pay is None:
        pay = is_pay(plain, amount)
    if pay and not amount.daily:
        value = amount.value // 12 if amount.period == "year" else amount.value
        return Entity("income", value, text, start, end)
    return Entity("money", amount.value, text, start, end, amount.period)


def is_pay(plain: Plain, amount: Amount) -> bool:
    """Whether a word of pay stands before the amount, nearer than a word of cost or debt."""
    near = plain.words[max(0, amount.first - 9) : amount.first]
    before = " " + " ".join(w.key for w in near) + " "
    if _EARNS.search(before) or _TOGETHER.search(before) or _earned_by_work(plain, amount):
        return True
    before = " " + " ".join([w.key if w.means(_MEANT.get(w.key, w.raw)) else "_" for w in near]) + " "
    before = _OTHER_SENSE.sub(" _ ", before)
    pay = max((before.rfind(f" {word} ") for word in _PAY), default=-1)
    if pay < 0:
        return False
    return pay > max(before.rfind(f" {word} ") for word in _NOT_PAY) and not any(p in before[pay:] for p in "?;")


# savings; refrigeration; the family's; his pay: none of them what the last word says alone
_OTHER_SENSE = re.compile(r" (?:tiet kiem|tien cong (?:tho|xay|dao|khoan|lat|son|nhan cong)|(?:dien|may|nhiet|dong|kho) lanh|gia dinh|(?<=luong )no|(?<=nhap )no)(?= )")
# what a couple has together: "hai vợ chồng cộng lại 25 triệu"
_TOGETHER = re.compile(
    r" (?:vo chong|chong vo)(?: (?:em|toi|minh|tui|chau|con|anh chi))? (?:cong lai|gop lai|tinh chung|cong ca hai|tong cong|tong|cong)"
    r"(?: (?:moi thang|mot thang|hang thang|thang|duoc|la|co|chung|khoang|tam|hon|gan|do|duoc tam)){0,3} $"
)
_WORK = r"(?:lam|chay|ban|phu|may|boc vac|di bien|di rung|danh ca|mua ban|cat toc)"
_ABOUT = r"(?: (?:chung|khoang|tam|hon|gan|do|loi))?"
_EARNS = re.compile(
    rf" {_WORK}(?: [a-z]+){{0,4}} (?:moi |hang )?thang(?: cung)?(?: duoc| co| kiem){_ABOUT} $"
    rf"| (?:moi |hang )?thang {_WORK}(?: [a-z]+){{0,3}} (?:duoc|kiem){_ABOUT} $"
)


_WORK_SAID = re.compile(
    r" (?:lam (?:ruong|rung|ray|vuon|thue|may|nong|cong nhan|bao ve|ho|o|cho|ca|muoi|thuong|cong|gach)|chay (?:xe|cho|ban|grab)|ban (?:hang|rau|ve so|ca|banh|do)|phu ho|tho (?:ho|may|xay|moc|han|dien)|boc vac|di bien|danh ca"
    r"|mua ban|buon ban|cat toc|cao mu|hai (?:che|ca phe)|dan (?:ro|chieu|lat)|nuoi (?:tom|ca|heo|bo|ga)|cong nhan|bao ve|giup viec|ve chai|ve so|lam (?:duoc|cong))(?= )"
)
_EACH_MONTH = re.compile(
    rf" (?:moi |hang |mot |1 )?(?:thang|nam)(?: (?:thi|cung|chi|con|duoc|co|kiem|thu|lai|vao|du|loi|de)){{1,3}}{_ABOUT} $"
)
_WORK_THEN = re.compile(rf"(?<! viec)(?<! nong)(?<! uy)(?<! quan) (?:lam|chay|ban|phu|may|boc vac)(?: (?!thu tuc|ho so|nha |nhiem vu)[a-z0-9]+){{0,4}}{_ABOUT} $")
# "vợ chồng mình thu 14tr một tháng", "quán thu về mỗi tháng 9 triệu": of the one who earns, not of the lender who collects
_TAKES_IN = re.compile(
    rf" (?:vo chong|chong|vo|nha|toi|minh|em|tui|chau|bac|anh|chi|con|no|quan|tiem|xuong|co so|lo|vuon|ruong|ray|trai)(?: (?:em|toi|minh|chau|tui|nha|con|anh|chi|no))?"
    rf" (?:thu|kiem|lam)(?: (?:ve|vao|duoc|cung|lai|lam|ra|moi|hang|thang|nam|mot|1))*{_ABOUT} $"
)
_PAID_FOR = re.compile(r" tien (?:cong|luong|lam|ban|dan|may|chay|hang|cho thue|tro cap|[a-z]+ [a-z]+ ban)(?= )")
_SPENT = re.compile(r" (?:thue|tro|phi|vay|no|tra|dong|coc|gia|gop|gui|cho|mua|het|ton|mat|chi phi|hoc|quy|nha|ky tuc|goc|lai)(?= )")


def _earned_by_work(plain: Plain, amount: Amount) -> bool:
    """ "làm ruộng mỗi năm được 48 triệu", "làm ở lò gạch 7 triệu/tháng", "mỗi tháng có một triệu mốt tiền đan rổ"."""
    if amount.period is None:
        return False
    before, at = plain.line[: plain.offsets[amount.first]], amount.last
    if _EACH_MONTH.search(before) and (
        _WORK_SAID.search(before) or (at < len(plain.words) and _PAID_FOR.match(plain.line, plain.offsets[at] - 1))
    ):
        return True
    if _TAKES_IN.search(before):
        return True
    work = _WORK_THEN.search(before)
    return work is not None and not _SPENT.search(before, work.start())


_ELDERS = frozenset(("no", "hang", "ay", "nay", "ong", "ba", "gia", "khong", "o", "neo", "biet"))


def _scale(words: list[Word], i: int) -> int | None:
    if i >= len(words):
        return None
    word = words[i]
    entry = _SCALES.get(word.key)
    if entry is None or not any(agrees(word.raw, form) for form in entry[1]):
        return None
    if word.key in _GLUED_ONLY and not word.glued:
        return None
    if word.key == "m" and not _millions(words, i):
        return None
    if word.raw == "cu" and i and words[i - 1].kind == "w" and i + 1 < len(words) and words[i + 1].key in _ELDERS:
        return None  # "to co ba cu no biet chu" counts old people
    if word.key == "ngan" and i + 1 < len(words) and words[i + 1].key in ("hang", "sach"):
        return None
    if word.key == "xi" and word.upper and i and words[i - 1].upper:
        return None  # "bà Năm Xị"
    if word.key in ("toi", "lit", "xi") and word.raw.isascii():
        return None
    return entry[0]


_MEASURED = frozenset(("sau", "dai", "rong", "cao", "ngang", "met", "ong", "khoan", "duong", "cach", "vuong"))


def _millions(words: list[Word], i: int) -> bool:
    """ "90M" in a text that is not all capitals, and where nothing is measured: "SÂU 40M", "40M2" are metres."""
    if not words[i].upper or (i + 1 < len(words) and words[i + 1].glued and words[i + 1].kind == "n"):
        return False
    near = [w for w in words[max(0, i - 4) : i] if w.kind == "w"]
    others = [w for w in words if w.kind == "w" and w is not words[i]]
    return _MEASURED.isdisjoint([w.key for w in near]) and (not others or any([not w.upper for w in others]))


def _amount_at(words: list[Word], i: int) -> Amount | None:
    """The longest amount that begins at word i: number, scale, number, scale …, tail, đồng."""
    if words[i].key in _ONE_LEFT_OUT:
        return _one_left_out(words, i)
    if words[i].key == "nua" and _scale(words, i + 1) in (_MILLION, 1000 * _MILLION):
        return Amount((_scale(words, i + 1) or 0) // 2, i, i + 2, True)
    total, last_scale, at = Decimal(0), 0, i
    while True:
        number = number_at(words, at)
        if number is None:
            more = only_trailing(words[at]) if last_scale and at < len(words) and has_accents(words[at].raw) else None
            if more:  # "hai tỷ mốt"
                total += Decimal(more) * last_scale / 10
                at += 1
            break
        scale = _scale(words, number.last)
        if scale and (not last_scale or scale < last_scale):
            total += number.value * scale
            last_scale, at = scale, number.last + 1
            if at < len(words) and is_half(words[at]):
                total += scale // 2
                at += 1
                break
            continue
        if not last_scale:
            return _without_scale(words, number)
        tail = _tail(words, number, last_scale)
        if tail is not None:
            total += tail
            at = number.last
        break
    if not last_scale:
        return None
    if (
        at < len(words)
        and words[at].key in _DONG
        and agrees(words[at].raw, "đồng" if words[at].key == "dong" else words[at].raw)
    ):
        at += 1
    return Amount(int(total), i, at, True)


def _tail(words: list[Word], number, last_scale: int) -> Decimal | None:
    """What "5" adds in "2tr5", "250" in "1 tỷ 250"; None if the number counts something else."""
    nxt = words[number.last] if number.last < len(words) else None
    first = words[number.first]
    if last_scale <= 1000 and not first.glued:
        return None
    each = nxt is not None and nxt.key == "/" and first.glued  # "2tr5/th"
    if nxt is not None and nxt.key in _COUNTED and not each and not (first.glued and not nxt.glued):
        return None
    if nxt is not None and nxt.key in ("trieu", "ty", "cu", "chai", "-", "den"):
        return None
    if first.kind == "n":
        text = first.key
        if not text.isdigit() or len(text) > 3 or number.last != number.first + 1:
            return (
                Decimal(number.value) * last_scale / 1000
                if number.value >= 100 and text.isdigit() and len(text) <= 3
                else None
            )
        return Decimal(int(text)) * last_scale / (10 ** len(text))
    if (
        first.key == "nam"
        and number.last == number.first + 1
        and (nxt is not None and (nxt.kind == "n" or nxt.key in ("nay", "ngoai", "nua", "sau", "toi")))
    ):
        return None
    if first.key in ("nam", "sau", "ba", "bay", "khong") and first.raw.isascii() and first.key != "ba":
        return None
    if first.key in ("khong", "ba", "mot") and number.last == number.first + 1 and nxt is not None and nxt.kind == "w":
        return None
    if number.value < 10:
        return Decimal(number.value) * last_scale / 10
    return Decimal(number.value) * last_scale / 1000


def _without_scale(words: list[Word], number) -> Amount | None:
    """Digits with đồng or in groups of three are money; "trăm rưỡi", "trăm hai" are spoken millions."""
    first, last = words[number.first], number.last
    nxt = words[last] if last < len(words) else None
    if first.kind == "n" and last == number.first + 1:
        value = int(number.value)
        if value != number.value:
            return None
        if (
            nxt is not None
            and nxt.key in _DONG
            and nxt.raw in ("đ", "đồng", "dong", "vnd", "vnđ", "₫")
            and value >= 1000
        ):
            return Amount(value, number.first, last + 1, True)
        if not first.key.isdigit() and value >= 10_000:
            counted = nxt is not None and nxt.key in _COUNTED and nxt.key not in ("/", "thang", "nam", "nhan")
            return None if counted else Amount(value, number.first, last, True)
        if value >= 1_000_000 and value % 100_000 == 0 and first.key[0] != "0":
            return Amount(value, number.first, last, True)
        return None
    if number.shorthand and not (nxt is not None and nxt.key in ("nguoi", "tuoi", "con", "m2", "met", "cay", "ngay")):
        if nxt is not None and nxt.key in ("nam", "thang") and words[last - 1].key not in ("ruoi",):
            return None
        return Amount(int(number.value) * _MILLION, number.first, last, True)
    return None


_SEWS = frozenset(("lam", "nhan", "tho", "nghe", "hoc", "nganh"))


def _vague(words: list[Word], amount: Amount) -> bool:
    """ "mấy chục triệu", "vài trăm", "hai mấy triệu", "bao nhiêu trăm triệu"."""
    before = words[amount.first - 1].key if amount.first else ""
    if before == "may" and amount.first > 1 and words[amount.first - 2].key in _SEWS and words[amount.first - 1].raw == "may":
        return False  # "làm may 7 triệu"
    if before in ("may", "vai") or (before == "nhieu" and amount.first > 1 and words[amount.first - 2].key == "bao"):
        return True
    inside = [w.key for w in words[amount.first : amount.last]]
    return "may" in inside or (before == "hang" and inside[0] in ("tram", "chuc", "ty", "trieu"))


def _with_period(words: list[Word], amount: Amount) -> Amount:
    """Takes in "/tháng", "một tháng", "mỗi năm" after the amount, or notes "mỗi tháng", "tháng" before it."""
    j = amount.last
    key = [w.key for w in words[j : j + 3]] + ["", "", ""]
    slash = key[0] == "/"
    if slash and key[1] in ("1", "mot") and key[2] in _PERIODS:
        return amount._replace(period=_PERIODS[key[2]], last=j + 3)
    if slash and key[1] in _PERIODS:
        return amount._replace(period=_PERIODS[key[1]], last=j + 2)
    if (slash and key[1] in _DAILY) or (key[0] in ("mot", "moi", "1") and key[1] in _DAILY and key[1] != "ca"):
        return amount._replace(daily=True)
    if key[0] in ("mot", "moi", "hang", "1") and key[1] in ("thang", "nam", "month", "year", "th"):
        asked = key[1] not in ("nam", "year") and (key[0] in ("moi", "hang") or amount.value > SMALL)
        if asked and _PAID_BACK_EACH.match(" ".join([w.key for w in words[j + 2 : j + 12]])) and _BORROWED.search(_before(words, amount.first)):
            return amount
        return amount._replace(period=_PERIODS[key[1]], last=j + 2)
    dated = key[1] in _MONTH_DAYS or (j + 1 < len(words) and words[j + 1].kind == "n")
    if key[0] == "thang" and words[j].means("tháng") and not dated:
        return amount._replace(period="month", last=j + 1)
    before = [w.key for w in words[max(0, amount.first - 8) : amount.first]]
    if _DAY_WORK.search(" " + " ".join(before) + " "):
        return amount._replace(daily=True)
    before = before[-5:]
    if before[-1:] == ["ngay"] and (len(before) < 2 or not before[-2].isdigit()):
        return amount._replace(daily=True)  # "phụ hồ ngày 350k"
    for n, at in enumerate(reversed(before)):
        if at == "ngay" and n == 1 and before[-1] in _DAY_GIVES:
            return amount._replace(daily=True)  # "chạy xe ôm ngày kiếm 250 ngàn"
        if at == "ngay" and n <= 2:
            return amount._replace(daily=True) if n and _every(before, len(before) - 1 - n) else amount
        if at in ("thang", "nam") and _every(before, len(before) - 1 - n):
            if _of_the_whole(_before(words, amount.first)):
                return amount
            return amount._replace(period="month" if at == "thang" else "year")
    if before and before[-1] in _COMPARES and _ASKED_BY_THE_MONTH.search(" ".join([w.key for w in words[max(0, amount.first - 22) : amount.first]])):
        return amount._replace(period="month")
    return amount


# "mức vay mỗi tháng là bao nhiêu, vẫn 4 triệu à": what is compared with a sum by the month is by the month
_COMPARES = frozenset(("voi", "van", "hon", "con", "hay", "la", "nguyen", "len", "phai", "thay", "nhu", "tren", "bang"))
_ASKED_BY_THE_MONTH = re.compile(
    r"(?:^| )(?:muc vay|muc|duoc vay|vay|cho vay|han muc|toi da|muon)(?: [a-z]+){0,8} (?:/|(?:1|mot|moi|hang) )? ?thang(?: (?:la|thi|duoc|gio|nay|nam|co|em|toi da))* (?:(?:bao )?bao nhieu|may|nhieu nhat|nhieu)(?: [a-z]+){0,2} ,? ?(?:[a-z]+ ){0,4}(?:so voi|van|van la|van nhu|hay(?: la)?|hon|tang len|len|con|co phai|phai|nguyen|thay vi|nhu|bang)$"
)


def _before(words: list[Word], i: int) -> str:
    return " ".join([w.key for w in words[max(0, i - 9) : i]])


# "vay 50 triệu mỗi tháng trả bao nhiêu": what is paid by the month is asked for, not told
_PAID_BACK_EACH = re.compile(
    r"(?:(?:thi|em|toi|minh|chau|bac|phai|se|can|la|tien) )*(?:tra|dong|gop|nop|lai)(?: [a-z]+){0,5} (?:(?:bao )?bao nhieu|may|nhieu)\b"
)
SMALL = 5_000_000  # what a student borrows a month: "vay 4 triệu một tháng thì trả bao nhiêu"
_BORROWED = re.compile(r"(?:^| )(?:vay|muon|goi|khoan|no)(?: (?!thang )[a-z]+){0,4}$")
_INTEREST_OF = re.compile(
    r"(?:^| )(?<!gui )(?<!dua )(?<!tra )(?<!con )(?:lai|goc|lai suat|gop)(?: [a-z]+){0,2} (?:1|mot|moi|hang) (?:thang|nam)(?: [a-z]+){0,2}? (?:cua|cho|tren|voi|vay|neu|khi)(?: (?:vay|khoan|so|tien|goi|mon|von))*$"
    r"|(?:1|mot|moi|hang) (?:thang|nam)(?: [a-z]+){0,3} (?:cua|tren)(?: (?:khoan|so|tien|goi|mon|von|no))*$"
)


def _of_the_whole(before: str) -> bool:
    """ "lãi một tháng của 40 triệu": the interest is by the month, the sum is not."""
    return _INTEREST_OF.search(before) is not None


_DAY_WORK = re.compile(
    r" (?:ngay nao(?: co)? (?:lam|di)|(?:lam |di )?cong nhat|lam thue ngay|boc vac ngay|moi ngay cong)(?= )"
)
_DAY_GIVES = frozenset(("kiem", "duoc", "lam", "ban", "cong", "thu"))
_MONTH_DAYS = frozenset(
    ["nay", "truoc", "sau", "toi", "gieng", "chap", "mot", "hai", "ba", "tu", "nam", "bay", "tam", "chin", "muoi"]
)


def _every(before: list[str], at: int) -> bool:
    return at > 0 and before[at - 1] in ("moi", "hang", "mot", "1", "ca")


def _mark_ranges(words: list[Word], found: list[Amount]) -> list[Amount]:
    """ "20-30 triệu", "20 đến 30 triệu", "20 triệu đến 30 triệu": neither end is what the person wants."""
    marked = []
    for n, amount in enumerate(found):
        ranged = False
        i = amount.first
        if i >= 2 and words[i - 1].key in _BETWEEN and _is_number(words[i - 2]) and not _date_like(words, i - 2):
            ranged = not (words[i - 1].key in ("toi", "hay") and words[i - 1].raw not in ("tới", "toi", "hay"))
        ranged = ranged or _one_more(words, i)
        previous = found[n - 1] if n else None
        if previous and previous.last == i - 1 and words[i - 1].key in _BETWEEN:
            ranged = True
            marked[-1] = marked[-1]._replace(ranged=True)
        marked.append(amount._replace(ranged=ranged))
    return marked


def _one_figure(word: Word) -> int | None:
    """One to nine, said or typed: "sáu bảy triệu", "7 8 triệu"."""
    return int(word.key) if word.kind == "n" and len(word.key) == 1 and word.key.isdigit() else digit(word)


_NUMBERED = frozenset(("thang", "ngay", "so", "/", ".", ",", "lop", "nam", "thon", "xom", "to", "khoa", "quan", "phuong", "-"))  # "tháng 7 8 triệu"


def _one_more(words: list[Word], i: int) -> bool:
    """ "sáu bảy triệu": between six and seven; not in "trăm sáu bảy"."""
    low, high = _one_figure(words[i - 1]) if i else None, _one_figure(words[i])
    if not low or high != low + 1 or words[i - 1].kind != words[i].kind or (i > 1 and words[i - 2].key in ("tram", "muoi", "chuc", "ty", "trieu", "nam")):
        return False
    if words[i - 1].kind == "n":
        return not words[i].glued and (i < 2 or words[i - 2].key not in _NUMBERED)
    return words[i - 1].key != "nam" or words[i - 1].raw != "nam"


def _is_number(word: Word) -> bool:
    return (
        (word.kind == "n" and digits_value(word.key) is not None)
        or bool(digit(word))
        or word.key in ("muoi", "tram", "chuc")
    )


def _date_like(words: list[Word], i: int) -> bool:
    return i > 0 and words[i - 1].key in ("/", "thang", "nam")


def range_ends(plain: Plain, amount: Amount) -> tuple[int, int] | None:
    """Both ends of a range that ends with this amount ("20-30 triệu" -> 20 and 30 million)."""
    words = plain.words
    if not amount.ranged or amount.first < 1:
        return None
    if _one_more(words, amount.first):
        high = _one_figure(words[amount.first]) or 0
        return amount.value // high * (high - 1), amount.value
    low = number_at(words, amount.first - 2)
    scale = next((s for s in (_scale(words, i) for i in range(amount.first, amount.last)) if s), 1)
    if low is None or low.last != amount.first - 1:
        return None
    return int(low.value * scale), amount.value
