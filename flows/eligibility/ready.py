"""A scheme made ready for the figures of a day, so that many people can be assessed quickly. No facts are checked here, no terms.

Each leaf of a scheme is settled once a person; what the leaves say together is the whole of what a verdict hangs on, so
a verdict that was given before is given again. The exception are facts that meet in one leaf (a sum, a share) while one of
them is open: then their values count, and the verdict is worked out anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from flows.eligibility.book import Book, Fact, NamedCondition, Scheme, bound
from flows.eligibility.cases import Group, Outcome, Status, all_together, connected
from flows.eligibility.condition import All, Condition, Facts, Leaf
from flows.eligibility.parameters import DatedValue, Parameter
from flows.eligibility.truth import UNKNOWN, YES, Truth
from flows.eligibility.verdict import ConfirmPoint, FigureUsed, NoteSaid, Reason, SchemeVerdict
from flows.engine.text import Money, Months, Percent, Text, Value

REMEMBERED = 4_000
"""So many verdicts a scheme are kept before we begin anew."""


class _Leaves:
    """All leaves of a scheme, each once, and the groups that look at some of them."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.places: dict[Leaf, int] = {}

    def group(self, condition: Condition) -> _Placed:
        return _Placed(Group(condition, self.facts), self.places)

    def settled(self, facts: Facts, on: date) -> Status:
        return tuple([leaf.settle(facts, on) for leaf in self.places])


class _Placed:
    """A group of conditions with the places of its leaves among all those of the scheme."""

    def __init__(self, group: Group, places: dict[Leaf, int]) -> None:
        self.group = group
        self.own: Callable[[Status], Status] = _picker([places.setdefault(leaf, len(places)) for leaf in group.leaves])

    def outcome(self, settled: Status, facts: Facts, on: date) -> Outcome:
        return self.group.outcome_of(self.own(settled), facts, on)


def _picker(places: list[int]) -> Callable[[Status], Status]:
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1)) if places else itemgetter(slice(0, 0))


class _ReadyCondition:
    """A named condition with its figures, and the reasons that it has given before."""

    def __init__(self, programme: str, named: NamedCondition, on: date, leaves: _Leaves) -> None:
        self.programme, self.named = programme, named
        self.placed = leaves.group(bound(named.condition, on))
        self.parts = [_ReadyCondition(programme, part, on, leaves) for part in named.parts]
        self.figures = tuple(_figure_used(one, on) for one in named.parameters)
        self.values: dict[str, Value] = {one.parameter: one.value for one in self.figures}
        self.citations = tuple(source.citation for source in named.sources)
        self.given: dict[tuple[Truth, tuple[int, ...]], Reason] = {}

    def reason(self, truth: Truth, settled: Status, facts: Facts, on: date) -> Reason:
        parts = tuple(
            [part.reason(part.placed.outcome(settled, facts, on).truth, settled, facts, on) for part in self.parts]
        )
        key = (truth, tuple([id(part) for part in parts]))  # the parts keep their reasons alive
        found = self.given.get(key)
        if found is None:
            text = Text(f"condition.{self.programme}.{self.named.id}.{truth}", self.values)
            found = Reason(self.named.id, truth, text, self.citations, self.figures, parts)
            self.given[key] = found
        return found


class ReadyScheme:
    """A scheme with the figures of a day: its groups of conditions, each with its memory."""

    def __init__(self, scheme: Scheme, on: date, facts: Mapping[str, Fact]) -> None:
        self.scheme = scheme
        self.leaves = _Leaves(facts)
        self.conditions = [_ReadyCondition(scheme.programme, named, on, self.leaves) for named in scheme.conditions]
        plain = [bound(named.condition, on) for named in scheme.conditions]
        self.groups = [
            self.conditions[places[0]].placed
            if len(places) == 1
            else self.leaves.group(All(tuple(plain[at] for at in places)))
            for places in connected(plain)
        ]
        self.notes = [
            (
                NoteSaid(note.id, Text(f"note.{note.id}"), note.source.citation if note.source else None),
                None if note.when is None else self.leaves.group(bound(note.when, on)),
            )
            for note in scheme.notes
            if note.start is None or note.start <= on
        ]
        self.places = [(self.leaves.group(bound(other.when, on)), other) for other in scheme.places]
        self.points = {
            (point, certain): ConfirmPoint(
                point, Text(f"confirm.{point}"), tuple(source.citation for source in sources), certain
            )
            for point, sources in scheme.confirm.items()
            for certain in (True, False)
        }
        self._given: dict[Status, SchemeVerdict] = {}

    def outcome(self, facts: Facts, on: date) -> Outcome:
        """What the scheme can turn out to be."""
        settled = self.leaves.settled(facts, on)
        return all_together([group.outcome(settled, facts, on) for group in self.groups])

    def verdict(self, facts: Facts, on: date) -> SchemeVerdict:
        """The verdict without terms."""
        settled = self.leaves.settled(facts, on)
        found = self._given.get(settled)
        if found is None:
            found = self._worked_out(settled, facts, on)
            if not any([group.group.hangs_on_values(group.own(settled)) for group in self.groups]):
                if len(self._given) >= REMEMBERED:
                    self._given.clear()
                self._given[settled] = found
        return found

    def _worked_out(self, settled: Status, facts: Facts, on: date) -> SchemeVerdict:
        outcomes = [group.outcome(settled, facts, on) for group in self.groups]
        whole = all_together(outcomes)
        own = [one.placed.outcome(settled, facts, on) for one in self.conditions]
        certain = frozenset().union(*[one.points for one in own if one.truths == {UNKNOWN}])
        place_kind, filed_at = self._place(settled, facts, on)
        return SchemeVerdict(
            self.scheme.id,
            whole.truth,
            tuple([fact for fact in self.scheme.facts if fact in whole.missing]),
            tuple([self.points[point, point in certain] for point in self.scheme.confirm if point in whole.points]),
            tuple(
                [
                    one.reason(outcome.truth, settled, facts, on)
                    for one, outcome in zip(self.conditions, own, strict=True)
                ]
            ),
            tuple([note for note, when in self.notes if when is None or when.outcome(settled, facts, on).truth is YES]),
            place_kind,
            filed_at,
        )

    def _place(self, settled: Status, facts: Facts, on: date) -> tuple[str, str]:
        """Which place counts, and where the papers are handed in."""
        for when, other in self.places:
            if when.outcome(settled, facts, on).truth is YES:
                return other.place_kind, other.filed_at
        return self.scheme.place_kind, self.scheme.filed_at


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


_ready: WeakKeyDictionary[Scheme, dict[Any, ReadyScheme]] = WeakKeyDictionary()
DAYS = 400
"""So many days a scheme are looked up before we begin anew."""


def ready_scheme(scheme: Scheme, on: date, book: Book) -> ReadyScheme:
    """Made once for each set of figures that its conditions have on some day."""
    shelf = _ready.setdefault(scheme, {})
    found = shelf.get(on)
    if found is None:
        if len(shelf) > DAYS:
            shelf.clear()
        figures = tuple([id(parameter.on(on)) for parameter in scheme.parameters])  # the book keeps them alive
        found = shelf.get(figures)
        if found is None:
            found = shelf[figures] = ReadyScheme(scheme, on, book.facts)
        shelf[on] = found
    return found
