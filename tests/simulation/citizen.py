"""The person who talks to the bot: a household with facts that the bot does not know, a wish, a style, a temper. Seeded.

`draw` makes one from a seed. What they say in a style is `words.py`, when they say it is `mind.py`. Invented people only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from simulation.words import STYLES
from talk import START, rules

from flows.eligibility.assess import assess
from flows.eligibility.book import Fact
from nlu.entities.place import former_of
from nlu.places.index import packaged
from nlu.reading import Commune, FormerCommune

PROGRAMMES = ("student", "water", "housing", "released", "abroad", "jobs")
ON = START.date()
LIKELY_FIT = 0.6  # so many households are drawn again until the wish is not refused, or most talks would end at a no
TRIES_TO_FIT = 40
AREAS = {"rural": "Xã", "ward": "Phường", "special_zone": "Đặc khu"}
SUMS = {  # millions; of a student by the month
    "student": (1, 2, 3, 4, 5),
    "water": (10, 15, 20, 25, 30, 50),
    "housing": (150, 300, 400, 600, 800, 1200),
    "released": (20, 30, 50, 80, 100, 120),
    "abroad": (60, 80, 100, 120, 150),
    "jobs": (30, 50, 80, 100, 200),
}
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hồ", "Vi", "Lô", "Bùi", "Đặng", "Cao")
MIDDLES = ("Văn", "Thị", "Đình", "Ngọc", "Thanh", "Xuân")
GIVEN = ("Thử", "Lành", "Bình", "Hoa", "Tuấn", "Diễm", "Sáng", "Mận", "Kiên", "Thảo", "Lộc", "Nga")
NEIGHBOURS = ("bác Tư hàng xóm", "chị Năm", "cô Bảy")


@dataclass(frozen=True)
class Temper:
    """How they behave. Shares of 0 to 1; `asides`: how many times at most they leave the path."""

    buttons: float = 0.35
    numbers: float = 0.08
    unsure: float = 0.04
    asides: int = 2
    wander: float = 0.15
    checks: bool = True  # reads what is read back, and mends it
    applies_if_open: bool = True
    quits: bool = False
    asks_human: bool = False
    agrees: bool = True


@dataclass(frozen=True)
class Citizen:
    """One person. `wish` None: does not know which loan. `facts` hold a value of every fact that could be asked."""

    seed: str
    style: str
    wish: str | None
    facts: dict[str, Any]
    place: Commune
    former: FormerCommune | None
    hamlet: str
    name: str
    phone: str
    hours: str
    group: str
    about: str = ""
    english: bool = False
    temper: Temper = field(default_factory=Temper)


def draw(seed: str) -> Citizen:
    """The person of this seed."""
    chance = random.Random(f"citizen {seed}")
    style = chance.choice(STYLES)
    wish = None if chance.random() < 0.1 else chance.choice(PROGRAMMES)
    facts = _facts(wish, chance)
    place = chance.choice(_communes()[AREAS[facts["area"]]])
    formers = former_of(place.code)
    english = chance.random() < 0.02
    return Citizen(
        seed=seed,
        style=style,
        wish=wish,
        facts=facts,
        place=place,
        former=chance.choice(formers) if formers else None,
        hamlet=str(chance.randint(1, 12)),
        name=f"{chance.choice(SURNAMES)} {chance.choice(MIDDLES)} {chance.choice(GIVEN)}",
        phone=f"09{chance.choice('134678')}2000{chance.randint(100, 999)}",
        hours=chance.choice(("morning", "afternoon", "evening", "any")),
        group=chance.choice(("yes", "no", "unsure")),
        about=chance.choice(NEIGHBOURS) if chance.random() < 0.04 and not english else "",
        english=english,
        temper=_temper(style, english, chance),
    )


def _temper(style: str, english: bool, chance: random.Random) -> Temper:
    buttons = {"short": 0.5, "elderly_voice": 0.15, "long_story": 0.15}.get(style, 0.35)
    return Temper(
        buttons=1.0 if english else buttons,
        asides=0 if english else chance.choice((0, 1, 1, 2, 2, 3, 4)),
        unsure=chance.choice((0.0, 0.03, 0.1)),
        checks=chance.random() < 0.5,
        applies_if_open=chance.random() < 0.6,
        quits=chance.random() < 0.05,
        asks_human=chance.random() < 0.06,
        agrees=chance.random() < 0.96,
    )


@lru_cache(maxsize=1)
def _communes() -> dict[str, list[Commune]]:
    found: dict[str, list[Commune]] = {word: [] for word in AREAS.values()}
    for commune in packaged().communes.values():
        found[commune.type].append(commune)
    return found


# --- the household ---------------------------------------------------------------------------------------------------


def _facts(wish: str | None, chance: random.Random) -> dict[str, Any]:
    fits = chance.random() < LIKELY_FIT
    facts = _household(wish, chance)
    for _ in range(TRIES_TO_FIT if fits and wish else 0):
        if assess(wish, facts, ON, rules(), with_terms=False).truth != "no":
            break
        facts = _household(wish, chance)
    return facts


def _household(wish: str | None, chance: random.Random) -> dict[str, Any]:
    facts = {fact.id: value_of(fact, chance) for fact in rules().facts.values() if fact.asked}
    agree(facts)
    facts["loan_amount"] = chance.choice(SUMS[wish or "water"]) * 1_000_000
    return facts


def agree(facts: dict[str, Any]) -> None:
    """Make what one answer says of another question's fact agree with it."""
    facts["lawful_residence"] = facts["registration"] != "none"
    if facts["housing_class"] in (["rural_poor"], ["urban_poor"]):
        facts["poverty_status"] = "poor"
    if facts["contract_with"] != "not_signed":
        facts["trip_purpose"] = "work"
    if facts["trip_purpose"] != "work":
        facts["eps_contract"] = False
    facts["owns_home_in_province"] = facts["owns_home_in_province"] and facts["house_state"] != "none"
    if not facts["owns_home_in_province"]:
        facts["house_state"] = "none"
    facts["workers_released"] = min(facts["workers_released"], facts["workers_total"])


def value_of(fact: Fact, chance: random.Random) -> Any:
    """A value that the fact can have, as often as `facts.yaml` says that it is met."""
    if fact.kind == "date":
        years = _weighed(fact.usual, chance)
        past = ON - timedelta(days=int(years) * 365 - chance.randint(-150, 150))
        return past.isoformat() if chance.random() < 0.7 else past.isoformat()[:7]
    if fact.prior:
        value = _weighed(fact.prior, chance)
        return [value] if fact.kind == "multichoice" else value
    if fact.usual:
        return _weighed(fact.usual, chance)
    match fact.kind:
        case "bool":
            return chance.random() < 0.65
        case "choice":
            return chance.choice(fact.values)
        case "money":
            return chance.choice((5, 20, 60, 200)) * 1_000_000
        case _:
            return chance.choice((6, 12, 24, 36))


def _weighed(weights: Any, chance: random.Random) -> Any:
    values = list(weights)
    return chance.choices(values, [float(weights[value]) for value in values])[0]


def sum_for(programme: str | None, by_month: bool, chance: random.Random) -> int:
    """A sum that such a person would want; of a study loan by the month or in all."""
    if by_month or programme == "student":
        return chance.choice(SUMS["student"] if by_month else (30, 60, 90)) * 1_000_000
    return chance.choice(SUMS.get(programme or "water", SUMS["water"])) * 1_000_000
