"""A programme as boxes: its schemes, their conditions with the clause, and the facts behind them with the figures of a day.

Drawn from the same values that `assess` runs, so the picture cannot say anything else than the verdict. No layout, no wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flows.eligibility.book import Book, Fact, NamedCondition, Scheme, bound
from flows.eligibility.condition import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Confirm,
    Not,
    OneOf,
    ShareAtLeast,
    SumAtMost,
    WithinYears,
)
from flows.eligibility.ready import worded
from flows.engine.box import Box
from flows.engine.text import Joined, Money, Percent, Text, Value


def draw_programme(programme: str, on: date, book: Book) -> Box:
    """The programme with the figures of that day; a scheme that has not begun yet says since when it holds."""
    schemes = tuple(_scheme(scheme, on, book) for scheme in book.programmes[programme].schemes.values())
    return Box("start", Text(f"programme.{programme}.name"), (), schemes)


def _scheme(scheme: Scheme, on: date, book: Book) -> Box:
    day = max(on, scheme.since)
    conditions = tuple(_named(scheme.programme, one, day, book.facts) for one in scheme.conditions)
    return Box("scheme", Text(f"scheme.{scheme.programme}.{scheme.id}.name"), (), conditions)


def _named(programme: str, named: NamedCondition, on: date, facts: Mapping[str, Fact]) -> Box:
    """A condition in the words in which a person is told that it is met."""
    values: dict[str, Value] = {}
    for one in named.parameters:
        values[one.id] = worded(one, one.on(on))
    parts = {bound(part.condition, on): part for part in named.parts}
    tree = bound(named.condition, on)
    inside = _tree(tree, programme, parts, on, facts)
    law = tuple(source.citation for source in named.sources)
    return Box("condition", Text(f"condition.{programme}.{named.id}.yes", values), law, (inside,))


def _tree(
    tree: Condition, programme: str, parts: Mapping[Condition, NamedCondition], on: date, facts: Mapping[str, Fact]
) -> Box:
    if tree in parts:
        return _named(programme, parts[tree], on, facts)
    match tree:
        case All(inner):
            return Box("all", Text("draw.all"), (), tuple(_tree(one, programme, parts, on, facts) for one in inner))
        case Any(inner):
            return Box("any", Text("draw.any"), (), tuple(_tree(one, programme, parts, on, facts) for one in inner))
        case Not(inner):
            return Box("not", Text("draw.not"), (), (_tree(inner, programme, parts, on, facts),))
        case Confirm(point):
            return Box("confirm", Text("draw.confirm", {"point": Text(f"confirm.{point}")}))
    return Box("fact", _leaf(tree, facts))


def _leaf(leaf: Condition, facts: Mapping[str, Fact]) -> Text:
    match leaf:
        case Compare(fact, op, value):
            return Text(f"draw.{op}", {"fact": _label(fact), "value": _value(facts[fact], value)})
        case Between(fact, low, high):
            values = {"low": _value(facts[fact], low), "high": _value(facts[fact], high)}
            return Text("draw.between", {"fact": _label(fact), **values})
        case OneOf(fact, values):
            named = tuple(_value(facts[fact], value) for value in facts[fact].values if value in values)
            return Text("draw.equals", {"fact": _label(fact), "value": Joined(named, "or")})
        case SumAtMost(names, limit):
            sum_ = Joined(tuple(_label(name) for name in names), "list")
            return Text("draw.at_most", {"fact": sum_, "value": _value(facts[names[0]], limit)})
        case ShareAtLeast(part, whole, percent):
            values = {"part": _label(part), "whole": _label(whole), "percent": Percent(float(percent))}
            return Text("draw.share", values)
        case WithinYears(fact, years):
            return Text("draw.within_years", {"fact": _label(fact), "years": int(years)})
    raise TypeError(leaf)


def _label(fact: str) -> Text:
    return Text(f"fact.{fact}.label")


def _value(fact: Fact, value: object) -> Value:
    match fact.kind:
        case "bool":
            return Text(
                f"fact.{fact.id}.value.{'true' if value else 'false'}", otherwise=f"choice.{'yes' if value else 'no'}"
            )
        case "choice" | "multichoice":
            return Text(f"fact.{fact.id}.value.{value}")
        case "money":
            return Money(int(value))
    return int(value) if float(value).is_integer() else float(value)
