"""Addresses as people type them -> communes of today, with the former commune where the text names one.

Names of all generations are looked up in every stretch of words; each commune that is named is then weighed by what else
the text says: unit words, district, province, marks. Nothing is guessed: when two readings stay close, when a former
commune was divided, or when a bare name may as well be the district, the answer is `ambiguous`. No points, no offices.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec
from rapidfuzz.distance import OSA, Indel

from nlu.places.index import Name, PlaceIndex, distance_km, packaged
from nlu.places.spelling import fold, key, marks, undone
from nlu.reading import Commune, FormerCommune, PlaceCandidate, Places

LONGEST = 6  # syllables in a name ("Văn Miếu Quốc Tử Giám" has five)
LONGEST_TEXT = 60  # syllables that are read; an address is shorter
MARGIN = 1.5  # evidence by which a reading must lead to be taken without asking
SHOWN_MARGIN = 4.0
FEW = 10  # a district with more communes than this is not listed
FEW_MORE = 4  # other communes of a district beside the one that bears its name
LONG_KEY = 8  # letters of a name that may be two letters shorter or longer than what was typed
MOST = 16  # the most-divided former commune has 14 successors
COMMUNE_KINDS = frozenset({"xa", "phuong", "thitran", "dackhu"})
DISTRICT_KINDS = frozenset({"quan", "huyen", "thixa", "thanhpho", "huyendao"})

OLD_UNITS = {"xa": "xã", "phuong": "phường", "thitran": "thị trấn"}
PAIRS = {
    ("thanh", "pho"): "thanhpho", ("thi", "xa"): "thixa", ("thi", "tran"): "thitran", ("dac", "khu"): "dackhu",
    ("huien", "dao"): "huyendao", ("t", "p"): "thanhpho", ("t", "x"): "thixa", ("t", "t"): "thitran",
}  # fmt: skip
SINGLE = {
    "xa": "xa", "x": "xa", "phuong": "phuong", "p": "phuong", "ph": "phuong", "f": "phuong", "tt": "thitran", "tx": "thixa",
    "tp": "thanhpho", "tpho": "thanhpho", "quan": "quan", "q": "quan", "huien": "huyen", "h": "huyen", "tinh": "tinh",
    "t": "tinh",
}  # fmt: skip
BEGIN_PAIRS = {"xa", *(first for first, _ in PAIRS)}
UNIT_MARKS = {"xã", "phường", "quận", "huyện", "tỉnh", "thành", "phố", "thị", "trấn", "đặc", "khu", "đảo"}
# Words that open what lies below a commune: names after them are hamlets and streets.
PARTICLES = {
    "a",
    "nhe",
    "nha",
    "ne",
    "do",
    "cu",
    "moi",
    "nai",
    "va",
    "thi",
    "la",
    "cua",
    "cung",
    "o",
    "di",
    "nhi",
    "em",
    "chi",
    "anh",
    "tinh",
    "thuoc",
}
# Words of everyday talk that are also one slip away from a syllable of some name; without accents.
EVERYDAY_WORDS = """
    ai anh ba bac bao ben biet bo cai can chao chi cho chua co con cu cua da dan day de di den do dong du duoc em gi gia hai hay
    hoi hom kho khong la lai lam len loi luc mai may me minh moi muon nam nay nen ngay nghe nguoi nha nhe nhieu nho o ong phai que
    qua ra roi sao sau so song tai tam thang the thi thoi tien tim tin toi tra tren trong truoc tu va vao vay ve voi vua xa xem xin
    ha chau ho hon kien dieu dai cao trung hoan cong
"""
EVERYDAY = frozenset(EVERYDAY_WORDS.split())
# Everyday phrases that are also a commune's name: a place only with a unit word, capitals, or a district or province beside it.
EVERYDAY_PHRASES = frozenset(
    ["dongi", "antoan", "trungbinh", "tudo", "thuba", "namcuoi", "bachkhoa", "quockhanh", "vanminh"]
)
# Words that may stand around a bare name without saying that something else is meant.
FILLER_WORDS = """
    a ah u uh um da vang ok em anh chi toi tui minh con chau bac co chu ong ba choa nha que o tai ngu tru song thuoc ve cua la thi
    nay cu moi truoc gio day do do thoi nhe nha nhi ne nghen nghe hen ben trong tren duoi ngoai khuc vung mien phia gan dia chi ten
    xa phuong huien tinh quan vn viet nam chu day van dang hien ho khau thuong tam
