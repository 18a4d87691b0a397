"""Ceiling: whoever told a sum above what may be lent hears at once, and once, how much it is at most and by which clause.

The wish is kept as told: staff talk it over. A sum that no loan can be is not kept; it is asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.eligibility.assess import assess
from flows.eligibility.book import Scheme
from flows.eligibility.parameters import DatedValue
from flows.eligibility.terms import terms
from flows.engine.scene import Scene
from flows.engine.text import Joined, Money, Text
from flows.plain_words import bare
from nlu.reading import Entity, Reading

SAID = "ceiling_said"  # slot of a case: the sum and the workers of which it was said
WISH = "loan_amount"
NO_SUCH_LOAN = 100_000_000_000  # đồng; ten times the most that any scheme lends
TOTAL_FROM = 3  # so many times the most of one month of study, and a sum is no longer meant by the month
ANSWERED_BY_IT = frozenset({"eligibility", "amount", "term", "repayment", "calculator"})
# what stands before a sum that is wished for, and before one that is something else
_WISHED = re.compile(r"\b(?:vay|muon|can|borrow|loan|lend me|need|want)\b[\w ]{0,50}$")
_ELSE = re.compile(
    r"\b(?:dang|da|tung|lo|con) (?:\w+ ){0,2}?(?:vay|no)\b|\b(?:thu nhap|luong|gia|tri gia|hoc phi|chi phi|ky quy|tra|gop|price|income|costs?|pay|owe|earn)\b"
)
_MAY_I = re.compile(
    r"\b(?:duoc (?:khong|ko|k|hong|hok|hem|chu|ha|a)|co duoc|can (?:i|we)|could (?:i|we)|may (?:i|we)|is it possible)\b"
)


@dataclass(frozen=True)
class _Limit:
    """The most that a scheme lends, in its own unit, and the figure that says so."""

    scheme: Scheme
    most: int
    figure: DatedValue


def heard(scene: Scene, reading: Reading) -> bool:
    """Take up a wished sum that the message tells and nothing else reads. True if it asked whether so much can be lent,
    and cannot: then the most is the answer."""
    wished = _wished(reading)
    named = [one for one in reading.intent.programmes if one in scene.book.programmes]
    programme = named[0] if len(named) == 1 else scene.programme if not named else None
    if wished is None or programme is None or _answers(scene):
        return False
    by_month = wished.period == "month"
    facts = {**scene.known, **reading.facts, WISH: wished.value}
    over = _over(scene, programme, facts, by_unit=by_month)
    if not over:
        return False
    if programme != scene.programme and (scene.programme is None or _free(scene)):
        scene.change_case(programme=programme, scheme=None)
    if programme == scene.programme and WISH not in reading.facts:
        _note(scene, wished.value)
    if programme == scene.programme or _free(scene):
        _tell(scene, programme, wished.value, over, _workers(facts) if _per_worker(over) else None)
    return bool(_MAY_I.search(bare(reading.text))) and set(reading.intent.topics) <= ANSWERED_BY_IT


def say_over(scene: Scene) -> None:
    """Say it once for each sum, and of a business once more when its workers are known."""
    wanted, programme = scene.known.get(WISH), scene.programme
    if wanted is None or programme not in scene.book.programmes:
        return
    held = scene.case.facts[WISH]
    over = _over(scene, programme, scene.known, by_unit=held.origin in {"said", "chosen"})
    if over:
        _tell(scene, programme, wanted, over, _workers(scene.known) if _per_worker(over) else None)


def was_said(scene: Scene, wanted: int | None) -> bool:
    """Whether it was said of this very sum, so that a sum worked out with it need not say it again."""
    said = scene.slot(SAID)
    return bool(said) and said[:2] == [scene.programme, wanted]


def is_too_much(sum_: Any) -> bool:
    """Whether no loan can be so large: a slip of the hand."""
    return isinstance(sum_, int) and not isinstance(sum_, bool) and sum_ > NO_SUCH_LOAN


def _wished(reading: Reading) -> Entity | None:
    sums = [entity for entity in reading.entities if entity.type == "money" and isinstance(entity.value, int)]
    if len(sums) != 1 or is_too_much(sums[0].value):
        return None
    before = bare(reading.text[: sums[0].start])
    return sums[0] if _WISHED.search(before) and not _ELSE.search(before) else None


def _answers(scene: Scene) -> bool:
    """A sum answers the open question for one: that question takes it."""
    pending = scene.conversation.pending
    return pending is not None and pending.slot in {WISH, "amount"}


def _free(scene: Scene) -> bool:
    """Whether nothing that needs an answer is open."""
    pending = scene.conversation.pending
    return pending is None or pending.slot in {"menu", "next"}


def _note(scene: Scene, wanted: int) -> None:
    held = scene.case.facts.get(WISH)
    if held is None or held.origin == "volunteered":
        scene.set_fact(WISH, wanted, "volunteered")


# --- what the data allow ---------------------------------------------------------------------------------------------------


def _over(scene: Scene, programme: str, facts: Mapping[str, Any], by_unit: bool) -> list[_Limit]:
    """The limits that tell how much it is at most, if the wish is above what the likeliest scheme lends; else none."""
    wanted = facts[WISH]
    schemes = [one for one in _possible(scene, programme, facts) if _is_meant(scene, one, wanted, by_unit)]
    limits = {one.id: limit for one in schemes if (limit := _limit(scene, one, facts)) is not None}
    first = limits.get(schemes[0].id) if schemes else None
    if first is None or wanted <= _in_all(first, facts, by_unit):
        return []
    return list(limits.values())


def _possible(scene: Scene, programme: str, facts: Mapping[str, Any]) -> list[Scheme]:
    found = scene.book.programmes[programme].schemes
    if programme == scene.programme and scene.case.scheme in found:
        return [found[scene.case.scheme]]
    told = {name: value for name, value in facts.items() if name in scene.book.facts}
    open_ones = [
        one.id for one in assess(programme, told, scene.on, scene.book, with_terms=False).schemes if one.truth != "no"
    ]
    schemes = [one for one in found.values() if one.id in open_ones] or list(found.values())
    if facts.get("workers_total") and facts.get("applicant_kind") is None:
        schemes = [one for one in schemes if one.terms.max_amount.per_worker is not None] or schemes
    return schemes


def _is_meant(scene: Scene, scheme: Scheme, wanted: int, by_unit: bool) -> bool:
    """A large sum told unasked is not meant by the month of study: what it is in all depends on the months."""
    if scheme.amount_per != "month_of_study" or by_unit:
        return True
    figure = _figure(scene, scheme)
    return figure is None or wanted < int(figure.value) * TOTAL_FROM


def _limit(scene: Scene, scheme: Scheme, facts: Mapping[str, Any]) -> _Limit | None:
    workers = _workers(facts)
    counted = {**facts, "workers_supported": workers} if workers else facts
    most = terms(scheme.programme, scheme.id, counted, scene.on, scene.book).max_amount_vnd
    figure = _figure(scene, scheme)
    return None if most is None or figure is None else _Limit(scheme, most, figure)


def _workers(facts: Mapping[str, Any]) -> int | None:
    """How many of them the loan supports is settled later: all of them, at the most."""
    return facts.get("workers_supported") or facts.get("workers_total")


def _figure(scene: Scene, scheme: Scheme) -> DatedValue | None:
    """The dated figure behind the most of a scheme."""
    rule = scheme.terms.max_amount
    known = next((one for one in (rule.flat, rule.cap, rule.total, rule.share) if one is not None), None)
    return None if known is None else known.on(scene.on)


def _in_all(limit: _Limit, facts: Mapping[str, Any], by_unit: bool) -> int:
    """A sum told unasked may be for both kinds of works together."""
    both = limit.scheme.amount_per == "works_type" and facts.get("works") not in {"water", "toilet"} and not by_unit
    return limit.most * 2 if both else limit.most


def _per_worker(limits: list[_Limit]) -> bool:
    return len(limits) == 1 and limits[0].scheme.terms.max_amount.per_worker is not None


# --- what is said -------------------------------------------------------------------------------------------------------------


def _tell(scene: Scene, programme: str, wanted: int, limits: list[_Limit], workers: int | None) -> None:
    said = [programme, wanted, workers]
    before = scene.slot(SAID)
    if before == said or (workers is None and before and before[:2] == said[:2]):
        return
    scene.set_slot(SAID, said)
    if _per_worker(limits):
        _tell_business(scene, wanted, limits[0], workers)
    elif len(limits) == 1:
        scene.say(
            "ceiling.over_most", most=_most(limits[0]), wanted=Money(wanted), law=limits[0].figure.source.citation
        )
    else:
        lines = tuple(
            Text(
                "ceiling.line",
                {
                    "scheme": Text(f"scheme.{programme}.{one.scheme.id}.name"),
                    "most": _most(one),
                    "law": one.figure.source.citation,
                },
            )
            for one in limits
        )
        scene.say("ceiling.over_each", lines=Joined(lines, "bullets"), wanted=Money(wanted))


def _tell_business(scene: Scene, wanted: int, limit: _Limit, workers: int | None) -> None:
    rule = limit.scheme.terms.max_amount
    each = rule.per_worker.on(scene.on) if rule.per_worker is not None else None
    told: dict[str, Any] = {"most": Money(limit.most), "wanted": Money(wanted)}
    if workers is None or each is None:
        scene.say("ceiling.over_total", **told, law=limit.figure.source.citation)
        return
    figures = {"each": Money(int(each.value)), "total": Money(int(limit.figure.value)), "law": each.source.citation}
    scene.say("ceiling.over", **told, **figures, workers=workers)


def _most(limit: _Limit) -> Text:
    return Text(f"ceiling.most.{limit.scheme.amount_per}", {"most": Money(limit.most)})
