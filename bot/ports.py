"""The small protocols between the shell's parts; each has a memory twin and one contract test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.channels.messages import Address, Inbound, Outbound
from flows.engine.conversation import Conversation
from flows.engine.effects import AnyEffect
from nlu.reading import Expecting, Intent


class Stale(Exception):
    """Someone else committed this conversation meanwhile: load it again and step again."""


class Away(Exception):
    """Something that we need is down or out of reach: nothing was written, the same may be tried again later."""


class Repeated(Exception):
    """What caused this turn was taken in before: nothing is to be done."""


@dataclass(frozen=True)
class FromInbound:
    """The turn answers a message; it is noted in the same transaction, so it is neither lost nor answered twice."""

    message_id: str


@dataclass(frozen=True)
class FromOutbox:
    """The turn takes in an event that waited in the outbox (staff replied, a lead moved)."""

    row: int
    lead: str | None = None


@dataclass(frozen=True)
class FromReminder:
    """The turn takes in a wait that ran out."""

    name: str
    due_at: datetime


Cause = FromInbound | FromOutbox | FromReminder


@dataclass(frozen=True)
class Queued:
    """An outbox row that one worker has claimed. `payload`: an `Outbound`, an event or {"lead": id}, by `kind`."""

    id: int
    kind: str
    key: str
    channel: str
    address: Address | None
    conversation: str | None
    lead: str | None
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


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
    """One turn of one applicant: what was loaded, and the one commit that ends it."""

    conversation: Conversation | None
    pseudonym: str
    helper: bool

    async def bring(self, code: str, at: datetime) -> Conversation | None:
        """The talk that a code opens, to be taken over by this turn (`TakeOver`), or None."""

    async def commit(
        self,
        conversation: Conversation,
        effects: Sequence[AnyEffect],
        messages: Sequence[Outbound],
        *,
        cause: Cause,
        at: datetime,
        pulled: bool = False,
        farewell: Outbound | None = None,
    ) -> Sequence[int]:
        """Write the new state, the effects' rows and the worded messages in one transaction.

        Gives the outbox ids of the messages, in order; `pulled` ones count as delivered; `farewell` is told to the address
        that a talk left (`TakeOver`). Raises `Stale` or `Repeated`.
        """


class Store(Protocol):
    """The truth. `bot/stores/memory.py` and `bot/stores/sql.py` pass the same contract test."""

    async def received(self, inbound: Inbound) -> bool:
        """Whether this message was taken in before (a repeated delivery)."""

    def turn(self, address: Address, at: datetime) -> AbstractAsyncContextManager[Unit]:
        """Open this applicant's turn; a conversation that has expired is gone."""

    async def due(self, now: datetime, limit: int, worker: str, channels: Sequence[str]) -> list[Queued]:
        """Outbox rows to deliver now, each claimed by one worker only, those of one person in their order."""

    async def fetch_web(self, address: Address, after: int, now: datetime) -> list[tuple[int, Outbound]]:
        """Messages behind the id `after` for a person whose channel pulls; they count as delivered."""

    async def move_lead(
        self, lead: str, to: str, *, who: str, at: datetime, why: str | None = None, session: date | None = None
    ) -> Mapping[str, Any]:
        """Move a lead and tell the person, in one transaction. Raises `MoveRefused`."""

    async def reply(self, lead: str, staff: int, text: str, *, at: datetime) -> None:
        """Keep what staff wrote and send it to the person's talk, in one transaction."""


class PointGateway(Protocol):
    """Forwards a committed lead to those who serve the point (e-mail, signed webhook …); the console reads the row itself."""

    name: str

    async def forward(self, lead: Mapping[str, Any]) -> None:
        """Forward; may be called again with the same lead id. Raises a `ChannelError`."""
