"""next_fact(…): the one fact to ask next, chosen so that few questions are left. No wording, no conversation.

Only facts that can still change a programme's truth are asked. Among them the planner looks one answer ahead: for each
usual answer, about how many questions would still come (`outlook.py`)? Of the facts that come within `SLACK` of the best
one, it takes the most natural: a plain one before a sensitive one, one of the programme and the subject just talked
about, then the order of facts.yaml. What has to be asked before (`after` in facts.yaml) is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from flows.eligibility.assess import find_programme, relevant_facts, scheme_outcome, validate_facts
from flows.eligibility.book import Book, Fact, Programme
from flows.eligibility.condition import Facts
from flows.eligibility.outlook import Outlook
from flows.eligibility.truth import UNKNOWN, YES

SLACK = 0.02
"""So many questions more, on average, may a question cost that is more natural than the shortest one."""


def next_fact(
    programmes: Sequence[str],
    facts: Mapping[str, Any],
    on: date,
    book: Book,
    skip: frozenset[str] = frozenset(),
) -> str | None:
    """The fact to ask next, or None when every programme's truth is decided or nothing is left that may be asked."""
    known, found = _gather(programmes, facts, on, book)
    missing = _open(found, known, on, book)
    candidates = _askable(missing, book, skip)
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    costs = dict.fromkeys(candidates, 1.0)
    for programme in found:
        if programme.id in missing:
            _charge(costs, _outlook(programme, on, book, among_all=len(found) > 1), programme, known)
    least = min(costs.values())
    last = _last_fact(facts, book)
    order = {fact: place for place, fact in enumerate(book.facts)}

    def naturalness(name: str) -> tuple[bool, bool, bool, int]:
        fact = book.facts[name]
        leaves_programme = last is not None and not set(fact.programmes) & set(last.programmes) & set(programmes)
        return fact.sensitive, leaves_programme, last is not None and fact.group != last.group, order[name]

    return min((name for name in candidates if costs[name] <= least + SLACK), key=naturalness)


def open_facts(programmes: Sequence[str], facts: Mapping[str, Any], on: date, book: Book) -> tuple[str, ...]:
    """The facts that could still change the truth of a programme."""
    known, found = _gather(programmes, facts, on, book)
    missing = frozenset().union(*_open(found, known, on, book).values())
    return tuple(fact for fact in book.facts if fact in missing)


def _gather(
    programmes: Sequence[str], facts: Mapping[str, Any], on: date, book: Book
) -> tuple[dict[str, Any], list[Programme]]:
    found = [find_programme(name, book) for name in programmes]
    relevant = frozenset().union(*(relevant_facts(programme, book) for programme in found))
    return validate_facts(facts, on, book, relevant), found


def _open(programmes: Sequence[Programme], known: Facts, on: date, book: Book) -> dict[str, frozenset[str]]:
    """By programme, the facts that could still change its truth; only programmes that are not decided."""
    found = {programme.id: _open_in(programme, known, on, book) for programme in programmes}
    return {name: missing for name, missing in found.items() if missing}


def _open_in(programme: Programme, known: Facts, on: date, book: Book) -> frozenset[str]:
    """One scheme at YES decides a programme. With one that only the office settles, no other need be told from "no"."""
    outcomes = [scheme_outcome(scheme, known, on, book) for scheme in programme.schemes.values()]
    covered = [outcome for outcome in outcomes if outcome is not None]
    truths = [outcome.truths for outcome in covered]
    if {YES} in truths:
        return frozenset()
    if {UNKNOWN} in truths:
        return frozenset().union(*(outcome.grants for outcome in covered))
    return frozenset().union(*(outcome.missing for outcome in covered))


def _askable(missing: Mapping[str, frozenset[str]], book: Book, skip: frozenset[str]) -> list[str]:
    """The missing facts that may be asked now: none that waits for another one which may still be asked."""
    every = frozenset().union(*missing.values())
    asked = {fact for fact in every if book.facts[fact].asked and fact not in skip}
    return [fact for fact in book.facts if fact in asked and not asked.intersection(book.facts[fact].after)]


def _last_fact(facts: Mapping[str, Any], book: Book) -> Fact | None:
    """The fact that was told last, for what is under way."""
    told = (name for name in reversed(list(facts)) if name in book.facts and facts[name] is not None)
    name = next(told, None)
    return None if name is None else book.facts[name]


def _charge(costs: dict[str, float], outlook: Outlook, programme: Programme, known: Facts) -> None:
    """Take off from what each question costs how many others it is likely to save in this programme."""
    left = outlook.left({fact: value for fact, value in known.items() if fact in programme.facts})
    ahead = outlook.ahead(left)
    for fact in costs.keys() & set(programme.facts):
        costs[fact] += outlook.after(left, fact) - ahead


_outlooks: WeakKeyDictionary[Programme, dict[Any, Outlook]] = WeakKeyDictionary()


def _outlook(programme: Programme, on: date, book: Book, among_all: bool) -> Outlook:
    """Made once for each set of figures; what passes with the days (five years since …) moves with the answers."""
    schemes = [scheme for scheme in programme.schemes.values() if on >= scheme.since]
    shelf = _outlooks.setdefault(programme, {})
    key = (among_all, *[id(parameter.on(on)) for scheme in schemes for parameter in scheme.parameters])
    found = shelf.get(key)
    if found is None or found.on != on:
        found = shelf[key] = Outlook(schemes, book.facts, on, among_all)
    return found
