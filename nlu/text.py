"""The one normaliser: from what was typed to plain words with spans in the original text.

Here belong Unicode form, tone marks, Telex and VNI slips, teencode, abbreviations, dialect words, drawn-out letters.
Not here: what the words mean (`nlu/entities/`), and no general restoring of accents: it turns "ra tù" into "ra từ".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, wraps
from itertools import accumulate
from typing import Any, TypeVar

import msgspec

from nlu.letters import TONES, agrees, fold, fold_char, fold_word, has_accents, nfc
from nlu.lexicon import load
from nlu.misspelt import END, START, can_be_syllable, mended

_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*|\S")
_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|th|tr|qu|[bcdghklmnprstvx])?"
_RIME = (
    r"(?:(?:uye|uyê|oa|oe|ua|ue|uy|uo|ie|ye|[aeiouy])(?:ch|ng|nh|[cmnpt])?"
    r"|oai|oay|oao|oeo|uoi|uou|uya|uyu|uay|uau|ieu|yeu|ai|ao|au|ay|eo|eu|ia|iu|oi|ui|uu|ya)"
)
_SYLLABLE = re.compile(rf"(?:{_ONSET}{_RIME}|gi|gin|gim|gip|giet|quy|quyt)\Z")
_TELEX_TONE = re.compile(r"(?<=[aeiouy])([a-z]*?)[sfrxjz]")
_VNI_WORD = re.compile(r"(?<![^\W_])[a-zA-Z]+[1-9][a-zA-Z1-9]*(?![^\W_])")
_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLE_CONSONANT = re.compile(r"([bcdghklmnpqrtvx])\1+")
_DOUBLE_VOWEL = re.compile(r"([aeiouy])\1+")


@lru_cache(maxsize=32768)
def is_syllable(folded: str) -> bool:
    """Whether unaccented letters can be one Vietnamese syllable."""
    return _SYLLABLE.match(folded) is not None


class Word(msgspec.Struct, eq=False, gc=False):
    """One plain word: `key` unaccented and spelled out, `raw` as typed in lower case, `start`, `end` in the text."""

    key: str
    raw: str
    start: int
    end: int
    kind: str  # "w" letters, "n" digits, "p" anything else
    glued: bool  # no space before it
    upper: bool  # begins with a capital

    def __repr__(self) -> str:
        return f"{self.key}({self.raw})"

    def means(self, *forms: str) -> bool:
        """Whether this word can be one of the accented forms."""
        return any(fold_word(form) == self.key and agrees(self.raw, form) for form in forms)


WELL, MOSTLY = 3, 0.5  # words with marks, and their share, from which missing marks say something


class Plain:
    """A message as plain words. `line` is their keys joined by single spaces, with a space at both ends."""

    __slots__ = ("accented", "followers", "has_digits", "in_order", "keys", "line", "memo", "offsets", "text", "well_accented", "words")

    def __init__(self, text: str, words: list[Word]) -> None:
        self.text = text
        self.words = words
        self.has_digits = _DIGIT.search(text) is not None  # whether a digit was typed anywhere
        self.memo: dict[str, Any] = {}  # what a reader found and another one needs
        keys = [word.key for word in words]
        self.in_order = keys
        self.followers = [*keys[1:], ""]  # of each word
        self.keys = frozenset(keys)  # for readers that need one of a few to find anything
        self.offsets = list(accumulate([len(key) + 1 for key in keys], initial=1))[:-1]
        self.line = f" {' '.join(keys)} "
        marked = 0 if text.isascii() else sum([has_accents(w.raw) for w in words if w.kind == "w"])
        self.accented = marked > 0
        self.well_accented = marked >= WELL and marked >= MOSTLY * sum([w.kind == "w" for w in words])

    def index(self, offset: int) -> int:
        """The number of the word at or after this place of `line`."""
        return bisect_left(self.offsets, offset)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words first … last-1 stand in the text."""
        return self.words[first].start, self.words[last - 1].end

    def slice(self, first: int, last: int) -> str:
        """The words first … last-1 as typed."""
        start, end = self.span(first, last)
        return self.text[start:end]

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
        """Matches of a pattern over `line`, as word numbers (first, after the last)."""
        for match in pattern.finditer(self.line):
            begin, end = match.span()
            while begin < end and self.line[begin] == " ":
                begin += 1
            yield self.index(begin), self.index(end), match

    def has(self, *keys: str) -> bool:
        """Whether any of these keys (phrases too) stands in the message."""
        return any(f" {key} " in self.line for key in keys)


_Found = TypeVar("_Found")


def once(reader: Callable[[Plain], _Found]) -> Callable[[Plain], _Found]:
    """Remembers in the message what the reader found there: several other readers ask for it."""
    name = f"{reader.__module__}.{reader.__qualname__}"

    @wraps(reader)
    def remembered(plain: Plain) -> _Found:
        memo = plain.memo
        if name not in memo:
            memo[name] = reader(plain)
        return memo[name]

    return remembered


