"""What can happen to a conversation. Past tense, closed set; time, ids and chance arrive here, never inside `step`.

`at` is an aware ISO time of Việt Nam; `id` is unique an event (a repeated delivery never reaches the engine);
`fresh` is a new random token that `step` may use as the id of something it creates (a lead).
"""

from __future__ import annotations

import msgspec

from flows.engine.conversation import Conversation
from nlu.reading import PlaceCandidate, Reading


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    at: str
    id: str = ""
    fresh: str = ""


class Started(Event):
    """The person opened the chat ("/start"). `payload`: an invitation or resume code, or empty."""

    payload: str = ""
    by: str = "applicant"  # "volunteer" for an invited helper's account


class MessageReceived(Event):
    """Free text, already read."""

    reading: Reading


class ChoicePicked(Event):
    """A button or a link. `choice` is the id that was offered, `token` the one of the question it belonged to."""

    choice: str
    token: str = ""


class ContactShared(Event):
    """A contact card. `own`: the channel vouches that it is the sender's; `phone` as "+84…" or None if unusable."""

    phone: str | None
    own: bool


class LocationShared(Event):
    """A location. `candidates` are the likeliest communes, best first; empty with `inside` False outside Việt Nam."""

    candidates: tuple[PlaceCandidate, ...] = ()
    inside: bool = True


class MediaReceived(Event):
    """A photo, sticker, voice message, file … which the bot does not keep. `kind` names it."""

    kind: str


class WaitExpired(Event):
    """A wait that the engine asked for (`RemindAt`) ran out. `name` is the one it was given."""

    name: str


class StaffReplied(Event):
    """Staff wrote to the person about a lead. `handover`: in a direct talk that the person asked for."""

    lead: str
    text: str
    handover: bool = False


class LeadMoved(Event):
    """Staff moved a lead to another status (contract, section 9). `session`: ISO date for "invited"."""

    lead: str
    status: str
    session: str | None = None


class HandoverClosed(Event):
    """Staff closed the direct talk; the bot answers again."""


class TalkBrought(Event):
    """The person gave a code of another talk. `conversation` is the talk that it opens, or None: wrong, late, used, or too many tries."""

    code: str
    conversation: Conversation | None = None


AnyEvent = (
    Started
    | MessageReceived
    | ChoicePicked
    | ContactShared
    | LocationShared
    | MediaReceived
    | WaitExpired
    | StaffReplied
    | LeadMoved
    | HandoverClosed
    | TalkBrought
)
