"""The loaded programmes, parameters, facts and legal register, checked. No decision is made here.

`load_book()` reads `flows/facts.yaml`, `law.yaml`, `programmes/`, `parameters/` and `provinces/` once. Whatever is wrong
in them raises `BookError`, whose message names file and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any as AnyValue

from flows.eligibility import sheets
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
    leaves,
    points,
)
from flows.eligibility.parameters import DatedValue, Figure, NoFigure, Parameter, Source
from flows.eligibility.sheets import BookError, Sheet

__all__ = ["Book", "BookError", "Fact", "Instrument", "NamedCondition", "Programme", "Scheme", "load_book"]


PROGRAMMES = ("student", "water", "housing", "released", "abroad", "jobs")
"""The programmes there are, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """An entry of the legal register. `status`: in_force | amending | repealed | lapsed | unclear."""

    id: str
    title: str
    issued: date | None
    effective: date | None
    ended: date | None
    status: str
    checked: date
    mark: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What we may know of an applicant. `asked`: an applicant may be asked; `decides`: it can decide a verdict."""

    id: str
    kind: str
    values: tuple[str, ...]
    official: str
    sensitive: bool
    asked: bool
    decides: bool
    programmes: tuple[str, ...]
    group: str
    after: tuple[str, ...]
    prior: Mapping[bool | str, int]
    minimum: int | None
    maximum: int | None
    unit: str | None
    verified_by: str | None
    seen_by: str
    keep: str
    among_all: Mapping[bool | str, int] = field(default_factory=dict)
    usual: Mapping[int, int] = field(default_factory=dict)
    can_become: tuple[bool | str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class NamedCondition:
    """A condition that a person is told about. `parts` are the named conditions inside it."""

    id: str
    condition: Condition
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    parts: tuple[NamedCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """How a lending rate is made: base, times a factor; `lower` for the classes that a condition names."""

    base: Parameter
    factor: Parameter | None = None
    lower_factor: Parameter | None = None
    lower_since: date | None = None
    lower_when: Condition | None = None


@dataclass(frozen=True, slots=True)
class MaxAmount:
    """How the most that may be lent is made. `rule` names its wording: `amount.<rule>`."""

    rule: str
    flat: Parameter | None = None
    total: Parameter | None = None
    per_worker: Parameter | None = None
    share: Parameter | None = None
    of: str | None = None
    cap: Parameter | None = None
    collateral_share: Parameter | None = None
    monthly: Parameter | None = None


@dataclass(frozen=True, slots=True)
class MaxTerm:
    """How the longest term is made. `rule` names its wording: `term.<rule>`; `earlier`: other wordings to a last day."""

    rule: str | None = None
    earlier: tuple[tuple[date, str], ...] = ()
    flat: Parameter | None = None
    fact: str | None = None
    source: Source | None = None
    grace: Parameter | None = None
    short_course: Parameter | None = None
    long_course: Parameter | None = None


@dataclass(frozen=True, slots=True)
class TermsRule:
    """All that `terms` needs of a scheme."""

    rate: Rate | None
    overdue: tuple[Parameter, ...]
    max_amount: MaxAmount
    max_term: MaxTerm
    collateral: Parameter | None
    collateral_above: Parameter | None


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """How instalments fall due: principal every so many months by the length of the loan, interest every so many.

    `principal_before`: other intervals, each for loans approved to its last day.
    """

    principal_every: tuple[tuple[int | None, int], ...]
    principal_before: tuple[tuple[date, int], ...]
    interest_every: int
    study: bool
    first_after_course: int
    unsettled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say beside the verdict; `when` limits it to those whom it concerns, `start` to the days from then on."""

    id: str
    source: Source | None
    when: Condition | None
    start: date | None = None


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Another place counts for those whom `when` names."""

    when: Condition
    place_kind: str
    filed_at: str


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Scheme:
    """One way to borrow within a programme."""

    id: str
    programme: str
    since: date
    place_kind: str
    filed_at: str
    places: tuple[OtherPlace, ...]
    amount_per: str
    needs_group: bool | None
    applicant: str
    conditions: tuple[NamedCondition, ...]
    confirm: Mapping[str, tuple[Source, ...]]
    notes: tuple[Note, ...]
    terms: TermsRule
    schedule: ScheduleRule
    facts: tuple[str, ...]
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Programme:
    """A programme with its schemes, in the order of its file."""

    id: str
    schemes: Mapping[str, Scheme]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalScheme:
    """What a province's own capital offers in a scheme. `max_amount_by`: by the value of a fact."""

    rate: Fraction | None
    max_amount: int | None
    max_amount_by: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Local:
    """A province's own capital, lent by the bank beside the central one."""

    province: str
    start: date
    end: date | None
    source: Source
    schemes: Mapping[str, LocalScheme]


