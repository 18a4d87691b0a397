"""What `vayvon flows diff OLD NEW` reads and tells: figures that changed, schemes newly covered, and whom it flips.

OLD and NEW are days (the rules of this checkout as they stand then) or folders of rules laid out like `flows/`. The
comparing itself is `flows.eligibility.difference`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from bot.wording import word
from flows.eligibility.book import Book, BookError, read_book
from flows.eligibility.difference import Difference, Rules, difference
from flows.eligibility.ready import worded

SHOWN = 3
"""So many households of a kind are written out; `--json` lists all."""


def read_rules(given: str, book: Book, day: date) -> Rules:
    """A day of our own rules, or the rules of a folder on `day`."""
    try:
        return Rules(book, date.fromisoformat(given))
    except ValueError:
        if not Path(given).is_dir():
            raise click.UsageError(f"{given!r} is neither a day like 2026-11-22 nor a folder of rules") from None
    try:
        return Rules(read_book(Path(given)), day)
    except (BookError, FileNotFoundError) as error:
        raise click.UsageError(f"{given}: {str(error).splitlines()[0]}") from error


def rules_compared(old: Rules, new: Rules) -> dict[str, Any]:
    """The whole answer, ready for JSON."""
    found = difference(old, new)
    return {
        "from": old.on.isoformat(),
        "to": new.on.isoformat(),
        "changes": [*_figures(old, new), *_covered(old, new)],
        "households": found.households,
        "flips": [
            {
                "programme": flip.programme,
                "scheme": flip.scheme,
                "before": flip.before,
                "after": flip.after,
                "gains": flip.gains,
                "moved": flip.moved,
                "facts": flip.facts,
            }
            for flip in found.flips
        ],
        "summary": _summary(found),
    }


def difference_told(answer: dict[str, Any]) -> Iterator[str]:
    """The same in lines for a person."""
    for change in answer["changes"]:
        yield f"{change['id']}: {change['before']} -> {change['after']} {change['citation'] or ''}".rstrip()
    if not answer["changes"]:
        yield "nothing differs in the figures"
    yield f"{answer['households']} households tried, {len(answer['flips'])} answered differently"
    shown: Counter[tuple[str, ...]] = Counter()
    for flip in answer["flips"]:
        kind = (flip["programme"], flip["scheme"], flip["before"], flip["after"])
        shown[kind] += 1
        if shown[kind] == 1:
            says = {True: "gain", False: "lose", None: "covered on one day only"}[flip["gains"]]
            yield f"{flip['programme']}.{flip['scheme']}: {flip['before']} -> {flip['after']} ({says})"
        if shown[kind] <= SHOWN:
            yield "  " + ", ".join(f"{fact}={_short(value)}" for fact, value in flip["facts"].items())
    for (programme, scheme, before, after), count in shown.items():
        if count > SHOWN:
            yield f"{programme}.{scheme} {before} -> {after}: {count - SHOWN} more"


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "+".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _summary(found: Difference) -> list[dict[str, Any]]:
    counted = Counter((flip.programme, flip.scheme, flip.before, flip.after) for flip in found.flips)
    names = ("programme", "scheme", "before", "after")
    return [{**dict(zip(names, kind, strict=True)), "households": count} for kind, count in counted.items()]


def _figures(old: Rules, new: Rules) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys([*old.book.parameters, *new.book.parameters]):
        first, second = old.book.parameters.get(name), new.book.parameters.get(name)
        before, after = first and first.on(old.on), second and second.on(new.on)
        if (before and before.value) != (after and after.value):
            yield {
                "id": name,
                "before": before and word(worded(first, before)),
                "after": after and word(worded(second, after)),
                "citation": word(after.source.citation) if after else None,
            }


def _covered(old: Rules, new: Rules) -> Iterator[dict[str, Any]]:
    schemes = [
        (programme.id, scheme)
        for rules in (old, new)
        for programme in rules.book.programmes.values()
        for scheme in programme.schemes
    ]
    for programme, name in dict.fromkeys(schemes):
        before, after = _says(old, programme, name), _says(new, programme, name)
        if before != after:
            yield {"id": f"{programme}.{name}", "before": before, "after": after, "citation": None}


def _says(rules: Rules, programme: str, name: str) -> str:
    scheme = rules.scheme(programme, name)
    return "covered" if scheme is not None and rules.on >= scheme.since else "not covered"
