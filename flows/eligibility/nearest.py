"""nearest(…): for a "no", the smallest changes after which it would be none. No verdict is made here, no word of a language.

Only what a person can bring about, or what may still come to be, is tried (`can_become` in facts.yaml): a contract to
sign, a list to get on, a debt to repay, a smaller sum. Never who somebody is, where the law counts it, or what has been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from math import ceil
from typing import Any as AnyValue

import msgspec

from flows.eligibility.assess import find_programme, relevant_facts, scheme_outcome, validate_facts
from flows.eligibility.book import Book, Fact, Scheme, bound
from flows.eligibility.condition import Compare, Facts, ShareAtLeast, leaves
from flows.eligibility.truth import NO, YES
from flows.engine.text import Joined, Money, Text, Value

MOST_CHANGES = 3
"""More than so many changes at once are no help to anybody."""


class Change(msgspec.Struct, frozen=True):
    """One fact, and what it would have to become; of a number the nearest value that does."""

    fact: str
    value: AnyValue


class Nearest(msgspec.Struct, frozen=True):
    """A smallest set of changes for a scheme. `truth` after it: "yes", or "unknown" where other things stay open."""

    scheme: str
    changes: tuple[Change, ...]
    truth: str
    text: Text


def nearest(programme: str, facts: Mapping[str, AnyValue], on: date, book: Book) -> tuple[Nearest, ...]:
    """For each scheme that is a "no": every set of changes that lifts it and of which nothing can be left out.

    The fewest changes first, and among equals those that lead to a clear "yes".
    """
    found = find_programme(programme, book)
    known = validate_facts(facts, on, book, relevant_facts(found, book))
    sets = [one for scheme in found.schemes.values() for one in _of_scheme(scheme, known, on, book)]
    return tuple(sorted(sets, key=lambda one: (len(one.changes), one.truth != YES)))


def _of_scheme(scheme: Scheme, known: Facts, on: date, book: Book) -> Iterator[Nearest]:
    outcome = scheme_outcome(scheme, known, on, book)
    if outcome is None or outcome.truth is not NO:
        return
    others = {fact: tuple(_others(book.facts[fact], scheme, known, on)) for fact in scheme.facts if fact in known}
    can = [fact for fact, values in others.items() if values]
    lifted: list[frozenset[str]] = []
    for size in range(1, MOST_CHANGES + 1):
        for chosen in combinations(can, size):
            if any(earlier <= set(chosen) for earlier in lifted):
                continue  # something in it could be left out
            for values in product(*(others[fact] for fact in chosen)):
                changed = dict(zip(chosen, values, strict=True))
                truth = scheme_outcome(scheme, {**known, **changed}, on, book).truth
                if truth is not NO:
                    lifted.append(frozenset(chosen))
                    changes = tuple([Change(*one) for one in changed.items()])
                    yield Nearest(scheme.id, changes, str(truth), _said(scheme, changes, str(truth), book))
                    break


def _others(fact: Fact, scheme: Scheme, known: Facts, on: date) -> Iterator[AnyValue]:
    """Values that a known fact could still take, the nearest first."""
    now = known[fact.id]
    for way in fact.can_become:
        if way == "lower":
            yield from sorted((edge for edge in _edges(fact, scheme, known, on) if edge < now), reverse=True)
        elif way == "higher":
            yield from sorted(edge for edge in _edges(fact, scheme, known, on) if edge > now)
        elif now != way:
            yield way


def _edges(fact: Fact, scheme: Scheme, known: Facts, on: date) -> set[AnyValue]:
    """Where a number begins to make a difference."""
    found: set[AnyValue] = set()
    for named in scheme.conditions:
        for leaf in leaves(bound(named.condition, on)):
            match leaf:
                case Compare(name, "at_most" | "at_least", value) if name == fact.id:
                    found.add(int(value))
                case ShareAtLeast(part, whole, percent) if part == fact.id and whole in known:
                    found.add(ceil(Fraction(percent) * known[whole] / 100))
    return found


# ---- said


def _said(scheme: Scheme, changes: tuple[Change, ...], truth: str, book: Book) -> Text:
    parts = tuple([Text(f"nearest.change.{one.fact}", _value(one, book)) for one in changes])
    name = Text(f"scheme.{scheme.programme}.{scheme.id}.name")
    return Text(f"nearest.said.{truth}", {"changes": Joined(parts, "list"), "scheme": name})


def _value(change: Change, book: Book) -> dict[str, Value]:
    match book.facts[change.fact].kind:
        case "money":
            return {"value": Money(change.value)}
        case "integer":
            return {"value": change.value}
        case "choice":
            return {"value": Text(f"fact.{change.fact}.value.{change.value}")}
    return {}