"""
FILLERS = frozenset(FILLER_WORDS.split())
BELOW = {
    "thôn", "ấp", "xóm", "bản", "buôn", "làng", "tổ", "khu", "phố", "đường", "ngõ", "ngách", "hẻm", "số", "kp", "đội",
    "khối", "cụm", "sóc", "phum", "kiệt", "thon", "ap", "xom", "to", "ngo", "hem",
}  # fmt: skip
# Names of communes that are everyday words first; alone they name no place.
ORDINARY = {
    "dong i", "hop dong", "doan xa", "phu trach", "an toan", "thong nhat", "doc lap", "tu do", "hanh phuc", "dan chu",
    "thanh cong", "quiet thang", "tien bo", "tien phong", "dong tien", "dong loan", "phuc loi", "trung thanh", "phu nu",
    "dong thuan", "hoa thuan", "thuan loi", "tai chinh", "cong chinh", "an tam", "xa hoi", "dong vien",
    "dinh cu", "nho nhung", "so ngan", "tra ba",
}  # fmt: skip
HAMLETS = {"thôn", "ấp", "xóm", "bản", "buôn", "làng"}
# The same without marks, which may also begin a name ("Ban Công"): only where they open a stretch of their own.
LOOSE_BELOW = {"ban", "lang", "khu", "pho", "duong", "so", "doi", "cum", "soc", "buon", "khom"}
# A place name after these is part of the name of a school, a firm, a prison, a bank.
INSTITUTIONS = {
    "dai hoc", "cao dang", "truong", "trung cap", "hoc vien", "thpt", "thcs", "cong ti", "ctcp", "tnhh", "trai giam",
    "trai tam giam", "ngan hang", "benh vien", "dh", "cd", "cti", "khu cong nghiep", "kcn", "nha mai", "nam dinh vu",
    "su pham", "bach khoa", "hoc i", "kinh te", "ki thuat", "i duoc", "nong lam", "hop tac xa", "htx",
}  # fmt: skip
# A bare name after these is a place; "tôi" is not "tới".
LOCATIVES = {
    "ở", "o", "tận", "quê", "que", "tại", "tai", "về", "ve", "ngụ", "ngu", "từ", "tu", "bên", "ben", "trong", "trên", "tren",
    "dưới", "duoi", "ngoài", "ngoai", "đến", "den", "tới", "vô", "vo", "vào", "vao", "trú", "tru",
}  # fmt: skip
# After these a name in capitals is a place too, though they often stand before other things: "người Can Lộc", "dân Đô Lương".
SOFT_LOCATIVES = {
    "người", "dân", "gốc", "gần", "chợ", "khẩu", "hk", "đảo", "ra", "lên", "xuống", "nguoi", "dan", "goc", "gan", "khau", "dao", "len",
    "xuong",
}  # fmt: skip
BEFORE_IS = ("trước", "truoc", "nay", "giờ", "gio")  # "trước là Cát Văn", "nay la Cat Ngan"
CHECKED = frozenset("ckpt")  # a syllable that ends so has no level tone: without a mark the acute one is meant
HARD_STOP = re.compile(r"[,;\n()/|:!?]")
WORD = re.compile(r"[^\W\d_]+|\d+")
SHAPES = {"f": "\u0300", "s": "\u0301", "r": "\u0309", "x": "\u0303", "j": "\u0323"}


class Token(msgspec.Struct):
    """One word or number of the text. `slip`: another reading of it ("đôngf" -> "đồng"), or None.

    `unit`: (kind, tokens it takes) where a unit word starts here.
    """

    start: int
    end: int
    written: tuple[str, str, str]
    folded: str
    raw: str
    stop: bool  # a comma or the like stands before it
    dash: bool = False  # " - " stands before it, which may also be within a name ("Bà Rịa - Vũng Tàu")
    slip: tuple[tuple[str, str, str], str] | None = None
    below: bool = False
    unit: tuple[str, int] | None = None


class Mention(msgspec.Struct):
    """A stretch of words that is the name of something. `first` counts from the unit word, `at` from the name itself."""

    first: int
    at: int
    end: int
    kind: str | None
    name: Name
    quality: float
    exact: bool

    def overlaps(self, other: Mention) -> bool:
        return self.first < other.end and other.first < self.end


class Weighed(msgspec.Struct):
    """A commune-level mention with its evidence and the mentions that support it."""

    evidence: float
    mention: Mention
    former: str | None
    commune: str
    divided: bool
    district: Mention | None
    province: Mention | None
    against: bool  # the text also names a district or province that does not fit


# --- the questions others ask ------------------------------------------------------------------------------------------


def read_places(text: str, near: tuple[float, float] | None = None, index: PlaceIndex | None = None) -> Places:
    """The communes that a text may mean, best first. `near` only orders what is equally likely; it never decides."""
    index = index or packaged()
    tokens = tokenize(unicodedata.normalize("NFC", text))
    reader = _Reader(index, tokens, near)
    return reader.places()


def place_spans(text: str, index: PlaceIndex | None = None) -> tuple[tuple[int, int], ...]:
    """Where places stand in a text: (start, end) in code points, the longest stretch with its unit words, in order."""
    index = index or packaged()
    composed = unicodedata.normalize("NFC", text)
    may = _may_name_places(index, [_spelled(raw) for raw in WORD.findall(composed)])
    spans = _Spans(index, tokenize(composed), composed).spans() if may else ()
    return spans if composed == text else _original_offsets(text, spans)


def near(lat: float, lon: float, count: int = 3, index: PlaceIndex | None = None) -> tuple[PlaceCandidate, ...]:
    """The likeliest communes around a location. The residence decides, not the phone: ask before using one of them."""
    index = index or packaged()
    if not inside_vietnam(lat, lon, index):
        return ()
    # A large commune reaches further than a small one whose middle is nearer.
    found = [(km / index.spots[code].radius_km, code) for km, code in index.nearest(lat, lon, count + 5)]
    found = sorted(found)[:count]
    total = sum(math.exp(-2 * reach) for reach, _ in found)
    return tuple(_candidate(index, round(math.exp(-2 * reach) / total, 3), code, None) for reach, code in found)


def inside_vietnam(lat: float, lon: float, index: PlaceIndex | None = None) -> bool:
    """Whether a location lies in or very near a commune."""
    index = index or packaged()
    return any(km <= 2 * index.spots[code].radius_km + 3 for km, code in index.nearest(lat, lon, 6))


def commune(code: str) -> Commune | None:
    """A commune of today by its official code."""
    return packaged().communes.get(code)


def former(code: str) -> FormerCommune | None:
    """A commune of before 2025-07-01 by its official code."""
    return packaged().formers.get(code)


def former_of(commune_code: str) -> tuple[FormerCommune, ...]:
    """The former communes that a commune of today was made of, wholly or in part."""
    index = packaged()
    return tuple(index.formers[code] for code in index.predecessors.get(commune_code, ()))


def successors_of(former_code: str) -> tuple[Commune, ...]:
    """The communes that a former commune went to; more than one where it was divided."""
    index = packaged()
    return tuple(index.communes[code] for code, _ in index.successors.get(former_code, ()))


def search_commune_in_province(name: str, province: str) -> tuple[Commune, ...]:
    """Communes of today by name, with or without unit word and marks, in a province of today by name or code."""
    index = packaged()
    wanted = key(_bare(province))
    codes = {code for code, full in index.provinces.items() if code == province or key(_bare(full)) == wanted}
    found = [
        index.communes[each.code]
        for each in index.names.get(key(_bare(name)), ())
        if each.level == "commune" and index.communes[each.code].province_code in codes
    ]
    exact = [each for each in found if _said(each.name) == _said(name) or _said(_bare(each.name)) == _said(name)]
    return tuple(exact or found)


# --- words -------------------------------------------------------------------------------------------------------------


def tokenize(text: str) -> list[Token]:
    """Words and numbers with their places; a unit word that is stuck to a name is cut off ("P15", "tphcm")."""
    tokens: list[Token] = []
    opening: list[int] = []
    previous = 0
    for found in WORD.finditer(text):
        if len(tokens) >= LONGEST_TEXT:
            break
        start, end = found.span()
        between, raw = text[previous:start], text[start:end]
        plainly = between == " "
        stop = not plainly and (
            bool(HARD_STOP.search(between)) or ("." in between and bool(tokens) and _ends_sentence(tokens[-1]))
        )
        dash = not plainly and (" - " in between or " – " in between)
        previous = end
        if raw[0] in "tT" and len(raw) > 2 and _stuck_unit(raw):
            opening.append(len(tokens))
            tokens.append(_token(start, raw[:2], stop, False))
            start, raw, stop = start + 2, raw[2:], False
        if _spelled(raw).opens:
            opening.append(len(tokens))
        tokens.append(_token(start, raw, stop, dash))
    for at in opening:
        tokens[at].unit = unit_word(tokens, at)
    if opening:
        _mark_below(tokens)
    return tokens


def _stuck_unit(raw: str) -> bool:
    """ "tphcm", "tpVinh", "TXSa": no syllable starts so. In lower case "tt…" is rather a slip."""
    unit = raw[:2].lower()
    return unit == "tp" or (unit in ("tx", "tt") and raw[2].isupper() and raw[:3] != raw[:3].upper())


def _ends_sentence(token: Token) -> bool:
    return token.folded not in SINGLE and len(token.raw) > 1


def _token(start: int, raw: str, stop: bool, dash: bool) -> Token:
    written, folded, read_as, slip, *_ = _spelled(raw)
    return Token(start, start + len(raw), written, folded, read_as, stop, dash, slip)


class _Spelling(NamedTuple):
    """What a word says wherever it stands, as in `Token`. `opens`: it may be a unit word, or name what lies below a commune.

    `tells`: what the word behind it is then: a "place" ("ở"), a "capital" one ("người"), a "hamlet", or a place behind "là" ("was").
    """

    written: tuple[str, str, str]
    folded: str
    raw: str
    slip: tuple[tuple[str, str, str], str] | None
    opens: bool
    unit: bool  # it may be a unit word by itself
    begins_unit: bool  # and so may it with the word behind it
    stuck: bool  # a unit word is stuck to it: "tphcm"
    tells: str
    capital: bool
    quiet: bool  # none of all this


@lru_cache(maxsize=8192)
def _spelled(raw: str) -> _Spelling:
    number = raw.isdigit()
    meant = None if number else undone(raw)
    if meant in UNIT_MARKS:
        return _Spelling(marks(meant), fold(meant), meant, None, True, True, True, False, "", False, False)
    written = marks(raw)
    folded = (raw.lstrip("0") or "0") if number else fold(raw)
    slip = (marks(meant), fold(meant)) if meant is not None else None if number else _typing_slip(raw, written)
    unit = folded in SINGLE or folded in BEGIN_PAIRS or _misspelt_unit(raw.lower(), True) is not None
    bare = (written[0] == written[1] and not written[2]) or raw.lower() in UNIT_MARKS
    opens = unit or folded in LOOSE_BELOW or raw.lower() in BELOW
    stuck = raw[0] in "tT" and len(raw) > 2 and _stuck_unit(raw)
    alone = (folded in SINGLE and bare) or _misspelt_unit(raw.lower(), True) is not None
    pair = folded in BEGIN_PAIRS and bare
    tells, capital = _tells(raw.lower()), raw[:1].isupper()
    quiet = not (slip or alone or pair or stuck or tells or capital) and raw not in ("thon", "xom", "ap")
    return _Spelling(written, folded, raw, slip, opens, alone, pair, stuck, tells, capital, quiet)


def _tells(word: str) -> str:
    if word in LOCATIVES:
        return "place"
    if word in ("là", "la"):
        return "is"
    if word in BEFORE_IS:
        return "was"
    if word in _HAMLETS_AND_ISLANDS or word in _BARE_HAMLETS:
        return "hamlet"
    return "capital" if word in SOFT_LOCATIVES or word in ("hội", "hoi") else ""


def _typing_slip(raw: str, written: tuple[str, str, str]) -> tuple[tuple[str, str, str], str] | None:
    """A tone key that stayed at the end of a word: no Vietnamese syllable ends in f, s, r, x or j."""
    last = raw[-1:].lower()
    if len(raw) < 3 or last not in SHAPES or written[2]:
        return None
    plain, shaped, _ = marks(raw[:-1])
    repaired = (plain, shaped, last)
    return repaired, fold(raw[:-1])


def _mark_below(tokens: list[Token]) -> None:
    """Mark the words that name a hamlet, a street or a house number."""
    reach = -1
    for at, token in enumerate(tokens):
        if token.stop or token.unit is not None:
            reach = -1
        if at <= reach:
            token.below = True
        if token.raw.lower() in BELOW and not (at and tokens[at - 1].folded in ("thanh", "dac")):
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            reach = at + 1 if following is not None and (following.raw.isdigit() or len(following.raw) == 1) else at + 4
            token.below = True
        elif token.folded in LOOSE_BELOW and token.raw.isascii() and (at == 0 or token.stop or _small(tokens[at - 1])):
            end = next((end for end in range(at + 1, min(at + 5, len(tokens))) if tokens[end].stop), at)
            for each in tokens[at:end]:
                each.below = True


def unit_word(tokens: list[Token], at: int) -> tuple[str, int] | None:
    """The unit word that starts at a token: (kind, tokens it takes)."""
    first = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if first.folded in BEGIN_PAIRS and following is not None and not following.stop:
        if first.folded == "xa" and at > 1 and tokens[at - 1].folded == "tac" and tokens[at - 2].folded == "hop":
            return None  # "hợp tác xã 5 lao động"
        if first.folded == "xa" and following.raw == "hội":
            return None  # "nhà ở xã hội"
        if first.folded == "xa" and following.raw.lower() == "đảo":
            return "xa", 2  # "xã đảo Thạnh An"; unaccented it may be the commune Đạo …
        kind = PAIRS.get((first.folded, following.folded))
        if kind and _plausible(first) and _plausible(following):
            return kind, 2
    kind = SINGLE.get(first.folded)
    if kind and _plausible(first):
        return kind, 1
    return _misspelt_unit(first.raw.lower(), following is not None and following.raw.isdigit())


def _misspelt_unit(word: str, numbered: bool) -> tuple[str, int] | None:
    """ "huyyện", "phườg": one slip in the two long unit words, told by their marks. "Phương" is a syllable of its own."""
    if "ệ" in word and word[0] in "hu":
        return ("huyen", 1) if OSA.distance(word, "huyện", score_cutoff=1) <= 1 else None
    if "ư" not in word or word[0] != "p" or (marks(word)[1] == "phương" and not numbered):
        return None
    return ("phuong", 1) if OSA.distance(word, "phường", score_cutoff=1) <= 1 else None


def _plausible(token: Token) -> bool:
    """ "xá", "quán" and "tính" are no unit words; "xa", "quan" and "tinh" may be."""
    return (token.written[0] == token.written[1] and not token.written[2]) or token.raw.lower() in UNIT_MARKS


# --- mentions ----------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads one text. Kept together because every step weighs the same tokens."""

    def __init__(self, index: PlaceIndex, tokens: list[Token], around: tuple[float, float] | None) -> None:
        self.index = index
        self.tokens = tokens
        self.around = around
        self.communes: list[Mention] = []
        self.districts: list[Mention] = []
        self.provinces: list[Mention] = []
        self.units = self._unit_words()
        self.unit_starts = {first for _, first in self.units.values()}
        self.communal = {at for at, (kind, _) in self.units.items() if kind in COMMUNE_KINDS}

    def places(self) -> Places:
        self._find_exact()
        weighed = self._weigh()
        if not self._settled(weighed):
            self._find_close()
            self._find_within_districts()
            weighed = self._weigh()
        weighed = sorted(weighed, key=self._order)
        found = self._answer(weighed)
        return msgspec.structs.replace(found, named=self._named_by(found, weighed)) if found.ambiguous else found

    def _named_by(self, found: Places, weighed: list[Weighed]) -> str:
        """The words that name the place, without house, hamlet and all else: what a later answer is read together with."""
        if found.candidates and weighed:
            best = weighed[0]
            mentions = [m for m in (best.mention, best.district, best.province) if m is not None]
        else:
            mentions = [m for m in (*self.districts, *self.provinces) if m.exact and m.quality > 0.75]
        chosen: list[Mention] = []
        for mention in mentions if found.candidates else sorted(mentions, key=lambda m: (m.first - m.end, m.first)):
            if not any(mention.overlaps(other) for other in chosen):
                chosen.append(mention)
        if not (found.candidates and weighed):
            chosen.sort(key=lambda m: m.first)
        return ", ".join(" ".join(token.raw for token in self.tokens[m.first : m.end]) for m in chosen)

    def _unit_words(self) -> dict[int, tuple[str, int]]:
        """Index of the first token after a unit word -> (kind, index of the unit word)."""
        units: dict[int, tuple[str, int]] = {}
        for at, token in enumerate(self.tokens):
            found = token.unit
            behind = at + found[1] if found else at
            if found is None or (behind < len(self.tokens) and self.tokens[behind].stop):
                continue  # "Hiền Quan, Phú Thọ": no unit word
            if behind not in units:
                units[behind] = (found[0], at)
        return units

    def _exact(self) -> Iterator[tuple[int, int, Name]]:
        """The names that stretches of words without a comma spell; a stretch that begins no name is not made longer."""
        tokens, names, begins = self.tokens, self.index.names, self.index.begins_name
        for at in range(len(tokens)):
            spelled = meant = ""
            for end in range(at + 1, min(at + LONGEST, len(tokens)) + 1):
                last = tokens[end - 1]
                if end - 1 > at and last.stop:
                    break
                spelled += last.folded
                meant += last.slip[1] if last.slip else last.folded
                if not begins(spelled) and (meant == spelled or not begins(meant)):
                    break
                for each in (spelled,) if meant == spelled else (spelled, meant):
                    for name in names.get(each, ()):
                        yield at, end, name

    def _windows(self) -> Iterator[tuple[int, int, str]]:
        """Stretches of words without a comma or a unit word, in which slips are searched."""
        tokens = self.tokens
        for at in range(len(tokens)):
            if at in self.unit_starts:
                continue
            spelled = meant = ""
            for end in range(at + 1, min(at + LONGEST, len(tokens)) + 1):
                if (end - 1 > at and tokens[end - 1].stop) or end - 1 in self.unit_starts:
                    break
                last = tokens[end - 1]
                spelled += last.folded
                meant += last.slip[1] if last.slip else last.folded
                yield at, end, spelled
                if meant != spelled:
                    yield at, end, meant

    def _find_exact(self) -> None:
        for at, end, name in self._exact():
            self._mention(at, end, name, None)

    def _find_close(self) -> None:
        names = self.index.names
        for at, end, spelled in self._windows():
            if at in self.units or (len(spelled) > 4 and (end - at > 1 or len(spelled) > 5)):
                for near_name in self.index.close_names(spelled):
                    if abs(len(near_name) - len(spelled)) > 1 or OSA.distance(spelled, near_name, score_cutoff=1) > 1:
                        continue
                    likeness = Indel.normalized_similarity(spelled, near_name)
                    for name in names[near_name]:
                        self._mention(at, end, name, likeness)

    def _find_within_districts(self) -> None:
        """Two slips in a commune's name are forgiven where the district is known: few names can be meant there."""
        named = {m.name.code for m in self.districts if m.quality > 0.7 and self._is_district(m)}
        if not named:
            return
        stretches = [
            (at, end, seen)
            for at, end, seen in self._windows()
            if (not self.communal or at in self.communal) and not self._names_above(at, end)
        ]
        for district in named:
            codes = self.index.formers_in.get(district, ())
            known = {m.name.code for m in self.communes if m.name.level == "former"}
            for code in codes:
                if code in known:
                    continue
                self._loosely(code, stretches)

    def _loosely(self, code: str, stretches: list[tuple[int, int, str]]) -> None:
        full = self.index.formers[code].name
        spelled = key(_bare(full))
        if len(spelled) < 5:
            return
        best: tuple[float, int, int] | None = None
        longest = 2 if len(spelled) >= LONG_KEY else 1  # "ham" is not half of "Hàm Mỹ"
        for at, end, seen in stretches:
            if abs(len(seen) - len(spelled)) <= longest and OSA.distance(seen, spelled, score_cutoff=2) <= 2:
                likeness = Indel.normalized_similarity(seen, spelled)
                if best is None or likeness > best[0]:
                    best = (likeness, at, end)
        if best is not None:
            name = next(n for n in self.index.names[spelled] if n.code == code and n.level == "former")
            self._mention(best[1], best[2], name, best[0] - 0.05)

    def _names_above(self, at: int, end: int) -> bool:
        """Whether these words are the district's or province's name: "Hải Hậu" is no misspelt "Hải An"."""
        above = (*self.districts, *self.provinces)
        return any(
            m.exact and m.quality > 0.75 and m.at < end and at < m.end and m.kind not in COMMUNE_KINDS for m in above
        )

    def _mention(self, at: int, end: int, name: Name, likeness: float | None) -> None:
        unit = self.units.get(at)
        self._mention_as(at, end, name, likeness, unit)
        if (
            unit is not None
            and likeness is None
            and name.level not in ("commune", "former")
            and self._ends_a_name(unit[1], at)
        ):
            self._mention_as(at, end, name, likeness, None)  # "binh xa dinh lap": Bính Xá in Đình Lập as well

    def _ends_a_name(self, first: int, at: int) -> bool:
        """Whether the word read as a unit may as well be the last one of a name before it, in a text without marks."""
        if first == 0 or any(
            token.written[2] or token.written[0] != token.written[1] for token in self.tokens[first:at]
        ):
            return False
        spelled = "".join(token.folded for token in self.tokens[first - 1 : at])
        return any(name.level in ("commune", "former") for name in self.index.names.get(spelled, ()))

    def _mention_as(self, at: int, end: int, name: Name, likeness: float | None, unit: tuple[str, int] | None) -> None:
        kind, first = unit if unit else (None, at)
        words = self.tokens[at:end]
        if end - at == 1 and not self._alone_allowed(name, at, kind, likeness):
            return
        if name.capitals and not words[0].raw.isupper():
            return
        if likeness is None and self._is_unit_word(words, name):
            return
        if likeness is None:
            quality = _marks_quality(words, name.written)
        else:
            quality = 0.62 * likeness + 0.2 * _marks_quality(words, name.written, aligned=False)
        if likeness is not None and kind is None and (all(map(_small, words)) or any(word.below for word in words)):
            return  # "dạ con" is no "Đăk Môn", and a hamlet is no misspelt commune
        mention = Mention(first, at, end, kind, name, quality, likeness is None)
        if name.level in ("commune", "former"):
            self.communes.append(mention)
        elif name.level == "district":
            self.districts.append(mention)
        else:
            if kind == "thanhpho" and name.kind == "tinh":
                mention.quality *= 0.5  # "thành phố Bắc Ninh" names the city, not the province
            self.provinces.append(mention)

    def _is_unit_word(self, words: list[Token], name: Name) -> bool:
        """ "tỉnh" with its marks is the unit word and no syllable of "Tĩnh Gia"."""
        if len(words) != len(name.written):
            return False
        return any(
            word.raw.lower() in UNIT_MARKS
            and word.written != meant
            and (word.written[2] or word.written[0] != word.written[1])
            for word, meant in zip(words, name.written, strict=True)
        )

    def _alone_allowed(self, name: Name, at: int, kind: str | None, likeness: float | None) -> bool:
        """A single syllable is a name only where something says so: a unit word, a capital, or that it stands apart."""
        word = self.tokens[at]
        apart = (
            (at == 0 or word.stop or self.tokens[at - 1].below)
            and at + 1 < len(self.tokens)
            and self.tokens[at + 1].stop
        )
        if name.level in ("province", "former_province") and likeness is None:
            return True
        if word.raw.isdigit() or len(word.folded) == 1:
            wanted = COMMUNE_KINDS if name.level in ("commune", "former") else DISTRICT_KINDS
            return kind in wanted
        return kind is not None or (likeness is None and (word.raw[:1].isupper() or apart)) or len(word.folded) > 6

    # --- weighing ------------------------------------------------------------------------------------------------------

    def _is_district(self, mention: Mention) -> bool:
        return mention.kind not in COMMUNE_KINDS and mention.kind != "tinh"

    def _weigh(self) -> list[Weighed]:
        self._survey()
        best: dict[tuple[str | None, str], Weighed] = {}
        for mention in self.communes:
            for weighed in self._weigh_one(mention):
                supported = self._solid(weighed.district, mention) or self._solid(weighed.province, mention)
                if not supported and not self._means_a_place(mention):
                    break
                pair = (weighed.former, weighed.commune)
                if pair not in best or weighed.evidence > best[pair].evidence:
                    best[pair] = weighed
        return list(best.values())

    def _means_a_place(self, mention: Mention) -> bool:
        """Whether a name that stands alone is meant as a place at all: "tiền lãi mấy năm" is no "Nam Hải" with a slip.

        With a unit word it is; a bare one has to be all that is said, or stand behind "ở", or between commas.
        """
        words = self.tokens[mention.at : mention.end]
        capitals = all(word.raw[:1].isupper() for word in words)
        everyday = [word.folded in EVERYDAY and not word.raw[:1].isupper() for word in words]
        whole = len(words) == len(mention.name.written) or not mention.name.written
        if mention.kind is not None:
            odd = not mention.exact or not whole or mention.kind != mention.name.kind or mention.quality < 0.9
            return not (odd and all(everyday))
        if not mention.exact or not whole:
            return not any(everyday) and self._nothing_else_said(mention)
        if all(everyday) or (not capitals and "".join(word.folded for word in words) in EVERYDAY_PHRASES):
            return self._behind_locative(mention)
        return self._nothing_else_said(mention) or self._behind_locative(mention) or self._between_stops(mention)

    def _solid(self, support: Mention | None, mention: Mention | None = None) -> bool:
        """Whether a district or province is plainly named, so that a name (`mention`) beside it is one too."""
        if support is None:
            return False
        if support.exact and support.end - support.at > 1 and support.quality > 0.9:
            beside = mention is not None and mention.exact and support.first in (mention.end, mention.first)
            if beside or support.name.level != "district":
                return True
        words = self.tokens[support.at : support.end]
        everyday = all(word.folded in EVERYDAY and not word.raw[:1].isupper() for word in words)
        plainly = support.quality > 0.8 or (support.quality > 0.7 and all(word.raw[:1].isupper() for word in words))
        return support.kind is not None or (support.exact and plainly and not everyday)

    def _nothing_else_said(self, mention: Mention) -> bool:
        return all(
            token.below or token.folded in FILLERS or (token.raw.isdigit() and at and self.tokens[at - 1].below)
            for at, token in enumerate(self.tokens)
            if not mention.first <= at < mention.end
        )

    def _behind_locative(self, mention: Mention) -> bool:
        before = self.tokens[mention.first - 1] if mention.first else None
        plainly = mention.quality > 0.9 or mention.end == len(self.tokens)
        return (
            plainly and before is not None and not self.tokens[mention.first].stop and before.raw.lower() in LOCATIVES
        )

    def _between_stops(self, mention: Mention) -> bool:
        before, behind = self.tokens[: mention.first], self.tokens[mention.end :]
        opened = not before or self.tokens[mention.first].stop or self.tokens[mention.first].dash or bool(self.units)
        opened = opened or before[-1].below or all(token.below or token.folded in FILLERS for token in before)
        return opened and (
            not behind or behind[0].stop or behind[0].dash or all(token.folded in FILLERS for token in behind)
        )

    def _survey(self) -> None:
        """What all readings are weighed against, worked out once."""
        self._above = [m for m in self.districts if self._is_district(m)]
        self._lands = [
            m for m in self.provinces if m.kind not in COMMUNE_KINDS and m.kind not in ("quan", "huyen", "thixa")
        ]
        self._land_spans = {(m.at, m.end) for m in self._lands if m.exact}
        self._todays_lands = {(m.at, m.end) for m in self._lands if m.name.level == "province"}
        self._strong_districts = [m for m in self._above if m.exact and m.quality > 0.75 and not self._below(m)]
        self._strong_lands = [m for m in self._lands if m.exact and m.quality > 0.75 and not self._below(m)]
        self._commune_spans = {(m.at, m.end) for m in self.communes if m.exact and m.quality > 0.8 and m.end - m.at > 1}
        self._explained = {at for m in (*self._above, *self._lands) if m.exact for at in range(m.first, m.end)}
        above = {(m.first, m.end) for m in (*self.districts, *self.provinces) if m.exact}
        self._spelled: dict[tuple[int, int], list[Mention]] = {}  # names with a commune's unit word, by span
        self._todays: dict[str, list[Mention]] = {}  # communes of today that are named as such
        for m in self.communes:
            if not m.exact:
                continue
            if m.kind in COMMUNE_KINDS:
                self._spelled.setdefault((m.first, m.end), []).append(m)
            # "Hoằng Đồng, Hoằng Hóa" names the district, "xã Hoằng Hóa" the commune; "Nam Từ Liêm" no "Từ Liêm".
            bare_name = (
                m.kind is None
                and m.end - m.at > 1
                and not self._below(m)
                and not any(a < m.end and m.first < b for a, b in above)
            )
            if m.name.level == "commune" and (m.kind in COMMUNE_KINDS or bare_name) and not self._longer_from(m):
                self._todays.setdefault(m.name.code, []).append(m)

    def _weigh_one(self, mention: Mention) -> Iterator[Weighed]:
        index, name = self.index, mention.name
        evidence = 10 * mention.quality + self._kind_evidence(mention) + 0.3 * (mention.end - mention.first)
        if mention.kind is None:
            if self._below(mention):
                evidence -= 2.5
            if (mention.at, mention.end) in self._land_spans:
                evidence -= 3.0
            elif self._part_of_longer(mention):
                evidence -= 4.0
        elif self._longer_from(mention):
            evidence -= 2.5
        evidence += self._generation(mention)
        if not name.written:
            evidence -= 0.4
        own, lands = index.reach(name.level, name.code)
        district = _support(mention, self._above, lambda m: m.name.code in own)
        province = _support(mention, self._lands, lambda m: (m.name.level, m.name.code) in lands, district)
        self._against = False
        evidence += self._district_evidence(mention, district, province)
        evidence += self._province_evidence(mention, district, province)
        evidence -= self._unexplained(mention, district, province) + self._cut_short(mention)
        against = self._against
        if name.level == "commune":
            yield Weighed(evidence, mention, None, name.code, False, district, province, against)
            return
        successors = index.successors[name.code]
        named_too = [code for code, _ in successors if any(not m.overlaps(mention) for m in self._todays.get(code, ()))]
        if named_too:
            evidence += 4.5
        settled = any(whole for _, whole in successors)
        for place, (code, whole) in enumerate(successors):
            if named_too and code not in named_too:
                continue
            divided = len(successors) > 1 and not named_too
            less = 2.5 if settled and not whole else 0.01 * place  # the law gave the whole population to another one
            yield Weighed(evidence - less, mention, name.code, code, divided, district, province, against)

    def _kind_evidence(self, mention: Mention) -> float:
        if mention.kind is None:
            return 0.0
        if mention.kind == mention.name.kind:
            return 1.0
        if mention.name.kind == "huyendao":
            return 1.0 if mention.kind in ("huyen", "dackhu") else -1.5
        return -1.5 if mention.kind in COMMUNE_KINDS else -6.0

    def _district_evidence(self, mention: Mention, district: Mention | None, province: Mention | None) -> float:
        former = mention.name.level == "former"
        if district is not None:
            agrees = 0.5 if district.kind == district.name.kind else 0.0
            weight = 5.0 if former else 3.2
            if district.kind is None and (district.at, district.end) in self._land_spans:
                weight = min(weight, 3.8)  # "Cao Bằng" may be the city or the whole province
            return weight * district.quality + agrees + 0.3 * (district.end - district.first)
        against = [
            m for m in self._strong_districts if not m.overlaps(mention) and not (province and m.overlaps(province))
        ]
        if not against:
            return 0.0
        self._against = True
        if any(m.kind in DISTRICT_KINDS for m in against):
            return -4.5 if former else -4.0
        return -3.0

    def _province_evidence(self, mention: Mention, district: Mention | None, province: Mention | None) -> float:
        if province is not None:
            agrees = 0.5 if province.kind == province.name.kind else 0.0
            weight = 3.0 * (0.7 if province.name.loose else 1.0)
            if mention.name.level == "commune" and (province.at, province.end) not in self._todays_lands:
                weight *= 0.75  # "Vũ Hội, Thái Bình": who says the old province rather says the old commune
            elif mention.name.level == "former" and province.name.level == "province":
                weight *= 0.85  # "phường 1, TP Hồ Chí Minh": rather of the old city than of Vũng Tàu
            return weight * province.quality + agrees + 0.3 * (province.end - province.first)
        against = [m for m in self._strong_lands if not m.overlaps(mention) and not (district and m.overlaps(district))]
        if not against:
            return 0.0
        self._against = True
        return -1.0 if all(m.name.loose for m in against) else -4.0

    def _unexplained(self, mention: Mention, district: Mention | None, province: Mention | None) -> float:
        """A unit word with a known name that this reading leaves aside."""
        for (first, end), others in self._spelled.items():
            if any(first < m.end and m.first < end for m in (mention, district, province) if m is not None):
                continue
            return 0.0 if any(self._related(other, mention) for other in others) else 1.5
        return 0.0

    def _cut_short(self, mention: Mention) -> float:
        """A word stands right behind the name that nothing explains: the name may be longer, and misspelt ("Điện Bàn Tâyy")."""
        if mention.end >= len(self.tokens) or mention.end in self._explained:
            return 0.0
        if mention.kind is None and mention.at not in self.unit_starts:  # "xa luong minh": Xá Lượng, or xã Lương Minh
            return 0.0
        behind = self.tokens[mention.end]
        return 0.0 if behind.stop or behind.folded in PARTICLES or mention.end in self.unit_starts else 1.2

    def _part_of_longer(self, mention: Mention) -> bool:
        """A piece of the name of a district or province ("Lát" in "Mường Lát"), or of a longer commune's name."""
        for m in (*self._strong_districts, *self._strong_lands):
            whole = m.quality > 0.9 and not m.name.loose and m.end - m.at >= mention.end - mention.at
            if whole and m.overlaps(mention) and (m.at, m.end) != (mention.at, mention.end):
                return True
        return any(
            at <= mention.at and mention.end <= end and end - at > mention.end - mention.at
            for at, end in self._commune_spans
        )

    def _longer_from(self, mention: Mention) -> bool:
        """Another name starts at the same place and goes on: "Khánh Bình" in "xã Khánh Bình Tây"."""
        return any(at == mention.at and end > mention.end for at, end in self._commune_spans)

    def _generation(self, mention: Mention) -> float:
        """ "… cũ" says that the name is of before, "… mới" that it is today's."""
        if mention.end >= len(self.tokens):
            return 0.0
        word = self.tokens[mention.end].raw.lower()
        former = mention.name.level == "former"
        if word in ("cũ", "cu"):
            return 0.8 if former else -1.5
        if word == "mới":
            return -1.5 if former else 0.8
        return 0.0

    def _related(self, other: Mention, mention: Mention) -> bool:
        """A former commune and one of its successors, both named."""
        pair = {other.name.level: other.name.code, mention.name.level: mention.name.code}
        if len(pair) < 2:
            return False
        return any(code == pair["commune"] for code, _ in self.index.successors[pair["former"]])

    def _below(self, mention: Mention) -> bool:
        return mention.kind is None and any(self.tokens[at].below for at in range(mention.at, mention.end))

    def _settled(self, weighed: list[Weighed]) -> bool:
        """Whether the exact names explain the text, so that typing slips need not be looked for."""
        if not weighed:
            return False
        best = max(weighed, key=lambda each: each.evidence)
        if best.mention.quality < 0.8:
            return False
        if self._cut_short(best.mention):
            return False
        if best.mention.first == 0 and best.mention.end == len(self.tokens) and best.mention.kind is not None:
            return True
        named = {m.at for m in (*self.communes, *self.districts, *self.provinces) if m.kind}
        chosen = [m for m in (best.mention, best.district, best.province) if m is not None]
        for at, (kind, first) in self.units.items():
            # "tinh" in "ha tinh" is no unit word.
            part = any(m.at <= first < m.end for m in chosen)
            if not part and at not in named and kind in COMMUNE_KINDS | DISTRICT_KINDS | {"tinh"}:
                return False
        if best.district is not None or self._only_province_left(best):
            return best.evidence > 12
        return False

    def _only_province_left(self, best: Weighed) -> bool:
        """Every word that counts is explained: nothing is left that might be a misspelt district."""
        covered: set[int] = set()
        for mention in (best.mention, best.province):
            if mention is not None:
                covered.update(range(mention.first, mention.end))
        left = [
            at
            for at, token in enumerate(self.tokens)
            if at not in covered and at > best.mention.end - 1 and not token.below
        ]
        before = [token for token in self.tokens[: best.mention.first] if not token.below and not _small(token)]
        return best.province is not None and len(left) < 2 and len(before) < 2

    # --- the answer ----------------------------------------------------------------------------------------------------

    def _order(self, weighed: Weighed) -> tuple[float, float, int, str, str]:
        distance = 0.0
        if self.around is not None:
            spot = self.index.spots[weighed.commune]
            distance = distance_km(*self.around, spot.lat, spot.lon)
        return (
            -round(weighed.evidence, 1),
            distance,
            int(weighed.former is not None),
            weighed.former or "",
            weighed.commune,
        )

    def _answer(self, weighed: list[Weighed]) -> Places:
        whole_district = self._district_alone(weighed)
        if whole_district is not None:
            return whole_district
        if not weighed:
            return Places((), bool(self.provinces or self.districts))
        best = weighed[0]
        if best.evidence < 6.0 or self._province_alone(best):
            return Places((), bool(self.provinces or self.districts))
        close = [each for each in weighed if each.evidence >= best.evidence - MARGIN]
        shown = [each for each in weighed if each.evidence >= best.evidence - SHOWN_MARGIN]
        ambiguous = self._must_ask(best, close)
        count = (MOST if best.divided else FEW) if ambiguous else 1
        shown = _divided_complete(shown, count)
        district = self._may_be_district(best)
        extra = self._rest_of_district(best, shown) if district else []
        return Places(self._scored(shown, extra), ambiguous or bool(extra), district=district)

    def _province_alone(self, best: Weighed) -> bool:
        """ "Hà Giang" by itself means the province, not the communes of that name elsewhere."""
        mention = best.mention
        alone = mention.kind is None and best.district is None and best.province is None
        return alone and ((mention.at, mention.end) in self._land_spans or self._nothing_says_so(mention))

    def _nothing_says_so(self, mention: Mention) -> bool:
        """A single syllable, or a misspelt name made of everyday words ("quê thôi", "hỏi lại"), with nothing around that speaks
        for a place."""
        words = self.tokens[mention.at : mention.end]
        if len(words) == 1:
            return len(self.tokens) > 1
        return not mention.exact and any(word.folded in EVERYDAY and not word.raw[:1].isupper() for word in words)

    def _must_ask(self, best: Weighed, close: list[Weighed]) -> bool:
        enough = 0.6 if best.district else 0.66 if best.province else 0.72
        if best.divided or best.against or best.mention.quality < enough:
            return True
        alone = best.mention.kind is None and best.district is None and best.province is None
        if alone and best.mention.quality < 0.9:
            return True
        at = best.mention.first
        if best.mention.kind is None and at and self.tokens[at - 1].below and not self.tokens[at].stop:
            return True  # "đường Trần Phú" names a street
        if best.mention.kind in DISTRICT_KINDS and best.mention.name.kind != "huyendao":
            return True  # "thành phố Vũng Tàu" is the city, whatever ward has its name
        if self._unknown_name(best) or self._unread_before(best):
            return True
        if len({each.commune for each in close}) > 1:
            return True
        if len({each.former for each in close if each.former}) > 1 and best.former:
            return True
        return self._may_be_district(best) or (
            best.district is None and best.province is None and best.mention.kind is None and not best.mention.exact
        )

    def _unread_before(self, best: Weighed) -> bool:
        """Words stand apart before a bare name that nothing explains: the commune may be there, and misspelt."""
        first = min(m.first for m in (best.mention, best.district, best.province) if m is not None)
        if best.mention.kind is not None or not first or not (self.tokens[first].stop or self.tokens[first].dash):
            return False
        return sum(not (token.below or _small(token)) for token in self.tokens[:first]) > 1

    def _unknown_name(self, best: Weighed) -> bool:
        """The text names another commune, or a district and no province, that nothing known fits: no silent choice then."""
        chosen = [m for m in (best.mention, best.district, best.province) if m is not None]
        known = {m.at for m in (*self.communes, *self.districts, *self.provinces) if m.exact and not self._cut_short(m)}
        for at, (kind, first) in self.units.items():
            if at >= len(self.tokens) or at in known or len(self.tokens[first].raw) < 2:
                continue
            if any(m.first <= first < m.end for m in chosen):
                continue
            if kind in COMMUNE_KINDS or (kind in DISTRICT_KINDS and best.district is None and best.province is None):
                return True
        return False

    def _may_be_district(self, best: Weighed) -> bool:
        """ "Hà Trung, Thanh Hóa" may be the former district as well as the commune of that name."""
        mention = best.mention
        if mention.kind is not None or best.district is not None:
            return False
        return any(
            (m.at, m.end) == (mention.at, mention.end)
            and m.exact
            and best.commune in self.index.communes_in[m.name.code]
            for m in self.districts
            if len(self.index.communes_in[m.name.code]) > 1
        )

    def _rest_of_district(self, best: Weighed, shown: list[Weighed]) -> list[str]:
        mention = best.mention
        found = [m.name.code for m in self.districts if (m.at, m.end) == (mention.at, mention.end)]
        codes = {
            code
            for district in found
            for code in self.index.communes_in[district]
            if best.commune in self.index.communes_in[district]
        }
        codes -= {each.commune for each in shown}
        return sorted(codes) if len(codes) <= FEW_MORE else []

    def _district_alone(self, weighed: list[Weighed]) -> Places | None:
        """The communes of a district that the text names without a commune, if they are few."""
        best: tuple[float, Mention] | None = None
        for mention in self.districts:
            if not self._is_district(mention) or self._below(mention) or self._is_province(mention):
                continue
            evidence = 6 * mention.quality + 0.3 * (mention.end - mention.first)
            evidence += 1.5 if mention.kind in DISTRICT_KINDS else 0.0
            former_province = self.index.districts[mention.name.code][1]
            lands = {
                ("former_province", former_province),
                ("province", self.index.former_provinces[former_province][1]),
            }
            province = _support(mention, self.provinces, lambda m, lands=lands: (m.name.level, m.name.code) in lands)
            if not self._solid(province) and not self._means_a_place(mention):
                continue
            evidence += 3 * province.quality if province else 0.0
            if best is None or evidence > best[0]:
                best = (evidence, mention)
        if best is None or (weighed and weighed[0].evidence > best[0]):
            return None
        codes = self.index.communes_in[best[1].name.code]
        same = {
            m.name.code
            for m in self.districts
            if (m.at, m.end) == (best[1].at, best[1].end) and m.quality >= best[1].quality
        }
        if len(same) > 1 or len(codes) > FEW:
            return Places((), True)
        names = sorted(codes, key=lambda code: (not self._named_like(code, best[1]), code))
        return Places(
            tuple(_candidate(self.index, round(1 / len(names), 3), code, None) for code in names), len(names) > 1
        )

    def _is_province(self, mention: Mention) -> bool:
        """ "em ở Cà Mau" names the province rather than its city, "tinh gia lai" no "Tĩnh Gia"."""
        if mention.kind in DISTRICT_KINDS:
            return False
        return any(
            m.exact
            and m.overlaps(mention)
            and (not mention.exact or m.end - m.first >= mention.end - mention.first)
            and m.kind not in COMMUNE_KINDS
            for m in self.provinces
        )

    def _named_like(self, code: str, mention: Mention) -> bool:
        return key(_bare(self.index.communes[code].name)) == key(_bare(self.index.districts[mention.name.code][0]))

    def _scored(self, shown: list[Weighed], extra: list[str]) -> tuple[PlaceCandidate, ...]:
        top = shown[0].evidence
        weights = [math.exp(each.evidence - top) for each in shown] + [0.3] * len(extra)
        trust = 1 / (1 + math.exp(-(top - 8) / 2))
        total = sum(weights)
        scores = [round(trust * weight / total, 3) for weight in weights]
        named = [(each.commune, each.former, self._called(each)) for each in shown] + [
            (code, None, "") for code in extra
        ]
        return tuple(_candidate(self.index, score, *names) for score, names in zip(scores, named, strict=True))

    def _called(self, weighed: Weighed) -> str:
        """The older name that the person used, with its unit word; capitals are put where they typed none."""
        name = weighed.mention.name
        if not name.said:
            return ""
        if name.written:
            return name.said  # an operator's import brings it with its marks
        words = [token.raw for token in self.tokens[weighed.mention.at : weighed.mention.end]]
        said = " ".join(word if word[:1].isupper() else word.capitalize() for word in words)
        return f"{OLD_UNITS.get(name.kind, 'xã')} {said}"