@dataclass(frozen=True, eq=False)
class Book:
    """Everything written that the rules read. `points`: the transaction points, laid in by the shell."""

    programmes: Mapping[str, Programme]
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    register: Mapping[str, Instrument]
    local: Mapping[str, tuple[Local, ...]] = field(default_factory=dict)
    points: object | None = None


def bound(condition: Condition, on: date) -> Condition:
    """The condition with the figures of a day in the place of its parameters."""
    match condition:
        case All(parts):
            return All(tuple(bound(part, on) for part in parts))
        case Any(parts):
            return Any(tuple(bound(part, on) for part in parts))
        case Not(part):
            return Not(bound(part, on))
        case Confirm() | OneOf():
            return condition
        case _:
            figures = {
                entry.name: _figure(value, on)
                for entry in fields(condition)
                if isinstance(value := getattr(condition, entry.name), Parameter)
            }
            return replace(condition, **figures) if figures else condition


def _figure(value: AnyValue, on: date) -> Figure:
    if not isinstance(value, Parameter):
        return value
    dated = value.on(on)
    if dated is None:
        raise NoFigure(f"{value.id} has no figure on {on}")
    figure = dated.value
    return int(figure) if isinstance(figure, Fraction) and figure.denominator == 1 else figure


# ---- building


@lru_cache(maxsize=1)
def load_book() -> Book:
    """The book of this package, read and checked once."""
    return read_book(resources.files("flows"))


def read_book(room: Traversable) -> Book:
    """The book of a folder laid out like `flows/`; whatever is wrong in it raises `BookError`."""
    return _Binder(room).book()


