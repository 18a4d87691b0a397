"""A programme or a flow as a picture: boxes (`flows/engine/box.py`) as an indented tree. SVG, PNG, or Mermaid text.

Each box has its words, the clause below them in small print, and a colour by its kind; a line leads down to what hangs on it.
"""

from __future__ import annotations

import textwrap
from html import escape

from bot.papers.svg import FONTS, png
from bot.wording import word
from flows.engine.box import Box

WIDTH, EDGE, STEP = 900, 20, 30
TEXT, LAW, LINE = 14, 11, 19
COLOURS = {
    "start": "#1b4d3a",
    "scheme": "#2b8a63",
    "condition": "#2f6fa8",
    "all": "#6b7280",
    "any": "#8a6d1b",
    "not": "#a33b3b",
    "fact": "#9aa5a0",
    "confirm": "#c8651b",
    "question": "#2f6fa8",
    "computed": "#8a6d1b",
    "finish": "#1b4d3a",
}
BOLD = ("start", "scheme", "all", "any", "not")
PAPER, INK = "#fffefb", "#1b2620"


def picture_svg(box: Box, language: str = "vi") -> str:
    """The tree as SVG, as high as it needs to be."""
    drawn: list[str] = []
    height = _draw(box, 0, EDGE, language, drawn) + EDGE
    title = escape(word(box.text, language))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" lang="{language}" font-family="{FONTS}" fill="{INK}"><title>{title}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>{"".join(drawn)}</svg>'
    )


def picture_png(box: Box, language: str = "vi") -> bytes:
    """The same as PNG, with our own fonts."""
    return png(picture_svg(box, language), WIDTH * 2, language)


def _draw(box: Box, depth: int, y: int, language: str, drawn: list[str]) -> int:
    """Draw a box and all that hangs on it, from `y` on; the first free height below."""
    x = EDGE + depth * STEP
    room = (WIDTH - EDGE - x - 24) // 7  # letters that fit on a line
    lines = textwrap.wrap(word(box.text, language), room) or [""]
    law = textwrap.wrap("; ".join(word(one, language) for one in box.law), room + 20) if box.law else []
    high = len(lines) * LINE + len(law) * 15 + 8
    drawn.append(f'<rect x="{x}" y="{y}" width="5" height="{high - 2}" rx="2" fill="{COLOURS[box.kind]}"/>')
    weight = ' font-weight="700"' if box.kind in BOLD else ""
    for at, line in enumerate(lines):
        drawn.append(f'<text x="{x + 14}" y="{y + 15 + at * LINE}" font-size="{TEXT}"{weight}>{escape(line)}</text>')
    for at, line in enumerate(law):
        top = y + 13 + len(lines) * LINE + at * 15
        drawn.append(f'<text x="{x + 14}" y="{top}" font-size="{LAW}" fill-opacity="0.7">{escape(line)}</text>')
    below = y + high + 4
    for part in box.inside:
        drawn.append(f'<path d="M{x + 2} {y + high - 2}V{below + 10}h{STEP - 6}" fill="none" stroke="#c3cbc6"/>')
        below = _draw(part, depth + 1, below, language, drawn)
    return below


def mermaid(box: Box, language: str = "vi") -> str:
    """The tree as Mermaid text, for pages that draw such."""
    lines = ["flowchart LR"]
    _mermaid(box, language, lines)
    return "\n".join(lines)


def _mermaid(box: Box, language: str, lines: list[str]) -> str:
    name = f"n{len(lines)}"
    law = f"<br/><i>{word(box.law[0], language)}</i>" if box.law else ""
    said = word(box.text, language).replace('"', "'")
    lines.append(f'  {name}["{said}{law}"]')
    for part in box.inside:
        lines.append(f"  {name} --> {_mermaid(part, language, lines)}")
    return name