class _Tables:
    """The word lists of `nlu/lexicon/`, ready for look-up."""

    def __init__(self) -> None:
        data = load("abbreviations")
        self.exact = _expansions(data["exact"])  # with the accents as typed
        self.folded = _expansions(data["folded"])  # whatever the accents
        self.capitals = {short.upper(): full for short, full in _expansions(data["capitals"]).items()}
        self.symbols = {key: str(value) for key, value in data["symbols"].items()}
        self.foreign = frozenset((*map(str, data["foreign"]), *_english_words()))
        self.units = frozenset(map(str, data["after_number"]))


def _english_words() -> set[str]:
    """The words of the English phrases: none of them is a Telex slip."""
    phrases = (p for said in load("facts_english").values() for listed in said.values() for p in listed)
    return {word for phrase in phrases for word in re.findall(r"[a-z]{3,}", phrase)}


def _expansions(entries: dict[str, Iterable[str] | str]) -> dict[str, tuple[str, ...]]:
    """From "full form: short forms" to "short form -> folded words"."""
    table = {}
    for full, shorts in entries.items():
        words = tuple(fold(str(full)).split())
        for short in shorts.split() if isinstance(shorts, str) else shorts:
            table[nfc(str(short)).lower()] = words
    return table


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


@lru_cache(maxsize=32768)
def _spell(raw: str) -> tuple[str, ...]:
    """The plain words behind one typed word."""
    tables = _tables()
    if raw in tables.exact:
        return tables.exact[raw]
    key = fold_word(raw)
    if key in tables.folded and raw.replace("đ", "d").isascii():
        return tables.folded[key]
    if key in tables.foreign or is_syllable(key):
        return (key,)
    calm = _RUN.sub(r"\1", raw)
    if calm != raw:
        return _spell(calm)
    undone = _undo_telex(key)
    if undone != key and (undone in tables.folded or undone in tables.exact or is_syllable(undone)):
        return tables.exact.get(undone) or tables.folded.get(undone) or (undone,)
    short = _DOUBLE_VOWEL.sub(r"\1", key)
    if short != key and is_syllable(short):
        return tables.folded.get(short, (short,))
    single = _DOUBLE_CONSONANT.sub(r"\1", key)  # "khhông", "trrung"
    if single != key and is_syllable(single):
        return tables.folded.get(single, (single,))
    return (key,)


def _undo_telex(key: str) -> str:
    """The unaccented syllable that Telex keys would have made ("tieenf" -> "tien")."""
    plain = key.replace("dd", "d")
    plain = re.sub(r"(aa|ee|oo)", lambda m: m.group()[0], plain)
    plain = re.sub(r"(?<=[aou])w|(?<=uo)w", "", plain)
    plain = plain.replace("w", "u")
    for _ in range(2):
        plain = _TELEX_TONE.sub(r"\1", plain, count=1)
    return plain


def _vni_spans(text: str) -> dict[int, tuple[int, str]]:
    """Words typed with VNI digits: start -> (end, unaccented syllable). Needs evidence: "nam2" alone may mean a number."""
    found: dict[int, tuple[int, str]] = {}
    sure = 0
    for match in _VNI_WORD.finditer(text):
        word = match.group().lower()
        plain = re.sub(r"(?<=[aeo])6|(?<=[ou])7|(?<=o)7|(?<=a)8|(?<=d)9", "", word)
        plain = re.sub(r"(?<=[aeiouy])([a-z]*)[1-5]", r"\1", plain)
        if plain.isalpha() and is_syllable(plain):
            found[match.start()] = (match.end(), plain)
            sure += any(c.isdigit() for c in word[:-1]) or 1
            sure += 2 * bool(re.search(r"\d[a-z]", word))
    return found if sure >= 3 else {}


@lru_cache(maxsize=8)  # a message is asked for its topic, then read: both see the same words
def plain(text: str, mend: bool = True) -> Plain:
    """Read a message into plain words; never fails, whatever the text. `mend`: slips of the finger become words."""
    text = nfc(text)
    tables = _tables()
    words: list[Word] = []
    doubtful: list[int] = []  # the words that may be slips
    vni = _vni_spans(text) if _DIGIT.search(text) else {}
    skip_until = 0
    previous_end = -1
    capitals = {} if text.isupper() else tables.capitals
    for match in _PIECE.finditer(text):
        start, end = match.span()
        if start < skip_until:
            continue
        piece = match[0]
        glued = start == previous_end
        previous_end = end
        if piece[0].isalpha():
            if vni and start in vni:
                end, key = vni[start]
                words.append(Word(key, key, start, end, "w", glued, piece[0].isupper()))
                skip_until = previous_end = end
            elif piece in capitals:
                words.extend([Word(k, k, start, end, "w", glued, True) for k in capitals[piece]])
            elif _add_letters(words, piece, start, glued, tables):
                doubtful.append(len(words) - 1)
        elif piece[0].isdigit():
            words.append(Word(_digits(piece), piece, start, end, "n", glued, False))
        else:
            key = tables.symbols.get(piece, piece)
            words.extend([Word(k, k, start, end, "w" if k.isalpha() else "p", glued, False) for k in key.split()])
    _mend_broken(words, text)
    if mend and doubtful:
        _mend_slips(words, doubtful)
    return Plain(text, words)


