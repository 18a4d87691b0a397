"""A lead as the console words it: verdict, answers, way of routing, as typed texts of the catalogues. No query, no right.

The words are those that the citizen got (`flows/locale`), so that both read the same reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from bot.wording import MissingWording, has, word
from flows.eligibility.assess import assess
from flows.eligibility.book import Book, Fact
from flows.eligibility.verdict import Reason, SchemeVerdict, Verdict
from flows.engine.text import Citation, Money, Text, Value
from flows.fact_question import value_text

ORDER = {"no": 0, "unknown": 1, "yes": 2}  # what stands in the way comes first


class Line(msgspec.Struct, frozen=True):
    """One condition, point to confirm or note: truth, sentence, place in the law; `parts` are the conditions inside it."""

    truth: str
    sentence: str
    citation: str
    parts: tuple[Line, ...] = ()


class SchemeView(msgspec.Struct, frozen=True):
    """The verdict on one scheme. `drifted`: the rules of now judge the same answers otherwise than the person was told."""

    id: str
    name: str
    truth: str
    chosen: bool
    drifted: bool
    reasons: tuple[Line, ...]
    missing: tuple[str, ...]
    confirm: tuple[Line, ...]
    notes: tuple[Line, ...]


class AnswerView(msgspec.Struct, frozen=True):
    """One answer: what was asked, what was said, how it came ("said", "chosen", "volunteered", "inferred", "staff")."""

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

    def queue(self, row: Mapping[str, Any]) -> str:
        """Who is to take care of it, by name where there is one."""
        directory, code = self._book.points, row["queue_code"]
        point = directory.by_code(code) if directory is not None and row["queue"] == "point" else None
        kind = self.say(Text(f"console.queue.{row['queue']}"))
        return point.name if point is not None else f"{kind} {code}".strip()

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
        """The verdict that the person saw, the chosen scheme first.

        The lead keeps answers, day and truths; the sentences are found again by judging the same answers of the same day.
        """
        told = {scheme["id"]: scheme["truth"] for scheme in (row["verdict"] or {}).get("schemes", ())}
        judged = self._judged(row)
        if judged is None:
            views = [self._bare(row, scheme) for scheme in (row["verdict"] or {}).get("schemes", ())]
        else:
            views = [self._scheme(row, scheme, told) for scheme in judged.schemes]
        return tuple(sorted(views, key=lambda view: not view.chosen))

    def _judged(self, row: Mapping[str, Any]) -> Verdict | None:
        try:
            on = date.fromisoformat((row["verdict"] or {})["on"])
            return assess(row["programme"], row["facts"] or {}, on, self._book, with_terms=False)
        except (KeyError, ValueError, LookupError):
            return (
                None  # of a programme or with an answer that the rules of now do not know: what was told still stands
            )

    def _scheme(self, row: Mapping[str, Any], scheme: SchemeVerdict, told: Mapping[str, str]) -> SchemeView:
        truth = told.get(scheme.id, str(scheme.truth))
        return SchemeView(
            id=scheme.id,
            name=self.scheme(row["programme"], scheme.id),
            truth=truth,
            chosen=scheme.id == row["scheme"],
            drifted=truth != str(scheme.truth),
            reasons=tuple(sorted((self._reason(each) for each in scheme.reasons), key=lambda each: ORDER[each.truth])),
            missing=tuple(self.label(fact) for fact in scheme.missing),
            confirm=tuple(Line("unknown", self.say(each.text), self._cited(each.citations)) for each in scheme.confirm),
            notes=tuple(Line("", self.say(each.text), self._cited((each.citation,))) for each in scheme.notes),
        )

    def _bare(self, row: Mapping[str, Any], scheme: Mapping[str, Any]) -> SchemeView:
        return SchemeView(
            id=scheme["id"],
            name=self.scheme(row["programme"], scheme["id"]),
            truth=scheme["truth"],
            chosen=scheme["id"] == row["scheme"],
            drifted=True,
            reasons=(),
            missing=tuple(self.label(fact) for fact in scheme.get("missing", ())),
            confirm=(),
            notes=(),
        )

    def _reason(self, reason: Reason) -> Line:
        truth = str(reason.truth) if str(reason.truth) in ORDER else "unknown"
        open_parts = () if truth == "yes" else tuple(self._reason(part) for part in reason.parts)
        return Line(truth, self.say(reason.text), self._cited(reason.citations), open_parts)

    def _cited(self, citations: Sequence[Citation | None]) -> str:
        return "; ".join(self.say(citation) for citation in citations if citation is not None)
