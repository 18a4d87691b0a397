"""Debt: a bitter question about paying back or about the rate that names no loan: calm, the general answer, a person on offer.

It never loops by asking which loan, and never says one thing twice: each time it goes on to the next answer, then to a person.
"""

from __future__ import annotations

import re
from fractions import Fraction

from flows.eligibility.terms import terms
from flows.engine.scene import Scene
from flows.engine.text import Percent
from flows.plain_words import bare
from nlu.reading import Reading

CALMED = "calmed"  # slot of a case: how often the talk was calmed
TOLD = "debt_told"  # slot of a case: which of the general answers were given
OWED = ("overdue", "extension")  # what whoever cannot or will not pay is told, in this order
_UNPAID = re.compile(
    r"\b(?:khong|ko|k|deo|chua|cha) (?:co (?:tien |kha nang )?|the )?(?:de )?tra\b|\btra no (?:hoai|mai)|\bdi tu\b|\bbo tron\b"
    r"|\b(?:don t|do not|can t|cannot|not|never|won t) (?:want to )?(?:re)?pay\b|\b(?:go to )?(?:jail|prison if)\b"
)
_DEBTOR = re.compile(r"\b(?:dang vay|con no|tra (?:mai|hoai|no|lai)|het no|lai (?:gi|sao|cao|nhieu)|my loan|my debt)\b")
_RATE = re.compile(r"\b(?:lai (?:gi|sao|cao|nhieu|suat|qua)|interest|rate)\b")


def meant(reading: Reading, topics: tuple[str, ...]) -> tuple[str, ...]:
    """ "Trả mãi không hết nợ, ngân hàng lừa đảo à": a debtor's anger reports no fraud; it is about the debt or its rate."""
    words = bare(reading.text)
    if topics[0] != "complaint_scam" or not reading.complains or not _DEBTOR.search(words):
        return topics
    return ("rate" if _RATE.search(words) else "repayment", *topics[1:])


def answered(scene: Scene, reading: Reading, topic: str, named: bool) -> bool:
    """Answer in general if no loan is named and the question is bitter, or is what happens to whoever does not pay."""
    unpaid = topic == "repayment" and bool(_UNPAID.search(bare(reading.text)))
    if (
        named
        or reading.intent.programme == "other"
        or not (unpaid or (reading.complains and topic in {"rate", "repayment"}))
    ):
        return False
    if reading.complains:
        calm(scene)
    if topic == "rate":
        _say_rates(scene)
    else:
        _say_owed(scene)
    if _first(scene, "person"):
        scene.say("debt.person_offer")
    return True


def calm(scene: Scene) -> None:
    """One calm sentence, another the second time, then none."""
    times = scene.slot(CALMED) or 0
    scene.set_slot(CALMED, times + 1)
    if times < 2:
        scene.say("hear.calm_again" if times else "hear.calm")


def _first(scene: Scene, what: str) -> bool:
    """Whether this was not told yet in the talk; from now on it was."""
    told = list(scene.slot(TOLD) or ())
    scene.set_slot(TOLD, [*told, what] if what not in told else told)
    return what not in told


def _say_rates(scene: Scene) -> None:
    """The lowest and the highest ordinary rate of today's schemes."""
    if not _first(scene, "rates"):
        scene.say("debt.person")
        return
    book = scene.book
    found = [
        Fraction(str(rate))
        for programme in book.programmes.values()
        for scheme in programme.schemes
        if (rate := terms(programme.id, scheme, {}, scene.on, book).rate_percent_year) is not None
    ]
    scene.say("debt.rates", lowest=Percent(float(min(found))), highest=Percent(float(max(found))))


def _say_owed(scene: Scene) -> None:
    from flows import programme_info

    topic = next((one for one in OWED if one not in (scene.slot(TOLD) or ())), None)
    if topic is None:
        scene.say("debt.person" if _first(scene, "again") else "debt.person_again")
        return
    _first(scene, topic)
    programme_info.tell(scene, None, topic)
