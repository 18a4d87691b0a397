"""Exact truth: what a condition can still turn out to be over every completion of the facts. No law, no wording.

Three-valued connectives alone miss what two conditions on one fact settle together (a first-year notice *and* a clean
school confirmation: the study year no longer matters). So the conditions that share facts form a group, and a group is
split into cases, fact by fact, over finitely many representatives of each domain: values between which no leaf tells a
difference count once. The cases are kept as reduced ordered decision diagrams, in which exactly those facts appear that
can change the outcome. Groups share no fact, so they combine by simple rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import ceil, floor
from typing import Any as AnyValue

from flows.eligibility.book import Fact
from flows.eligibility.condition import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Confirm,
    Facts,
    Leaf,
    Not,
    ShareAtLeast,
    SumAtMost,
    WithinYears,
    leaves,
)
from flows.eligibility.truth import NO, UNKNOWN, YES, Truth, negate

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a condition can turn out to be: its attainable truths, and the facts that still make a difference.

    `bars`: facts that can turn NO into something else or back; `grants`: facts that can turn YES into something else or
    back. `points`: the confirm points that keep some completion at UNKNOWN.
    """

    truths: frozenset[Truth]
    bars: frozenset[str] = NOTHING
    grants: frozenset[str] = NOTHING
    points: frozenset[str] = NOTHING

    @property
    def truth(self) -> Truth:
        """The one truth if all completions agree, else UNKNOWN."""
        return next(iter(self.truths)) if len(self.truths) == 1 else UNKNOWN

    @property
    def missing(self) -> frozenset[str]:
        return self.bars | self.grants


MET, REFUSED = Outcome(frozenset((YES,))), Outcome(frozenset((NO,)))


def all_together(outcomes: list[Outcome]) -> Outcome:
    """The outcome of all of several conditions that share no fact."""
    if all([len(one.truths) == 1 for one in outcomes]):
        decided = [one.truth for one in outcomes]
        if NO in decided:
            return REFUSED
        if UNKNOWN not in decided:
            return MET
    hopes = [NO not in one.truths or len(one.truths) > 1 for one in outcomes]  # can be more than NO
    sure = [YES in one.truths for one in outcomes]
    truths = set()
    if any(NO in one.truths for one in outcomes):
        truths.add(NO)
    if all(sure):
        truths.add(YES)
    if all(hopes) and any(UNKNOWN in one.truths for one in outcomes):
        truths.add(UNKNOWN)
    bars: frozenset[str] = NOTHING
    grants: frozenset[str] = NOTHING
    points: frozenset[str] = NOTHING
    for place, one in enumerate(outcomes):
        others = [at for at in range(len(outcomes)) if at != place]
        if all(hopes[at] for at in others):
            bars |= one.bars
            points |= one.points
            if all(sure[at] for at in others):
                grants |= one.grants
    return Outcome(frozenset(truths), bars, grants, points)


# A residual is what is left of a condition once some leaves are settled: YES, NO, or a tuple
# ("all" | "any", parts) | ("not", part) | ("leaf", place) | ("confirm", point).
Residual = Truth | tuple[AnyValue, ...]
Status = tuple[Truth | None, ...]
Spread = Mapping[str, tuple[tuple[AnyValue, tuple[tuple[int, Truth], ...]], ...]]


