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

OTHER_SCHEMES = 0.5
"""What a fact weighs that only a scheme other than the nearest one needs: it may never have to be asked."""

STAYS_IN_GROUP = 0.15
"""So much is it worth not to jump to another subject."""

STAYS_IN_PROGRAMME = 3.0
"""So much is it worth, with several programmes open, to finish one before the next."""


def next_fact(
    programmes: Sequence[str],
    facts: Mapping[str, Any],
    on: date,
    book: Book,
    skip: frozenset[str] = frozenset(),
) -> str | None:
    """The fact to ask next, or None when every programme's truth is decided or nothing is left that may be asked."""
    known, schemes = _gather(programmes, facts, on, book)
    missing = _open(schemes, known, on, book)
    candidates = _askable(missing, book, skip)
    if not candidates:
        return None
    gains = {fact: _gain(book.facts[fact], schemes, known, on, book) for fact in candidates}
    last = _last_fact(facts, book)
    order = {fact: place for place, fact in enumerate(book.facts)}
    patience = _patience(missing, book)

    def score(name: str) -> tuple[float, int]:
        fact = book.facts[name]
        waits = patience if fact.sensitive else 0.0
        stays = 0.0 if last is None else STAYS_IN_GROUP * (fact.group == last.group)
        if last is not None and set(fact.programmes) & set(last.programmes) & set(programmes):
            stays += STAYS_IN_PROGRAMME
        return round(waits - gains[name] - stays, 6), order[name]

    return min(candidates, key=score)


def _patience(missing: frozenset[str], book: Book) -> float:
    """How long sensitive questions wait: not at all where most of what is open is sensitive, for they come anyway."""
    sensitive = sum(book.facts[fact].sensitive for fact in missing)
    return SENSITIVE_WAITS if 2 * sensitive < len(missing) else 0.0


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
    return frozenset().union(*(facts for one in _standing(schemes, known, on, book).values() for _, facts in one))


def _standing(
    schemes: Sequence[Scheme], known: Facts, on: date, book: Book
) -> dict[str, list[tuple[bool, frozenset[str]]]]:
    """For each programme that is not decided, its open schemes: whether they can still be YES, and what is missing."""
    found: dict[str, list[tuple[bool, frozenset[str]]]] = {}
    decided: set[str] = set()
    for scheme in schemes:
        outcome = scheme_outcome(scheme, known, on, book)
        if outcome is not None and outcome.truth is YES:
            decided.add(scheme.programme)
        elif outcome is not None and outcome.missing:
            found.setdefault(scheme.programme, []).append((YES in outcome.truths, outcome.missing))
    return {programme: one for programme, one in found.items() if programme not in decided}


def _work_left(standing: dict[str, list[tuple[bool, frozenset[str]]]]) -> float:
    """About how many questions are left: one scheme at YES decides a programme, so the nearest one counts in full."""
    work = 0.0
    for one in standing.values():
        hopeful = [missing for can_hold, missing in one if can_hold]
        front = min(hopeful, key=len) if hopeful else frozenset()
        rest = frozenset().union(*(missing for _, missing in one)) - front
        work += len(front) + OTHER_SCHEMES * len(rest)
    return work


def _askable(missing: frozenset[str], book: Book, skip: frozenset[str]) -> list[str]:
    """The missing facts that may be asked now: none that waits for another one which may still be asked."""
    asked = {fact for fact in missing if book.facts[fact].asked and fact not in skip}
    return [fact for fact in book.facts if fact in asked and not asked.intersection(book.facts[fact].after)]


def _last_fact(facts: Mapping[str, Any], book: Book) -> Fact | None:
    """The fact that was told last, for what is under way."""
    told = (name for name in reversed(list(facts)) if name in book.facts and facts[name] is not None)
    name = next(told, None)
    return None if name is None else book.facts[name]


def _gain(fact: Fact, schemes: Sequence[Scheme], known: Facts, on: date, book: Book) -> float:
    """How much work an answer takes off, on average."""
    names = {scheme.programme for scheme in schemes if fact.id in scheme.facts}
    touched = [scheme for scheme in schemes if scheme.programme in names]
    answers = _answers(fact, touched, known, on)
    total = sum(weight for _, weight in answers)
    after = sum(
        weight * _work_left(_standing(touched, {**known, fact.id: value}, on, book)) for value, weight in answers
    )
    return _work_left(_standing(touched, known, on, book)) - after / total


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
