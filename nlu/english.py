"""Whether a message is written in English, by its small words. Not here: what it says."""

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
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    sure = sum(word in _SURE for word in words)
    return sure >= LEAST_SURE and sure + sum(word in _ALSO for word in words) >= MOSTLY * len(words)
