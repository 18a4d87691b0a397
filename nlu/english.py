"""English: whether a message is written in it, by its small words, and the few things that are read by their words alone."""

from __future__ import annotations

import re

from nlu.text import nfc

# words that are no Vietnamese syllable, with or without accents, or hardly ever stand in a Vietnamese message
_SURE = frozenset(
    ["i", "my", "we", "our", "you", "your", "he", "she", "they", "this", "that", "is", "are", "am", "was", "have", "has", "had", "does", "did", "want", "need", "would", "could", "should", "how", "what", "which", "who", "where", "when", "why", "for", "from", "with", "and", "but", "not", "yes", "please", "hello", "thanks", "thank", "loan", "borrow", "money", "interest", "rate", "apply", "application", "eligible", "house", "home", "water", "toilet", "student", "school", "university", "job", "work", "abroad", "prison", "released", "poor", "household", "pay", "repay", "month", "year", "much", "many", "can't", "don't", "i'm"]
)
# words that English messages are full of and that can be Vietnamese syllables too
_ALSO = frozenset(["a", "an", "the", "to", "in", "on", "of", "or", "do", "can", "me", "it", "be", "so", "no", "if", "at", "by", "as", "go", "get", "us", "will", "any", "all"])
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
LEAST_SURE, MOSTLY = 2, 0.6


def is_english(text: str) -> bool:
    """True for "Hello, can I borrow money for my daughter's university?"; a few English words among Vietnamese are none."""
    text = nfc(text)
    if not text.isascii():
        return False
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    if _SURE.isdisjoint(words):
        return False
    sure = sum(word in _SURE for word in words)
    return sure >= LEAST_SURE and sure + sum(word in _ALSO for word in words) >= MOSTLY * len(words)


_UNITS = {"commune": "xã", "ward": "phường", "district": "huyện", "province": "tỉnh"}
_UNIT_BEHIND = re.compile(r"^(\s*(?:(?:i live |we live )?(?:in|at) )?)(?!the\b|this\b|my\b)([^,]+?) (commune|ward|district|province)(\s*)$", re.IGNORECASE)
_UNIT_BEFORE = re.compile(r"\b(commune|ward|district|province) of (?=\w)", re.IGNORECASE)


def with_units(text: str) -> str:
    """The same place with Vietnamese unit words before the names: "Nghi Loc commune, Nghe An" -> "xã Nghi Loc, Nghe An"."""
    if not any(unit in text.lower() for unit in _UNITS):
        return text
    parts = (_UNIT_BEFORE.sub(lambda found: _UNITS[found[1].lower()] + " ", part) for part in text.split(","))
    return ",".join(
        _UNIT_BEHIND.sub(lambda found: f"{found[1]}{_UNITS[found[3].lower()]} {found[2]}{found[4]}", part) for part in parts
    )


_ASKED = (
    ("amount", r"how much(?: (?:money|can i (?:get|borrow)|is it|can we (?:get|borrow)))?"),
    ("documents", r"(?:what|which) (?:papers?|documents?)(?: (?:do i need|are needed|do we need|to bring))?"),
    ("term", r"(?:for )?how long(?: (?:can i|to) (?:borrow|pay|repay)| is it)?"),
    ("rate", r"(?:what|how much)(?: is| s)?(?: the)? (?:interest|rate|interest rate)"),
)
_STUDIES = re.compile(r"\b(?:college|university|tuition|student|school fees|vocational school)\b")
_LENT = re.compile(r"\b(?:loan|borrow|lend|money)\b")


def question(text: str) -> str | None:
    """What a message that is nothing but a short question asks: "how much", "what papers"; else None."""
    lowered = nfc(text).lower()
    if "how" not in lowered and "wh" not in lowered:
        return None  # what each of the questions has; no Vietnamese word does
    words = " ".join(re.findall(r"[a-z]+", lowered))
    return next((topic for topic, asked in _ASKED if re.fullmatch(asked, words)), None)


def lends_for_studies(text: str) -> bool:
    """True for "I need a loan for my kid's college"."""
    lowered = nfc(text).lower()
    if not _LENT.search(lowered):
        return False
    words = " ".join(re.findall(r"[a-z]+", lowered))
    return bool(_STUDIES.search(words) and _LENT.search(words))