# what follows the southern "hỏng" that says "không": a verb or an adjective; anything else leaves it "broken"
_AFTER_SOUTHERN_NOT = re.compile(
    r"biet|co|duoc|phai|ro|muon|can|thay|nghe|hieu|nho|dam|chiu|du|thuoc|vay|cho|ai|thich|dong|con|tin|chac|sao|vo|no|vao|lam"
    r"|di|an|hoc|ky|nam|khai|dung|bao|ranh|mat|be|the|dau|giau|xin|tra|gui|noi|tien|hoi|lay|bi|tung|he"
)


def _mend_broken(words: list[Word], text: str) -> None:
    """ "nhà vệ sinh hỏng rồi" is broken; "hỏng biết" is the southern "không biết"."""
    if "hỏng" not in text.lower():
        return
    for i, word in enumerate(words):
        if word.key == "khong" and text[word.start : word.end].lower() == "hỏng":
            if i and words[i - 1].key == "hu":
                word.key = word.raw = "hong"  # "hư hỏng nặng"
                continue
            after = words[i + 1].key if i + 1 < len(words) else ""
            alone = len(words) == 1
            if not alone and _AFTER_SOUTHERN_NOT.fullmatch(after) is None:
                word.key = word.raw = "hong"


def _mend_slips(words: list[Word], doubtful: Iterable[int]) -> None:
    """ "chaư biết" is "chưa biết"; a name in capitals is left alone."""
    for i in doubtful:
        word = words[i]
        if (word.upper and i) or can_be_syllable(word.raw):
            continue
        left = words[i - 1].key if i and words[i - 1].kind == "w" else START
        right = words[i + 1].key if i + 1 < len(words) and words[i + 1].kind == "w" else END
        meant = mended(left, word.raw, word.key, right)
        if meant is not None:
            word.key, word.raw = fold(meant), meant


def _add_letters(words: list[Word], piece: str, start: int, glued: bool, tables: _Tables) -> bool:
    """Adds what the letters say; True if they may be a slip of the finger."""
    end = start + len(piece)
    keys, shown, upper, doubtful = _typed(piece)
    if words and words[-1].kind == "n":
        raw = piece.lower()
        if raw in tables.units:
            words.append(Word(fold_word(raw), raw, start, end, "w", glued, upper))
            return False
        if raw == "hk":
            keys = ("hoc", "ky")
    if len(keys) == 1:
        words.append(Word(keys[0], shown, start, end, "w", glued, upper))
        return doubtful
    words.extend([Word(k, k, start, end, "w", glued, upper) for k in keys])
    return False


@lru_cache(maxsize=32768)
def _typed(piece: str) -> tuple[tuple[str, ...], str, bool, bool]:
    """The plain words behind letters, the word to compare accents with, whether it begins with a capital and may be a slip."""
    raw = piece.lower()
    keys = _spell(raw)
    # an abbreviation spelled out no longer has accents of its own to compare; Telex keys say which were meant
    shown = raw if len(keys) == 1 and keys[0] == fold_word(raw) else _telex_meant(raw, keys)
    doubtful = not can_be_syllable(shown) and keys[0] not in _tables().foreign
    return keys, shown, piece[0].isupper(), doubtful


_TELEX_HATS = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"), ("w", "ư"))
_TELEX_MARKS = {key: mark for mark, key in TONES.items()}


def _telex_meant(raw: str, keys: tuple[str, ...]) -> str:
    """What Telex keys would have written ("duwngf": dừng), if that is the plain word found; else the plain word."""
    if len(keys) > 1 or not raw.isascii() or not raw.isalpha():
        return keys[0]
    letters, tone = raw, ""
    if raw[-1] in _TELEX_MARKS and len(raw) > 2:
        letters, tone = raw[:-1], _TELEX_MARKS[raw[-1]]
    letters = letters.replace("uow", "ươ")
    for typed, meant in _TELEX_HATS:
        letters = letters.replace(typed, meant)
    vowel = next((i for i, letter in enumerate(letters) if fold_char(letter) in "aeiouy"), None)
    if vowel is None:
        return keys[0]
    written = unicodedata.normalize("NFC", letters[: vowel + 1] + tone + letters[vowel + 1 :])
    return written if fold_word(written) == keys[0] and not written.isascii() else keys[0]


def _digits(piece: str) -> str:
    """ASCII digits, whatever script they were typed in."""
    if piece.isascii():
        return piece
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in piece)
