"""step(conversation, event, book) -> Turn: the heart. Pure; a turn replayed gives the same turn.

What each kind of event means is decided here in one match; free words go to `hear.py`, buttons to `press.py`.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from flows.eligibility.book import Book
from flows.engine import hear, notices, press
from flows.engine.ask import advance
from flows.engine.conversation import Conversation
from flows.engine.effects import AnyEffect, Hide
from flows.engine.events import (
    AnyEvent,
    ChoicePicked,
    ContactShared,
    HandoverClosed,
    LeadMoved,
    LocationShared,
    MediaReceived,
    MessageReceived,
    StaffReplied,
    Started,
    TalkBrought,
    WaitExpired,
)
from flows.engine.scene import Scene


class Turn(msgspec.Struct, frozen=True):
    """What one event led to: the new state, and what to ask of the world, in order."""

    conversation: Conversation
    effects: tuple[AnyEffect, ...]


def step(conversation: Conversation | None, event: AnyEvent, book: Book) -> Turn:
    """Work out one turn. `conversation` None: a new talk. `event.at` is the only clock, `event.fresh` the only chance."""
    before = conversation or Conversation(started_at=event.at, seen_at=event.at)
    scene = Scene(msgspec.structs.replace(before, turn=before.turn + 1), event, book)
    _happen(scene, event)
    if scene.theirs:
        scene.change(hidden=any(isinstance(effect, Hide) for effect in scene.effects))  # whoever writes is at the screen again
    scene.change(expires_at=scene.lifetime().isoformat())
    if scene.theirs:
        scene.change(seen_at=event.at)
    return Turn(scene.conversation, tuple(scene.effects))


def _happen(scene: Scene, event: AnyEvent) -> None:
    from flows import ceiling, draft, moving, screening  # here, because the flows are written in this engine's words

    flow, case = scene.conversation.flow, scene.conversation.active
    match event:
        case Started():
            hear.opened(scene, event)
        case MessageReceived(reading=reading):
            hear.heard(scene, reading)
        case ChoicePicked(choice=choice, token=token):
            if not press.pressed(scene, choice, token):
                return
        case ContactShared():
            hear.contact(scene, event)
        case LocationShared():
            hear.location(scene, event)
        case MediaReceived(kind=kind):
            hear.media(scene, kind)
        case TalkBrought():
            moving.brought(scene, event)
        case StaffReplied() | LeadMoved() | HandoverClosed() | WaitExpired():
            notices.noticed(scene, event)
            return
        case _:
            assert_never(event)
    if not scene.conversation.handover:
        ceiling.say_over(scene)
        if not scene.has_asked:
            screening.look_again(scene)
        draft.remind_where(scene, flow, case)
        advance(scene)
