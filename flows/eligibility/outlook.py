"""How many questions are still to come: an estimate for what is left of schemes once some facts are known. It orders, it never decides.

A scheme is taken apart into parts that share no fact. Each part alone is worked out exactly over the usual answers
(`prior` and `usual` in facts.yaml); parts that must all hold are asked in the order that finds a "no" soonest for the
fewest questions; of schemes of which one is enough, the facts that two of them need come first or the schemes follow
one another, whichever is shorter. So each estimate is what a plain way of asking would cost, and looking one answer
ahead of it can only be shorter.
Truth and `missing` come from `cases.py`, never from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import permutations
from math import ceil, floor
from typing import Any as AnyValue

from flows.eligibility.book import Fact, Scheme, bound
from flows.eligibility.condition import (
    All,
    Any,
    Compare,
    Condition,
    Confirm,
    Facts,
    Not,
    ShareAtLeast,
    SumAtMost,
    anniversary,
    leaves,
)
from flows.eligibility.truth import NO, UNKNOWN, YES, Truth, negate

Residual = Truth | Condition
Left = tuple[bool, frozenset[int]]
"""What is left of a scheme: whether it is open for the office already, and the parts that must still be met."""

REFUSED: Left = (False, frozenset((-1,)))
LIMIT = 200_000
"""So many estimates are kept before we begin anew."""


class Outlook:
    """The schemes of one programme, taken apart, with the figures of a day. `among_all`: weigh the answers as people give
    them who ask about every programme, not as those do who came for this one."""

    def __init__(self, schemes: Sequence[Scheme], facts: Mapping[str, Fact], on: date, among_all: bool = False) -> None:
        self.facts, self.on, self.among_all = facts, on, among_all
        self._ids: dict[Condition, int] = {}
        self.parts: list[Condition] = []
        self.facts_of: list[frozenset[str]] = []
        self._answers: dict[str, tuple[tuple[AnyValue, float], ...]] = {}
        self._moves: dict[tuple[int, str], tuple[tuple[Left, float], ...]] = {}
        self._told: dict[tuple[int, str, AnyValue], Left] = {}
        self._alone: dict[int, tuple[float, float, float]] = {}
        self._ahead: dict[tuple[Left, ...], float] = {}
        self.start = tuple([self._left(self._without_unasked(_whole(scheme, on))) for scheme in schemes])

    # ---- what is left

    def left(self, known: Facts) -> tuple[Left, ...]:
        """What is left of each scheme once these facts are known."""
        found = self.start
        for name, value in known.items():
            found = tuple([self.told(one, name, value) for one in found])
        return found

    def told(self, left: Left, fact: str, value: AnyValue) -> Left:
        """What is left of one scheme once one more fact is known."""
        for part in left[1]:
            if part >= 0 and fact in self.facts_of[part]:
                return _joined((left[0], left[1] - {part}), self._part_told(part, fact, value))
        return left

    def _part_told(self, part: int, fact: str, value: AnyValue) -> Left:
        key = (part, fact, value)
        found = self._told.get(key)
        if found is None:
            if len(self._told) > LIMIT:
                self._told.clear()
            found = self._told[key] = self._left(assumed(self.parts[part], fact, value, self.on))
        return found

    def _left(self, residual: Residual) -> Left:
        if isinstance(residual, Truth):
            return REFUSED if residual is NO else (residual is UNKNOWN, frozenset())
        if isinstance(residual, Confirm):
            return True, frozenset()
        if isinstance(residual, All):
            unsettled = any(isinstance(part, Confirm) for part in residual.parts)
            groups = _apart([part for part in residual.parts if not isinstance(part, Confirm)])
            return unsettled, frozenset([self._id(group) for group in groups])
        return False, frozenset((self._id(residual),))

    def _id(self, part: Condition) -> int:
        found = self._ids.get(part)
        if found is None:
            found = self._ids[part] = len(self.parts)
            self.parts.append(part)
            self.facts_of.append(frozenset(fact for leaf in leaves(part) for fact in leaf.facts))
        return found

    def _without_unasked(self, condition: Condition) -> Residual:
        """What an applicant is never asked stays open, like a point of the office."""
        match condition:
            case All(parts):
                return _all([self._without_unasked(part) for part in parts])
            case Any(parts):
                return _any([self._without_unasked(part) for part in parts])
            case Not(part):
                return _not(self._without_unasked(part))
            case Confirm():
                return Confirm("")
        return condition if all(self.facts[fact].asked for fact in condition.facts) else Confirm("")

    # ---- how many questions

    def ahead(self, left: tuple[Left, ...]) -> float:
        """About how many questions are still to come until one scheme holds or none can."""
        found = self._ahead.get(left)
        if found is None:
            if len(self._ahead) > LIMIT:
                self._ahead.clear()
                self._alone.clear()
            found = self._ahead[left] = self._in_best_order([one for one in left if one != REFUSED])
        return found

    def after(self, left: tuple[Left, ...], fact: str) -> float:
        """About how many questions are still to come once this fact has been asked."""
        by_left: dict[tuple[Left, ...], float] = {}
        for value, weight in self.answers(fact):
            then = tuple([self.told(one, fact, value) for one in left])
            by_left[then] = by_left.get(then, 0.0) + weight
        return sum(weight * self.ahead(then) for then, weight in by_left.items())

    def _in_best_order(self, live: list[Left]) -> float:
        if not live or (False, frozenset()) in live:
            return 0.0
        if (True, frozenset()) in live and all(one[0] for one in live):
            return 0.0
        least = min(self._one_after_the_other(order) for order in permutations(live))
        for fact in self._shared(live):
            least = min(least, 1 + self.after(tuple(live), fact))
        return least

    def _shared(self, live: list[Left]) -> frozenset[str]:
        """The facts that two schemes need: asked once, they count twice."""
        seen: set[str] = set()
        twice: set[str] = set()
        for _, parts in live:
            facts = frozenset().union(*(self.facts_of[part] for part in parts))
            twice |= seen & facts
            seen |= facts
        return frozenset(twice)

    def _one_after_the_other(self, order: Iterable[Left]) -> float:
        cost, reached = 0.0, 1.0
        for one in order:
            asked, _, holds = self._together(one)
            cost += reached * asked
            reached *= 1 - holds
        return cost

    def _together(self, left: Left) -> tuple[float, float, float]:
        """For parts that must all hold: questions, chance of "no", chance of "yes"."""
        if left == REFUSED:
            return 0.0, 1.0, 0.0
        ways = sorted(
            [self._alone_costs(part) for part in left[1]],
            key=lambda way: -way[1] / way[0],
        )
        cost, reached, holds = 0.0, 1.0, 0.0 if left[0] else 1.0
        for asked, fails, succeeds in ways:
            cost += reached * asked
            reached *= 1 - fails
            holds *= succeeds
        return cost, 1 - reached, holds

    def _alone_costs(self, part: int) -> tuple[float, float, float]:
        """The same for one part alone, by its best first question."""
        found = self._alone.get(part)
        if found is None:
            best = None
            for fact in sorted(self.facts_of[part]):
                cost, fails, holds = 1.0, 0.0, 0.0
                for left, weight in self._moves_of(part, fact):
                    then = self._together(left)
                    cost += weight * then[0]
                    fails += weight * then[1]
                    holds += weight * then[2]
                if best is None or cost < best[0]:
                    best = (cost, fails, holds)
            found = self._alone[part] = best
        return found

    def _moves_of(self, part: int, fact: str) -> tuple[tuple[Left, float], ...]:
        found = self._moves.get((part, fact))
        if found is None:
            by_left: dict[Left, float] = {}
            for value, weight in self.answers(fact):
                left = self._part_told(part, fact, value)
                by_left[left] = by_left.get(left, 0.0) + weight
            found = self._moves[part, fact] = tuple(by_left.items())
        return found

    def answers(self, fact: str) -> tuple[tuple[AnyValue, float], ...]:
        """The usual answers to a question, each with its share."""
        found = self._answers.get(fact)
        if found is None:
            weighed = usual_answers(self.facts[fact], self.on, self.among_all)
            total = sum(weight for _, weight in weighed)
            found = self._answers[fact] = tuple([(value, weight / total) for value, weight in weighed])
        return found


def usual_answers(fact: Fact, on: date, among_all: bool = False) -> list[tuple[AnyValue, float]]:
    """Values of a fact with how often they are met; a guess that orders questions and decides nothing."""
    prior = (among_all and fact.among_all) or fact.prior
    match fact.kind:
        case "bool":
            return [(value, prior.get(value, 1)) for value in (True, False)]
        case "choice":
            return [(value, prior.get(value, 1)) for value in fact.values]
        case "multichoice":
            return [(frozenset((value,)), prior.get(value, 1)) for value in fact.values]
        case "date":
            return [(anniversary(on, -int(years)), weight) for years, weight in fact.usual.items()] or [(on, 1)]
    return [(Fraction(value) if fact.kind == "number" else value, weight) for value, weight in fact.usual.items()] or [
        (fact.minimum or 0, 1)
    ]


def _joined(first: Left, second: Left) -> Left:
    if second == REFUSED:
        return REFUSED
    return first[0] or second[0], first[1] | second[1]


def _whole(scheme: Scheme, on: date) -> Condition:
    return All(tuple([bound(named.condition, on) for named in scheme.conditions]))


def _apart(parts: list[Condition]) -> list[Condition]:
    """Parts that share facts, joined; the groups share none."""
    groups: list[tuple[set[str], list[Condition]]] = []
    for part in parts:
        facts = {fact for leaf in leaves(part) for fact in leaf.facts}
        touching = [group for group in groups if group[0] & facts]
        groups = [group for group in groups if group not in touching]
        together = [*(one for _, ones in touching for one in ones), part]
        groups.append((facts.union(*(one for one, _ in touching)), together))
    return [ones[0] if len(ones) == 1 else All(tuple(sorted(ones, key=repr))) for _, ones in groups]


# ---- a condition with one more fact known


def assumed(condition: Condition, fact: str, value: AnyValue, on: date) -> Residual:
    """What is left of a condition once a fact is known."""
    match condition:
        case All(parts):
            return _all([assumed(part, fact, value, on) for part in parts])
        case Any(parts):
            return _any([assumed(part, fact, value, on) for part in parts])
        case Not(part):
            return _not(assumed(part, fact, value, on))
        case Confirm():
            return condition
    if fact not in condition.facts:
        return condition
    truth = condition.settle({fact: value}, on)
    if truth is not None:
        return Confirm("") if truth is UNKNOWN else truth
    match condition:
        case SumAtMost(names, limit):
            return SumAtMost(tuple([name for name in names if name != fact]), limit - value)
        case ShareAtLeast(part, whole, percent) if fact == part:
            return Compare(whole, "at_most", floor(value * 100 / Fraction(percent)))
        case ShareAtLeast(part, whole, percent):
            return Compare(part, "at_least", ceil(Fraction(percent) * value / 100))
    return condition


def _not(part: Residual) -> Residual:
    if isinstance(part, Truth):
        return negate(part)
    return part if isinstance(part, Confirm) else Not(part)


def _all(parts: list[Residual]) -> Residual:
    return _connected_by(All, parts, NO, YES)


def _any(parts: list[Residual]) -> Residual:
    return _connected_by(Any, parts, YES, NO)


def _connected_by(kind: type[All] | type[Any], parts: list[Residual], stops: Truth, passes: Truth) -> Residual:
    kept: dict[Condition, None] = {}
    for part in parts:
        if part is stops:
            return stops
        if part is not passes:
            kept.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    if not kept:
        return passes
    return next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))
