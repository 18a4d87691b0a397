"""Whether the home lies in the country or in a town, where the text says so; a programme's name says nothing."""

from __future__ import annotations

from functools import lru_cache

from nlu.lexicon import load
from nlu.pattern import Patterns, without_overlap
from nlu.reading import Entity
from nlu.text import Plain


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    people = load("people")
    phrases = [(p, value) for value, listed in people["area"].items() for p in listed]
    return Patterns([*phrases, *((p, None) for p in people["area_programme"])])


def read_area(plain: Plain) -> list[Entity]:
    """rural or urban."""
    for one in without_overlap(_patterns().find(plain)):
        if one.payload is not None:
            start, end = plain.span(one.first, one.last)
            return [Entity("area", one.payload, plain.text[start:end], start, end)]
    return []
