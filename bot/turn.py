"""One turn from receipt to commit: known already? lock, load, classify, read, step, word, commit. Nothing is sent here.

What the person wrote exists only while the turn runs: it is neither stored nor logged. Delivering is `bot/deliver.py`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, assert_never

import msgspec
import structlog
from limits import RateLimitItemPerMinute
from limits.aio.strategies import RateLimiter

from bot.channels.messages import Address, Inbound, Outbound
from bot.papers.calendar_link import CalendarLinks
from bot.ports import Cause, Classifier, Clock, FromInbound, Repeated, Stale, Unit
from bot.privacy import where_it_broke
from bot.saying import Site, expecting_of, messages_of, shell_message
from bot.stores.engine import StoreAway
from bot.stores.redis import Locks
from bot.stores.sql import SqlStore
from flows.eligibility.book import Book
from flows.engine.conversation import Conversation
from flows.engine.events import (
    AnyEvent,
    ChoicePicked,
    ContactShared,
    LocationShared,
    MediaReceived,
    MessageReceived,
    Started,
    TalkBrought,
)
from nlu.entities.phone import normal
from nlu.entities.place import inside_vietnam, near
from nlu.entities.talk_code import read_talk_code
from nlu.places.index import PlaceIndex, packaged
from nlu.reading import Expecting, Intent, Reading

log = structlog.get_logger(__name__)

PULLED = frozenset({"web", "terminal"})  # channels whose people get the answer with their own request
TRIES = 6
CODES, CODES_MINUTES = 5, 15
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Worked(Protocol):
    """What `step` gives."""

    @property
    def conversation(self) -> Conversation: ...
    @property
    def effects(self) -> tuple[object, ...]: ...


Step = Callable[[Conversation | None, AnyEvent, Book], Worked]
Read = Callable[[str, Expecting | None, Intent | None, date | None], Reading]


@dataclass(frozen=True)
class Limits:
    """How much one person may send."""

    limiter: RateLimiter
    messages_per_minute: int = 30

    async def allows(self, digest: str) -> bool:
        return await self.limiter.hit(RateLimitItemPerMinute(self.messages_per_minute), "turn", digest)

    async def wants_telling(self, digest: str) -> bool:
        """Somebody who sends too much is told so once a minute, not each time."""
        return await self.limiter.hit(RateLimitItemPerMinute(1), "told", digest)

    async def allows_code(self, digest: str) -> bool:
        """Codes of other talks that one person may try; more is guessing."""
        return await self.limiter.hit(RateLimitItemPerMinute(CODES, CODES_MINUTES), "code", digest)


class Turns:
    """Takes in what happens to a talk, one thing at a time."""

    def __init__(
        self,
        store: SqlStore,
        book: Callable[[], Book],
        classifier: Classifier,
        clock: Clock,
        *,
        step: Step,
        read: Read,
        locks: Locks,
        limits: Limits | None = None,
        index: Callable[[], PlaceIndex] = packaged,
        site: str = "",
        language: str = "vi",
    ) -> None:
        self._store, self._book, self._classifier, self._clock = store, book, classifier, clock
        self._step, self._read = step, read
        self._locks, self._limits = locks, limits
        self._index = index
        self._site = Site(site, CalendarLinks(store.ring.hash("web", "calendar"), site))
        self._language = language

    async def receive(self, inbound: Inbound) -> list[Outbound]:
        """Take in one message; the worded answers. A repeated delivery changes nothing and gives the same answers.

        Channels whose people fetch their messages show what comes back; for the others it waits in the outbox.
        """
        pulled = inbound.address.channel in PULLED
        digest = self._store.hash_of(inbound.address)
        cause = FromInbound(inbound.message_id)
        try:
            if await self._store.received(inbound):
                return await self._store.answered(inbound) if pulled else []
            if self._limits is not None and not await self._limits.allows(digest):
                return await self._too_many(inbound, digest, pulled)
            async with self._locks.hold(digest):
                return await self._turn(inbound.address, cause, lambda unit, at: self._event_of(unit, inbound, at))
        except Repeated:
            return await self._store.answered(inbound) if pulled else []
        except StoreAway:
            if pulled:
                return [shell_message("shell.trouble", self._language)]
            raise  # not noted: the channel delivers it again
        except Exception as error:
            # Our own fault. The person hears of it, the message counts as taken in, and the next one finds the talk as it was.
            log.error("turn.failed", kind=inbound.kind, channel=inbound.address.channel, **where_it_broke(error))
            message = shell_message("shell.trouble", self._language)
            at = self._clock.now()
            await self._store.say(inbound.address, message, cause=inbound.message_id, at=at, pulled=pulled)
            return [message]

    async def happen(self, address: Address, event: AnyEvent, cause: Cause) -> list[Outbound]:
        """Take in something that no message brought (staff replied, a wait ran out). Raises `Repeated` or what went wrong."""

        async def filled(unit: Unit, at: datetime) -> AnyEvent:
            return msgspec.structs.replace(event, at=_iso(at), id=_event_id(cause), fresh=fresh_token())

        async with self._locks.hold(self._store.hash_of(address)):
            return await self._turn(address, cause, filled)

    async def state(self, address: Address) -> Conversation | None:
        """The talk as it stands, for the terminal and for test builds."""
        async with self._store.turn(address, self._clock.now()) as unit:
            return unit.conversation

    async def _turn(self, address: Address, cause: Cause, make_event) -> list[Outbound]:
        for attempt in range(TRIES):
            at = self._clock.now()
            async with self._store.turn(address, at) as unit:
                event = await make_event(unit, at)
                book = self._book()
                worked = self._step(unit.conversation or self._new(at), event, book)
                messages = messages_of(worked.effects, worked.conversation, book, self._site, at)
                try:
                    await unit.commit(
                        worked.conversation,
                        worked.effects,
                        messages,
                        cause=cause,
                        at=datetime.fromisoformat(event.at),
                        pulled=address.channel in PULLED and isinstance(cause, FromInbound),
                        farewell=shell_message("shell.moved_away", worked.conversation.language),
                    )
                except Stale:
                    log.info("turn.stale", attempt=attempt)
                    await asyncio.sleep(0.01 * 2**attempt * (1 + secrets.randbelow(100) / 100))
                    continue
                log.info(
                    "turn.done",
                    talk=unit.pseudonym[:8],
                    happened=type(event).__name__,
                    flow=worked.conversation.flow,
                    effects=[type(effect).__name__ for effect in worked.effects],
                )
                return messages
        raise Stale

    def _new(self, at: datetime) -> Conversation | None:
        if self._language == "vi":
            return None
        return Conversation(language=self._language, started_at=_iso(at), seen_at=_iso(at))

    async def _event_of(self, unit: Unit, inbound: Inbound, at: datetime) -> AnyEvent:
        here = {"at": _iso(at), "id": inbound.message_id, "fresh": fresh_token()}
        code = read_talk_code(inbound.text or inbound.payload) if inbound.kind in {"text", "start"} else None
        if code is not None:
            return await self._brought(unit, inbound.address, code, at, here)
        match inbound.kind:
            case "text":
                return MessageReceived(reading=await self._reading(unit.conversation, inbound.text, at), **here)
            case "choice":
                return ChoicePicked(choice=inbound.choice, token=inbound.token, **here)
            case "contact":
                return ContactShared(phone=normal(inbound.phone), own=inbound.own, **here)
            case "location":
                return _location(inbound, here, self._index())
            case "media":
                return MediaReceived(kind=inbound.media, **here)
            case "start":
                invited = bool(inbound.payload) and await self._store.accept_invitation(
                    inbound.address, inbound.payload, at=at
                )
                helps = "volunteer" if invited or unit.helper else "applicant"
                return Started(payload="" if invited else inbound.payload, by=helps, **here)
            case _:
                assert_never(inbound.kind)

    async def _brought(self, unit: Unit, address: Address, code: str, at: datetime, here: dict[str, str]) -> TalkBrought:
        """What a code opens. Too many tries open nothing and are answered like a wrong one."""
        allowed = self._limits is None or await self._limits.allows_code(self._store.hash_of(address))
        return TalkBrought(code=code, conversation=await unit.bring(code, at) if allowed else None, **here)

    async def _reading(self, conversation: Conversation | None, text: str, at: datetime) -> Reading:
        expecting = expecting_of(conversation)
        intent = await self._classifier.classify(text, expecting) if text.strip() else None
        return self._read(text, expecting, intent, at.date())

    async def _too_many(self, inbound: Inbound, digest: str, pulled: bool) -> list[Outbound]:
        telling = await self._limits.wants_telling(digest) if self._limits else False
        log.warning("turn.too_many", channel=inbound.address.channel)
        message = shell_message("shell.too_many", self._language)
        if not pulled and telling:
            await self._store.say(inbound.address, message, cause=None, at=self._clock.now())
        return [message] if pulled else []


def fresh_token() -> str:
    """Eight characters that nobody can guess and everybody can read out (no I, L, O, U)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(8))


def _location(inbound: Inbound, here: dict[str, str], index: PlaceIndex) -> LocationShared:
    """The communes around; the location itself goes no further than this."""
    lat, lon = inbound.lat, inbound.lon
    if lat is None or lon is None or not inside_vietnam(lat, lon, index):
        return LocationShared(inside=False, **here)
    return LocationShared(candidates=near(lat, lon, index=index), **here)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _event_id(cause: Cause) -> str:
    return msgspec.json.encode(cause).decode() if not isinstance(cause, FromInbound) else cause.message_id
