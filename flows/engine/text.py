"""What may be said, before it is worded: a catalogue key with typed values. No language here.

`bot/wording.py` turns these into sentences; the flows never hold a sentence. Every `key` stands in
`flows/locale/<lang>/LC_MESSAGES/*.po` in each language with the same placeholders.
"""

from __future__ import annotations

import msgspec


class Money(msgspec.Struct, frozen=True, tag="money"):
    """Whole đồng."""

    vnd: int


class Percent(msgspec.Struct, frozen=True, tag="percent"):
    """A rate in percent, written with the decimals it has: 6.24 -> "6,24%"."""

    value: float


class Day(msgspec.Struct, frozen=True, tag="day"):
    """A date, as precise as known: "2026-11-22", "2026-11" or "2026"."""

    iso: str


class Months(msgspec.Struct, frozen=True, tag="months"):
    """A span of months; worded in years where it is a whole number of them."""

    count: int


class Joined(msgspec.Struct, frozen=True, tag="joined"):
    """Several texts as one. `how`: "lines" (one a line), "bullets" (one a line with a dash), "list" (a, b và c),
    "sentences" (one after the other), "paragraphs" (a blank line between), "question" (only the sentence that asks), "brief" (the first two sentences)."""

    parts: tuple[Value, ...]
    how: str = "sentences"


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A catalogue key with its values. Plain `str` values are the person's own words or names: never translated.

    `otherwise`: the key to word where the catalogue has no `key` (a fact's own word for "yes", else the common one).
    A value named `you` takes the place of the person's form of address: the question is about somebody else.
    """

    key: str
    values: dict[str, Value] = {}
    otherwise: str = ""


class Citation(msgspec.Struct, frozen=True, tag="citation"):
    """A place in the law: instrument as cited ("QĐ 157/2007/QĐ-TTg"), article ("khoản 1 Điều 5") or None where the dossier has none."""

    instrument: str
    article: str | None = None


Value = Money | Percent | Day | Months | Joined | Text | Citation | str | int | float