def _may_name_places(index: PlaceIndex, words: list[_Spelling]) -> bool:
    """Whether anything stands in the text that makes `_Spans` sure of a place; most talk holds nothing of it and is not weighed.

    A unit word, a word like "ở" before a name, a hamlet's word before a capital, a province's name; or hardly more than a name.
    """
    short = len(words) <= LONGEST + 1
    before = earlier = pair = ""
    opened = False
    begins_land = index.begins_land
    for at, word in enumerate(words):
        if begins_land(word.folded) and _names_land(index, words, at):
            return True
        if word.quiet and not (opened or pair or before):
            continue
        if word.stuck or word.slip is not None:
            return True
        if opened and (word.capital or _names_something(index, words, at, alone=True)):
            return True
        opened = word.unit or (pair, word.folded) in PAIRS
        pair = word.folded if word.begins_unit else ""
        if before == "place" and (word.raw in _HAMLETS_AND_ISLANDS or word.raw in ("thon", "xom", "ap")):
            return True
        if word.capital and before == "hamlet":
            return True
        told = before == "place" or (before == "is" and earlier == "was") or (word.capital and (short or before in _NAMES))
        if told and _names_something(index, words, at):
            return True
        earlier, before = before, word.tells
    return short and any(_is_name(index, words[first:last]) for first in (0, 1) for last in (len(words) - 1, len(words)))


