"""The repayment plan as a table: by stage for the eye, by payment for the desk; as plain text, as HTML, as lines for a chat.

The text twin of `repayment_chart.py`. Every sum comes from the plan; nothing is computed here but sums of its rows.
"""

from __future__ import annotations

from html import escape

import msgspec

from bot.wording import word
from flows.cost import Cost
from flows.engine.text import Day, Money, Months, Text, Value
from flows.repayment_stages import stage_line, stages


class RepaymentTable(msgspec.Struct, frozen=True):
    """A worded table. `head` and every row have the same length; the first column says when."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...]
    notes: tuple[str, ...] = ()


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
    return "\n".join(word(stage_line(stage), language, addressing) for stage in stages(found))
