"""Buttons: the answer to the open question, an action that is always possible, or one of an old message."""

from __future__ import annotations

from flows.engine.ask import ask_again_differently
from flows.engine.flow import Given, Question
from flows.engine.scene import Scene

LEAVE_STAFF_THE_WORD = frozenset({"hide", "news"})  # whoever clears the screen or reads an answer still talks to staff
MUST_BE_FRESH = frozenset({"confirm", "erase", "unconsent"})  # an old button must not send or erase what changed since


def pressed(scene: Scene, picked: str, token: str) -> bool:
    """A button was pressed; False if it is quietly ignored: the same one pressed twice is one press."""
    from flows import handover

    slot, _, value = picked.partition("=")
    mark = f"{token}|{picked}"
    if token and scene.data("taken") == mark:
        return False
    pending = scene.conversation.pending
    fresh = not token or (pending is not None and pending.token == token)
    if slot == "do":
        if scene.conversation.handover and value not in LEAVE_STAFF_THE_WORD:
            handover.take_back(scene)  # whoever presses our buttons wants us back
        scene.set_data(taken=mark)
        act(scene, value)
    elif pending is not None and pending.slot == slot and (fresh or slot not in MUST_BE_FRESH):
        scene.set_data(taken=mark)
        answer(scene, Given(picked=value))
    else:
        return _of_an_old_message(scene, slot, value)
    return True


def answer(scene: Scene, given: Given) -> bool:
    """Give the pending question what was given; False (and asked differently) if it can't use it."""
    question = pending_question(scene)
    if question is None:
        return False
    if question.take(scene, given):
        pending = scene.conversation.pending
        if pending is not None and pending.slot == question.slot:
            scene.change(pending=None)
        return True
    ask_again_differently(scene, question)
    return False


def pending_question(scene: Scene) -> Question | None:
    """The open question as its flow knows it."""
    from flows import FLOWS

    pending = scene.conversation.pending
    flow = FLOWS.get(scene.conversation.flow or "")
    return flow.find(scene, pending.slot) if pending is not None and flow is not None else None


def act(scene: Scene, action: str) -> None:
    """Do what a "do=…" button stands for: "screen:student", "human", "menu" …"""
    from flows.actions import ACTIONS

    name, _, argument = action.partition(":")
    found = ACTIONS.get(name)
    if found is None:
        scene.say("hear.old_button")
        return
    found(scene, argument)


def _of_an_old_message(scene: Scene, slot: str, value: str) -> bool:
    from flows.fact_question import parse_value, take_fact

    fact = scene.book.facts.get(slot)
    held = scene.case.facts.get(slot)
    if fact is None or held is None:
        scene.say("hear.old_button")
        return True
    if held.value == parse_value(fact, value) or not take_fact(scene, fact, Given(picked=value)):
        return False
    from flows.correcting import say_corrected

    say_corrected(scene, (slot,))
    return True
