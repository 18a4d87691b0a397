"""The repayment plan as a picture: a bar a stage, the loan and the interest in it. SVG for pages, PNG for chats.

Drawn here, without a script and without a style (a strict content security policy stops neither); sized for a phone, with its
text in the page's own colour unless a theme is asked for. The same in words is `repayment_table.py`, to stand beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from typing import Literal

import msgspec

from bot.papers.repayment_table import title
from bot.papers.svg import FONTS, png
from bot.wording import word
from flows.cost import Cost, about
from flows.engine.text import Money, Months, Percent, Text
from flows.repayment_stages import Stage, stages

Theme = Literal["page", "light", "dark"]

WIDTH, EDGE = 360, 16
BARS_FROM, BARS_TO = 84, 300
# Both colours stand out by 3:1 against the light and the dark paper, and differ in hue for the colour-blind.
PRINCIPAL, INTEREST = "#2b8a63", "#c8651b"
PAPERS: dict[str, tuple[str, str]] = {"light": ("#fffefb", "#1b2620"), "dark": ("#1b231e", "#e8eee9")}


class _Line(msgspec.Struct, frozen=True):
    """A line of writing in the picture."""

    text: str
    size: int
    bold: bool = False
    quiet: bool = False

    @property
    def height(self) -> int:
        return round(self.size * 1.4)


def chart_svg(found: Cost, language: str = "vi", *, theme: Theme = "page", name: str = "repayment") -> str:
    """The picture as SVG. `theme`: "page" takes the colour of the text around it; `name` keeps ids apart on a page."""
    drawn, height = _drawn(found, language)
    paper, ink = PAPERS.get(theme, ("", "currentColor"))
    ground = f'<rect width="{WIDTH}" height="{height}" fill="{paper}"/>' if paper else ""
    said = word(Text("cost.chart.about"), language)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" lang="{language}" aria-labelledby="{name}-title {name}-about" font-family="{FONTS}" fill="{ink}">'
        f'<title id="{name}-title">{escape(_title(found, language))}</title>'
        f'<desc id="{name}-about">{escape(said)}</desc>{ground}{drawn}</svg>'
    )


def chart_png(found: Cost, language: str = "vi", *, theme: Literal["light", "dark"] = "light", zoom: int = 2) -> bytes:
    """The picture as PNG, for channels that take pictures only; drawn with our own fonts, whatever the machine has."""
    return png(chart_svg(found, language, theme=theme), WIDTH * zoom, language)


def _title(found: Cost, language: str) -> str:
    return f"{title(found, language)}. {_interest(found, language)}."


def _interest(found: Cost, language: str) -> str:
    return word(Text("cost.chart.interest", {"interest": about(found.total_interest)}), language)


class _Scale(msgspec.Struct, frozen=True):
    """How the bars are drawn: the height of a row, the longest bar's sum, and what one in the picture stands for."""

    row: int
    most: int
    unit: str
    each: int

    @property
    def thick(self) -> int:
        return self.row - 10

    @property
    def baseline(self) -> float:
        return self.thick / 2 + 4.5


def _scale(shown: tuple[Stage, ...]) -> _Scale:
    """Millions; thousands where the small payments of a small loan would be a part of a million."""
    payments = [stage.payment for stage in shown if stage.payment]
    row = 28 if len(shown) <= 15 else 22
    if min(payments) < 500_000 and max(payments) < 100_000_000:
        return _Scale(row, max(payments), "cost.chart.thousands", 1_000)
    return _Scale(row, max(payments), "cost.chart.millions", 1_000_000)


def _drawn(found: Cost, language: str) -> tuple[str, int]:
    """All that is in the picture, and its height."""
    parts: list[str] = []
    y = EDGE - 2
    for line in _head(found, language):
        parts.append(_written(line, EDGE, y + line.size))
        y += line.height
    y += 12
    shown = stages(found)
    scale = _scale(shown)
    parts += _legend(y, language, scale)
    y += 30
    for stage in shown:
        parts += _bar(stage, y, scale, language)
        y += scale.row
    y += 6
    for line in _foot(language):
        parts.append(_written(line, EDGE, y + line.size))
        y += line.height
    return "".join(parts), y + EDGE - 4


def _head(found: Cost, language: str) -> Iterator[_Line]:
    rate = Percent(round(found.plan.rate_percent_year, 2))
    yield _Line(word(Text("cost.chart.amount", {"amount": Money(found.amount)}), language), 20, bold=True)
    key = "cost.chart.terms.study" if found.is_study else "cost.chart.terms"
    yield _Line(word(Text(key, {"months": Months(found.months), "rate": rate}), language), 14)
    yield _Line(_interest(found, language), 14)


def _foot(language: str) -> Iterator[_Line]:
    for part in textwrap.wrap(word(Text("cost.chart.illustration"), language), 50):
        yield _Line(part, 12, quiet=True)


def _legend(y: int, language: str, scale: _Scale) -> list[str]:
    made, x = [], EDGE
    for key, colour in (("cost.chart.principal", PRINCIPAL), ("cost.chart.interest_part", INTEREST)):
        text = word(Text(key), language)
        made.append(f'<rect x="{x}" y="{y}" width="12" height="12" rx="2" fill="{colour}"/>')
        made.append(_written(_Line(text, 13), x + 18, y + 11))
        x += 18 + round(len(text) * 7.2) + 16
    made.append(_written(_Line(word(Text(scale.unit), language), 12, quiet=True), WIDTH - EDGE, y + 11, "end"))
    return made


def _bar(stage: Stage, y: int, scale: _Scale, language: str) -> list[str]:
    baseline = y + scale.baseline
    made = [_written(_Line(word(stage.label, language), 13), EDGE, baseline)]
    if not stage.payment:
        nothing = _Line(word(Text("cost.chart.nothing"), language), 12, quiet=True)
        return [*made, _written(nothing, BARS_FROM, baseline)]
    x: float = BARS_FROM
    for part, colour in ((stage.principal, PRINCIPAL), (stage.interest, INTEREST)):
        wide = round((BARS_TO - BARS_FROM) * part / scale.most, 1)
        if wide >= 0.1:
            made.append(f'<rect x="{x:g}" y="{y}" width="{max(wide, 1):g}" height="{scale.thick}" fill="{colour}"/>')
            x = round(x + max(wide, 1) + 1, 1)
    sum_ = word(_short(stage.payment, scale.each), language)
    return [*made, _written(_Line(sum_, 13, bold=True), round(x + 4, 1), baseline)]


def _short(vnd: int, each: int) -> int | float:
    """A sum in the unit of the picture: one decimal for less than a hundred million, else none."""
    sum_ = vnd / each
    return round(sum_, 1) if each > 1_000 and sum_ < 100 else round(sum_)


def _written(line: _Line, x: float, y: float, anchor: str = "start") -> str:
    weight = ' font-weight="700"' if line.bold else ""
    faint = ' fill-opacity="0.75"' if line.quiet else ""
    end = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{line.size}"{weight}{faint}{end}>{escape(line.text)}</text>'
