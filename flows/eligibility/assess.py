"""assess(programme, facts, on, book) -> Verdict: yes, no, or what is still missing, with a reason for each condition.

Truth is exact (see `cases.py`). Facts are the applicant's word; nothing here is a decision of the bank. No wording: texts
are keys. No figures of a loan: those are in `terms.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from flows.eligibility.book import Book, Fact, NamedCondition, Programme, Scheme, bound
from flows.eligibility.cases import Group, Outcome, all_together, connected
from flows.eligibility.condition import All, Condition, Facts, Month
from flows.eligibility.parameters import DatedValue, Parameter
from flows.eligibility.truth import NOT_COVERED, YES, Truth, covered_any_of
from flows.eligibility.verdict import (
    ConfirmPoint,
    FigureUsed,
    NoteSaid,
    Reason,
    SchemeVerdict,
    Verdict,
)
from flows.engine.text import Money, Months, Percent, Text, Value


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
        fact = book.facts.get(name)
        if fact is not None and value is not None and (only is None or name in only):
            checked = _value(fact, value, on)
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


# ---- schemes made ready for a set of figures


class _ReadyCondition:
    """A named condition with its figures, and the reasons that it has given before."""

    def __init__(self, programme: str, named: NamedCondition, on: date, facts: Mapping[str, Fact]) -> None:
        self.programme, self.named = programme, named
        self.group = Group(bound(named.condition, on), facts)
        self.parts = [_ReadyCondition(programme, part, on, facts) for part in named.parts]
        self.figures = tuple(_figure_used(one, on) for one in named.parameters)
        self.values: dict[str, Value] = {one.parameter: one.value for one in self.figures}
        self.citations = tuple(source.citation for source in named.sources)
        self.given: dict[tuple[Truth, tuple[Reason, ...]], Reason] = {}

    def reason(self, truth: Truth, facts: Facts, on: date) -> Reason:
        parts = tuple([part.reason(part.group.truth(facts, on), facts, on) for part in self.parts])
        key = (truth, tuple([id(part) for part in parts]))
        found = self.given.get(key)
        if found is None:
            text = Text(f"condition.{self.programme}.{self.named.id}.{truth}", self.values)
            found = Reason(self.named.id, truth, text, self.citations, self.figures, parts)
            self.given[key] = found
        return found


class _ReadyScheme:
    """A scheme with the figures of a day: its groups of conditions, each with its memory."""

    def __init__(self, scheme: Scheme, on: date, facts: Mapping[str, Fact]) -> None:
        self.scheme = scheme
        self.conditions = [_ReadyCondition(scheme.programme, named, on, facts) for named in scheme.conditions]
        trees = [ready.group for ready in self.conditions]
        plain = [bound(named.condition, on) for named in scheme.conditions]
        self.groups: list[Group] = []
        for places in connected(plain):
            joined = len(places) > 1
            self.groups.append(Group(All(tuple(plain[at] for at in places)), facts) if joined else trees[places[0]])
        self.own = {id(group) for group in trees}
        self.notes = [
            (
                NoteSaid(note.id, Text(f"note.{note.id}"), note.source.citation if note.source else None),
                None if note.when is None else Group(bound(note.when, on), facts),
            )
            for note in scheme.notes
        ]
        self.points = {
            (point, certain): ConfirmPoint(
                point, Text(f"confirm.{point}"), tuple(source.citation for source in sources), certain
            )
            for point, sources in scheme.confirm.items()
            for certain in (True, False)
        }

    def notes_for(self, known: Facts, on: date) -> tuple[NoteSaid, ...]:
        """The notes that concern this person, as far as we know."""
        return tuple([note for note, when in self.notes if when is None or when.truth(known, on) is YES])

    def outcome(self, facts: Facts, on: date) -> tuple[Outcome, dict[int, Outcome]]:
        """The outcome of the scheme, and those of the conditions that stand alone, by the id of their group."""
        outcomes = [group.outcome(facts, on) for group in self.groups]
        alone = {id(group): one for group, one in zip(self.groups, outcomes, strict=True) if id(group) in self.own}
        return all_together(outcomes), alone


def _figure_used(parameter: Parameter, on: date) -> FigureUsed:
    dated = parameter.on(on)
    return FigureUsed(
        parameter.id,
        worded(parameter, dated),
        dated.start.isoformat(),
        dated.end.isoformat() if dated.end else None,
        dated.source.mark,
    )


def worded(parameter: Parameter, dated: DatedValue) -> Value:
    """A figure as a value that can be worded."""
    match parameter.unit:
        case "vnd":
            return Money(int(dated.value))
        case "percent" | "percent_year":
            return Percent(float(dated.value))
        case "months":
            return Months(int(dated.value))
        case "collateral":
            return str(dated.value)
    number = dated.value
    return int(number) if number.denominator == 1 else float(number)


_ready: WeakKeyDictionary[Scheme, dict[Any, _ReadyScheme]] = WeakKeyDictionary()


def _ready_scheme(scheme: Scheme, on: date, book: Book) -> _ReadyScheme:
    """Made once for each set of figures that its conditions have on some day."""
    shelf = _ready.setdefault(scheme, {})
    key = tuple([id(parameter.on(on)) for parameter in scheme.parameters])  # the book keeps them alive
    found = shelf.get(key)
    if found is None:
        found = shelf[key] = _ReadyScheme(scheme, on, book.facts)
    return found


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


@lru_cache(maxsize=64)
def _facts_of(programme: Programme) -> frozenset[str]:
    return frozenset(programme.facts)


def relevant_facts(programme: Programme, book: Book) -> frozenset[str]:
    """The facts that a programme looks at, for its verdict or for its terms; others are ignored."""
    return frozenset(fact.id for fact in book.facts.values() if programme.id in fact.programmes)


def assess(programme: str, facts: Mapping[str, Any], on: date, book: Book, with_terms: bool = True) -> Verdict:
    """What can be said of each scheme of a programme on a day. Facts of other programmes are accepted and ignored."""
    found = find_programme(programme, book)
    known = validate_facts(facts, on, book, relevant_facts(found, book))
    schemes = tuple([_assess_scheme(scheme, known, on, book, with_terms) for scheme in found.schemes.values()])
    return Verdict(programme, on.isoformat(), covered_any_of(one.truth for one in schemes), schemes)


def _assess_scheme(scheme: Scheme, known: Facts, on: date, book: Book, with_terms: bool) -> SchemeVerdict:
    from flows.eligibility.terms import terms_of_known  # terms need conditions too: a circle at import

    terms = terms_of_known(scheme, known, on, book) if with_terms else None
    place_kind, filed_at = place_of(scheme, known, on, book)
    if on < scheme.since:
        return SchemeVerdict(scheme.id, NOT_COVERED, (), (), (), (), place_kind, filed_at, terms)
    ready = _ready_scheme(scheme, on, book)
    whole, alone = ready.outcome(known, on)
    own = [alone.get(id(one.group)) or one.group.outcome(known, on) for one in ready.conditions]
    reasons = [one.reason(outcome.truth, known, on) for one, outcome in zip(ready.conditions, own, strict=True)]
    missing = whole.missing
    certain = frozenset().union(*(one.points for one in own if one.truths == {Truth.UNKNOWN}))
    return SchemeVerdict(
        scheme.id,
        whole.truth,
        tuple([fact for fact in scheme.facts if fact in missing]) if missing else (),
        tuple([ready.points[point, point in certain] for point in scheme.confirm if point in whole.points]),
        tuple(reasons),
        ready.notes_for(known, on),
        place_kind,
        filed_at,
        terms,
    )


def scheme_outcome(scheme: Scheme, known: Facts, on: date, book: Book) -> Outcome | None:
    """The bare outcome of a scheme, for planning; None before its first day. `known` as `validate_facts` gives them."""
    return None if on < scheme.since else _ready_scheme(scheme, on, book).outcome(known, on)[0]


def place_of(scheme: Scheme, known: Facts, on: date, book: Book) -> tuple[str, str]:
    """Which place counts for this person, and where the papers are handed in."""
    for other in scheme.places:
        if truth_of(other.when, known, on, book).truth is YES:
            return other.place_kind, other.filed_at
    return scheme.place_kind, scheme.filed_at