_NAMES = frozenset(("capital", "hamlet"))


def _is_name(index: PlaceIndex, tokens: list[_Spelling]) -> bool:
    return bool(tokens) and "".join([token.folded for token in tokens]) in index.names


def _names_something(index: PlaceIndex, tokens: list[_Spelling], at: int, alone: bool = False) -> bool:
    """Whether a name begins at a token; without a unit word a commune's of one syllable is no proof (`alone`: it is)."""
    spelled = ""
    for count, token in enumerate(tokens[at : at + LONGEST]):
        spelled += token.folded
        named = index.names.get(spelled, ())
        if named and (count or alone or any(name.level not in ("commune", "former") for name in named)):
            return True
        if not index.begins_name(spelled):
            return False
    return False


def _names_land(index: PlaceIndex, tokens: list[_Spelling], at: int) -> bool:
    """Whether a province's name begins at a token."""
    spelled = ""
    for token in tokens[at : at + LONGEST]:
        spelled += token.folded
        if spelled in index.lands:
            return True
        if not index.begins_land(spelled):
            return False
    return False


_TALK_AFTER_UNIT = frozenset((("lam", "viec"), ("moi", "duoc"), ("tra", "loi"), ("giao", "dich")))  # "xa lam viec tu 8 gio"
_TALK_WORDS = frozenset(("chua", "cho", "con", "nua", "mua", "thua", "lam", "ba"))  # "xã chưa duyệt" is not Chư A
_DISTANCES = frozenset(("km", "cai", "cay", "met", "m", "phut", "tieng", "ki", "ngai"))
# provinces whose letters without marks say something else: "bac can vay", "em can tho xay", "lai chau phai tra"
_PROVINCES_LIKE_TALK = frozenset(("bac can", "bac kan", "can tho", "lam dong", "lai chau", "phu tho", "gia lai", "ben tre", "nam dinh", "ca mau", "ha nam"))
_GOES_ON = {"hoi phu": "nu"}  # "vao hoi phu nu" is no Hội Phú
_HAMLETS_AND_ISLANDS = HAMLETS | {"khóm", "đảo"}
# behind "thôn", "bản" no name begins with these: "bản thân", "ở xóm hổng ai biết"
_NO_HAMLET = frozenset(("than", "hong", "bi", "thuoc", "sao", "cam", "goc", "chinh", "an", "lam", "vung", "mot", "nui", "ngheo", "hay", "khac", "phia", "giua", "cuoi", "nao", "ma", "noi", "keu", "bao", "bieu", "tra", "lua", "ai", "nai", "dai", "chung", "cach", "tham", "gap", "tu"))
_AT = frozenset(("ở", "tại", "o", "tai"))
_BARE_HAMLETS = frozenset(("thon", "xom", "ap", "buon", "khom", "ban", "lang"))
_OPENS = frozenset((*BELOW, "khóm", "đảo", *_BARE_HAMLETS))
_KIN = frozenset(("em", "anh", "chi", "bac", "co", "chu", "ong", "ba", "chau", "con", "ban"))
_AND_OR = frozenset(("hay", "hoặc", "và", "với", "hoac", "va", "voi"))
_ASKS_WHERE = frozenset(("dau", "cho", "mo", "nao", "khu", "duong", "gan"))
_STANDS_AT = frozenset(("ở", "o", "tại", "tai", "trong", "ngoài", "ngoai", "dưới", "duoi"))


