"""The small protocols between the shell's parts; each has a memory twin and one contract test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from bot.channels.messages import Address, Inbound, Outbound
from flows.engine.conversation import Conversation
from flows.engine.effects import AnyEffect
from nlu.reading import Expecting, Intent


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in Asia/Ho_Chi_Minh."""


class Classifier(Protocol):
    async def classify(self, text: str, expecting: Expecting) -> Intent | None:
        """What the person wants, or None when the engine cannot say (down, slow, odd answer). Never raises for a text."""


class Channel(Protocol):
    """Carries messages out. Must not rely on editing a sent message. Coming in: the channel calls `Turns.receive`."""

    name: str

    async def send(self, address: Address, message: Outbound, key: str) -> None:
        """Hand one message over; `key` is the same for each retry. Raises a `ChannelError`."""


class Unit(Protocol):
    """One turn under the applicant's lock: read, then commit once."""

    conversation: Conversation | None

    async def commit(self, conversation: Conversation, effects: Sequence[AnyEffect], inbound: Inbound | None) -> Sequence[int]:
        """Write the new state, the effects' rows (lead, outbox, reminders, consent, audit) in one transaction.

        Gives the outbox ids of the messages, in order. Raises `Stale` if someone else committed this conversation meanwhile.
        """


class Store(Protocol):
    """The truth. `bot/stores/memory.py` and `bot/stores/sql.py` pass the same contract test."""

    async def receive(self, inbound: Inbound) -> bool:
        """Note the inbound message; False if it was noted before (a repeated delivery)."""

    def turn(self, address: Address) -> AbstractAsyncContextManager[Unit]:
        """Open this applicant's turn."""

    def due(self, now: datetime, limit: int) -> AsyncIterator[Any]:
        """Outbox rows to deliver now, each claimed by one worker only (`FOR UPDATE SKIP LOCKED` on PostgreSQL)."""


class PointGateway(Protocol):
    """Forwards a committed lead to those who serve the point (console queue, e-mail, signed webhook …)."""

    name: str

    async def forward(self, lead: dict[str, Any]) -> None:
        """Forward; may be called again with the same lead id. Raises a `ChannelError`."""