class Group:
    """One condition, made ready to be split into cases. It remembers the outcomes that it has worked out."""

    def __init__(self, condition: Condition, facts: Mapping[str, Fact], limit: int = 20_000) -> None:
        self.leaves: tuple[Leaf, ...] = tuple(dict.fromkeys(leaves(condition)))
        self.tree = _tree(condition, {leaf: place for place, leaf in enumerate(self.leaves)})
        self.facts = tuple(dict.fromkeys(fact for leaf in self.leaves for fact in leaf.facts))
        self.definitions = {fact: facts[fact] for fact in self.facts}
        self._leaves_of = {
            fact: tuple(place for place, leaf in enumerate(self.leaves) if fact in leaf.facts) for fact in self.facts
        }
        joint = tuple(leaf for leaf in self.leaves if len(leaf.facts) > 1)
        self._joint = tuple(dict.fromkeys(fact for leaf in joint for fact in leaf.facts))
        self._joint_leaves = tuple(self.leaves.index(leaf) for leaf in joint)
        self._plain_spread: Spread = {fact: self._spread_of(fact) for fact in self.facts if fact not in self._joint}
        self._known: dict[AnyValue, Outcome] = {}
        self._limit = limit

    def outcome(self, facts: Facts, on: date) -> Outcome:
        """What the condition can turn out to be, given these facts on that day."""
        return self.outcome_of(tuple([leaf.settle(facts, on) for leaf in self.leaves]), facts, on)

    def outcome_of(self, status: Status, facts: Facts, on: date) -> Outcome:
        """The same, when the leaves have been settled already: `status` has one truth, or None, for each of them."""
        spread = self._plain_spread
        key: AnyValue = status
        if self.hangs_on_values(status):
            joint = self._joint_spread(facts, on)
            spread = {**spread, **joint}
            key = (status, tuple(tuple(vector for _, vector in classes) for classes in joint.values()))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= self._limit:
                self._known.clear()
            found = self._known[key] = _Cases(self, spread, facts, on).outcome(status)
        return found

    def hangs_on_values(self, status: Status) -> bool:
        """Whether a leaf that two facts share is open, so that the values count and not just what the leaves say."""
        return bool(self._joint) and any(status[at] is None for fact in self._joint for at in self._leaves_of[fact])

    def truth(self, facts: Facts, on: date) -> Truth:
        return self.outcome(facts, on).truth

    def _spread_of(self, fact: str) -> tuple[tuple[AnyValue, tuple[tuple[int, Truth], ...]], ...]:
        """The classes of a fact that shares no leaf with another: one value for each way in which its leaves turn out."""
        seen: dict[tuple[tuple[int, Truth], ...], AnyValue] = {}
        for value in _values(self.definitions[fact], [self.leaves[at] for at in self._leaves_of[fact]]):
            vector = tuple(
                (
                    at,
                    value
                    if isinstance(self.leaves[at], WithinYears)
                    else self.leaves[at].settle({fact: value}, date.max),
                )
                for at in self._leaves_of[fact]
            )
            seen.setdefault(vector, value)
        return tuple((value, vector) for vector, value in seen.items())

    def _joint_spread(self, facts: Facts, on: date) -> Spread:
        """The classes of facts that meet in one leaf (a sum, a share), which depend on those of them that are known."""
        spread: dict[str, tuple[tuple[AnyValue, tuple[tuple[int, Truth], ...]], ...]] = {}
        values: dict[str, list[AnyValue]] = {}
        for fact in self._joint:
            if facts.get(fact) is not None:
                values[fact] = [facts[fact]]
                continue
            mine = [self.leaves[at] for at in self._leaves_of[fact]]
            cuts = set(_values(self.definitions[fact], mine))
            for leaf in mine:
                if len(leaf.facts) > 1:
                    cuts |= _joint_cuts(leaf, fact, values, facts)
            low = self.definitions[fact].minimum or 0
            values[fact] = sorted(cut for cut in cuts if cut >= low)
            spread[fact] = self._joint_classes(fact, values[fact], facts, on)
        return spread

    def _joint_classes(self, fact, values, facts, on):
        seen = {}
        for value in values:
            settled = {**facts, fact: value}
            vector = tuple((at, self.leaves[at].settle(settled, on)) for at in self._leaves_of[fact])
            alone = all(truth is not None for _, truth in vector)
            seen.setdefault((vector, None if alone else value), value)
        # A value that leaves a joint leaf open is told apart by itself: what it does depends on the other fact.
        return tuple(
            (value, tuple((at, truth) for at, truth in vector if truth is not None))
            for (vector, _), value in seen.items()
        )


class _Cases:
    """One splitting into cases, with its own diagrams."""

    def __init__(self, group: Group, spread: Spread, facts: Facts, on: date) -> None:
        self.group, self.spread, self.facts, self.on = group, spread, facts, on
        self.order = {fact: place for place, fact in enumerate(group.facts)}
        self.nodes: dict[tuple[str, tuple[int, ...]], int] = {}
        self.support: list[frozenset[str]] = [NOTHING, NOTHING]  # nodes 0 and 1 are false and true
        self.done: dict[AnyValue, tuple[int, int, frozenset[Truth], frozenset[str]]] = {}

    def outcome(self, status: Status) -> Outcome:
        bars, grants, truths, points = self.split(status, ())
        return Outcome(truths, self.support[bars], self.support[grants], points)

    def split(self, status: Status, given: tuple[tuple[str, AnyValue], ...]):
        """The diagrams of "not NO" and of "YES", the attainable truths and the points, from here on."""
        residual = _simplify(self.group.tree, status)
        if residual is YES:
            return 1, 1, frozenset((YES,)), NOTHING
        if residual is NO:
            return 0, 0, frozenset((NO,)), NOTHING
        places: set[int] = set()
        points: set[str] = set()
        _collect(residual, places, points)
        if not places:
            return 1, 0, frozenset((UNKNOWN,)), frozenset(points)
        open_facts = self._open_facts(places, given)
        key = (residual, tuple((fact, value) for fact, value in given if self._still_counts(fact, places)))
        found = self.done.get(key)
        if found is None:
            fact = min(open_facts, key=self.order.__getitem__)
            branches = [self.split(*self._assume(status, given, fact, one)) for one in self.spread[fact]]
            found = self.done[key] = (
                self._node(fact, tuple(branch[0] for branch in branches)),
                self._node(fact, tuple(branch[1] for branch in branches)),
                frozenset().union(*(branch[2] for branch in branches)),
                frozenset().union(*(branch[3] for branch in branches)),
            )
        return found

    def _open_facts(self, places: Iterable[int], given: tuple[tuple[str, AnyValue], ...]) -> set[str]:
        settled = {fact for fact, _ in given}
        return {
            fact for at in places for fact in self.group.leaves[at].facts if fact not in settled and fact in self.spread
        }

    def _still_counts(self, fact: str, places: set[int]) -> bool:
        return any(at in places for at in self.group._leaves_of[fact])

    def _assume(self, status: Status, given, fact: str, one):
        value, vector = one
        changed = list(status)
        for at, truth in vector:
            changed[at] = truth
        if fact in self.group._joint:
            given = (*given, (fact, value))
            known = {**self.facts, **dict(given)}
            for at in self.group._joint_leaves:
                if changed[at] is None and fact in self.group.leaves[at].facts:
                    changed[at] = self.group.leaves[at].settle(known, self.on)
        return tuple(changed), given

    def _node(self, fact: str, children: tuple[int, ...]) -> int:
        if len(set(children)) == 1:
            return children[0]
        node = self.nodes.get((fact, children))
        if node is None:
            node = self.nodes[fact, children] = len(self.support)
            self.support.append(frozenset((fact,)).union(*(self.support[child] for child in children)))
        return node


