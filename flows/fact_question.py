"""The question for a fact of `facts.yaml`: its words, its choices, how an answer is kept. No order of questions here."""

from __future__ import annotations

from typing import Any

from flows.eligibility.assess import WrongFact, validate_facts
from flows.eligibility.book import Fact
from flows.engine.effects import Choice
from flows.engine.flow import Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Day, Money, Text
from nlu.reading import Ambiguous

UNSURE, DECLINED = "unsure", "declined"
BUTTONS_AT_MOST = 12
BUTTON_KINDS = frozenset({"bool", "choice", "multichoice"})


def fact_question(fact_id: str) -> Question:
    """The question that fills a fact, for any flow that needs it."""

    def take(scene: Scene, given: Given) -> bool:
        return take_fact(scene, scene.book.facts[fact_id], given)

    def choices(scene: Scene) -> tuple[Choice, ...]:
        return fact_choices(scene.book.facts[fact_id], ambiguous=scene.data(f"which:{fact_id}"))

    def text(scene: Scene) -> Text:
        if scene.data(f"which:{fact_id}"):
            return Text("ask.which_value")
        return scene.asking(f"fact.{fact_id}.ask")

    return Question(
        slot=fact_id,
        text=text,
        take=take,
        choices=choices,
        expects="choice",
        hint=lambda scene: Text(f"fact.{fact_id}.hint") if scene.book.facts[fact_id].kind not in BUTTON_KINDS else None,
        why=lambda scene: Text(f"fact.{fact_id}.why"),
    )


def fact_choices(fact: Fact, ambiguous: list[Any] | None = None) -> tuple[Choice, ...]:
    """Buttons of a fact: its values, or the readings that remain, and always a way to say "I don't know"."""
    if ambiguous:
        values = tuple(
            choice(fact.id, str(value), Text("value.one", {"value": value_text(fact, value)})) for value in ambiguous
        )
        return (*values, choice(fact.id, UNSURE, "choice.other_number"))
    match fact.kind:
        case "bool":
            values = tuple(choice(fact.id, word, value_text(fact, word == "true")) for word in ("true", "false"))
        case "choice" | "multichoice":
            values = tuple(choice(fact.id, value, value_text(fact, value)) for value in fact.values[:BUTTONS_AT_MOST])
        case _:
            values = ()
    return (*values, choice(fact.id, UNSURE, "choice.unsure"))


def take_fact(scene: Scene, fact: Fact, given: Given) -> bool:
    """Keep what was given for the fact. False: not understood. Two readings left: ask which, guess nothing."""
    if given.picked == UNSURE and scene.data(f"which:{fact.id}"):
        scene.drop_data(f"which:{fact.id}")
        return True  # the question is still needed, so it is asked anew
    if given.picked == UNSURE or (given.unsure and given.answer is None):
        scene.set_fact(fact.id, None, given.origin, UNSURE)
        return True
    if given.declined and given.answer is None:
        scene.set_fact(fact.id, None, given.origin, DECLINED)
        return True
    if isinstance(given.answer, Ambiguous):
        scene.set_data(**{f"which:{fact.id}": list(given.answer.values)})
        return True
    value = parse_value(fact, given.picked) if given.picked is not None else given.answer
    if value is None or not is_valid(scene, fact.id, value):
        return False
    scene.drop_data(f"which:{fact.id}")
    scene.set_fact(fact.id, value, given.origin)
    return True


def is_valid(scene: Scene, fact_id: str, value: Any) -> bool:
    """True if the value is one that the fact can have today."""
    try:
        validate_facts({fact_id: value}, scene.on, scene.book)
    except WrongFact:
        return False
    return True


def parse_value(fact: Fact, word: str) -> Any:
    """The value behind a button."""
    match fact.kind:
        case "bool":
            return {"true": True, "false": False}.get(word)
        case "integer" | "months" | "money":
            return int(word) if word.lstrip("-").isdigit() else None
        case "number":
            return float(word) if word.replace(".", "", 1).isdigit() else None
        case _:
            return word


def value_text(fact: Fact, value: Any) -> Text:
    """A fact's value as people read it."""
    match fact.kind:
        case "bool":
            word = "true" if value else "false"
            return Text(f"fact.{fact.id}.value.{word}", otherwise=f"choice.{'yes' if value else 'no'}")
        case "choice":
            return Text(f"fact.{fact.id}.value.{value}")
        case "multichoice":
            first = value[0] if isinstance(value, list | tuple) else value
            return Text(f"fact.{fact.id}.value.{first}")
        case "money":
            return Text("value.one", {"value": Money(int(value))})
        case "date":
            return Text("value.one", {"value": Day(str(value))})
        case _:
            return Text("value.one", {"value": value})


def label_text(fact_id: str) -> Text:
    """A fact's short name, for reading back."""
    return Text(f"fact.{fact_id}.label")
