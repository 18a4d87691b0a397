"""Ceiling: whoever told a sum above what may be lent hears how much it is at most; an establishment for its workers.

The wish is kept as told: staff talk it over. Where the sum is asked for, its question tells the most itself.
"""

from __future__ import annotations

from typing import Any

from flows.eligibility.book import Scheme
from flows.eligibility.terms import terms
from flows.engine.scene import Scene
from flows.engine.text import Money

SAID = "ceiling_said"  # slot of a case: the sum and the workers of which it was said


def tells(scheme: Scheme) -> bool:
    """Whether it is said here: a sum for each worker, or one for a person, which is told as it is asked."""
    return scheme.terms.max_amount.per_worker is not None or scheme.amount_per == "person"


def say_over(scene: Scene) -> None:
    """Say it once for each sum and number of workers."""
    wanted = scene.known.get("loan_amount")
    scheme = _scheme(scene)
    if wanted is None or scheme is None:
        return
    workers = scene.known.get("workers_supported") or scene.known.get("workers_total")
    most = _most(scene, scheme, workers)
    said = [scheme.programme, wanted, workers]
    if most is None or wanted <= most or scene.slot(SAID) == said:
        return
    scene.set_slot(SAID, said)
    told: dict[str, Any] = {"most": Money(most), "wanted": Money(wanted)}
    rule = scheme.terms.max_amount
    if rule.per_worker is None:
        scene.say("apply.over_most", most=told["most"])
        return
    each = rule.per_worker.on(scene.on) if rule.per_worker is not None else None
    total = rule.total.on(scene.on) if rule.total is not None else None
    if workers is None and total is not None:
        scene.say("ceiling.over_total", **told, law=total.source.citation)
    elif each is not None and total is not None:
        figures = {"each": Money(int(each.value)), "total": Money(int(total.value)), "law": each.source.citation}
        scene.say("ceiling.over", **told, **figures, workers=workers)


def _scheme(scene: Scene) -> Scheme | None:
    """The scheme that is settled, or the one that counts workers, unless a person borrows for themselves."""
    programme = scene.book.programmes.get(scene.programme or "")
    if programme is None:
        return None
    settled = programme.schemes.get(scene.case.scheme or "")
    if settled is not None:
        return settled if tells(settled) else None
    kind = scene.known.get("applicant_kind")
    if kind == "person" or (kind is None and not scene.known.get("workers_total")):
        return None
    return next((one for one in programme.schemes.values() if one.terms.max_amount.per_worker is not None), None)


def _most(scene: Scene, scheme: Scheme, workers: int | None) -> int | None:
    """The most for these workers. How many of them the loan supports is settled later: all of them, at the most."""
    facts = scene.known if workers is None else {**scene.known, "workers_supported": workers}
    return terms(scheme.programme, scheme.id, facts, scene.on, scene.book).max_amount_vnd
