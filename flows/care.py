"""Somebody does not want to live, or is beaten at home: whom to call, and a person. No word of loans until they speak of one."""

from __future__ import annotations

from flows.engine.effects import Choice
from flows.engine.flow import Flow, in_order, what_next
from flows.engine.scene import Scene, choice
from flows.engine.text import Text

FLOW_ID = "care"


def despair(scene: Scene, argument: str) -> None:
    """Told that life is too much."""
    scene.say("care.despair")
    scene.enter(FLOW_ID)


def beaten(scene: Scene, argument: str) -> None:
    """Told of violence at home."""
    scene.say("care.beaten")
    scene.enter(FLOW_ID)


def _choices(scene: Scene) -> tuple[Choice, ...]:
    return (choice("do", "human", "choice.human"), choice("do", "menu", "choice.menu"))


NEXT = what_next(lambda scene: Text("care.ask"), _choices)

FLOW: Flow = in_order(FLOW_ID, (NEXT,), lambda scene: scene.leave())
