"""Flow, Question, Given: the words that a flow is written in. A flow is a value; `step.py` runs it, `draw.py` draws it.

A flow says which question comes next, given what is known; it holds no position. So an answer given out of turn is
never asked again, and a correction needs no path back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.engine.effects import Choice
from flows.engine.scene import Scene
from flows.engine.text import Text
from nlu.reading import PlaceCandidate, Places, Reading


@dataclass(frozen=True)
class Given:
    """What the person gave for the pending question: a picked choice, or what was read from their words."""

    picked: str | None = None  # the part of the choice id behind "slot="
    answer: Any = None
    text: str = ""
    unsure: bool = False
    declined: bool = False
    places: Places | None = None
    near: tuple[PlaceCandidate, ...] = ()  # the communes around a shared location
    phone: str | None = None
    reading: Reading | None = None

    @property
    def origin(self) -> str:
        return "chosen" if self.picked is not None else "said"


def always(scene: Scene) -> bool:
    return True


def no_choices(scene: Scene) -> tuple[Choice, ...]:
    return ()


@dataclass(frozen=True)
class Question:
    """One question: `slot` names what it fills, `take` puts what was given into the scene and says whether it could."""

    slot: str
    text: Callable[[Scene], Text]
    take: Callable[[Scene, Given], bool]
    needed: Callable[[Scene], bool] = always
    choices: Callable[[Scene], tuple[Choice, ...]] = no_choices
    expects: str = "text"
    hint: Callable[[Scene], Text | None] = lambda scene: None
    why: Callable[[Scene], Text | None] = lambda scene: None
    accepts_text: bool = False  # any words will do (a name, hours to call)
    again: Callable[[Scene], Text] | None = None  # the same in short, for asking a second time


def what_next(
    text: Callable[[Scene], Text], choices: Callable[[Scene], tuple[Choice, ...]], needed: Callable[[Scene], bool] = always
) -> Question:
    """The question what to do next: every choice is an action, nothing is taken into the scene."""
    return Question("next", text, lambda scene, given: False, needed, choices, expects="choice")


@dataclass(frozen=True)
class Flow:
    """`next_question` gives the question to ask now, or None; then `finish` ends the flow or starts another one.

    `questions` lists those that the flow may ask, for drawing and for finding the pending one by its slot.
    """

    id: str
    next_question: Callable[[Scene], Question | None]
    finish: Callable[[Scene], None]
    find: Callable[[Scene, str], Question | None]
    questions: tuple[Question, ...] = ()


def in_order(flow_id: str, questions: tuple[Question, ...], finish: Callable[[Scene], None]) -> Flow:
    """A flow that asks, in this order, what is still needed."""

    def next_question(scene: Scene) -> Question | None:
        return next((question for question in questions if question.needed(scene)), None)

    def find(scene: Scene, slot: str) -> Question | None:
        return next((question for question in questions if question.slot == slot), None)

    return Flow(flow_id, next_question, finish, find, questions)
