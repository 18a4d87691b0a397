"""How fast the eligibility core is, and how few questions it asks: against the decree's order and against the exact optimum."""

from __future__ import annotations

import importlib.util
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from flows.eligibility.assess import assess
from flows.eligibility.book import load_book
from flows.eligibility.condition import leaves
from flows.eligibility.planner import next_fact, open_facts

_spec = importlib.util.spec_from_file_location("optimum", Path(__file__).with_name("optimum.py"))
optimum = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(optimum)

ON = date(2026, 11, 22)
BOOK = load_book()
ALL = tuple(BOOK.programmes)
SEARCHED = ("water", "jobs", "abroad", "released", "student")
"""The programmes whose optimum can be searched in a minute; housing has too many states."""
PEOPLE = 1500


def rows() -> Iterator[dict[str, Any]]:
    yield from _speed()
    yield from _questions()


# ---- speed


def _speed() -> Iterator[dict[str, Any]]:
    persons = [one for name in ALL for one in _people(ALL, 40, name)]
    chance = random.Random("speed")
    partly = [{fact: value for fact, value in one.items() if chance.random() < 0.4} for one in persons]
    for name, sets, aim in (
        ("every fact known", persons, 200),
        ("every fact unknown", [{}] * 240, 1000),
        ("some known", partly, 1000),
    ):
        each = _microseconds(
            [lambda facts=facts: [assess(one, facts, ON, BOOK, with_terms=False) for one in ALL] for facts in sets]
        )
        yield {"name": f"all schemes: truth, missing, reasons; {name}", "measured": each, "unit": "µs", "aim": aim}
        yield {"name": f"assessments of a programme; {name}", "measured": len(ALL) * 1e6 / each, "unit": "a second"}
    strangers = _people(ALL, 2000, "strangers")
    begun = time.perf_counter()
    for facts in strangers:
        for one in ALL:
            assess(one, facts, ON, BOOK, with_terms=False)
    yield {
        "name": "all schemes: truth, missing, reasons; every fact known, nobody met twice",
        "measured": round((time.perf_counter() - begun) / len(strangers) * 1e6, 1),
        "unit": "µs",
        "aim": 200,
    }
    for name in ("one programme", "all programmes"):
        one = name == "one programme"
        sets = [((chance.choice(ALL),) if one else ALL, facts) for facts in [{}, *partly]]
        asked = [lambda names=names, facts=facts: next_fact(names, facts, ON, BOOK) for names, facts in sets]
        each = _microseconds(asked)
        yield {"name": f"next question; {name}", "measured": each, "unit": "µs", "aim": 2000}
        yield {"name": f"next questions; {name}", "measured": 1e6 / each, "unit": "a second"}


def _microseconds(calls: list[Callable[[], Any]]) -> float:
    """The mean of a call, the best of three rounds after one to warm up."""
    means = []
    for _ in range(4):
        begun = time.perf_counter()
        for call in calls:
            call()
        means.append((time.perf_counter() - begun) / len(calls) * 1e6)
    return round(min(means[1:]), 1)


# ---- questions


def _questions() -> Iterator[dict[str, Any]]:
    for programme in ALL:
        persons = _people((programme,), PEOPLE, f"questions {programme}")
        asked = [_interview((programme,), person) for person in persons]
        refused = [
            a
            for a, person in zip(asked, persons, strict=True)
            if assess(programme, person, ON, BOOK, with_terms=False).truth == "no"
        ]
        mean = statistics.fmean(asked)
        best = None
        if programme in SEARCHED:
            searched = optimum.Optimum(programme, ON, BOOK)
            best = statistics.fmean(searched.questions(person) for person in persons)
        yield {
            "name": f"questions: {programme}, aim: the optimum + 5 %",
            "measured": round(mean, 3),
            "unit": "questions",
            "aim": best and round(best * 1.05, 3),
        }
        if refused:
            yield {
                "name": f"questions: {programme}, the refused alone",
                "measured": round(statistics.fmean(refused), 3),
                "unit": "questions",
            }
        fixed = statistics.fmean(_decree((programme,), person) for person in persons)
        yield {
            "name": f"questions: {programme}, decree's order until decided",
            "measured": round(fixed, 3),
            "unit": "questions",
        }
    form = len({fact for name in ALL for fact in _order(name)})
    for who, among_all in (("people as they come", True), ("people who came for all six", False)):
        persons = _people(ALL, 150, "questions all", among_all)
        asked = statistics.fmean(_interview(ALL, person) for person in persons)
        until = statistics.fmean(_decree(ALL, person) for person in persons)
        for order, aim in (("conditions", form / 2), ("order until decided", until / 2)):
            yield {
                "name": f"questions: all programmes, {who}, aim: half of the decrees' {order}",
                "measured": round(asked, 3),
                "unit": "questions",
                "aim": round(aim, 3),
            }


def _people(programmes: tuple[str, ...], count: int, seed: str, among_all: bool = False) -> list[dict[str, Any]]:
    facts = list(
        dict.fromkeys(fact for name in programmes for fact in BOOK.programmes[name].facts if BOOK.facts[fact].asked)
    )
    outlook = optimum.Outlook([], BOOK.facts, ON, among_all)
    return optimum.people(outlook, facts, count, seed)


_asked: dict[Any, str | None] = {}


def _interview(programmes: tuple[str, ...], person: dict[str, Any]) -> int:
    known: dict[str, Any] = {}
    while True:
        key = (programmes, tuple(known.items()))
        if key not in _asked:
            _asked[key] = next_fact(programmes, known, ON, BOOK)
        if _asked[key] is None:
            return len(known)
        known[_asked[key]] = person[_asked[key]]


def _decree(programmes: tuple[str, ...], person: dict[str, Any]) -> int:
    """Every fact of every condition in the order in which the decree has them, until the programme is decided."""
    known: dict[str, Any] = {}
    for name in programmes:
        for fact in _order(name):
            if not any(BOOK.facts[one].asked for one in open_facts((name,), known, ON, BOOK)):
                break
            known.setdefault(fact, person[fact])
    return len(known)


def _order(programme: str) -> list[str]:
    schemes = BOOK.programmes[programme].schemes.values()
    named = [
        fact for scheme in schemes for one in scheme.conditions for leaf in leaves(one.condition) for fact in leaf.facts
    ]
    return [fact for fact in dict.fromkeys(named) if BOOK.facts[fact].asked]