def _tree(condition: Condition, places: Mapping[Leaf, int]) -> Residual:
    match condition:
        case All(parts):
            return ("all", tuple(_tree(part, places) for part in parts))
        case Any(parts):
            return ("any", tuple(_tree(part, places) for part in parts))
        case Not(part):
            return ("not", _tree(part, places))
        case Confirm(point):
            return ("confirm", point)
        case _:
            return ("leaf", places[condition])


def _simplify(node: Residual, status: Status) -> Residual:
    kind = node[0]
    if kind == "leaf":
        truth = status[node[1]]
        return node if truth is None else truth
    if kind == "confirm":
        return node
    if kind == "not":
        part = _simplify(node[1], status)
        return negate(part) if isinstance(part, Truth) else ("not", part)
    stops, passes = (NO, YES) if kind == "all" else (YES, NO)
    left = []
    for child in node[1]:
        part = _simplify(child, status)
        if part is stops:
            return stops
        if part is not passes:
            left.append(part)
    if not left:
        return passes
    return left[0] if len(left) == 1 else (kind, tuple(left))


def _collect(node: Residual, places: set[int], points: set[str]) -> None:
    if isinstance(node, Truth):
        return  # UNKNOWN for good, and no point of the office's
    kind = node[0]
    if kind == "leaf":
        places.add(node[1])
    elif kind == "confirm":
        points.add(node[1])
    elif kind == "not":
        _collect(node[1], places, points)
    else:
        for child in node[1]:
            _collect(child, places, points)


def _values(fact: Fact, mine: list[Leaf]) -> list[AnyValue]:
    """Values of a fact, at least one for each class that its leaves tell apart."""
    match fact.kind:
        case "bool":
            return [True, False]
        case "choice":
            return list(fact.values)
        case "multichoice":
            # Single values do: a list is as good as its best class, so it attains nothing that a single one does not.
            return [frozenset((value,)) for value in fact.values]
        case "date":
            return [YES, NO]
    low = fact.minimum or 0
    cuts = {low}
    for leaf in mine:
        match leaf:
            case Compare(_, _, value):
                cuts |= {value - 1, value, value + 1}
            case Between(_, least, most):
                cuts |= {least - 1, least, most, most + 1}
            case _:
                pass
    return sorted(cut for cut in cuts if cut >= low)


def _joint_cuts(leaf: Leaf, fact: str, earlier: Mapping[str, list[AnyValue]], facts: Facts) -> set[AnyValue]:
    """Where a fact makes a difference in a leaf that it shares, for each value that the facts before it may take."""
    match leaf:
        case SumAtMost(names, limit):
            others = [earlier[name] for name in names if name != fact and name in earlier]
            known = sum(
                facts[name] for name in names if name != fact and name not in earlier and facts.get(name) is not None
            )
            rests = {limit - known - sum(values) for values in product(*others)}
            return {0} | {rest + step for rest in rests for step in (0, 1)}
        case ShareAtLeast(part, whole, percent):
            if fact == part:
                wholes = earlier.get(whole) or ([facts[whole]] if facts.get(whole) is not None else [])
                least = {ceil(percent * value / 100) for value in wholes} or {1}
                return {0, 1} | {value + step for value in least for step in (-1, 0)}
            parts = earlier.get(part) or ([facts[part]] if facts.get(part) is not None else [1])
            most = {floor(100 * value / percent) for value in parts}
            return {1} | {value + step for value in most for step in (0, 1)}
    return set()


def connected(conditions: list[Condition]) -> list[list[int]]:
    """Which conditions hang together by sharing facts, by their places."""
    groups: list[tuple[set[str], list[int]]] = []
    for place, condition in enumerate(conditions):
        facts = {fact for leaf in leaves(condition) for fact in leaf.facts}
        touching = [group for group in groups if group[0] & facts]
        merged = (
            facts.union(*(group[0] for group in touching)),
            sorted(sum((group[1] for group in touching), [place])),
        )
        groups = [group for group in groups if group not in touching] + [merged]
    return [places for _, places in sorted(groups, key=lambda group: group[1])]
