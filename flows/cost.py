"""What a loan costs, in plain words: interest, instalments, what to lay aside; and the same sum borrowed outside.

Every figure comes from `schedule()` and `terms()`; here they are only counted together and rounded for the ear. What the law
leaves to the bank is said to be an illustration. What outside lenders ask is an example from `cost.yaml`, never law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any

import msgspec
from pydantic import Field, model_validator

from flows.eligibility.assess import find_scheme
from flows.eligibility.book import Book, Scheme
from flows.eligibility.schedule import Row, Schedule, months_later, schedule
from flows.eligibility.sheets import Strict, fill, read_sheet
from flows.eligibility.terms import terms
from flows.eligibility.verdict import MayBe, Terms
from flows.engine.text import Day, Joined, Money, Months, Percent, Text

MILLION = 1_000_000
YEAR = 365
# Rounded for the ear: from this sum on, to the nearest so many đồng.
STEPS = ((1_000 * MILLION, 10 * MILLION), (10 * MILLION, 100_000), (MILLION, 10_000), (10_000, 1_000), (0, 100))


class LenderForm(Strict):
    """A rate as it is heard: so many đồng for each million and each day."""

    id: str
    vnd_per_million_a_day: int = Field(gt=0)
    start: date = Field(alias="from")
    end: date | None = Field(alias="to")


class LendersForm(Strict):
    """The file `cost.yaml`."""

    lenders: list[LenderForm]

    @model_validator(mode="after")
    def _mildest_first(self) -> LendersForm:
        asked = [lender.vnd_per_million_a_day for lender in self.lenders]
        if asked != sorted(asked):
            raise ValueError("keep the mildest lender first")
        return self


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """The same sum from a lender outside, at a rate as it is heard. An example, not law.

    `interest` and `bank` are those of the whole sum held for `span` months, a year at most; `whole`: over all of the plan.
    """

    lender: str
    per_million_a_day: int
    percent_year: float
    span: int
    interest: int
    bank: int
    whole: int
    a_day: int
    bank_a_day: int
    times: float
    text: Text
    text_a_day: Text


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a loan costs. Sums are exact to the đồng; the texts say them rounded, with "khoảng".

    `pattern`: once | at_end | monthly | periodic | study | study_once. `first_month`: the interest of the month that begins
    with the loan. `set_aside`: the least that, laid aside each month (from the end of the study, if it is a study loan), is
    always enough on time; `even_month`: all that is paid, spread evenly over those months. `notes`: what to know beside (over
    the maximum, a lower rate). `unsettled`: what the bank sets.
    """

    programme: str
    scheme: str
    on: str
    amount: int
    months: int
    plan: Schedule
    total_interest: int
    total: int
    first_due: str
    first_payment: int
    last_due: str
    first_month: int
    set_aside: int
    even_month: int
    study_months: int
    pattern: str
    headline: Text
    total_text: Text
    pattern_text: Text
    first_month_text: Text
    set_aside_text: Text | None
    notes: tuple[Text, ...]
    unsettled: tuple[Text, ...]
    outside: tuple[Outside, ...]

    @property
    def is_study(self) -> bool:
        """Whether it is a study loan, paid back after the study."""
        return self.pattern.startswith("study")

    @property
    def is_illustration(self) -> bool:
        """Whether the law leaves something of the plan to the bank."""
        return bool(self.unsettled)

    @property
    def caveat(self) -> Text:
        """What the bank sets, if anything; and that the contract counts."""
        if not self.unsettled:
            return Text("cost.contract")
        return Text("cost.illustration", {"rules": Joined(self.unsettled, "bullets")})


