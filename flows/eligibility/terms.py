"""The figures of a loan for these facts on that day: amount, rate, term, security, each with its source.

Arithmetic is exact (fractions); only texts round. A figure that the dossier does not have is None, never a guess. With a
fact unknown that changes a figure the ordinary value stands, and `may_be` lists the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

from flows.eligibility.assess import WrongFact, find_programme, find_scheme, relevant_facts, truth_of, validate_facts
from flows.eligibility.book import Book, MaxAmount, MaxTerm, Rate, Scheme
from flows.eligibility.condition import Facts
from flows.eligibility.parameters import DatedValue, Parameter, Source
from flows.eligibility.truth import NO, YES
from flows.eligibility.verdict import MayBe, Terms, TermSource
from flows.engine.text import Money, Months, Percent, Text


def terms(
    programme: str, scheme: str, facts: Mapping[str, Any], on: date, book: Book, *, signed: date | None = None
) -> Terms:
    """The terms of a scheme. `signed`: of a loan contract signed on that day, looked at on `on`."""
    found = find_scheme(programme, scheme, book)
    if signed is not None and signed > on:
        raise WrongFact("signed", f"{signed} is later than {on}; write the day of the loan contract")
    known = validate_facts(facts, on, book, relevant_facts(find_programme(programme, book), book))
    return terms_of_known(found, known, on, book, signed)


_remembered: WeakKeyDictionary[Book, dict[Any, Terms]] = WeakKeyDictionary()
_LIMIT = 20_000


def terms_of_known(scheme: Scheme, known: Facts, on: date, book: Book, signed: date | None = None) -> Terms:
    """The same for facts as `validate_facts` gives them; remembered by the facts that change a figure."""
    shelf = _remembered.setdefault(book, {})
    key = (scheme.programme, scheme.id, on, signed, tuple([known.get(fact) for fact in _facts(scheme)]))
    found = shelf.get(key)
    if found is None:
        if len(shelf) >= _LIMIT:
            shelf.clear()
        found = shelf[key] = _Sheet(scheme, known, on, signed, book).terms()
    return found


FURTHER = (
    "course_months",
    "study_months_left",
    "workers_supported",
    "collateral_value",
    "loan_amount",
    "province",
    "works",
)
RATE_CUTS = ("rate_cut_2021", "rate_cut_disaster")  # cuts of every rate for a time: a share of it, or points
CLASSES = ("poverty_status", "ethnic_minority", "extremely_difficult_area", "disabled", "cares_for_severely_disabled")
CLASSES += ("workers_priority", "workers_total")


def _facts(scheme: Scheme) -> tuple[str, ...]:
    own = [fact for fact in (scheme.terms.max_amount.of, scheme.terms.max_term.fact) if fact]
    classes = CLASSES if scheme.terms.rate and scheme.terms.rate.lower_when else ()
    return (*own, *classes, *FURTHER)


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


class _Sheet:
    """Fills in the terms of one scheme and notes the source of each figure."""

    def __init__(self, scheme: Scheme, known: Facts, on: date, signed: date | None, book: Book) -> None:
        self.scheme, self.rule, self.known, self.on, self.signed, self.book = (
            scheme,
            scheme.terms,
            known,
            on,
            signed,
            book,
        )
        self.sources: list[TermSource] = []
        self.may_be: list[MayBe] = []

    def terms(self) -> Terms:
        scheme, amount_rule, term_rule = self.scheme, self.rule.max_amount, self.rule.max_term
        rate = self._rate(self.rule.rate)
        overdue = self._overdue(rate)
        amount = self._amount(amount_rule)
        term = self._term(term_rule)
        collateral, above = self._collateral()
        local = self._local(rate, amount)
        share = self._quiet(amount_rule.share)
        per_worker = self._quiet(amount_rule.per_worker)
        monthly = self._quiet(amount_rule.monthly)
        return Terms(
            programme=scheme.programme,
            scheme=scheme.id,
            on=self.on.isoformat(),
            max_amount_vnd=amount,
            amount_per=scheme.amount_per,
            max_amount_rule=self._amount_text(amount_rule),
            max_amount_percent=None if share is None else float(share.value),
            max_amount_per_worker_vnd=None if per_worker is None else int(per_worker.value),
            max_amount_per_month_vnd=None if monthly is None else int(monthly.value),
            rate_percent_year=_plain(rate),
            overdue_rate_percent_year=_plain(overdue),
            max_term_months=term,
            max_term_rule=self._term_text(term_rule) if term_rule.flat is None or self._quiet(term_rule.flat) else None,
            collateral=collateral,
            collateral_above_vnd=above,
            may_be=tuple(self.may_be),
            local=local,
            citations=tuple(self.sources),
        )

    # -- figures and their sources

    def _quiet(self, parameter: Parameter | None) -> DatedValue | None:
        return None if parameter is None else parameter.on(parameter.day(self.on, self.signed))

    def _figure(self, parameter: Parameter | None, field: str) -> Fraction | str | None:
        dated = self._quiet(parameter)
        if dated is None:
            return None
        self._cite(field, dated.source, dated.start, dated.end)
        return dated.value

    def _cite(self, field: str, source: Source, start: date | None = None, end: date | None = None) -> None:
        entry = self.book.register.get(source.instrument)
        made = TermSource(
            field=field,
            instrument=source.instrument,
            article=source.article,
            mark=source.mark,
            since=start.isoformat() if start else None,
            until=end.isoformat() if end else None,
            checked=entry.checked.isoformat() if entry else None,
        )
        if made not in self.sources:
            self.sources.append(made)

    # -- rate

    def _rate(self, rule: Rate | None) -> Fraction | None:
        if rule is None:
            return None
        base = self._quiet(rule.base)
        factor = self._quiet(rule.factor)
        if base is None or (rule.factor is not None and factor is None):
            return None
        ordinary = base.value * (factor.value if factor else 1)
        lower = self._quiet(rule.lower_factor)
        rate = ordinary
        if lower is not None:
            rate = self._lowered(rule, ordinary, base.value * lower.value)
        used = lower if rate != ordinary else factor
        if used is not None:
            self._cite("rate_percent_year", used.source, used.start, used.end)
        self._cite("rate_percent_year", base.source, base.start, base.end)
        self._cut(rate)
        return rate

    def _cut(self, rate: Fraction) -> None:
        """What the rate was for those whom a cut for a time reached."""
        for name in RATE_CUTS:
            cut = self._quiet(self.book.parameters.get(name))
            if cut is not None:
                off = rate * cut.value / 100 if self.book.parameters[name].unit == "percent" else cut.value
                self.may_be.append(MayBe("rate_percent_year", float(rate - off), {"rate_cut": cut.source.instrument}))

    def _lowered(self, rule: Rate, ordinary: Fraction, lower: Fraction) -> Fraction:
        """The lower rate where its class is certain; where it is only possible, the ordinary one and a `may_be`."""
        if lower == ordinary:
            return ordinary
        day = self.signed or self.on
        if day < rule.lower_since:
            # Who had the lower rate under the rule of that day is not wholly known to us.
            self._may_be_rate(lower, {"lower_rate_class_of_that_day": True})
            return ordinary
        truth = truth_of(rule.lower_when, self.known, self.on, self.book).truth
        if truth is YES:
            return lower
        if truth is not NO:
            self._may_be_rate(lower, lower_rate_class(self.scheme))
        return ordinary

    def _may_be_rate(self, rate: Fraction, condition: dict[str, Any]) -> None:
        self.may_be.append(MayBe("rate_percent_year", float(rate), condition))
        factor = self._overdue_factor()
        if factor is not None:
            self.may_be.append(MayBe("overdue_rate_percent_year", float(rate * factor.value), condition))

    def _overdue_factor(self) -> DatedValue | None:
        return next((dated for one in self.rule.overdue if (dated := self._quiet(one)) is not None), None)

    def _overdue(self, rate: Fraction | None) -> Fraction | None:
        factor = self._overdue_factor()
        if rate is None or factor is None:
            return None
        self._cite("overdue_rate_percent_year", factor.source, factor.start, factor.end)
        return rate * factor.value

    # -- amount

    def _amount(self, rule: MaxAmount) -> int | None:
        field = "max_amount_vnd"
        known = self.known.get(rule.of) if rule.of else None
        if rule.total is not None:
            return self._per_worker(rule, field)
        if rule.share is not None:
            share, cap = self._figure(rule.share, field), self._figure(rule.cap, field)
            limits = [] if cap is None else [cap]
            if share is not None and known is not None:
                limits.append(Fraction(known) * share / 100)
            secured = self._figure(rule.collateral_share, field)
            value = self.known.get("collateral_value")
            if secured is not None and value is not None:
                limits.append(Fraction(value) * secured / 100)
            if limits:
                self._may_be_less(field, share if known is None else None, rule.of, min(limits))
                self._may_be_less(field, secured if value is None else None, "collateral_value", min(limits))
            return int(min(limits)) if limits else None  # whole đồng, rounded down: a limit is not passed
        if rule.monthly is not None:
            monthly, months = self._figure(rule.monthly, field), self.known.get("study_months_left")
            if monthly is None or months is None or known is None:
                return None
            return known + int(monthly) * months
        flat = self._figure(rule.flat, field)
        if flat is None:
            return None
        return int(flat) if known is None else min(int(flat), known)

    def _may_be_less(self, field: str, percent: Fraction | None, fact: str | None, most: Fraction) -> None:
        """A share of a value that is not known may be less than the most: below which value it is."""
        if percent is not None and fact is not None:
            enough = -(-most * 100 // percent)  # rounded up: at this value the share reaches the most
            value = {"percent": float(percent), "of": fact}
            self.may_be.append(MayBe(field, value, {fact: {"below": int(enough)}}))

    def _per_worker(self, rule: MaxAmount, field: str) -> int | None:
        total, each = self._figure(rule.total, field), self._figure(rule.per_worker, field)
        if total is None:
            return None
        workers = self.known.get("workers_supported")
        if each is None or workers is not None:
            return int(total) if each is None else min(int(total), int(each) * workers)
        fewer = int(total // each)
        self.may_be.append(MayBe(field, int(each), {"workers_supported": 1}))
        self.may_be.append(MayBe(field, {"per_worker": int(each)}, {"workers_supported": {"below": fewer}}))
        return int(total)

    def _amount_text(self, rule: MaxAmount) -> Text | None:
        values = {}
        for parameter in (rule.flat, rule.total, rule.per_worker, rule.cap, rule.monthly):
            dated = self._quiet(parameter)
            if dated is not None:
                name = next(
                    one for one in ("flat", "total", "per_worker", "cap", "monthly") if getattr(rule, one) is parameter
                )
                values[name] = Money(int(dated.value))
        for name in ("share", "collateral_share"):
            dated = self._quiet(getattr(rule, name))
            if dated is not None:
                values[name] = Percent(float(dated.value))
        wanted = [n for n in ("flat", "total", "per_worker", "share", "cap", "monthly") if getattr(rule, n) is not None]
        return Text(f"amount.{rule.rule}", values) if all(name in values for name in wanted) else None

    # -- term

    def _term(self, rule: MaxTerm) -> int | None:
        field = "max_term_months"
        if rule.flat is not None:
            figure = self._figure(rule.flat, field)
            times = 1 if rule.fact is None else self.known.get(rule.fact)  # a fact: so many times as long as it says
            return None if figure is None or times is None else int(figure * times)
        if rule.source is not None:
            self._cite(field, rule.source)
        if rule.fact is not None:
            return self.known.get(rule.fact)
        if rule.short_course is None:
            return None
        course, left = self.known.get("course_months"), self.known.get("study_months_left")
        longer = course is not None and course > 12
        times = self._figure(rule.long_course if longer else rule.short_course, field)
        if not longer and course is None:
            self._figure(rule.long_course, field)
        grace = self._figure(rule.grace, field)
        if course is None or left is None or times is None or (rule.grace is not None and grace is None):
            return None
        return int(left + (grace or 0) + left * times)

    def _term_text(self, rule: MaxTerm) -> Text | None:
        grace = self._quiet(rule.grace)
        if rule.rule is None or (rule.grace is not None and grace is None):
            return None
        name = next((earlier for last, earlier in rule.earlier if self.on <= last), rule.rule)
        return Text(f"term.{name}", {"grace": Months(int(grace.value))} if grace else {})

    # -- security

    def _collateral(self) -> tuple[str | None, int | None]:
        field = "collateral"
        if self.rule.collateral is not None:
            kind = self._figure(self.rule.collateral, field)
            return (None if kind is None else str(kind)), None
        above = self._figure(self.rule.collateral_above, field)
        if above is None:
            return None, None
        wanted = self.known.get("loan_amount")
        if wanted is None:
            self.may_be.append(MayBe(field, "required", {"loan_amount": {"above": int(above)}}))
        return ("required" if wanted is not None and wanted > above else "none"), int(above)

    # -- a province's own capital

    def _local(self, rate: Fraction | None, amount: int | None) -> dict[str, Any] | None:
        province = self.known.get("province")
        for local in self.book.local.get(province, ()) if province else ():
            offer = local.schemes.get(f"{self.scheme.programme}.{self.scheme.id}")
            if offer is None or self.on < local.start or (local.end is not None and self.on > local.end):
                continue
            own = offer.max_amount
            for fact, amounts in offer.max_amount_by.items():
                own = amounts.get(self.known.get(fact), own)
            made: dict[str, Any] = {
                "province": province,
                "instrument": local.source.instrument,
                "article": local.source.article,
            }
            for field, value, central in (
                ("rate_percent_year", _plain(offer.rate), _plain(rate)),
                ("max_amount_vnd", own, amount),
            ):
                if value is not None:
                    made[field] = value
                    if value != central:
                        self.may_be.append(MayBe(field, value, {"province": province, "capital": "local"}))
            if offer.max_amount_by and own is None:
                made["max_amount_by"] = {fact: dict(amounts) for fact, amounts in offer.max_amount_by.items()}
            self._cite("local", local.source, local.start, local.end)
            return made
        return None


def lower_rate_class(scheme: Scheme) -> dict[str, Any]:
    """Whom the lower rate is for, by its name in the catalogue: `lower_rate.<programme>.<scheme>`."""
    return {"lower_rate_class": f"lower_rate.{scheme.programme}.{scheme.id}"}
