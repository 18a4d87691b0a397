"""The outbox worker: what was committed leaves the house, what waited comes back to its talk, what is old is forgotten.

Messages were worded before the commit (`bot/saying.py`). A row is retried by the kind of its `ChannelError`; one that is
given up stays visible (`vayvon doctor`). Any number of workers may run at once: each row is claimed by one of them.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from bot.channels.errors import ChannelError, OurFault, PersonGone, TryAgain
from bot.channels.messages import Outbound
from bot.ports import Channel, Clock, FromOutbox, FromReminder, PointGateway, Queued, Repeated, Stale
from bot.privacy import where_it_broke
from bot.stores.engine import StoreAway
from bot.stores.sql import Reminder, SqlStore
from bot.turn import Turns
from flows.engine.events import AnyEvent, WaitExpired

log = structlog.get_logger(__name__)

BATCH = 20
SEND_SECONDS = 40  # below the time that a row stays claimed
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=24)
REMINDER_TRIES = 5
ALWAYS = ("handover",)  # no reminder, but the end of a silence: it is kept also where nobody is to be reminded
SWEEP_EVERY = timedelta(minutes=10)
IDLE_SECONDS = 0.5


class Deliverer:
    """Delivers the outbox of one store."""

    def __init__(
        self,
        store: SqlStore,
        turns: Turns,
        clock: Clock,
        channels: Sequence[Channel] = (),
        gateways: Sequence[PointGateway] = (),
        *,
        remind: bool = True,
    ) -> None:
        self._store, self._turns, self._clock = store, turns, clock
        self._channels: Mapping[str, Channel] = {channel.name: channel for channel in channels}
        self._gateways: Mapping[str, PointGateway] = {gateway.name: gateway for gateway in gateways}
        self._remind = remind
        self._worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._swept_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a database that is away is waited for."""
        pause = IDLE_SECONDS
        while not stop.is_set():
            try:
                pause = IDLE_SECONDS if not await self.once() else 0
            except StoreAway as error:
                pause = min(max(pause, IDLE_SECONDS) * 2, 30)
                log.warning("store.away", kind=str(error), pause=pause)
            if pause:
                await _wait(stop, pause)

    async def once(self) -> int:
        """One round: what is due now. How much was done."""
        now = self._clock.now()
        ways = [*self._channels, *self._gateways]
        rows = await self._store.due(now, BATCH, self._worker, ways)
        await asyncio.gather(*(self._deliver(row) for row in rows))
        reminders = await self._store.due_reminders(now, BATCH, None if self._remind else ALWAYS)
        for reminder in reminders:
            await self._wake(reminder)
        await self._sweep(now)
        return len(rows) + len(reminders)

    async def drain(self, rounds: int = 100) -> int:
        """Rounds until nothing is due any more (for tests and for one-off commands)."""
        done = 0
        for _ in range(rounds):
            worked = await self.once()
            done += worked
            if not worked:
                break
        return done

    async def _deliver(self, row: Queued) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._hand_over(row)
        except TryAgain as error:
            await self._try_again(row, type(error).__name__, error.after)
        except (PersonGone, OurFault) as error:
            await self._give_up(row, type(error).__name__)
        except ChannelError as error:
            await (self._try_again(row, "ChannelError") if error.retry else self._give_up(row, "ChannelError"))
        except (TimeoutError, Stale) as error:
            await self._try_again(row, type(error).__name__)
        except StoreAway:
            raise
        except Exception as error:
            log.error("outbox.failed", row=row.id, kind=row.kind, channel=row.channel, **where_it_broke(error))
            await self._try_again(row, type(error).__name__)

    async def _hand_over(self, row: Queued) -> None:
        match row.kind:
            case "event":
                await self._come_back(row)  # its turn marks the row as done, in its own transaction
            case "lead":
                lead = await self._store.lead(row.lead or "")
                if lead is not None:
                    await self._gateways[row.channel].forward(lead)
                await self._store.sent(row.id, self._clock.now())
            case _:
                if row.address is None:
                    raise OurFault("a message without an address")
                await self._channels[row.channel].send(row.address, msgspec.convert(row.payload, Outbound), row.key)
                await self._store.sent(row.id, self._clock.now())

    async def _come_back(self, row: Queued) -> None:
        if row.address is None:
            raise OurFault("an event without an address")
        event = msgspec.convert(row.payload, AnyEvent)
        try:
            await self._turns.happen(row.address, event, FromOutbox(row.id, row.lead))
        except Repeated:
            log.info("outbox.repeated", row=row.id)

    async def _try_again(self, row: Queued, error: str, after: float | None = None) -> None:
        now = self._clock.now()
        if now - row.created_at > GIVE_UP_AFTER:
            await self._give_up(row, error)
            return
        pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
        if after is not None:
            pause = max(timedelta(seconds=min(after, 3600)), timedelta(seconds=1))
        log.info(
            "outbox.retry", row=row.id, kind=row.kind, channel=row.channel, error=error, pause=pause.total_seconds()
        )
        await self._store.retry(row.id, now + pause, error)

    async def _give_up(self, row: Queued, error: str) -> None:
        log.warning("outbox.dead", row=row.id, kind=row.kind, channel=row.channel, error=error)
        await self._store.bury(row.id, self._clock.now(), error)

    async def _wake(self, reminder: Reminder) -> None:
        try:
            cause = FromReminder(reminder.name, reminder.due_at)
            await self._turns.happen(reminder.address, WaitExpired(at="", name=reminder.name), cause)
        except Repeated:
            log.info("reminder.repeated", name_of_wait=reminder.name)
        except StoreAway:
            raise
        except Exception as error:
            log.error("reminder.failed", name_of_wait=reminder.name, **where_it_broke(error))
            again = self._clock.now() + FIRST_PAUSE * 2**reminder.attempts
            await self._store.put_off_reminder(reminder, again if reminder.attempts < REMINDER_TRIES else None)

    async def _sweep(self, now: datetime) -> None:
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = now
        forgotten = await self._store.sweep(now)
        if forgotten:
            log.info("swept", **forgotten)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
