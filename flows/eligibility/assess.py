"""assess(programme, facts, on, book) -> Verdict: yes, no, or what is still missing, with a reason for each condition.

Truth is exact (see `cases.py`). Facts are the applicant's word; nothing here is a decision of the bank. No wording: texts
are keys. No figures of a loan: those are in `terms.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from flows.eligibility.book import Book, Fact, Programme, Scheme, bound
from flows.eligibility.cases import Group, Outcome
from flows.eligibility.condition import Condition, Facts, Month
from flows.eligibility.ready import ready_scheme
from flows.eligibility.truth import NOT_COVERED, YES, covered_any_of
from flows.eligibility.verdict import SchemeVerdict, Verdict


class WrongFact(ValueError):
    """A fact has a value that it cannot have; the message says which one and what to write instead."""

    def __init__(self, fact: str, message: str) -> None:
        super().__init__(f"{fact}: {message}")
        self.fact = fact


class NoSuchProgramme(LookupError):
    """There is no programme of that name; the message lists those there are."""


# ---- facts


def validate_facts(facts: Mapping[str, Any], on: date, book: Book, only: frozenset[str] | None = None) -> Facts:
    """The known facts as values that conditions compare; unknown ids and null are left out.

    Raises `WrongFact` for a value that the fact cannot have. `only`: look at these facts alone.
    """
    known: dict[str, Any] = {}
    for name, value in facts.items():
        if value is None or (only is not None and name not in only) or name not in book.facts:
            continue
        checked = _value(book.facts[name], value, on)
        if checked is not None:
            known[name] = checked
    return known


def _value(fact: Fact, value: Any, on: date) -> Any:
    match fact.kind:
        case "bool":
            if isinstance(value, bool):
                return value
            raise WrongFact(fact.id, f"write true or false, not {value!r}")
        case "choice":
            return _choice(fact, value)
        case "multichoice":
            held = frozenset(_choice(fact, one) for one in ([value] if isinstance(value, str) else _list(fact, value)))
            return held or None
        case "money" | "integer":
            return _whole(fact, value)
        case "number":
            return _number(fact, value)
        case "date":
            return _day(fact, value, on)
    if isinstance(value, str):
        return value
    raise WrongFact(fact.id, f"write a code in quotes, not {value!r}")


def _list(fact: Fact, value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return value
    raise WrongFact(fact.id, f"write one of {', '.join(fact.values)}, or a list of them, not {value!r}")


def _choice(fact: Fact, value: Any) -> str:
    if isinstance(value, str) and value in fact.values:
        return value
    raise WrongFact(fact.id, f"write one of {', '.join(fact.values)}, not {value!r}")


def _whole(fact: Fact, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        unit = "whole đồng" if fact.kind == "money" else "a whole number"
        raise WrongFact(fact.id, f"write {unit}, not {value!r}")
    least = fact.minimum or 0
    if value < least:
        raise WrongFact(fact.id, f"write {least} or more, not {value}")
    return value


def _number(fact: Fact, value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise WrongFact(fact.id, f"write a number, not {value!r}")
    try:
        exact = value if isinstance(value, Fraction) else Fraction(str(value))
    except ValueError:
        raise WrongFact(fact.id, f"write a number, not {value!r}") from None
    if exact < (fact.minimum or 0) or (fact.unit == "percent" and exact > 100):
        raise WrongFact(fact.id, f"write a number from {fact.minimum or 0} to {fact.maximum}, not {value!r}")
    return exact


def _day(fact: Fact, value: Any, on: date) -> date | Month:
    day = value
    if isinstance(value, str):
        try:
            day = Month((int(value[:4]), int(value[5:]))) if len(value) == 7 else date.fromisoformat(value)
            first = date(*day, 1) if isinstance(day, Month) else day
        except ValueError:
            raise WrongFact(fact.id, f"write a day as 2024-03-05 or a month as 2024-03, not {value!r}") from None
        if len(value) not in (7, 10) or value[4] != "-":
            raise WrongFact(fact.id, f"write a day as 2024-03-05 or a month as 2024-03, not {value!r}")
    elif isinstance(value, Month):
        first = date(*value, 1)
    elif type(value) is date:
        first = value
    else:
        raise WrongFact(fact.id, f"write a day as 2024-03-05 or a month as 2024-03, not {value!r}")
    if first > on:
        raise WrongFact(fact.id, f"{value} is later than {on}; write the day that stands on the paper")
    return day


# ---- conditions beside the verdict


_groups: WeakKeyDictionary[Book, dict[tuple[int, Any], tuple[Any, Group]]] = WeakKeyDictionary()


def truth_of(condition: Condition, facts: Facts, on: date, book: Book) -> Outcome:
    """What a condition that stands beside the verdict (a note's, a lower rate's) can turn out to be.

    `facts` as `validate_facts` gives them.
    """
    shelf = _groups.setdefault(book, {})
    key = (id(condition), on)
    found = shelf.get(key)
    if found is None or found[0] is not condition:
        if len(shelf) > 5000:
            shelf.clear()
        found = shelf[key] = (condition, Group(bound(condition, on), book.facts))
    return found[1].outcome(facts, on)


# ---- the verdict


def find_programme(name: str, book: Book) -> Programme:
    """The programme of that name, or an error that lists those there are."""
    found = book.programmes.get(name)
    if found is None:
        raise NoSuchProgramme(f"there is no programme {name!r}; write one of {', '.join(book.programmes)}")
    return found


def find_scheme(programme: str, name: str, book: Book) -> Scheme:
    """The scheme of that name, or an error that lists those there are."""
    schemes = find_programme(programme, book).schemes
    if name not in schemes:
        raise NoSuchProgramme(f"{programme} has no scheme {name!r}; write one of {', '.join(schemes)}")
    return schemes[name]


_relevant: WeakKeyDictionary[Book, dict[str, frozenset[str]]] = WeakKeyDictionary()


def relevant_facts(programme: Programme, book: Book) -> frozenset[str]:
    """The facts that a programme looks at, for its verdict or for its terms; others are ignored."""
    shelf = _relevant.setdefault(book, {})
    found = shelf.get(programme.id)
    if found is None:
        found = frozenset(fact.id for fact in book.facts.values() if programme.id in fact.programmes)
        shelf[programme.id] = found
    return found


def assess(programme: str, facts: Mapping[str, Any], on: date, book: Book, with_terms: bool = True) -> Verdict:
    """What can be said of each scheme of a programme on a day. Facts of other programmes are accepted and ignored."""
    found = find_programme(programme, book)
    known = validate_facts(facts, on, book, relevant_facts(found, book))
    schemes = tuple([_assess_scheme(scheme, known, on, book, with_terms) for scheme in found.schemes.values()])
    return Verdict(programme, on.isoformat(), covered_any_of(one.truth for one in schemes), schemes)


def _assess_scheme(scheme: Scheme, known: Facts, on: date, book: Book, with_terms: bool) -> SchemeVerdict:
    from flows.eligibility.terms import terms_of_known  # terms need conditions too: a circle at import

    terms = terms_of_known(scheme, known, on, book) if with_terms else None
    if on < scheme.since:
        place_kind, filed_at = place_of(scheme, known, on, book)
        return SchemeVerdict(scheme.id, NOT_COVERED, (), (), (), (), place_kind, filed_at, terms)
    verdict = ready_scheme(scheme, on, book).verdict(known, on)
    return verdict if terms is None else msgspec.structs.replace(verdict, terms=terms)


def scheme_outcome(scheme: Scheme, known: Facts, on: date, book: Book) -> Outcome | None:
    """The bare outcome of a scheme, for planning; None before its first day. `known` as `validate_facts` gives them."""
    return None if on < scheme.since else ready_scheme(scheme, on, book).outcome(known, on)


def place_of(scheme: Scheme, known: Facts, on: date, book: Book) -> tuple[str, str]:
    """Which place counts for this person, and where the papers are handed in."""
    for other in scheme.places:
        if truth_of(other.when, known, on, book).truth is YES:
            return other.place_kind, other.filed_at
    return scheme.place_kind, scheme.filed_at
