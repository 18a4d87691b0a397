"""Several loans at once: which of them fit, how they differ, and one application after the other.

The facts are shared, so each question is asked once for all of them. Which loans were wanted stays with the case
(slot `wanted`) until each was sent, refused or let go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.answers import answer, asked
from flows.eligibility.assess import assess
from flows.eligibility.terms import terms
from flows.eligibility.verdict import Terms
from flows.engine.effects import Choice
from flows.engine.flow import Flow, in_order, what_next
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Percent, Text
from flows.plain_words import bare
from nlu.reading import Reading

FLOW_ID = "several"
WANTED = "wanted"
COMPARED_AT_MOST = 3
COMPARE = "compare"  # the question of general.yaml by whose words a comparison is known
COMPARED_BY = ("amount", "rate", "term")
_AT_LARGE = re.compile(r"\bkhac (?:gi )?nhau\b|\bso sanh\b|\bdifferences?\b|\bcompare\b")  # then all of these are told


def named(scene: Scene, reading: Reading) -> tuple[str, ...]:
    """The loans that a message names, if it names several."""
    found = tuple(one for one in dict.fromkeys(reading.intent.programmes) if one in scene.book.programmes)
    return found if len(found) > 1 else ()


def begin(scene: Scene, programmes: Sequence[str]) -> None:
    """Screen them together: what is known counts for all."""
    scene.change_case(programme=None, scheme=None)
    scene.set_slot(WANTED, list(programmes))
    scene.say("several.begin", loans=_listed(programmes))
    scene.enter("screening", programmes=list(programmes))


def offer(scene: Scene, programmes: Sequence[str], **told: bool) -> None:
    """After the overview or a comparison (`compared=True`): what can be done with those that are not refused."""
    scene.enter(FLOW_ID, programmes=list(programmes), **told)


def go_on(scene: Scene) -> bool:
    """After one application was sent: the next loan that was wanted, if one is left. True if it was offered."""
    left = [one for one in scene.slot(WANTED) or () if one != scene.programme and not scene.open_lead(one)]
    left = [one for one in left if _truth(scene, one) != "no"]
    scene.set_slot(WANTED, left)
    if not left:
        return False
    offer(scene, left, sent=True)
    return True


def compared(scene: Scene, reading: Reading, programmes: Sequence[str]) -> bool:
    """Say how these loans differ if the message asks for that."""
    if len(programmes) < 2 or asked(None, reading.text) != COMPARE:
        return False
    about = tuple(one for one in COMPARED_BY if one in reading.intent.topics)
    if about and not _AT_LARGE.search(bare(reading.text)):
        _compare_by(scene, programmes[:COMPARED_AT_MOST], about)
    else:
        compare(scene, programmes)
    return True


def compare(scene: Scene, programmes: Sequence[str]) -> None:
    """How much, at what rate, for how long: two sentences each, from the same data as the answers."""
    shown = programmes[:COMPARED_AT_MOST]
    scene.say("several.compare", loans=Joined(tuple(_described(scene, one) for one in shown), "paragraphs"))
    if scene.slot(WANTED) is None:
        scene.set_slot(WANTED, list(shown))


def _compare_by(scene: Scene, programmes: Sequence[str], about: Sequence[str]) -> None:
    """What was asked, first; then a line a loan on that alone."""
    lines = tuple(_line(scene, one, topic) for topic in about for one in programmes)
    first = _rates_beside(scene, programmes) if "rate" in about else None
    told = Joined(lines, "lines")
    scene.say("several.compare", loans=told if first is None else Joined((first, told), "lines"))
    if scene.slot(WANTED) is None:
        scene.set_slot(WANTED, list(programmes))


def _rates_beside(scene: Scene, programmes: Sequence[str]) -> Text | None:
    """Which is lower today, or that they are the same; of each the first scheme that bears a rate."""
    rates = {one: rate for one in programmes if (rate := _rate(scene, one)) is not None}
    if len(rates) < 2:
        return None
    low, high = min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__)
    if rates[low] == rates[high]:
        return Text("several.same_rate", {"rate": _percent(rates[low])})
    return Text(
        "several.lower_rate",
        {"loan": _name(low), "rate": _percent(rates[low]), "other": _name(high), "more": _percent(rates[high])},
    )


def _line(scene: Scene, programme: str, topic: str) -> Text:
    """One loan: its ordinary rate and the lowest that some pay, or in short what is answered on the topic."""
    found = _rated(scene, programme) if topic == "rate" else None
    if found is None or found.rate_percent_year is None:
        said = answer(programme, topic, scene.known, scene.on, scene.book).text
        return Text("several.line_of", {"loan": _name(programme), "said": Joined((said,), "brief")})
    rate = found.rate_percent_year
    others = [
        one.value for one in found.may_be if one.field == "rate_percent_year" and isinstance(one.value, float | int)
    ]
    lowest = min(others, default=rate)
    values = {"loan": _name(programme), "rate": _percent(rate)}
    if lowest >= rate:
        return Text("several.rate_of", values)
    return Text("several.rates_of", {**values, "lowest": _percent(lowest)})


def _percent(rate: float) -> Percent:
    return Percent(round(rate, 2))


def _rate(scene: Scene, programme: str) -> float | None:
    found = _rated(scene, programme)
    return None if found is None else found.rate_percent_year


def _rated(scene: Scene, programme: str) -> Terms | None:
    """The terms of the first scheme that bears a rate today."""
    schemes = scene.book.programmes[programme].schemes
    found = (terms(programme, one, scene.known, scene.on, scene.book) for one in schemes)
    return next((one for one in found if one.rate_percent_year is not None), None)


def act_compare(scene: Scene, argument: str) -> None:
    """The button `do=compare:a+b`."""
    programmes = tuple(one for one in argument.split("+") if one in scene.book.programmes)
    compare(scene, programmes)
    offer(scene, programmes, compared=True)


def _described(scene: Scene, programme: str) -> Text:
    told = (answer(programme, topic, scene.known, scene.on, scene.book).text for topic in COMPARED_BY)
    lines = Joined(tuple(Text("several.line", {"said": Joined((one,), "brief")}) for one in told), "lines")
    return Text("several.one", {"loan": _name(programme), "lines": lines})


def _name(programme: str) -> Text:
    return Text(f"programme.{programme}.short")


def _listed(programmes: Sequence[str]) -> Joined:
    return Joined(tuple(Text("several.loan", {"loan": _name(one)}) for one in programmes), "bullets")


def _truth(scene: Scene, programme: str) -> str:
    return assess(programme, scene.known, scene.on, scene.book, with_terms=False).truth


def _text(scene: Scene) -> Text:
    if scene.data("sent"):
        return scene.asking("several.next")
    return scene.asking("several.ask" if _open(scene) else "several.none")


def _open(scene: Scene) -> list[str]:
    return [one for one in scene.data("programmes") or () if _truth(scene, one) in {"yes", "unknown"}]


def _choices(scene: Scene) -> tuple[Choice, ...]:
    programmes = scene.data("programmes") or ()
    offers = [choice("do", f"apply:{one}", "several.apply", loan=_name(one)) for one in _open(scene)]
    if 1 < len(programmes) <= COMPARED_AT_MOST and not scene.data("compared") and not scene.data("sent"):
        offers.append(choice("do", f"compare:{'+'.join(programmes)}", "several.how_differ"))
    return (*offers, choice("do", "human", "choice.human"), choice("do", "menu", "choice.menu"))


NEXT = what_next(_text, _choices)

FLOW: Flow = in_order(FLOW_ID, (NEXT,), lambda scene: scene.leave())
