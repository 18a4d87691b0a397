"""The closed set of kinds of condition, and what each says of known facts. No law, no wording.

Leaves look at facts: `Compare`, `Between`, `OneOf`, `SumAtMost`, `ShareAtLeast`, `WithinYears`. `Confirm` is a point that
only the office settles. `All`, `Any`, `Not` join them. A leaf is `settle`d by facts: YES, NO, or None while a fact that
it needs is open; `on` is the day of the question. A new kind is a class here, its truth table in the tests, and its form in `book.py`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any as AnyValue

from flows.eligibility.truth import NO, UNKNOWN, YES, Truth

Number = int | Fraction
Facts = Mapping[str, AnyValue]


class Month(tuple[int, int]):
    """A date known to the month only, as on a certificate that is hard to read."""

    def days(self) -> Iterator[date]:
        day = date(*self, 1)
        while day.month == self[1]:
            yield day
            day += timedelta(days=1)


_COMPARISONS = {
    "equals": operator.eq,
    "at_most": operator.le,
    "at_least": operator.ge,
    "above": operator.gt,
    "below": operator.lt,
}


def _truth(holds: bool) -> Truth:
    return YES if holds else NO


@dataclass(frozen=True, slots=True)
class Compare:
    """A fact against a value. `op`: "equals" | "at_most" | "at_least" | "above" | "below"."""

    fact: str
    op: str
    value: AnyValue

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def settle(self, facts: Facts, on: date) -> Truth | None:
        value = facts.get(self.fact)
        if value is None:
            return None
        return YES if _COMPARISONS[self.op](value, self.value) else NO


@dataclass(frozen=True, slots=True)
class Between:
    """A number within two bounds, both included."""

    fact: str
    low: Number
    high: Number

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def settle(self, facts: Facts, on: date) -> Truth | None:
        value = facts.get(self.fact)
        return None if value is None else _truth(self.low <= value <= self.high)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice among some values; of a fact that holds several choices, any of them."""

    fact: str
    values: frozenset[str]

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def settle(self, facts: Facts, on: date) -> Truth | None:
        value = facts.get(self.fact)
        if value is None:
            return None
        if isinstance(value, frozenset):
            return NO if self.values.isdisjoint(value) else YES
        return YES if value in self.values else NO


@dataclass(frozen=True, slots=True)
class SumAtMost:
    """Several amounts, none below zero, that together stay at or below a limit."""

    facts: tuple[str, ...]
    limit: Number

    def settle(self, facts: Facts, on: date) -> Truth | None:
        known = [facts[fact] for fact in self.facts if facts.get(fact) is not None]
        if sum(known) > self.limit:
            return NO
        return YES if len(known) == len(self.facts) else None


@dataclass(frozen=True, slots=True)
class ShareAtLeast:
    """A part that makes up at least a share (percent) of a whole; the whole is at least one."""

    part: str
    whole: str
    percent: Number

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.part, self.whole)

    def settle(self, facts: Facts, on: date) -> Truth | None:
        part, whole = facts.get(self.part), facts.get(self.whole)
        if part is not None and part * 100 < self.percent:
            return NO  # too few even of the smallest whole
        return None if part is None or whole is None else _truth(part * 100 >= self.percent * whole)


@dataclass(frozen=True, slots=True)
class WithinYears:
    """A day of at most so many years ago; the anniversary still counts, that of 29 February falls on the 28th."""

    fact: str
    years: Number

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def settle(self, facts: Facts, on: date) -> Truth | None:
        value = facts.get(self.fact)
        if value is None:
            return None
        days = [day for day in value.days() if day <= on] if isinstance(value, Month) else [value]
        truths = {on <= anniversary(day, int(self.years)) for day in days}
        # A month that straddles the limit is known as well as it will be: the condition stays unknown.
        return UNKNOWN if len(truths) > 1 else _truth(truths.pop())


@dataclass(frozen=True, slots=True)
class Confirm:
    """A point that no answer of the applicant settles; the office does."""

    point: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Leaf = Compare | Between | OneOf | SumAtMost | ShareAtLeast | WithinYears
Condition = Leaf | Confirm | All | Any | Not


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 29 February falls on the 28th in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def leaves(condition: Condition) -> Iterable[Leaf]:
    """All leaves of a condition that look at facts, in the order in which they are written."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Confirm():
            return
        case _:
            yield condition


def points(condition: Condition) -> Iterable[str]:
    """All confirm points of a condition."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from points(part)
        case Not(part):
            yield from points(part)
        case Confirm(point):
            yield point
