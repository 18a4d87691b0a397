"""What `assess` and `terms` answer: frozen values with texts by key. No reasoning here."""

from __future__ import annotations

from typing import Any

import msgspec

from flows.engine.text import Citation, Text, Value


class TermSource(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Where one figure of the terms comes from. `since`, `until` ("from", "to" in JSON): the days on which it holds."""

    field: str
    instrument: str
    article: str | None
    mark: str
    since: str | None = None
    until: str | None = None
    checked: str | None = None


class MayBe(msgspec.Struct, frozen=True, rename={"condition": "if"}):
    """Another value that a figure takes if something holds ("if" in JSON) that we do not know yet."""

    field: str
    value: Any
    condition: dict[str, Any]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a scheme for these facts on that day; None where the dossier has none.

    `max_amount_rule` and `max_term_rule` say in words how an amount or a term is made that depends on the case.
    `local`: what the province's own capital offers, if the province is known.
    """

    programme: str
    scheme: str
    on: str
    max_amount_vnd: int | None
    amount_per: str
    max_amount_rule: Text | None
    max_amount_percent: float | None
    max_amount_per_worker_vnd: int | None
    max_amount_per_month_vnd: int | None
    rate_percent_year: float | None
    overdue_rate_percent_year: float | None
    max_term_months: int | None
    max_term_rule: Text | None
    collateral: str | None
    collateral_above_vnd: int | None
    may_be: tuple[MayBe, ...]
    local: dict[str, Any] | None
    citations: tuple[TermSource, ...]


class FigureUsed(msgspec.Struct, frozen=True):
    """A dated figure that a condition used on that day."""

    parameter: str
    value: Value
    since: str
    until: str | None
    mark: str


class Reason(msgspec.Struct, frozen=True):
    """One condition, what can be said of it, and why. `parts`: the named conditions inside it."""

    condition: str
    truth: str
    text: Text
    citations: tuple[Citation, ...]
    figures: tuple[FigureUsed, ...] = ()
    parts: tuple[Reason, ...] = ()


class ConfirmPoint(msgspec.Struct, frozen=True):
    """A point that only the office settles. `certain`: open already; else it opens with some answers still to come."""

    id: str
    text: Text
    citations: tuple[Citation, ...]
    certain: bool


class NoteSaid(msgspec.Struct, frozen=True):
    """Something to say beside the verdict, without effect on it."""

    id: str
    text: Text
    citation: Citation | None


class SchemeVerdict(msgspec.Struct, frozen=True):
    """What can be said of one scheme. `terms` is None before the instrument in force began."""

    id: str
    truth: str
    missing: tuple[str, ...]
    confirm: tuple[ConfirmPoint, ...]
    reasons: tuple[Reason, ...]
    notes: tuple[NoteSaid, ...]
    place_kind: str
    filed_at: str
    terms: Terms | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What can be said of a programme: any-of its schemes. Information only; the office decides."""

    programme: str
    on: str
    truth: str
    schemes: tuple[SchemeVerdict, ...]

    def scheme(self, name: str) -> SchemeVerdict:
        """The verdict of one scheme."""
        return next(scheme for scheme in self.schemes if scheme.id == name)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that could still change some scheme that is open, each once."""
        return tuple(dict.fromkeys(fact for scheme in self.schemes for fact in scheme.missing))