def cost(
    programme: str, scheme: str, facts: Mapping[str, Any], on: date, book: Book, *, amount: int, months: int
) -> Cost:
    """What a loan of `amount` đồng in all, begun on `on` and paid back within `months`, costs. Raises as `schedule` does."""
    plan = schedule(programme, scheme, facts, on, book, amount=amount, months=months)
    found = find_scheme(programme, scheme, book)
    interest, first = plan.total_interest, plan.rows[0]
    study = _study_months(plan, found, on)
    pattern = _pattern(plan.rows, study is not None)
    aside = _set_aside(plan.rows, on, study or 0)
    even = -(-(amount + interest) // max(1, months - (study or 0)))
    month = _interest(plan, on, months_later(on, 1))
    return Cost(
        programme=programme,
        scheme=scheme,
        on=on.isoformat(),
        amount=amount,
        months=months,
        plan=plan,
        total_interest=interest,
        total=amount + interest,
        first_due=first.due,
        first_payment=first.principal + first.interest,
        last_due=plan.rows[-1].due,
        first_month=month,
        set_aside=aside,
        even_month=even,
        study_months=study or 0,
        pattern=pattern,
        headline=Text(
            "cost.headline" if study is None else "cost.headline.study",
            {"amount": Money(amount), "months": Months(months), "rate": _percent(plan.rate_percent_year)},
        ),
        total_text=Text("cost.total", {"interest": about(interest), "total": about(amount + interest)}),
        pattern_text=_pattern_text(pattern, plan.rows, on),
        first_month_text=Text(
            "cost.first_month.study" if study is not None else "cost.first_month", {"interest": about(month)}
        ),
        set_aside_text=_set_aside_text(pattern, aside, even),
        notes=tuple(_notes(plan, terms(programme, scheme, facts, on, book), facts, amount, months)),
        unsettled=plan.unsettled,
        outside=tuple(_outside(plan, amount, months, lender) for lender in lenders(on)),
    )


def said(found: Cost) -> Joined:
    """The cost as a message: what is paid and when, what it comes to, what the bank still sets."""
    month = () if found.months == 1 else (found.first_month_text,)
    lines = (found.pattern_text, *month, *((found.set_aside_text,) if found.set_aside_text else ()))
    first = Joined((found.headline, found.total_text), "sentences")
    return Joined((first, Joined(lines, "lines"), *found.notes, found.caveat), "paragraphs")


def compared(found: Cost) -> Joined | None:
    """The same sum from a lender outside, as a message; None where no rate is noted for that day."""
    if not found.outside:
        return None
    mildest = found.outside[0]
    return Joined((mildest.text, mildest.text_a_day, Text("cost.outside.example")), "paragraphs")


def lenders(on: date) -> tuple[LenderForm, ...]:
    """The outside lenders noted for a day, the mildest first."""
    return tuple(lender for lender in _lenders() if lender.start <= on and (lender.end is None or on <= lender.end))


@lru_cache(maxsize=1)
def _lenders() -> tuple[LenderForm, ...]:
    return tuple(fill(LendersForm, read_sheet(resources.files("flows") / "cost.yaml")).lenders)


def about(vnd: int | Fraction) -> Money:
    """A sum rounded for the ear: 12,609,193 -> 12.6 million."""
    step = next(step for start, step in STEPS if vnd >= start)
    return Money(int(Fraction(vnd) / step + Fraction(1, 2)) * step)


def _percent(number: float) -> Percent:
    return Percent(round(number, 2))


# --- counting --------------------------------------------------------------------------------------------------------


def balance_days(plan: Schedule, start: date, end: date) -> int:
    """What is owed, summed over the days from `start` to `end`: the base of all interest, in đồng times days."""
    moves = [(date.fromisoformat(paid.on), paid.amount) for paid in plan.paid_out]
    moves += [(date.fromisoformat(row.due), -row.principal) for row in plan.rows]
    return sum(amount * (end - max(day, start)).days for day, amount in moves if day < end)


def _interest(plan: Schedule, start: date, end: date) -> int:
    return _whole(balance_days(plan, start, end) * _daily(plan))


def _daily(plan: Schedule) -> Fraction:
    """The interest of one đồng for one day."""
    return Fraction(str(plan.rate_percent_year)) / 100 / YEAR


def _whole(vnd: Fraction) -> int:
    return int(vnd + Fraction(1, 2))


def _month_of(day: str, start: date) -> int:
    """Which month of the loan a due day closes."""
    due = date.fromisoformat(day)
    return (due.year - start.year) * 12 + due.month - start.month


def _study_months(plan: Schedule, scheme: Scheme, start: date) -> int | None:
    """How many months of the loan are study; None if it is no study loan."""
    if not scheme.schedule.study:
        return None
    return max(0, _month_of(plan.rows[0].due, start) - scheme.schedule.first_after_course)


def _pattern(rows: tuple[Row, ...], study: bool) -> str:
    instalments = [row for row in rows if row.principal]
    if study:
        return "study_once" if len(instalments) == 1 else "study"
    if len(rows) == 1:
        return "once"
    if len(instalments) == len(rows):
        return "monthly"
    return "at_end" if len(instalments) == 1 else "periodic"


def _set_aside(rows: tuple[Row, ...], start: date, free: int) -> int:
    """The least monthly sum that is enough at every due day, counted from the end of `free` months."""
    due, least = 0, Fraction(0)
    for row in rows:
        due += row.principal + row.interest
        least = max(least, Fraction(due, max(1, _month_of(row.due, start) - free)))
    return -int(-least // 1)


# --- words -------------------------------------------------------------------------------------------------------------


def _pattern_text(pattern: str, rows: tuple[Row, ...], start: date) -> Text:
    first, last = rows[0], rows[-1]
    instalments = [row for row in rows if row.principal]
    due = {"first_due": Day(first.due), "first": about(first.principal + first.interest)}
    match pattern:
        case "once" | "study_once":
            all_ = sum(row.principal + row.interest for row in rows)
            return Text(f"cost.pattern.{pattern}", {"first_due": Day(last.due), "first": about(all_)})
        case "at_end":
            return Text("cost.pattern.at_end", {**due, "each": about(last.principal), "last_due": Day(last.due)})
        case "monthly":
            return Text("cost.pattern.monthly", {**due, "last": about(last.principal + last.interest)})
    every = _month_of(instalments[1].due, start) - _month_of(instalments[0].due, start)
    often = Text("cost.every.year") if every == 12 else Text("cost.every", {"span": Months(every)})
    more = {"each": about(instalments[0].principal), "every": often, "last_due": Day(last.due)}
    return Text(f"cost.pattern.{pattern}", {**due, **more, "count": len(instalments)})


def _set_aside_text(pattern: str, aside: int, even: int) -> Text | None:
    if pattern in ("monthly", "once"):
        return None  # a payment each month, or only one, says it already
    if pattern == "study" and _up(aside) != _up(even):
        return Text("cost.set_aside.study_first", {"each": _up(even), "first": _up(aside)})
    return Text("cost.set_aside.study" if pattern.startswith("study") else "cost.set_aside", {"each": _up(aside)})


def _up(vnd: int) -> Money:
    """Rounded up, because what is a little short would be late."""
    return Money(-(-vnd // 10_000) * 10_000)


def _notes(plan: Schedule, found: Terms, facts: Mapping[str, Any], amount: int, months: int) -> Iterator[Text]:
    most = _most(found, facts)
    if most is not None and amount > most:
        yield Text("cost.over_most", {"most": Money(most)})
    if found.max_term_months is not None and months > found.max_term_months:
        yield Text("cost.over_term", {"most": Months(found.max_term_months)})
    for other in found.may_be:
        key = _why_lower(other)
        if key is not None and other.field == "rate_percent_year" and other.value < plan.rate_percent_year:
            part = Fraction(str(other.value)) / Fraction(str(plan.rate_percent_year))
            values = {"rate": _percent(other.value), "interest": about(plan.total_interest * part)}
            who = other.condition.get("lower_rate_class")
            yield Text(key, {**values, "who": Text(who)} if who else values)


def _why_lower(other: MayBe) -> str | None:
    """For whom another rate is, where that can be told in a sentence."""
    if "lower_rate_class" in other.condition:
        return "cost.lower_rate"
    return "cost.lower_rate.local" if other.condition.get("capital") == "local" else None


def _most(found: Terms, facts: Mapping[str, Any]) -> int | None:
    """The most for the whole loan, as far as the facts tell in how many units it is counted."""
    most = found.max_amount_vnd
    if most is None:
        return None
    match found.amount_per:
        case "month_of_study":
            left = facts.get("study_months_left")
            return None if left is None else most * left
        case "works_type":
            return most if facts.get("works") in ("water", "sanitation") else most * 2
        case _:
            return most


def _outside(plan: Schedule, amount: int, months: int, lender: LenderForm) -> Outside:
    start, span = date.fromisoformat(plan.paid_out[0].on), min(months, 12)
    outside, bank = Fraction(lender.vnd_per_million_a_day, MILLION), _daily(plan)
    held = amount * (months_later(start, span) - start).days
    whole = balance_days(plan, start, date.fromisoformat(plan.rows[-1].due)) * outside
    times, yearly = outside / bank, outside * 100 * YEAR
    text = {"amount": Money(amount), "span": Months(span), "bank": about(held * bank), "outside": about(held * outside)}
    rate = {
        "asked": Money(lender.vnd_per_million_a_day),
        "yearly": Percent(round(float(yearly), 1)),
        "times": int(times),
    }
    daily = {"amount": Money(amount), "outside": about(amount * outside), "bank": about(amount * bank)}
    return Outside(
        lender=lender.id,
        per_million_a_day=lender.vnd_per_million_a_day,
        percent_year=float(yearly),
        span=span,
        interest=_whole(held * outside),
        bank=_whole(held * bank),
        whole=_whole(whole),
        a_day=_whole(amount * outside),
        bank_a_day=_whole(amount * bank),
        times=float(times),
        text=Text("cost.outside", {**text, **rate}),
        text_a_day=Text("cost.outside.a_day", daily),
    )