class _Spans:
    """Finds the stretches of a text that name places; needs more proof than an address field does."""

    def __init__(self, index: PlaceIndex, tokens: list[Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.reader = _Reader(index, tokens, None)
        self.reader._find_exact()

    @cached_property
    def accented(self) -> bool:
        """Whether the text is written with accents."""
        marked = sum(_is_marked(token.written) for token in self.tokens)
        return marked > 2 and marked * 4 >= len(self.tokens)

    @cached_property
    def cased(self) -> bool:
        """Whether the text has capitals within a sentence."""
        return not self.text.isupper() and any(
            token.raw[:1].isupper() and not token.stop for token in self.tokens[1:]
        )

    def spans(self) -> tuple[tuple[int, int], ...]:
        named = self._named()
        found: list[tuple[int, int]] = []
        at = 0
        while at < len(self.tokens):
            opens = at in named or self.tokens[at].raw.lower() in _OPENS
            end = self._stretch(at, named) if opens else at
            if end > at:
                found.append((self.tokens[at].start, self.tokens[end - 1].end))
                at = end
                listed = self._listed(at, named) if at < len(self.tokens) else at
                if listed > at and not named[at + 1][1]:
                    found.append((self.tokens[at + 1].start, self.tokens[listed - 1].end))
                    at = listed
            else:
                at += 1
        return tuple(found)

    def _named(self) -> dict[int, tuple[int, bool]]:
        """First token -> (end, whether it stands on its own: a unit word, a province, or capitals say so)."""
        longest: dict[int, tuple[int, bool]] = {}
        reader = self.reader
        for mention in (*reader.communes, *reader.districts, *reader.provinces):
            if mention.quality < 0.6 or self._institution(mention.first, mention.kind is not None):
                continue
            if mention.kind is None and self._ordinary(mention):
                continue
            if self._leads_to_a_unit(mention) or (mention.kind is None and self._everyday_words(mention)):
                continue
            if mention.kind == "tinh" and mention.name.level not in ("province", "former_province"):
                continue  # "tinh ho em" asks to work it out
            sure = self._sure(mention)
            known = longest.get(mention.first)
            if known is None or (sure, mention.end) > (known[1], known[0]):
                longest[mention.first] = (mention.end, sure)
        for at, (_, first) in self.reader.units.items():
            if first not in longest and not self._institution(first, True):
                end = self._unknown_name(at, first)
                if end > at:
                    longest[first] = (end, True)
        return longest

    def _unknown_name(self, at: int, first: int) -> int:
        """End of a name in capitals after a written-out unit word, for names that no table has; `at` if there is none."""
        unit = self.tokens[first].raw.lower()
        end = at
        if unit in ("xã", "phường", "huyện", "xa", "phuong", "huyen") and not self.text.isupper():
            while (
                end < min(at + 3, len(self.tokens)) and self.tokens[end].raw[:1].isupper() and not self.tokens[end].stop
            ):
                end += 1
        return end

    def _leads_to_a_unit(self, mention: Mention) -> bool:
        """ "nuoi ga o xa Nghi Kim": "ga o" is no Gào, the "o" says where the commune is."""
        if self.tokens[mention.end - 1].raw.lower() not in _STANDS_AT:
            return False
        asked = mention.end < len(self.tokens) and self.tokens[mention.end].folded in _ASKS_WHERE  # "tp vinh o dau"
        return asked or mention.end in self.reader.unit_starts

    def _everyday_words(self, mention: Mention) -> bool:
        """ "phụ trách" is not Phú Trạch: in a text with accents and capitals, a name has both; with accents alone, its own."""
        words = self.tokens[mention.at : mention.end]
        if not self.accented or self._capitals(words):
            return False
        return self.cased or not mention.name.written or mention.quality < 0.9

    def _sure(self, mention: Mention) -> bool:
        words = self.tokens[mention.at : mention.end]
        if mention.kind is not None:
            return self._unit_is_meant(mention, words)
        if " ".join(word.folded for word in words) in ORDINARY:
            return False
        if len(words) == 1 and mention.name.level in ("commune", "former"):
            return False
        if mention.name.loose or mention.quality < 0.9 or self._only_talk(mention, words):
            return False
        if self._locative(mention.first) or (self._soft_locative(mention.first) and self._capitals(words)):
            return True
        if mention.name.level in ("commune", "former", "district"):
            return len(self.tokens) <= mention.end - mention.first + 1 or (
                self._capitals(words) and self._nothing_else(mention)
            )
        return self._capitals(words) or len(words) > 1

    def _ordinary(self, mention: Mention) -> bool:
        """ "phu trach xa Ky Xuan": in charge of the commune; "o day tu van" is no Đại Từ, whose i is no y."""
        words = self.tokens[mention.at : mention.end]
        if self._capitals(words):
            return False
        if len(words) == len(mention.name.written) and any(
            word.written[0].endswith("ay") and name[0].endswith("ai") for word, name in zip(words, mention.name.written, strict=True)
        ):
            return True
        return " ".join(word.folded for word in words) in ORDINARY

    def _only_talk(self, mention: Mention, words: list[Token]) -> bool:
        """ "bac can vay 85 trieu" has no Bắc Kạn: without marks and capitals it is meant behind "ở" or at the end of what is said."""
        said = " ".join(word.folded for word in words)
        after = self.tokens[mention.end] if mention.end < len(self.tokens) else None
        if said in _GOES_ON:
            return after is not None and after.folded == _GOES_ON[said]
        if said not in _PROVINCES_LIKE_TALK or words[0].raw[:1].isupper() or any(_is_marked(word.written) for word in words):
            return False
        return not self._locative(mention.first) and after is not None and not after.stop and after.folded not in PARTICLES

    def _unit_is_meant(self, mention: Mention, words: list[Token]) -> bool:
        """ "quan công an" names no district: the unit word has no marks while the name has."""
        unit = self.tokens[mention.first]
        following = self.tokens[mention.end].folded if mention.end < len(self.tokens) else ""
        if len(words) == 1 and not self._capitals(words) and (
            words[0].folded in _TALK_WORDS or (words[0].folded, following) in _TALK_AFTER_UNIT
        ):
            return False
        if words[-1].raw.isdigit() and following in _DISTANCES:
            return False  # "nha xa 5 km"
        if not self._written_like_the_rest(mention, words):
            return False
        marked = any(word.written[2] or word.written[0] != word.written[1] for word in words)
        if marked and len(unit.raw) > 3 and unit.raw.lower() not in UNIT_MARKS:
            return False
        if words[0].raw.isdigit() and unit.raw.lower() in ("x", "h", "t"):
            return False  # "x10"
        dotted = self.text[unit.end : unit.end + 1] == "." and mention.quality >= 0.9  # "h. kỳ sơn"
        return len(unit.raw) > 1 or dotted or self._capitals(words) or words[0].raw.isdigit()

    def _written_like_the_rest(self, mention: Mention, words: list[Token]) -> bool:
        """In a text with accents "nhà xa trung tâm" is far, "xã cho mượn" lends: what lacks its marks there is no name."""
        if not self.accented or self._capitals(words):
            return True
        unit = self.tokens[mention.first]
        if unit.folded == "xa" and unit.raw.lower() == "xa":
            told = words[0].raw[:1].isupper() or self._locative(mention.first)  # "xa Nghĩa đàn", "o xa bố trạch"
            return told and mention.quality >= 0.9 and mention.name.kind == "xa" and words[0].folded not in ("trung", "thanh")
        return mention.quality >= 0.9 and not (
            len(words) == 1
            and mention.name.written
            and not _is_marked(words[0].written)
            and _is_marked(mention.name.written[0])
        )

    def _capitals(self, words: list[Token]) -> bool:
        return not self.text.isupper() and all(word.raw[:1].isupper() for word in words)

    def _locative(self, first: int) -> bool:
        if not first or self.tokens[first].stop:
            return False
        before = [token.raw.lower() for token in self.tokens[max(0, first - 2) : first]]
        # "trước là Cát Văn", "nay la Cat Ngan"
        return before[-1] in LOCATIVES or (
            before[-1] in ("là", "la") and before[0] in BEFORE_IS
        )

    def _soft_locative(self, first: int) -> bool:
        """ "người Can Lộc", "gần Vĩnh Lộc"; "mua nhà ở xã hội Hóc Môn" says where the house is."""
        if not first or self.tokens[first].stop:
            return False
        before = [token.raw.lower() for token in self.tokens[max(0, first - 2) : first]]
        return before[-1] in SOFT_LOCATIVES or before in (["xã", "hội"], ["xa", "hoi"])

    def _nothing_else(self, mention: Mention) -> bool:
        """Whether only words around an answer stand beside the name ("Nam Đàn nghe em")."""
        rest = (*self.tokens[: mention.first], *self.tokens[mention.end :])
        if mention.first and self.tokens[mention.first - 1].folded in _KIN:
            return False  # "em Thanh Bình ạ" may be called so
        return len(rest) <= 4 and all(token.folded in FILLERS for token in rest)

    def _stretch(self, at: int, named: dict[int, tuple[int, bool]]) -> int:
        """End of the place that starts at a token; `at` where there is none. Goes on from level to level, over commas."""
        end, sure = at, False
        first = self._hamlet(at, named)
        if first > at:
            end, sure = first, True
        if first == at and self._of_a_person(at, named):
            return at
        while end < len(self.tokens) and end in named and self._joined(at, end):
            if end > at and not (named[end][1] or self._comma(end) or self._leads_on(end, named)):
                break
            sure = sure or named[end][1]
            end = named[end][0]
        alone = first > at and self._named_hamlet(at) and (self.tokens[first - 1].raw[:1].isupper() or first == self._small_hamlet(at))
        return end if sure and (end > max(at, first) or alone) else at

    def _leads_on(self, at: int, named: dict[int, tuple[int, bool]]) -> bool:
        """Whether a district without its unit word stands between a commune and a province ("phường Vĩnh Mỹ Châu Đốc An Giang")."""
        end = named[at][0]
        if end in named and named[end][1] and self._joined(at, end):
            return True
        words = self.tokens[at:end]
        return len(words) > 1 and self._capitals(words) and any(m.at == at and m.end == end for m in self.reader.districts)

    def _listed(self, at: int, named: dict[int, tuple[int, bool]]) -> int:
        """End of a place that is named beside the one before it ("người Tương Dương hay Kỳ Sơn"); `at` if there is none."""
        if at + 1 not in named or self.tokens[at].raw.lower() not in _AND_OR or self.tokens[at].stop:
            return at
        end = named[at + 1][0]
        return end if end - at > 2 and self._capitals(self.tokens[at + 1 : end]) else at

    def _named_hamlet(self, at: int) -> bool:
        """Whether a hamlet's word stands there, or one of a group within it ("đội 5 thôn Thượng")."""
        words = [token.raw.lower() for token in self.tokens[at : at + 3]]
        return words[0] in _HAMLETS_AND_ISLANDS or self._bare_hamlet(at) or (words[1:2] != [] and words[1].isdigit() and words[-1] in HAMLETS)

    def _of_a_person(self, at: int, named: dict[int, tuple[int, bool]]) -> bool:
        """The last syllable of a name ("Hồ Sỹ Lâm, xã Đức Thọ") begins no place."""
        if at not in named or named[at][1]:
            return False
        if named[at][0] - at < 2:
            return True
        word = self.tokens[at]
        return bool(at) and not word.stop and word.raw[:1].isupper() and self.tokens[at - 1].raw[:1].isupper()

    def _hamlet(self, at: int, named: dict[int, tuple[int, bool]]) -> int:
        """End of a hamlet before a place ("thôn Đông Sơn, xã Can Lộc"), else `at`."""
        word = self.tokens[at].raw.lower()
        if word in ("thôn", "thon") and at and self.tokens[at - 1].folded == "nong":
            return at  # "ở nông thôn, thuộc xã Bình Dương"
        if word in _BARE_HAMLETS and word not in BELOW and not self._bare_hamlet(at):
            return at  # "mấy bản", "buon ban"
        if word not in _OPENS or word in ("số", "khu", "phố", "to", "so"):
            return at
        if self.tokens[at + 1 : at + 2] and self.tokens[at + 1].raw.lower() in ("trưởng", "truong"):
            return at  # of a group, not a place
        for end in range(at + 2, min(at + 6, len(self.tokens))):
            if end in named and named[end][1] and (self.tokens[end].stop or end in self.reader.unit_starts):
                return end
        within = self._hamlet_alone(at + 2) if self._named_hamlet(at) and at + 2 < len(self.tokens) else at + 2
        return within if within > at + 2 else self._hamlet_alone(at)

    def _hamlet_alone(self, at: int) -> int:
        """End of "bản Nà Khoang", "xóm Mới": a hamlet's word and a name in capitals, with no commune behind it."""
        end = at + 1
        word = self.tokens[at].raw.lower()
        if self.text.isupper() or not (word in _HAMLETS_AND_ISLANDS or self._bare_hamlet(at)):
            return at
        if at and self.tokens[at - 1].folded in ("truong", "van"):
            return at  # "trưởng thôn Trần Văn A", "văn bản Nghị định"
        while end < min(at + 4, len(self.tokens)) and self.tokens[end].raw[:1].isupper() and not self.tokens[end].stop:
            end += 1
        return end if end > at + 1 else self._small_hamlet(at)

    def _small_hamlet(self, at: int) -> int:
        """End of "ở thôn đoài", "ở bản nà khoang" where no capitals are typed at all: up to the first word of talk."""
        here = self.accented or self.tokens[at].raw in ("thon", "xom", "ap")
        if not (here and at and self.tokens[at - 1].raw.lower() in _AT) or any(t.raw[:1].isupper() for t in self.tokens[1:]):
            return at
        end = at + 1
        while end < min(at + 4, len(self.tokens)) and not self.tokens[end].stop and not self._talk(end):
            end += 1
        return end if end > at + 1 else at

    def _talk(self, at: int) -> bool:
        token = self.tokens[at]
        return token.unit is not None or len(token.raw) == 1 or token.raw.isdigit() or token.folded in EVERYDAY or token.folded in FILLERS or token.folded in _NO_HAMLET

    def _bare_hamlet(self, at: int) -> bool:
        """ "o ban Na Khoang", "xom Con": a hamlet's word without marks, in a text without them, where no friend ("ban") is meant."""
        word = self.tokens[at].raw
        if self.accented or word not in _BARE_HAMLETS:
            return False
        return word not in ("ban", "lang") or (at > 0 and self.tokens[at - 1].raw.lower() in LOCATIVES)

    def _joined(self, start: int, at: int) -> bool:
        if at == start:
            return True
        between = self.text[self.tokens[at - 1].end : self.tokens[at].start]
        return re.fullmatch(r"\s*[,\-(.]?\s*", between) is not None

    def _comma(self, at: int) -> bool:
        return "," in self.text[self.tokens[at - 1].end : self.tokens[at].start]

    def _institution(self, first: int, with_unit: bool) -> bool:
        """A name after "Đại học", "công ty", "trại giam" … is that house's; with a unit word only if it stands right behind."""
        start = first
        while start > max(0, first - 4) and not self.tokens[start].stop:
            start -= 1
            if not with_unit and self.tokens[start].raw.lower() in _STANDS_AT:
                return False  # "học cao đẳng ở Đà Nẵng": the town, not the school's name
            if self.tokens[start].raw.lower() == "trưởng":
                return False  # "tổ trưởng xã Mường Xén" is no school
            for end in (first,) if with_unit else range(start + 1, first + 1):
                if " ".join(token.folded for token in self.tokens[start:end]) in INSTITUTIONS:
                    return True
        return False


def _original_offsets(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Offsets in the composed text -> offsets in the text as it came (letters with separate marks)."""
    starts: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        starts.extend([at] * len(unicodedata.normalize("NFC", text[at:end])))
        at = end
    starts.append(len(text))
    return tuple((starts[first], starts[end]) for first, end in spans)


def _is_marked(written: tuple[str, str, str]) -> bool:
    plain, shaped, tone = written
    return bool(tone) or shaped != plain


def _final_k(shaped: str) -> str:
    return shaped[:-1] + "k" if shaped[-1:] == "c" else shaped


def _small(word: Token) -> bool:
    """A word of everyday talk, not written as a name."""
    return (word.folded in EVERYDAY or word.folded in FILLERS) and not word.raw[:1].isupper()


def _divided_complete(shown: list[Weighed], count: int) -> list[Weighed]:
    """The first `count`, but never some successors of a former commune without the others."""
    kept = shown[:count]
    formers = {each.former for each in kept if each.divided}
    return kept + [each for each in shown[count:] if each.former in formers][:MOST]


def _support(
    mention: Mention, others: Iterable[Mention], fits: Callable[[Mention], bool], beside: Mention | None = None
) -> Mention | None:
    best: Mention | None = None
    first, end = mention.first, mention.end
    for other in others:
        if not fits(other) or (other.first < end and first < other.end):
            continue
        if beside is not None and other.overlaps(beside):
            continue
        if best is None or _rank(other) > _rank(best):
            best = other
    return best


def _rank(mention: Mention) -> tuple[float, int, bool]:
    return mention.quality, mention.end - mention.first, mention.name.level == "former_province"


def _marks_quality(words: list[Token], written: tuple[tuple[str, str, str], ...], aligned: bool = True) -> float:
    """How well the marks agree, 0 … 1. A text without any marks agrees with all names nearly fully."""
    seen = [word.written for word in words]
    if not any(tone or shaped != plain for plain, shaped, tone in seen):
        unmarked = all(not tone and shaped == plain for plain, shaped, tone in written)
        return 1.0 if unmarked and written else 0.97
    if not written:
        return 0.93
    if len(seen) != len(written):
        same = "".join(shaped for _, shaped, _ in seen) == "".join(shaped for _, shaped, _ in written)
        return 0.96 if same and aligned else 0.85
    return sum(_syllable_quality(word, name) for word, name in zip(words, written, strict=False)) / len(written)


def _syllable_quality(word: Token, name: tuple[str, str, str]) -> float:
    _, shaped, tone = word.written
    if (shaped, tone) == name[1:]:
        return 1.0
    if word.slip and word.slip[0][1:] == name[1:]:
        return 0.98
    if shaped == word.written[0] and not tone:
        return 0.85
    if shaped[-1:] in CHECKED and _final_k(shaped) == _final_k(name[1]) and {tone, name[2]} <= {"", "s"}:
        return 0.95  # "Đăk", "Đắk", "Đắc"
    if shaped == name[1] and {tone, name[2]} == {"r", "x"}:
        return 0.85  # hỏi and ngã are one tone to half the country
    if shaped == name[1] or tone == name[2]:
        return 0.6
    return 0.4


def _candidate(index: PlaceIndex, score: float, code: str, former_code: str | None, called: str = "") -> PlaceCandidate:
    spot = index.spots[code]
    before = index.formers[former_code] if former_code else None
    return PlaceCandidate(score, index.communes[code], before, spot.lat, spot.lon, called)


def _bare(name: str) -> str:
    lowered = name.lower()
    for word in ("thành phố", "thị xã", "thị trấn", "đặc khu", "huyện đảo", "phường", "quận", "huyện", "tỉnh", "xã"):
        if lowered.startswith(word + " "):
            return name[len(word) + 1 :]
    return name


def _said(name: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(marks(word) for word in WORD.findall(unicodedata.normalize("NFC", name)))
