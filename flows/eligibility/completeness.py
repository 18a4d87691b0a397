"""faults(book): what a book that can be read still lacks: holes between dates, facts that nothing uses, schemes nobody can meet.

What cannot be read at all (a wrong form, dates that overlap, a citation that resolves to nothing) `book.py` refuses with
file and line. Words in the languages are looked after by the shell, which has the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from itertools import pairwise

from flows.eligibility.assess import scheme_outcome
from flows.eligibility.book import Book, NamedCondition, Scheme, bound
from flows.eligibility.cases import Group
from flows.eligibility.parameters import NoFigure, Parameter
from flows.eligibility.truth import NO, YES


def faults(book: Book) -> list[str]:
    """Everything that is wrong, each with the file in which to mend it."""
    found = [*_holes(book), *_facts_in_vain(book), *_conditions_without_law(book)]
    for programme in book.programmes.values():
        for scheme in programme.schemes.values():
            found += _of_scheme(scheme, book)
    return found


def _holes(book: Book) -> Iterator[str]:
    """Days between two values on which a scheme already is what it is today. Earlier ones are years of which we have no text."""
    for parameter, since in _figures(book).items():
        for before, after in pairwise(book.parameters[parameter].values):
            if before.end is not None and max(before.end + timedelta(days=1), since) < after.start:
                yield (
                    f"flows/parameters/{parameter}.yaml: no figure from {max(before.end + timedelta(days=1), since)} "
                    f"to {after.start - timedelta(days=1)}"
                )


def _figures(book: Book) -> dict[str, date]:
    """The figures that schemes use, for their conditions or their terms, each with the first day of such a scheme."""
    found: dict[str, date] = {}
    for programme in book.programmes.values():
        for scheme in programme.schemes.values():
            for parameter in {one.id for one in (*scheme.parameters, *_within(scheme.terms))}:
                found[parameter] = min(scheme.since, found.get(parameter, scheme.since))
    return found


def _within(value: object) -> Iterator[Parameter]:
    if isinstance(value, Parameter):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _within(one)
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _within(getattr(value, entry.name))


def _facts_in_vain(book: Book) -> Iterator[str]:
    used = {fact for programme in book.programmes.values() for fact in programme.facts}
    for fact in book.facts.values():
        if fact.decides and fact.id not in used:
            yield f"flows/facts.yaml: no condition uses {fact.id}; use it, or write decides: false"
        if not fact.decides and fact.id in used:
            yield f"flows/facts.yaml: {fact.id} stands in a condition; it cannot be decides: false"
        for programme in fact.programmes:
            if programme not in book.programmes:
                yield f"flows/facts.yaml: {fact.id} names a programme that does not exist: {programme}"


def _conditions_without_law(book: Book) -> Iterator[str]:
    for programme in book.programmes.values():
        for scheme in programme.schemes.values():
            for named in scheme.conditions:
                if not named.sources:
                    yield f"flows/programmes/{programme.id}.yaml: condition {named.id} of {scheme.id} cites no law"


def _of_scheme(scheme: Scheme, book: Book) -> Iterator[str]:
    file = f"flows/programmes/{scheme.programme}.yaml"
    for day in _days(scheme):
        try:
            truths = scheme_outcome(scheme, {}, day, book).truths
        except NoFigure as error:
            yield f"{file}: {scheme.id} needs a figure that there is not: {error}"
            continue
        if truths == {NO}:
            yield f"{file}: nobody can meet {scheme.id} on {day}"
        for named in scheme.conditions:
            yield from (f"{file}: {scheme.id} on {day}: {fault}" for fault in _idle(named, day, book))


def _idle(named: NamedCondition, day: date, book: Book) -> Iterator[str]:
    truths = Group(bound(named.condition, day), book.facts).outcome({}, day).truths
    if truths == {YES}:
        yield f"condition {named.id} holds for everybody"
    for part in named.parts:
        yield from _idle(part, day, book)


def _days(scheme: Scheme) -> list[date]:
    """The first day, and each day on which a figure of its conditions changes."""
    changes = {value.start for parameter in scheme.parameters for value in parameter.values}
    return sorted({scheme.since, *(day for day in changes if day > scheme.since)})
