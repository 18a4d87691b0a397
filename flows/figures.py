"""The figures of an answer: each comes from the terms, a parameter, a loan plan or a card of the day, with its source.

No sentence stands here and no figure is written here; what the law does not settle is None, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import msgspec
from pydantic import Field, model_validator

from flows.eligibility.book import Book
from flows.eligibility.parameters import Parameter
from flows.eligibility.sheets import Exact, Strict
from flows.eligibility.terms import terms
from flows.engine.text import Citation, Day, Money, Months, Percent, Text, Value

CHECKED = "2026-11-22"  # the day on which the whole dossier was last compared with the law


class Source(msgspec.Struct, frozen=True):
    """A place in the law that an answer rests on, since when it holds (ISO, None: unknown) and how sure we are of it."""

    citation: Citation
    since: str | None = None
    mark: str = "V"


class FigureForm(Strict):
    """Where one figure comes from; exactly one of the first seven."""

    terms: str | None = None
    parameter: str | None = None
    since: str | None = None
    term: str | None = None
    card: str | None = None
    schedule: str | None = None
    number: int | None = None
    day: date | None = None
    signed: date | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    ordinary: bool = False
    divided_by: int = 1
    times: int = 1
    round: int | None = None
    complement: bool = False
    kind: Literal["times", "months"] | None = Field(default=None, alias="as")

    @model_validator(mode="after")
    def _one_origin(self) -> FigureForm:
        origins = ("terms", "parameter", "since", "term", "card", "schedule", "number")
        if sum(getattr(self, name) is not None for name in origins) != 1:
            raise ValueError(f"a figure has exactly one of {', '.join(origins)}")
        return self


class Occasion(msgspec.Struct, frozen=True):
    """For whom and when: what every figure needs to be looked up."""

    programme: str | None
    facts: Mapping[str, Any]
    on: date
    book: Book


class Found(msgspec.Struct, frozen=True):
    """A figure ready to be worded, with its sources."""

    value: Value
    sources: tuple[Source, ...] = ()


def find(form: FigureForm, occasion: Occasion) -> Found | None:
    """The figure that a form asks for, or None where nothing settles it on that day."""
    if form.terms is not None:
        return _from_terms(form, occasion)
    if form.parameter is not None:
        return _from_parameter(form, occasion)
    if form.since is not None:
        return _first_day(occasion.book.parameters[form.since], form.day or occasion.on)
    if form.card is not None:
        return _from_card(form.card, occasion)
    if form.schedule is not None:
        return _from_schedule(form.schedule, occasion)
    if form.term is not None:
        return Found(Text(f"term.{form.term}"))
    return Found(Months(form.number or 0) if form.kind == "months" else form.number or 0)


def scheme_of(name: str, programme: str | None) -> tuple[str, str, str]:
    """Programme, scheme and the rest of a dotted name: works.rate within water, water.works.rate anywhere."""
    parts = name.split(".")
    if len(parts) == 2 and programme is not None:
        return (programme, parts[0], parts[1])
    first, second, *rest = parts
    return (first, second, rest[0] if rest else "")


def _from_terms(form: FigureForm, occasion: Occasion) -> Found | None:
    programme, scheme, field = scheme_of(form.terms or "", occasion.programme)
    own = not (form.facts or form.ordinary or form.day)  # what is true of the person today need not fit another day
    facts = occasion.facts if own else form.facts
    on = form.day or occasion.on
    found = terms(programme, scheme, facts, on, occasion.book, signed=form.signed)
    number = getattr(found, field)
    if number is None:
        return None
    sources = tuple(
        Source(Citation(one.instrument, one.article), one.since, one.mark)
        for one in found.citations
        if one.field == field
    )
    kept = () if form.day or form.signed else sources  # a figure of another day is told for comparison only
    return Found(_worded(Fraction(str(number)), _kind_of(field), form), kept)


def _kind_of(field: str) -> str:
    if field.endswith("_vnd"):
        return "vnd"
    return "months" if field.endswith("_months") else "percent"


def _from_parameter(form: FigureForm, occasion: Occasion) -> Found | None:
    parameter = occasion.book.parameters[form.parameter or ""]
    dated = parameter.on(form.day or occasion.on)
    if dated is None or isinstance(dated.value, str):
        return None
    source = Source(dated.source.citation, dated.start.isoformat(), dated.source.mark)
    return Found(_worded(dated.value, parameter.unit, form), () if form.day else (source,))


def _first_day(parameter: Parameter, on: date) -> Found | None:
    dated = parameter.on(on)
    if dated is None:
        return None
    start = dated.start.isoformat()
    return Found(Day(start), (Source(dated.source.citation, start, dated.source.mark),))


def _from_card(name: str, occasion: Occasion) -> Found | None:
    from flows.neighbours import card  # cards use figures too

    identity, _, figure = name.partition(".")
    return card(identity, occasion.on, occasion.book).figures.get(figure)


def _from_schedule(name: str, occasion: Occasion) -> Found | None:
    programme, scheme, _ = scheme_of(f"{name}.", occasion.programme)
    steps = occasion.book.programmes[programme].schemes[scheme].schedule.principal_every
    return Found(Months(steps[0][1])) if len(steps) == 1 else None


def _worded(number: Fraction, unit: str, form: FigureForm) -> Value:
    number = number * form.times / form.divided_by
    if form.complement:
        number = 100 - number
    if form.kind == "times":
        return _times(number)
    if unit == "factor":
        number = number * 100
    if form.round is not None:
        number = Fraction(round(float(number), form.round)).limit_denominator(10**6)
    return typed(number, unit)


def _times(number: Fraction) -> Text:
    """A multiple in words: as long as, twice, three times."""
    if number in (1, 2):
        return Text(f"answer.times.{int(number)}")
    return Text("answer.times.other", {"count": plain(number)})


def typed(number: Fraction, unit: str) -> Value:
    """A number of some unit as the value that `wording` writes out."""
    match unit:
        case "vnd":
            return Money(int(number))
        case "percent" | "percent_year" | "factor":
            return Percent(round(float(number), 4))
        case "months":
            return Months(int(number))
        case "years":
            return Months(int(number) * 12)
        case _:
            return plain(number)


def plain(number: Fraction) -> int | float:
    """A count, without decimals where it has none."""
    return int(number) if number.denominator == 1 else float(number)


def reference(line: str, book: Book, mark: str = "V") -> Source:
    """A line like "QĐ 22/2023/QĐ-TTg | Điều 9 | 2023-10-10" as a source; without a day, the day the instrument took effect."""
    instrument, article, since = (*(part.strip() for part in line.split("|")), "", "")[:3]
    entry = book.register.get(instrument)
    day = since or (entry.effective.isoformat() if entry and entry.effective else None)
    known = "K" if entry is not None and entry.mark == "K" else mark
    return Source(Citation(instrument, article or None), day, known)


def exact(value: Exact) -> Fraction:
    """A number as written in a file, without rounding."""
    return Fraction(value)