class _Binder:
    """Turns sheets into a book and collects what is wrong on the way."""

    def __init__(self, room: Traversable) -> None:
        self.room = room
        self.problems: list[str] = []
        self.register: dict[str, Instrument] = {}
        self.parameters: dict[str, Parameter] = {}
        self.facts: dict[str, Fact] = {}
        self.sheet: Sheet | None = None

    def book(self) -> Book:
        self._read_register()
        for sheet in self._sheets("parameters"):
            self._collect(self._read_parameter, sheet)
        self._collect(self._read_facts, sheets.read_sheet(self.room / "facts.yaml"))
        programmes: dict[str, Programme] = {}
        for sheet in self._sheets("programmes"):
            programme = self._collect(self._read_programme, sheet)
            if programme is not None:
                programmes[programme.id] = programme
        for name in set(PROGRAMMES) ^ set(programmes):
            self.problems.append(f"flows/programmes/{name}.yaml:1: the list PROGRAMMES and the files must agree")
        programmes = {name: programmes[name] for name in PROGRAMMES if name in programmes}
        local: dict[str, tuple[Local, ...]] = {}
        for sheet in self._sheets("provinces"):
            entry = self._collect(self._read_local, sheet)
            if entry is not None:
                local[entry.province] = (*local.get(entry.province, ()), entry)
        if self.problems:
            raise BookError(self.problems)
        return Book(programmes, self.facts, self.parameters, self.register, local)

    def _sheets(self, folder: str) -> Iterator[Sheet]:
        files = sorted((self.room / folder).iterdir(), key=lambda file: file.name)
        for file in files:
            if file.name.endswith(".yaml"):
                try:
                    yield sheets.read_sheet(file)
                except BookError as error:
                    self.problems += error.messages

    def _collect(self, read, sheet: Sheet):
        self.sheet = sheet
        try:
            return read(sheet)
        except BookError as error:
            self.problems += error.messages
            return None

    def _complain(self, path: sheets.Path, message: str) -> None:
        self.problems.append(self.sheet.complaint(path, message))

    def _read_register(self) -> None:
        sheet = sheets.read_sheet(self.room / "law.yaml")
        self.sheet = sheet
        for place, form in enumerate(sheets.fill(sheets.RegisterForm, sheet).instruments):
            if form.id in self.register:
                self._complain(("instruments", place), f"{form.id} is registered twice")
            self.register[form.id] = Instrument(**form.model_dump())

    def _read_parameter(self, sheet: Sheet) -> None:
        form = sheets.fill(sheets.ParameterForm, sheet)
        if f"/{form.id}.yaml" not in sheet.name:
            self._complain(("id",), f"the file of {form.id} must be named {form.id}.yaml")
        values = []
        for place, value in enumerate(form.values):
            source = self._source(value, ("values", place))
            figure = value.value if form.unit == "collateral" else Fraction(value.value)
            values.append(DatedValue(figure, value.start, value.end, source))
            earlier = form.values[place - 1] if place else None
            if earlier is not None and (earlier.end is None or earlier.end >= value.start):
                self._complain(("values", place, "from"), f"the value before must end before {value.start}")
        self.parameters[form.id] = Parameter(form.id, form.about, form.unit, form.counts, tuple(values))

    def _read_facts(self, sheet: Sheet) -> None:
        for place in range(len(sheet.data)):
            form = sheets.fill(sheets.FactForm, sheet, (place,))
            if form.id in self.facts:
                self._complain((place,), f"fact {form.id} is written twice")
            plain = form.model_dump()
            for name in ("values", "programmes", "after", "can_become"):
                plain[name] = tuple(plain[name])
            self.facts[form.id] = Fact(**plain)
        for place, fact in enumerate(self.facts.values()):
            for other in fact.after:
                if other not in self.facts:
                    self._complain((place, "after"), f"no fact {other}")

    def _read_local(self, sheet: Sheet) -> Local:
        form = sheets.fill(sheets.LocalForm, sheet)
        schemes = {
            name: LocalScheme(
                None if scheme.rate is None else Fraction(scheme.rate), scheme.max_amount, scheme.max_amount_by
            )
            for name, scheme in form.schemes.items()
        }
        return Local(form.province, form.start, form.end, self._source(form.source, ("source",)), schemes)

    def _read_programme(self, sheet: Sheet) -> Programme:
        form = sheets.fill(sheets.ProgrammeForm, sheet)
        schemes = {
            name: self._scheme(form.id, name, scheme, ("schemes", name)) for name, scheme in form.schemes.items()
        }
        used = {fact for scheme in schemes.values() for fact in scheme.facts}
        for fact in sorted(used):
            if fact in self.facts and form.id not in self.facts[fact].programmes:
                self._complain((), f"facts.yaml does not list {form.id} among the programmes of {fact}")
        return Programme(form.id, schemes, tuple(fact for fact in self.facts if fact in used))

    def _scheme(self, programme: str, name: str, form: sheets.SchemeForm, path: sheets.Path) -> Scheme:
        conditions = tuple(
            self._named(part, (*path, "conditions", place)) for place, part in enumerate(form.conditions)
        )
        facts = {fact for one in conditions for leaf in leaves(one.condition) for fact in leaf.facts}
        parameters = {one.id: one for each in conditions for one in each.parameters}
        for point in {point for one in conditions for point in points(one.condition)} ^ set(form.confirm):
            self._complain((*path, "confirm"), f"confirm point {point} must stand in a condition and in `confirm`")
        confirm = {
            point: tuple(self._source(source, (*path, "confirm", point)) for source in sources)
            for point, sources in form.confirm.items()
        }
        return Scheme(
            id=name,
            programme=programme,
            since=form.since,
            place_kind=form.place_kind,
            filed_at=form.filed_at,
            places=tuple(
                OtherPlace(self._condition(one.when, (*path, "place_if", place)), one.place_kind, one.filed_at)
                for place, one in enumerate(form.place_if)
            ),
            amount_per=form.amount_per,
            needs_group=form.needs_group,
            applicant=form.applicant,
            conditions=conditions,
            confirm=confirm,
            notes=self._notes(form.notes, (*path, "notes")),
            terms=self._terms(form.terms, (*path, "terms")),
            schedule=ScheduleRule(
                tuple((one.up_to, one.months) for one in form.schedule.principal_every if one.to is None),
                tuple((one.to, one.months) for one in form.schedule.principal_every if one.to is not None),
                form.schedule.interest_every,
                form.schedule.study,
                form.schedule.first_after_course,
                tuple(form.schedule.unsettled),
            ),
            facts=tuple(fact for fact in self.facts if fact in facts),
            parameters=tuple(parameters.values()),
        )

    def _notes(self, forms: list[sheets.NoteForm], path: sheets.Path) -> tuple[Note, ...]:
        notes = []
        for place, form in enumerate(forms):
            here = (*path, place)
            source = self._source(form.source, here) if form.source else None
            when = self._condition(form.when, here) if form.when else None
            notes.append(Note(form.id, source, when, form.start))
        return tuple(notes)

    def _terms(self, form: sheets.TermsForm, path: sheets.Path) -> TermsRule:
        def figure(name: str | None) -> Parameter | None:
            return None if name is None else self._parameter(name, path)

        rate = None
        if form.rate is not None:
            lower = form.rate.lower
            rate = Rate(
                base=figure(form.rate.base),
                factor=figure(form.rate.factor),
                lower_factor=figure(lower.factor) if lower else None,
                lower_since=lower.since if lower else None,
                lower_when=self._condition(lower.when, (*path, "rate", "lower", "when")) if lower else None,
            )
        amount, term = form.max_amount, form.max_term
        for fact in (amount.of, term.fact):
            if fact is not None:
                self._fact(fact, path)
        return TermsRule(
            rate=rate,
            overdue=tuple(figure(name) for name in form.overdue),
            max_amount=MaxAmount(
                rule=amount.rule,
                of=amount.of,
                **{
                    name: figure(getattr(amount, name))
                    for name in ("flat", "total", "per_worker", "share", "cap", "collateral_share", "monthly")
                },
            ),
            max_term=MaxTerm(
                rule=term.rule,
                earlier=tuple((one.to, one.rule) for one in term.earlier),
                flat=figure(term.flat),
                fact=term.fact,
                source=self._source(term.source, path) if term.source else None,
                grace=figure(term.study.grace) if term.study else None,
                short_course=figure(term.study.short_course) if term.study else None,
                long_course=figure(term.study.long_course) if term.study else None,
            ),
            collateral=figure(form.collateral.flat),
            collateral_above=figure(form.collateral.above),
        )

    def _source(self, form: sheets.SourceForm, path: sheets.Path) -> Source:
        if form.instrument not in self.register:
            self._complain((*path, "instrument"), f"{form.instrument} is not in the legal register (flows/law.yaml)")
        return Source(form.instrument, form.article, form.mark)

    def _parameter(self, name: str, path: sheets.Path) -> Parameter:
        found = self.parameters.get(name)
        if found is None:
            self._complain(path, f"no parameter {name}")
            return Parameter(name, "", "vnd", "today", ())
        return found

    def _fact(self, name: str, path: sheets.Path, kinds: Iterable[str] = ()) -> Fact | None:
        fact = self.facts.get(name)
        if fact is None:
            self._complain(path, f"no fact {name} (flows/facts.yaml)")
        elif kinds and fact.kind not in kinds:
            self._complain(path, f"fact {name} is a {fact.kind}; here it must be one of {', '.join(kinds)}")
        return fact

    def _named(self, form: sheets.ConditionForm, path: sheets.Path) -> NamedCondition:
        if form.id is None:
            self._complain(path, "a condition of a scheme needs an id")
        found: list[NamedCondition] = []
        condition = self._condition(form, path, found)
        return NamedCondition(
            id=form.id or "",
            condition=condition,
            sources=tuple(self._source(one, (*path, "sources", place)) for place, one in enumerate(form.sources)),
            parameters=tuple(dict.fromkeys(_parameters(condition))),
            parts=tuple(found),
        )

    def _condition(
        self, form: sheets.ConditionForm, path: sheets.Path, named: list[NamedCondition] | None = None
    ) -> Condition:
        def number(value: int | sheets.ParameterName) -> AnyValue:
            return self._parameter(value.parameter, path) if isinstance(value, sheets.ParameterName) else value

        numbers = ("integer", "money", "number")
        if form.all_ is not None or form.any_ is not None:
            kind, name = (All, "all") if form.all_ is not None else (Any, "any")
            parts = []
            for place, part in enumerate(form.all_ or form.any_ or []):
                here = (*path, name, place)
                if part.id is not None and named is not None:
                    named.append(self._named(part, here))
                    parts.append(named[-1].condition)
                else:
                    parts.append(self._condition(part, here, named))
            return kind(tuple(parts))
        if form.not_ is not None:
            return Not(self._condition(form.not_, (*path, "not")))
        if form.confirm is not None:
            return Confirm(form.confirm)
        if form.one_of is not None:
            fact = self._fact(form.one_of.fact, path, ("choice", "multichoice"))
            for value in form.one_of.values:
                if fact is not None and value not in fact.values:
                    self._complain((*path, "one_of"), f"{value} is no value of {fact.id}")
            return OneOf(form.one_of.fact, frozenset(form.one_of.values))
        if form.between is not None:
            self._fact(form.between.fact, path, numbers)
            return Between(form.between.fact, number(form.between.low), number(form.between.high))
        if form.sum_at_most is not None:
            for name in form.sum_at_most.facts:
                self._fact(name, path, ("money",))
            return SumAtMost(tuple(form.sum_at_most.facts), number(form.sum_at_most.limit))
        if form.share_at_least is not None:
            share = form.share_at_least
            for name in (share.part, share.whole):
                self._fact(name, path, ("integer",))
            return ShareAtLeast(share.part, share.whole, number(share.percent))
        if form.within_years is not None:
            self._fact(form.within_years.fact, path, ("date",))
            return WithinYears(form.within_years.fact, number(form.within_years.years))
        return self._compare(form.compare, path, number)

    def _compare(self, form: sheets.CompareForm, path: sheets.Path, number) -> Compare:
        op = next(iter(form.model_fields_set - {"fact"}))
        value = getattr(form, op)
        if op != "equals":
            self._fact(form.fact, path, ("integer", "money", "number"))
            return Compare(form.fact, op, number(value))
        fact = self._fact(form.fact, path)
        if fact is not None and (fact.kind == "bool") != isinstance(value, bool):
            self._complain((*path, "compare"), f"{value!r} is no value of {fact.id}")
        if fact is not None and fact.kind == "choice" and value not in fact.values:
            self._complain((*path, "compare"), f"{value!r} is no value of {fact.id}")
        return Compare(form.fact, op, value)


def _parameters(condition: Condition) -> Iterator[Parameter]:
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _parameters(part)
        case Not(part):
            yield from _parameters(part)
        case _:
            for entry in fields(condition):
                if isinstance(value := getattr(condition, entry.name), Parameter):
                    yield value
