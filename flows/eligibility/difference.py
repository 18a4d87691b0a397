"""flips(old, new): who gains and who loses when a rule changes, between two days or two folders of rules. No wording.

Households are generated, not sampled: around a household that meets a scheme for each value of each choice, every fact
is moved over all its values, and over each threshold of both rules, one below, on it and one above. A household keeps
its distance to the day: "released five years and a day ago" is so long ago on both days, so time alone flips nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any as AnyValue

import msgspec

from flows.eligibility.assess import scheme_outcome
from flows.eligibility.book import Book, Fact, Scheme, bound
from flows.eligibility.condition import (
    Between,
    Compare,
    Facts,
    ShareAtLeast,
    SumAtMost,
    WithinYears,
    anniversary,
    leaves,
)
from flows.eligibility.truth import NOT_COVERED, UNKNOWN, YES

RANK = {"no": 0, "unknown": 1, "yes": 2}


@dataclass(frozen=True)
class Rules:
    """The rules of a book as they stand on a day."""

    book: Book
    on: date

    def scheme(self, programme: str, name: str) -> Scheme | None:
        found = self.book.programmes.get(programme)
        return found.schemes.get(name) if found else None


@dataclass(frozen=True, order=True)
class Ago:
    """A day as distance from the day of the question: so many years, and so many days more."""

    years: int
    days: int

    def before(self, on: date) -> date:
        first = anniversary(on, -self.years)
        if anniversary(first, self.years) < on:  # on 29 February the first day that still counts is 1 March
            first += timedelta(days=1)
        return first - timedelta(days=self.days)

    def __str__(self) -> str:
        return f"{self.years} years {self.days:+d} days ago" if self.days else f"{self.years} years ago"


class Flip(msgspec.Struct, frozen=True):
    """A household that one rule answers differently from the other. `moved`: the fact that was moved to find it."""

    programme: str
    scheme: str
    before: str
    after: str
    moved: str
    facts: dict[str, AnyValue]

    @property
    def gains(self) -> bool | None:
        """Whether the household stands better after; None where a day is not covered."""
        if NOT_COVERED in (self.before, self.after):
            return None
        return RANK[self.after] > RANK[self.before]


@dataclass(frozen=True)
class Difference:
    """What was tried, and what flipped."""

    households: int
    flips: tuple[Flip, ...]


def difference(old: Rules, new: Rules, programmes: Iterable[str] | None = None) -> Difference:
    """Every generated household whose truth differs, scheme by scheme; of all programmes unless some are named."""
    tried, found = 0, []
    for programme, name in _schemes(old, new):
        if programmes is not None and programme not in programmes:
            continue
        for moved, facts in _households(programme, name, old, new):
            tried += 1
            before, after = _truth(old, programme, name, facts), _truth(new, programme, name, facts)
            if before != after:
                shown = {fact: _shown(facts[fact]) for fact in sorted(facts, key=list(new.book.facts).index)}
                found.append(Flip(programme, name, before, after, moved, shown))
    return Difference(tried, tuple(found))


def _schemes(*rules: Rules) -> Iterable[tuple[str, str]]:
    named = [
        (programme.id, scheme)
        for one in rules
        for programme in one.book.programmes.values()
        for scheme in programme.schemes
    ]
    return dict.fromkeys(named)


def _truth(rules: Rules, programme: str, name: str, facts: Mapping[str, AnyValue]) -> str:
    scheme = rules.scheme(programme, name)
    outcome = None if scheme is None else scheme_outcome(scheme, _on_the_day(facts, rules.on), rules.on, rules.book)
    return NOT_COVERED if outcome is None else str(outcome.truth)


def _on_the_day(facts: Mapping[str, AnyValue], on: date) -> Facts:
    return {fact: value.before(on) if isinstance(value, Ago) else value for fact, value in facts.items()}


def _shown(value: AnyValue) -> AnyValue:
    if isinstance(value, Ago):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return float(value) if isinstance(value, Fraction) else value


# ---- households


def _households(programme: str, name: str, old: Rules, new: Rules) -> Iterator[tuple[str, dict[str, AnyValue]]]:
    """Households that differ in one fact from one that meets the scheme, each once, with the fact that was moved."""
    seen: set[frozenset[tuple[str, AnyValue]]] = set()
    values = _values(programme, name, old, new)
    for rules in (old, new):
        scheme = rules.scheme(programme, name)
        if scheme is None or rules.on < scheme.since:
            continue
        for meets in _meeting(scheme, values, rules):
            for fact, others in values.items():
                for value in others:
                    household = {**meets, fact: value}
                    key = frozenset(household.items())
                    if key not in seen:
                        seen.add(key)
                        yield fact, household


def _meeting(scheme: Scheme, values: Mapping[str, tuple[AnyValue, ...]], rules: Rules) -> Iterator[dict[str, AnyValue]]:
    """For each choice and each pair of choices of one condition, a household that has it and meets the scheme if any can."""
    choices = [
        {fact: value} for fact in scheme.facts if rules.book.facts[fact].kind not in NUMBERS for value in values[fact]
    ]
    together = [
        {**one, **other}
        for place, one in enumerate(choices)
        for other in choices[place + 1 :]
        if one.keys() != other.keys() and _meet_in_a_condition(scheme, *one, *other)
    ]
    for given in ({}, *choices, *together):
        household = dict(given)
        for fact in scheme.facts:
            if fact not in household:
                household[fact] = max(
                    values[fact], key=lambda value: _promise(scheme, {**household, fact: value}, rules)
                )
        yield household


NUMBERS = ("integer", "money", "number", "date")


def _meet_in_a_condition(scheme: Scheme, first: str, second: str) -> bool:
    groups = [{fact for leaf in leaves(named.condition) for fact in leaf.facts} for named in scheme.conditions]
    return any(first in group and second in group for group in groups)


def _promise(scheme: Scheme, facts: Mapping[str, AnyValue], rules: Rules) -> int:
    truths = scheme_outcome(scheme, _on_the_day(facts, rules.on), rules.on, rules.book).truths
    return 2 if YES in truths else 1 if UNKNOWN in truths else 0


def _values(programme: str, name: str, old: Rules, new: Rules) -> dict[str, tuple[AnyValue, ...]]:
    """Of each fact of the scheme, in either rule: all choices, and of numbers each threshold, one below and one above."""
    found: dict[str, dict[AnyValue, None]] = {}
    for rules in (old, new):
        scheme = rules.scheme(programme, name)
        for fact in scheme.facts if scheme else ():
            edges = _edges(rules.book.facts[fact], scheme, rules)
            found.setdefault(fact, {}).update(dict.fromkeys(edges))
    return {fact: tuple(values) for fact, values in found.items()}


def _edges(fact: Fact, scheme: Scheme, rules: Rules) -> Iterator[AnyValue]:
    match fact.kind:
        case "bool":
            yield from (True, False)
            return
        case "choice":
            yield from fact.values
            return
        case "multichoice":
            yield from (frozenset((value,)) for value in fact.values)
            return
    least = fact.minimum or 0
    if fact.kind != "date":
        yield least
    if rules.on < scheme.since:
        return
    for named in scheme.conditions:
        for leaf in leaves(bound(named.condition, rules.on)):
            if fact.id in leaf.facts:
                for edge in _edges_of(leaf, fact.id):
                    if isinstance(edge, Ago):
                        yield from (Ago(edge.years, days) for days in (-1, 0, 1))
                    else:
                        yield from (value for value in (edge - 1, edge, edge + 1) if value >= least)


def _edges_of(leaf: AnyValue, fact: str) -> Iterator[AnyValue]:
    match leaf:
        case Compare(_, _, value):
            yield value
        case Between(_, low, high):
            yield from (low, high)
        case SumAtMost(names, limit):
            yield from (limit, limit // 2) if len(names) > 1 else (limit,)
        case ShareAtLeast(part, _, percent):
            # wholes of ten and twenty people; the parts that just make up the share of them
            yield from (ceil(Fraction(percent) * whole / 100) if fact == part else whole for whole in (10, 20))
        case WithinYears(_, years):
            yield Ago(int(years), 0)
