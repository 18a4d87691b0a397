"""The repayment plan by stretches of time, for a table, a picture or a few lines in a chat. Nothing is computed but sums."""

from __future__ import annotations

from datetime import date

import msgspec

from flows.cost import Cost, about
from flows.engine.text import Joined, Text

MONTHS_IN_YEAR = 12
STAGES_AT_MOST = 30  # more than this is no picture any more: then five years make a stage


class Stage(msgspec.Struct, frozen=True):
    """What falls due in a stretch of the loan: a month of a short loan, a year, or five. `balance`: owed at its end."""

    label: Text
    principal: int
    interest: int
    balance: int

    @property
    def payment(self) -> int:
        return self.principal + self.interest


def stages(found: Cost) -> tuple[Stage, ...]:
    """The plan in stages of equal length, also those in which nothing falls due."""
    start, step = date.fromisoformat(found.on), _step(found.months)
    made: list[Stage] = []
    for first in range(1, found.months + 1, step):
        last = min(first + step - 1, found.months)
        rows = [row for row in found.plan.rows if first <= _month(row.due, start) <= last]
        owed = rows[-1].balance if rows else _paid_out(found, start, last)
        principal, interest = sum(row.principal for row in rows), sum(row.interest for row in rows)
        made.append(Stage(_label(first, last, step), principal, interest, owed))
    return tuple(made)


def _step(months: int) -> int:
    if months <= MONTHS_IN_YEAR:
        return 1
    return MONTHS_IN_YEAR if months <= STAGES_AT_MOST * MONTHS_IN_YEAR else 5 * MONTHS_IN_YEAR


def _label(first: int, last: int, step: int) -> Text:
    if step == 1:
        return Text("cost.chart.month", {"count": first})
    years = (first - 1) // MONTHS_IN_YEAR + 1, (last - 1) // MONTHS_IN_YEAR + 1
    if years[0] == years[1]:
        return Text("cost.chart.year", {"count": years[0]})
    return Text("cost.chart.years", {"first": years[0], "last": years[1]})


def _month(day: str, start: date) -> int:
    due = date.fromisoformat(day)
    return (due.year - start.year) * MONTHS_IN_YEAR + due.month - start.month


def _paid_out(found: Cost, start: date, month: int) -> int:
    """What is owed at the end of a month before anything was paid back."""
    return sum(paid.amount for paid in found.plan.paid_out if _month(paid.on, start) < month)


def stage_line(stage: Stage) -> Text:
    """A stage in words: nothing due, interest only, or both; the last one ends the debt."""
    sums = {name: about(getattr(stage, name)) for name in ("payment", "principal", "interest", "balance")}
    kind = "" if stage.principal else ".interest"
    match stage:
        case Stage(principal=0, interest=0):
            return Text("cost.table.line.nothing", {"when": stage.label})
        case Stage(balance=0):
            kind = ".last"
    return Text(f"cost.table.line{kind}", {"when": stage.label, **sums})


def plan_told(found: Cost) -> Text:
    """The plan as a message: one line a stage, rounded for the ear."""
    return Text("cost.plan", {"lines": Joined(tuple(stage_line(stage) for stage in stages(found)), "bullets")})
