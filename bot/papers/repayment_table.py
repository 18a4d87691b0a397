"""The repayment plan as a table: by stage for the eye, by payment for the desk; as plain text, as HTML, as lines for a chat.

The text twin of `repayment_chart.py`. Every sum comes from the plan; nothing is computed here but sums of its rows.
"""

from __future__ import annotations

from datetime import date
from html import escape

import msgspec

from bot.wording import word
from flows.cost import Cost, about
from flows.engine.text import Day, Money, Months, Text, Value

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


class RepaymentTable(msgspec.Struct, frozen=True):
    """A worded table. `head` and every row have the same length; the first column says when."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...]
    notes: tuple[str, ...] = ()


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


def by_stage(found: Cost, language: str = "vi") -> RepaymentTable:
    """A short table: what falls due in each stage, and what is owed after it."""
    rows = [(stage.label, stage.principal, stage.interest, stage.payment, stage.balance) for stage in stages(found)]
    return _table(found, "cost.table.when", rows, language)


def by_payment(found: Cost, language: str = "vi") -> RepaymentTable:
    """The whole plan, one row a payment."""
    rows = [
        (Day(row.due), row.principal, row.interest, row.principal + row.interest, row.balance)
        for row in found.plan.rows
    ]
    return _table(found, "cost.table.day", rows, language)


def _table(found: Cost, when: str, rows: list[tuple[Value, int, int, int, int]], language: str) -> RepaymentTable:
    names = ("principal", "interest", "payment", "balance")
    foot: tuple[Value, ...] = (Text("cost.table.total"), found.amount, found.total_interest, found.total, "")
    return RepaymentTable(
        caption=f"{title(found, language)}. {word(Text('cost.table.unit'), language)}.",
        head=(word(Text(when), language), *(word(Text(f"cost.table.{name}"), language) for name in names)),
        rows=tuple(tuple(word(cell, language) for cell in row) for row in rows),
        foot=tuple(word(cell, language) for cell in foot),
        notes=tuple(word(rule, language) for rule in (*found.unsettled, Text("cost.contract"))),
    )


def title(found: Cost, language: str = "vi") -> str:
    """What loan it is: the sum and the time."""
    key = "cost.chart.title.study" if found.is_study else "cost.chart.title"
    return word(Text(key, {"amount": Money(found.amount), "months": Months(found.months)}), language)


def as_text(table: RepaymentTable) -> str:
    """The table in columns, for a shell or a printer."""
    grid = (table.head, *table.rows, table.foot)
    widths = [max(len(row[place]) for row in grid) for place in range(len(table.head))]
    lines = [_aligned(row, widths) for row in grid]
    rule = "-" * len(lines[0])
    return "\n".join((table.caption, "", lines[0], rule, *lines[1:-1], rule, lines[-1].rstrip(), "", *table.notes))


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    first, *others = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *others))


def as_html(table: RepaymentTable) -> str:
    """The table for a page, to stand beside the chart; no style and no script in it."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    notes = "".join(f"<p>{escape(note)}</p>" for note in table.notes)
    return (
        f"<table><caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody><tfoot><tr>{_cells(table.foot)}</tr></tfoot></table>{notes}"
    )


def _cells(row: tuple[str, ...]) -> str:
    return f'<th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])


def as_lines(found: Cost, language: str = "vi", addressing: str = "anh/chị") -> str:
    """One line a stage, rounded for the ear, for a chat that shows neither tables nor pictures."""
    return "\n".join(word(_line(stage), language, addressing) for stage in stages(found))


def _line(stage: Stage) -> Text:
    """A stage in words: nothing due, interest only, or both; the last one ends the debt."""
    sums = {name: about(getattr(stage, name)) for name in ("payment", "principal", "interest", "balance")}
    kind = "" if stage.principal else ".interest"
    match stage:
        case Stage(principal=0, interest=0):
            return Text("cost.table.line.nothing", {"when": stage.label})
        case Stage(balance=0):
            kind = ".last"
    return Text(f"cost.table.line{kind}", {"when": stage.label, **sums})
