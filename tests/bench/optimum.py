"""The exact optimum of asking: the least expected number of questions for a programme, by dynamic programming over all states. No planner.

A state is what is left of the schemes (`flows.eligibility.outlook`), so that it hangs on the past only as far as the
past still matters. Every open fact is tried in every state, in any order: the optimum is not bound by `after`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from flows.eligibility.book import Book
from flows.eligibility.outlook import REFUSED, Left, Outlook

State = tuple[Left, ...]
DECIDED = {"yes": (0.0, frozenset(("yes",)), None), "no": (0.0, frozenset(("no",)), None)}
OFFICE = (0.0, frozenset(("unknown",)), None)


class Optimum:
    """The best way of asking in one programme, over the usual answers of facts.yaml."""

    def __init__(self, programme: str, on: date, book: Book, most_states: int = 10_000_000) -> None:
        self.outlook = Outlook(list(book.programmes[programme].schemes.values()), book.facts, on)
        self.states: dict[State, tuple[float, frozenset[str], str | None]] = {}
        self.most_states = most_states

    def expected(self) -> float:
        """The least expected number of questions when nothing is known."""
        return self._of(self._live(self.outlook.start))[0]

    def questions(self, person: Mapping[str, Any]) -> int:
        """How many questions the best way of asking puts to one person."""
        state, asked = self._live(self.outlook.start), 0
        while (fact := self._of(state)[2]) is not None:
            state = self._told(state, fact, person[fact])
            asked += 1
        return asked

    def _of(self, state: State) -> tuple[float, frozenset[str], str | None]:
        """Expected questions from here on, the truths that can still come, and the best question."""
        if not state:
            return DECIDED["no"]
        if (False, frozenset()) in state:
            return DECIDED["yes"]
        found = self.states.get(state)
        if found is None:
            if len(self.states) > self.most_states:
                raise MemoryError("too many states to be searched")
            found = self.states[state] = self._searched(state)
        return found

    def _searched(self, state: State) -> tuple[float, frozenset[str], str | None]:
        open_facts = sorted(frozenset().union(*(self.outlook.facts_of[part] for _, parts in state for part in parts)))
        if not open_facts or ((True, frozenset()) in state and all(unsettled for unsettled, _ in state)):
            return OFFICE
        best: tuple[float, str] | None = None
        truths: frozenset[str] = frozenset()
        for fact in open_facts:
            cost, truths = 1.0, frozenset()
            after: dict[State, float] = {}
            for value, weight in self.outlook.answers(fact):
                then = self._told(state, fact, value)
                after[then] = after.get(then, 0.0) + weight
            for then, weight in after.items():
                further, possible, _ = self._of(then)
                cost += weight * further
                truths |= possible
            if best is None or cost < best[0] - 1e-12:
                best = (cost, fact)
        return (0.0, truths, None) if len(truths) == 1 else (best[0], truths, best[1])

    def _told(self, state: State, fact: str, value: Any) -> State:
        return self._live(tuple([self.outlook.told(one, fact, value) for one in state]))

    def _live(self, state: State) -> State:
        return tuple([one for one in state if one != REFUSED])


def people(outlook: Outlook, facts: list[str], count: int, seed: str) -> list[dict[str, Any]]:
    """People drawn from the usual answers, each fact for itself."""
    chance = random.Random(seed)
    drawn = []
    for _ in range(count):
        person = {}
        for fact in facts:
            values, weights = zip(*outlook.answers(fact), strict=True)
            person[fact] = chance.choices(values, weights)[0]
        drawn.append(person)
    return drawn
