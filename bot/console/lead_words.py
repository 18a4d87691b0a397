"""A lead as the console words it: verdict, answers, way of routing, as typed texts of the catalogues. No query, no right.

The words are those that the citizen got (`flows/locale`), so that both read the same reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bot.wording import MissingWording, has, word
from flows.eligibility.book import Book, Fact
from flows.engine.text import Citation, Money, Text, Value
from flows.fact_question import value_text

ORDER = {"no": 0, "unknown": 1, "yes": 2}  # what stands in the way comes first


class Reason(msgspec.Struct, frozen=True):
    """One condition as it was judged: truth, sentence, place in the law."""

    truth: str
    sentence: str
    citation: str


class SchemeView(msgspec.Struct, frozen=True):
    """The verdict on one scheme."""

    id: str
    name: str
    truth: str
    chosen: bool
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    confirm: tuple[Reason, ...]
    notes: tuple[Reason, ...]


class AnswerView(msgspec.Struct, frozen=True):
    """One answer: what was asked, what was said, how it came ("said", "chosen", "volunteered", "staff")."""

    label: str
    value: str
    origin: str


class LeadWords:
    """Words of leads in one language, over the loaded book."""

    def __init__(self, book: Book, language: str) -> None:
        self._book = book
        self._language = language

    def say(self, value: Value) -> str:
        return word(value, self._language)

    def known(self, key: str, otherwise: str) -> str:
        """A catalogue's entry, or the bare id: staff must see a datum even when its words are newer than the code."""
        return self.say(Text(key)) if has(key, self._language) else otherwise

    def programme(self, programme: str) -> str:
        return self.known(f"programme.{programme}.name", programme)

    def scheme(self, programme: str, scheme: str | None) -> str:
        return self.known(f"scheme.{programme}.{scheme}.name", scheme or "")

    def label(self, name: str) -> str:
        """The short name of a fact or of a slot of the form."""
        kind = "fact" if name in self._book.facts else "slot"
        return self.known(f"{kind}.{name}.label" if kind == "fact" else f"slot.{name}", name)

    def value(self, name: str, value: Any) -> str:
        """A fact's or a slot's value, as people read it."""
        if value is None:
            return ""
        fact = self._book.facts.get(name)
        if fact is not None:
            values = value if isinstance(value, list) else [value]
            return ", ".join(self._value(fact, each) for each in values)
        return self.known(f"slot.{name}.{value}", str(value))

    def _value(self, fact: Fact, value: Any) -> str:
        try:
            return self.say(value_text(fact, value))
        except MissingWording:
            return str(value)

    def money(self, amount: Any) -> str:
        return self.say(Money(int(amount))) if amount is not None else ""

    def why(self, text: Any) -> str:
        """The stored reason of the routing."""
        try:
            return self.say(msgspec.convert(text, Text))
        except (msgspec.ValidationError, LookupError, KeyError):
            return ""

    def answers(self, row: Mapping[str, Any]) -> tuple[AnswerView, ...]:
        """What the person told, in the order of the facts' own list."""
        facts, origins = row["facts"] or {}, row["origins"] or {}
        ordered = [name for name in self._book.facts if name in facts] + [
            name for name in facts if name not in self._book.facts
        ]
        return tuple(
            AnswerView(
                self.label(name), self.value(name, facts[name]), self.known(f"console.origin.{origins.get(name)}", "")
            )
            for name in ordered
        )

    def verdict(self, row: Mapping[str, Any]) -> tuple[SchemeView, ...]:
        """The verdict that the person saw, the chosen scheme first."""
        verdict = row["verdict"] or {}
        views = [self._scheme(row, scheme) for scheme in verdict.get("schemes", ())]
        return tuple(sorted(views, key=lambda view: not view.chosen))

    def _scheme(self, row: Mapping[str, Any], scheme: Mapping[str, Any]) -> SchemeView:
        reasons = sorted(
            self._reasons(scheme.get("reasons", ()), "condition"), key=lambda each: ORDER.get(each.truth, 1)
        )
        return SchemeView(
            id=scheme["id"],
            name=self.scheme(row["programme"], scheme["id"]),
            truth=scheme["truth"],
            chosen=scheme["id"] == row["scheme"],
            reasons=tuple(reasons),
            missing=tuple(self.label(fact) for fact in scheme.get("missing", ())),
            confirm=tuple(self._reasons(scheme.get("confirm", ()), "confirm")),
            notes=tuple(self._reasons(scheme.get("notes", ()), "note")),
        )

    def _reasons(self, entries: Any, kind: str) -> Iterator[Reason]:
        for entry in entries:
            if isinstance(entry, str):
                yield Reason("unknown", entry, "")
                continue
            sentence = entry.get(self._language) or self.known(
                f"{kind}.{entry.get('id', '')}", entry.get("condition", entry.get("id", ""))
            )
            cited = entry.get("citation") or {}
            place = self.say(Citation(cited["instrument"], cited.get("article"))) if cited.get("instrument") else ""
            yield Reason(entry.get("truth", "unknown"), sentence, place)
