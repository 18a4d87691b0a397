"""A slip of the finger becomes the word that fits between its neighbours: "chaư biết" is "chưa biết", "tuhê mua" is "thuê mua".

Only letters that can be no Vietnamese syllable are touched, and only for a word that stands beside one of the same neighbours in
`nlu/lexicon/pairs.tsv`: what people write here, counted in the training sentences (`python -m nlu.lexicon.count_pairs` counts anew).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from pathlib import Path

from nlu.letters import fold_char, fold_word, marks

PAIRS = Path(__file__).parent / "lexicon" / "pairs.tsv"
START, END = "^", "$"
SHORTEST, LONGEST = 3, 8  # letters of a word that can be mended
ABBREVIATION = 3  # letters: so few without a vowel are no slip
LEAST_LEAD = 0.5  # by which the best word must be ahead of the next one

_ONSETS = ["ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x"]
_RIMES = ["a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "ă", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "â", "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây", "e", "ec", "em", "en", "eng", "eo", "ep", "et", "ê", "êc", "êch", "êm", "ên", "êng", "ênh", "êp", "êt", "êu", "i", "ia", "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu", "ich", "im", "in", "inh", "ip", "it", "iu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oăc", "oăm", "oăn", "oăng", "oăt", "oc", "oe", "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot", "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", "u", "ua", "uân", "uâng", "uât", "uây", "uc", "uê", "uêch", "uên", "uênh", "ui", "um", "un", "ung", "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uơ", "up", "ut", "uy", "uya", "uych", "uyên", "uyêt", "uyn", "uynh", "uyp", "uyt", "uyu", "ư", "ưa", "ưc", "ưi", "ưm", "ưn", "ưng", "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu", "ưt", "ưu", "y", "yêm", "yên", "yêng", "yêt", "yêu"]
_AFTER_Q = ["ua", "uac", "uach", "uai", "uan", "uang", "uanh", "uao", "uat", "uau", "uay", "uăc", "uăn", "uăng", "uăt", "uân", "uât", "uây", "ue", "uen", "ueo", "uet", "uê", "uên", "uêt", "uênh", "ui", "uit", "uinh", "uôc", "uơ", "uy", "uyên", "uyêt", "uynh", "uyt"]
_NEAR = {
    a: row[max(0, i - 1) : i + 2].replace(a, "")
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, a in enumerate(row)
}
_VOWELS = frozenset("aeiouy")
_LETTERS = "abcdeghiklmnopqrstuvxy"
_SWAPPED, _DOUBLED, _NEXT_KEY, _OTHER = 1.0, 1.0, 1.2, 2.0  # what a slip costs: how seldom fingers make it


# --- what can be a word ---------------------------------------------------------------------------------------------


def _partly_marked(rimes: Iterable[str]) -> frozenset[str]:
    """Each rime with any of its hats and horns left out, as people type."""
    return frozenset("".join(one) for rime in rimes for one in product(*({c, fold_char(c)} for c in rime)))


@lru_cache(maxsize=1)
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    return _partly_marked(_RIMES), _partly_marked(_AFTER_Q)


@lru_cache(maxsize=32768)
def can_be_syllable(raw: str) -> bool:
    """Whether the letters, marks and all, can be a Vietnamese syllable; missing marks are forgiven, impossible ones are not."""
    letters, _ = marks(raw)
    rimes, after_q = _syllables()
    if letters in rimes or (letters[:1] == "q" and letters[1:] in after_q):
        return True
    return any(letters.startswith(onset) and letters[len(onset) :] in rimes for onset in _ONSETS) or letters == "gi"


# --- mending --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _known() -> tuple[dict[tuple[str, str], int], Counter[str], frozenset[str]]:
    """How often which words stand beside each other, how often each at all, and words that are no syllables but right."""
    pairs: dict[tuple[str, str], int] = {}
    alone: Counter[str] = Counter()
    right = set()
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, *rest = line.split("\t")
        if not rest:
            right.add(first)
            continue
        pairs[first, rest[0]] = int(rest[1])
        alone[first] += int(rest[1])
    return pairs, alone, frozenset(right)


@lru_cache(maxsize=8192)
def mended(left: str, raw: str, key: str, right: str) -> str | None:
    """The word that was meant by `raw` (unaccented `key`) between its neighbours, with the marks that were typed, or None."""
    if not SHORTEST <= len(key) <= LONGEST or can_be_syllable(raw):
        return None
    if len(key) <= ABBREVIATION and _VOWELS.isdisjoint(key):
        return None
    pairs, alone, known = _known()
    if key in known:
        return None
    best: dict[str, tuple[float, str]] = {}  # by unaccented word
    for marked, cost in _slips(raw if len(raw) == len(key) else key).items():
        word = fold_word(marked)
        if word not in alone or ((left, word) not in pairs and (word, right) not in pairs):
            continue
        score = math.log1p(pairs.get((left, word), 0)) + math.log1p(pairs.get((word, right), 0)) - cost
        best[word] = max(best.get(word, (score, marked)), (score, marked))
    scores = sorted(best.values(), reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] - scores[1][0] < LEAST_LEAD):
        return None
    return scores[0][1]


def _slips(typed: str) -> dict[str, float]:
    """The words that one slip of the finger turns into `typed`, each with its cost; letters keep their marks."""
    found: dict[str, float] = {}

    def add(word: str, cost: float) -> None:
        found[word] = min(cost, found.get(word, cost))

    for i, letter in enumerate(typed):
        rest = typed[i + 1 :]
        if rest and rest[0] != letter:
            add(typed[:i] + rest[0] + letter + rest[1:], _SWAPPED)
        add(typed[:i] + rest, _DOUBLED if letter == typed[i - 1 : i] else _OTHER)
        for other in _LETTERS:
            add(typed[:i] + other + rest, _NEXT_KEY if other in _NEAR.get(letter, "") else _OTHER)
            add(typed[:i] + other + typed[i:], _OTHER)
    found.pop(typed, None)
    return found
