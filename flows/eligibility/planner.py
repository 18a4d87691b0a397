"""next_fact(…): the one fact to ask next, chosen so that few questions are left. No wording, no conversation.

Only facts that can still change a verdict are asked. Among them the planner looks one answer ahead: for each answer,
weighed by how often it is met (`prior`), how many facts would still be open? The fact that leaves the fewest comes first.
What has to be asked before (`after` in facts.yaml) is, what is sensitive waits, and what belongs to the group of facts
just asked goes on before another group begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flows.eligibility.assess import find_programme, relevant_facts, scheme_outcome, validate_facts
from flows.eligibility.book import Book, Fact, Scheme
from flows.eligibility.condition import Compare, Facts, ShareAtLeast, SumAtMost, anniversary, leaves
from flows.eligibility.parameters import Parameter
from flows.eligibility.truth import YES

SENSITIVE_WAITS = 0.9
"""So many open facts must a sensitive question save before it is asked ahead of a plain one."""

STAYS_IN_GROUP = 0.25
"""So much is it worth not to jump to another subject."""


def next_fact(
    programmes: Sequence[str],
    facts: Mapping[str, Any],
    on: date,
    book: Book,
    skip: frozenset[str] = frozenset(),
) -> str | None:
    """The fact to ask next, or None when every programme's truth is decided or nothing is left that may be asked."""
    known, schemes = _gather(programmes, facts, on, book)
    candidates = _askable(_open(schemes, known, on, book), book, skip)
    if not candidates:
        return None
    costs = {fact: _cost(book.facts[fact], schemes, known, on, book) for fact in candidates}
    group = _group_under_way(facts, book)
    order = {fact: place for place, fact in enumerate(book.facts)}

    def score(name: str) -> tuple[float, int]:
        fact = book.facts[name]
        waits = SENSITIVE_WAITS if fact.sensitive else 0.0
        stays = STAYS_IN_GROUP if fact.group == group else 0.0
        return round(costs[name] + waits - stays, 6), order[name]

    return min(candidates, key=score)


def open_facts(programmes: Sequence[str], facts: Mapping[str, Any], on: date, book: Book) -> tuple[str, ...]:
    """The facts that could still change a verdict of a programme whose truth is not decided."""
    known, schemes = _gather(programmes, facts, on, book)
    found = _open(schemes, known, on, book)
    return tuple(fact for fact in book.facts if fact in found)


def _gather(
    programmes: Sequence[str], facts: Mapping[str, Any], on: date, book: Book
) -> tuple[dict[str, Any], list[Scheme]]:
    known: dict[str, Any] = {}
    schemes: list[Scheme] = []
    for name in programmes:
        programme = find_programme(name, book)
        known |= validate_facts(facts, on, book, relevant_facts(programme, book))
        schemes += programme.schemes.values()
    return known, schemes


def _open(schemes: Sequence[Scheme], known: Facts, on: date, book: Book) -> frozenset[str]:
    """The facts that could still change a programme's truth; a programme with one scheme at YES is decided."""
    missing: dict[str, set[str] | None] = {}
    for scheme in schemes:
        outcome = scheme_outcome(scheme, known, on, book)
        if outcome is None or missing.get(scheme.programme, set()) is None:
            continue
        if outcome.truth is YES:
            missing[scheme.programme] = None
        else:
            missing.setdefault(scheme.programme, set()).update(outcome.missing)
    return frozenset().union(*(one for one in missing.values() if one))


def _askable(missing: frozenset[str], book: Book, skip: frozenset[str]) -> list[str]:
    """The missing facts that may be asked now: none that waits for another one which may still be asked."""
    asked = {fact for fact in missing if book.facts[fact].asked and fact not in skip}
    return [fact for fact in book.facts if fact in asked and not asked.intersection(book.facts[fact].after)]


def _group_under_way(facts: Mapping[str, Any], book: Book) -> str | None:
    for name in reversed(list(facts)):
        if name in book.facts and facts[name] is not None:
            return book.facts[name].group
    return None


def _cost(fact: Fact, schemes: Sequence[Scheme], known: Facts, on: date, book: Book) -> float:
    """How many facts would still be open after this answer, on average."""
    answers = _answers(fact, schemes, known, on)
    touched = [
        scheme
        for scheme in schemes
        if any(fact.id in one.facts for one in schemes if one.programme == scheme.programme)
    ]
    total = sum(weight for _, weight in answers)
    return sum(weight * len(_open(touched, {**known, fact.id: value}, on, book)) for value, weight in answers) / total


def _answers(fact: Fact, schemes: Sequence[Scheme], known: Facts, on: date) -> list[tuple[Any, float]]:
    """Answers to try, with weights: all of a choice, and values on either side of what makes a difference of a number."""
    match fact.kind:
        case "bool":
            return [(value, fact.prior.get(value, 1)) for value in (True, False)]
        case "choice":
            return [(value, fact.prior.get(value, 1)) for value in fact.values]
        case "multichoice":
            return [(frozenset((value,)), fact.prior.get(value, 1)) for value in fact.values]
        case "date":
            return [(on, 3), (anniversary(on, -30), 1)]
    values = sorted({fact.minimum or 0, *_cuts(fact, schemes, known, on)})
    return [(value, 1) for value in values]


def _cuts(fact: Fact, schemes: Sequence[Scheme], known: Facts, on: date) -> set[Any]:
    found: set[Any] = set()
    for scheme in schemes:
        for named in scheme.conditions:
            for leaf in leaves(named.condition):
                if fact.id in leaf.facts and on >= scheme.since:
                    found |= _cuts_of(leaf, fact, known, on)
    return {value for value in found if value >= (fact.minimum or 0)}


def _cuts_of(leaf: Any, fact: Fact, known: Facts, on: date) -> set[Any]:
    def figure(value: Any) -> Any:
        dated = value.on(on) if isinstance(value, Parameter) else None
        return dated.value if dated else value

    match leaf:
        case Compare(_, _, value):
            return {figure(value) - 1, figure(value) + 1}
        case SumAtMost(names, limit):
            rest = figure(limit) - sum(known.get(name) or 0 for name in names if name != fact.id)
            return {rest, rest + 1}
        case ShareAtLeast(part, whole, percent):
            if fact.id == part:
                return {0, int(figure(percent) * (known.get(whole) or 20) / 100) + 1}
            most = int(100 * (known.get(part) or 1) / figure(percent))
            return {1, most + 1}
    return set()
