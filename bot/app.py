"""Composition root: Settings in, running App out. The only place that joins the parts; no decision is made here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.channels.telegram import Telegram
from bot.clock import SystemClock
from bot.deliver import Deliverer
from bot.embedded import Embedded, load_model
from bot.leads.forward import gateways_of
from bot.ports import Channel, Classifier, Clock, PointGateway
from bot.rasa import Rasa
from bot.rulebook import Rulebook
from bot.settings import Settings, key_ring
from bot.stores.memory import MemoryStore
from bot.stores.redis import Limiter, Locks
from bot.stores.sql import SqlStore
from bot.turn import Limits, Turns
from flows.eligibility.book import load_book
from flows.engine.step import step
from nlu import read
from nlu.entities.place import read_places

log = structlog.get_logger(__name__)


class NotMigrated(Exception):
    """The database is not at the schema of this version: run `vayvon migrate`."""


@dataclass
class App:
    """The running parts."""

    settings: Settings
    clock: Clock
    store: SqlStore
    rules: Rulebook
    turns: Turns
    deliverer: Deliverer
    locks: Locks
    limiter: Limiter
    telegram: Telegram | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    def start_work(self) -> None:
        """Deliver the outbox and take up new points, beside whatever else runs."""
        self._tasks.append(asyncio.create_task(self.deliverer.run(self._stop), name="outbox"))
        self.start_upkeep()

    def start_upkeep(self) -> None:
        """Take up new points only: another process delivers."""
        self._tasks.append(asyncio.create_task(self.rules.keep_fresh(self._stop), name="points"))

    def start_polling(self) -> None:
        """Ask Telegram for messages, where it is set up."""
        if self.telegram is not None:
            self._tasks.append(asyncio.create_task(self.telegram.poll(self.turns.receive), name="telegram"))

    async def wait(self) -> None:
        """Until a part ends, which none does on its own: its error is raised here."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Finish what has begun, then close everything."""
        self._stop.set()
        for task in self._tasks:
            if task.get_name() == "telegram":
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.telegram is not None:
            await self.telegram.close()
        await self.locks.close()
        await self.store.close()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    dry: bool = False,
    language: str | None = None,
    limited: bool = True,
    classifier: Classifier | None = None,
) -> AsyncIterator[App]:
    """The app over the store of the settings, or over one in memory (`dry`). Raises `BadSettings`, `WrongKeys`, `NotMigrated`."""
    clock = clock or SystemClock()
    gateways: Sequence[PointGateway] = () if dry else gateways_of(settings)
    names = [gateway.name for gateway in gateways]
    store = MemoryStore(names) if dry else SqlStore(settings.database, key_ring(settings), names)
    await _prepare(store, settings, dry)
    rules = Rulebook(load_book(), store, lambda: clock.now().date())
    await rules.refresh()
    redis = settings.redis_url.get_secret_value() if settings.redis_url and not dry else None
    locks, limiter = Locks(redis), Limiter(redis)
    turns = Turns(
        store,
        rules.book,
        classifier or await classifier_of(settings),
        clock,
        step=step,
        read=partial(read, places=lambda text: read_places(text, index=rules.index())),
        index=rules.index,
        locks=locks,
        limits=Limits(limiter, settings.messages_per_minute) if limited else None,
        site=settings.address,
        language=language or settings.language,
    )
    telegram = _telegram(settings, clock) if not dry else None
    channels: list[Channel] = [telegram] if telegram is not None else []
    deliverer = Deliverer(store, turns, clock, channels, gateways, remind=settings.reminders)
    app = App(settings, clock, store, rules, turns, deliverer, locks, limiter, telegram)
    try:
        yield app
    finally:
        await app.stop()


@asynccontextmanager
async def open_store(settings: Settings, migrated: bool = True) -> AsyncIterator[SqlStore]:
    """The store alone, for commands that need no talk; `migrated` False takes the schema as it is."""
    store = SqlStore(settings.database, key_ring(settings), [gateway.name for gateway in gateways_of(settings)])
    try:
        if migrated:
            await _prepare(store, settings, dry=False)
        yield store
    finally:
        await store.close()


async def classifier_of(settings: Settings) -> Classifier:
    """The embedded classifier, or Rasa with the embedded one behind it."""
    embedded = Embedded(await asyncio.to_thread(load_model, settings.var))
    if not settings.rasa_url:
        return embedded
    return Rasa(settings.rasa_url, embedded, timeout=settings.rasa_timeout)


async def _prepare(store: SqlStore, settings: Settings, dry: bool) -> None:
    if dry or settings.on_sqlite:
        await store.migrate()
    here, wanted = await store.schema()
    if here != wanted:
        raise NotMigrated(NotMigrated.__doc__)
    await store.check_keys()


def _telegram(settings: Settings, clock: Clock) -> Telegram | None:
    if settings.telegram_token is None:
        return None
    return Telegram(settings.telegram_token.get_secret_value(), clock, settings.telegram_api)
