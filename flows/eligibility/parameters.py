"""The figure in force on a date, with its citation. No programme, no fact, no arithmetic beyond the figure itself.

A parameter is a list of dated values: a change of the law adds a value, it edits none. A day between two values, or
before the first, has no figure: None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flows.engine.text import Citation

Figure = Fraction | str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure or a rule comes from. `mark`: V (read in the text) | K (known, not compared with the text)."""

    instrument: str
    article: str | None
    mark: str = "V"

    @property
    def citation(self) -> Citation:
        return Citation(self.instrument, self.article)


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One figure from a first to a last day, both included; an open end is None."""

    value: Figure
    start: date
    end: date | None
    source: Source

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of the law over time.

    `counts` says which day decides: today | signing (of the loan contract) | disbursement | confirmation (of papers).
    """

    id: str
    about: str
    unit: str
    counts: str
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue | None:
        """The value in force on a day, or None where we have none."""
        return next((value for value in self.values if value.covers(day)), None)

    def day(self, on: date, signed: date | None) -> date:
        """The day that decides this figure for a loan contract signed then, looked at today."""
        return signed if signed is not None and self.counts == "signing" else on


class NoFigure(LookupError):
    """A condition needs a figure on a day for which there is none: give the parameter a dated value for that day."""
