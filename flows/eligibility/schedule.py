"""Instalments and interest of a loan, in whole đồng, as an illustration. The bank's own plan is the one that counts.

Interest runs on the balance by actual days over a year of 365; each row is rounded to whole đồng, the last one clears
the balance. What the law does not settle (`unsettled`) is named beside the rows, by the keys `schedule.<rule>`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec

from flows.eligibility.assess import WrongFact, find_programme, find_scheme, relevant_facts, validate_facts
from flows.eligibility.book import Book, Scheme
from flows.eligibility.terms import terms_of_known
from flows.engine.text import Text


class NoRate(LookupError):
    """There is no settled rate of this scheme on that day, so its interest cannot be shown."""


class Row(msgspec.Struct, frozen=True):
    """One payment: `balance` is what is owed after it."""

    due: str
    principal: int
    interest: int
    balance: int


class Paid(msgspec.Struct, frozen=True):
    """Money paid out to the borrower."""

    on: str
    amount: int


class Schedule(msgspec.Struct, frozen=True):
    """A repayment plan as an illustration; `unsettled` names the rules that the bank sets."""

    rows: tuple[Row, ...]
    total_interest: int
    rate_percent_year: float
    paid_out: tuple[Paid, ...]
    unsettled: tuple[Text, ...]


def schedule(
    programme: str, scheme: str, facts: Mapping[str, Any], on: date, book: Book, *, amount: int, months: int
) -> Schedule:
    """The plan of a loan of `amount` đồng in all that begins on `on` and runs `months` months to its last payment.

    A study loan is paid out in equal parts every half year of the study. Of its months the study takes
    `study_months_left`; unless that is known, it is worked out from the longest term that the scheme allows.
    """
    found = find_scheme(programme, scheme, book)
    known = validate_facts(facts, on, book, relevant_facts(find_programme(programme, book), book))
    if amount < 1:
        raise WrongFact("amount", f"write an amount of at least one đồng, not {amount}")
    if not 1 <= months <= 600:
        raise WrongFact("months", f"write from 1 to 600 months, not {months}")
    rate = terms_of_known(found, known, on, book).rate_percent_year
    if rate is None:
        raise NoRate(f"there is no settled rate of {programme} {scheme} on {on}; ask the bank")
    yearly = Fraction(str(rate)) / 100
    study = _study_months(found, months, known) if found.schedule.study else 0
    paid_out = _paid_out(on, amount, study)
    rows = _rows(paid_out, yearly, _due_days(found, on, months, study), amount)
    return Schedule(
        rows=rows,
        total_interest=sum(row.interest for row in rows),
        rate_percent_year=rate,
        paid_out=tuple(Paid(day.isoformat(), part) for day, part in paid_out),
        unsettled=tuple(Text(f"schedule.{rule}") for rule in found.schedule.unsettled),
    )


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _study_months(scheme: Scheme, months: int, known: Mapping[str, Any]) -> int:
    """How many of the months of a study loan are study, before the first payment can fall due."""
    first = scheme.schedule.first_after_course
    left = known.get("study_months_left")
    if left is not None:
        if left + first > months:
            raise WrongFact(
                "months", f"write at least {left + first} months: the study and the time to the first payment"
            )
        return left
    grace = first if scheme.terms.max_term.grace else 0
    short = (months - grace) // 3  # a course of up to a year: twice as long to repay
    study = short if short <= 12 else (months - grace) // 2
    if study < 1 or study + first > months:
        study = max(0, months - first)
    return study


def _paid_out(start: date, amount: int, study: int) -> list[tuple[date, int]]:
    parts = max(1, -(-study // 6))
    each = amount // parts
    return [
        (months_later(start, 6 * place), each if place < parts - 1 else amount - each * (parts - 1))
        for place in range(parts)
    ]


def _due_days(scheme: Scheme, start: date, months: int, study: int) -> list[tuple[date, bool]]:
    """The days on which something falls due, and whether principal does."""
    rule = scheme.schedule
    repaying = months - study
    before = (step for last, step in rule.principal_before if start <= last)
    every = next(before, None) or next(step for up_to, step in rule.principal_every if up_to is None or repaying <= up_to)
    first = study + rule.first_after_course if rule.study else rule.interest_every
    days = []
    for month in range(1, months + 1):
        if month < min(first, months) or ((month - study) % rule.interest_every and month != months):
            continue
        principal = month == months or (month > study and (month - study) % every == 0)
        days.append((months_later(start, month), principal))
    return days


def _rows(
    paid_out: list[tuple[date, int]], yearly: Fraction, days: list[tuple[date, bool]], amount: int
) -> tuple[Row, ...]:
    instalments = sum(principal for _, principal in days)
    each = amount // instalments
    rows: list[Row] = []
    balance, since = 0, paid_out[0][0]
    coming = list(paid_out)
    left = instalments
    for day, principal in days:
        interest = Fraction(0)
        while coming and coming[0][0] <= day:
            interest += _interest(balance, yearly, since, coming[0][0])
            since = coming[0][0]
            balance += coming.pop(0)[1]
        interest += _interest(balance, yearly, since, day)
        since = day
        paid = 0
        if principal:
            left -= 1
            paid = balance if left == 0 else each
        balance -= paid
        rows.append(Row(day.isoformat(), paid, int(interest + Fraction(1, 2)), balance))
    return tuple(rows)


def _interest(balance: int, yearly: Fraction, start: date, end: date) -> Fraction:
    return balance * yearly * (end - start).days / 365
