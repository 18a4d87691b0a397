"""Prints `pairs.tsv`, from which `nlu/misspelt.py` mends slips: which words stand beside each other in the training sentences.

python -m nlu.lexicon.count_pairs > nlu/lexicon/pairs.tsv      # after a change of the training sentences
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from random import Random

from nlu.lexicon import load
from nlu.misspelt import END, PAIRS, SHORTEST, START, can_be_syllable
from nlu.text import fold, plain
from nlu.training import SEED, examples, said

SEEN_AT_LEAST = 2  # what stands there once may be a slip itself
EACH = 4  # ways of each phrase
UNITS = PAIRS.parents[1] / "places"


def lines() -> Iterator[str]:
    """The lines of the file: words that are right though no syllables, then the pairs and how often each was seen."""
    sentences = [[w.key for w in plain(text, mend=False).words if w.kind == "w"] for text in _texts()]
    pairs = Counter(pair for keys in sentences for pair in zip([START, *keys], [*keys, END], strict=True))
    seen = Counter(word for keys in sentences for word in keys)
    right = {word for word, times in seen.items() if times >= SEEN_AT_LEAST} | _in_names() | _in_lexicon()
    yield "# Made by `python -m nlu.lexicon.count_pairs` from the training sentences and the names of units; not written by hand."
    yield from sorted(w for w in right if w.isalpha() and len(w) >= SHORTEST and not can_be_syllable(w))
    yield from (f"{a}\t{b}\t{n}" for (a, b), n in sorted(pairs.items()) if n >= SEEN_AT_LEAST)


def _texts() -> Iterator[str]:
    """The training sentences, and each phrase of the facts in some of its ways."""
    yield from (example.text for example in examples())
    chance = Random(SEED)
    for entry in load("facts").values():
        for phrases in (*(entry.get("says") or {}).values(), *(entry.get("asked") or {}).values()):
            yield from (said(str(phrase), chance) for phrase in phrases for _ in range(EACH))


def _in_names() -> set[str]:
    """Every word in a name of a province, district or commune."""
    words: set[str] = set()
    for path in sorted(UNITS.glob("*.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            words |= set(fold(row.get("name") or "").replace("'", " ").replace("-", " ").split())
    return words


def _in_lexicon() -> set[str]:
    """Every word of the word lists: slang that a phrase knows ("bik") is no slip."""
    return {word for path in PAIRS.parent.glob("*.yaml") for word in re.findall(r"[a-z]+", fold(path.read_text(encoding="utf-8")))}


if __name__ == "__main__":
    print("\n".join(lines()))
