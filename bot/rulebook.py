"""The rules together with the units and transaction points of now: what every turn reads. No rule and no import here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import structlog
from sqlalchemy import func, select

from bot.leads.points import load
from bot.leads.units import load_index, units_mark
from bot.ports import Away
from bot.stores.engine import Sessions
from bot.stores.tables import hamlets, point_exceptions, points
from flows.eligibility.book import Book
from nlu.places.index import PlaceIndex, packaged

log = structlog.get_logger(__name__)

LOOK_EVERY = 30  # seconds; several processes serve, and any of them may have taken in a new list of points


class Rulebook:
    """The book with the directory of points laid in; a new list of points makes a new book, for the next turn.

    `today` tells which decrees are in force.
    """

    def __init__(self, rules: Book, store: Sessions, today: Callable[[], date]) -> None:
        self._now = rules
        self._store = store
        self._today = today
        self._index: PlaceIndex | None = None
        self._units: tuple[object, ...] | None = None
        self._version = ""
        self._seen: tuple[object, ...] | None = None

    def book(self) -> Book:
        """The rules as of now; a turn that has begun keeps the one that it began with."""
        return self._now

    def index(self) -> PlaceIndex:
        """The units as of now: names, mappings, middles."""
        return self._index or packaged()

    async def refresh(self) -> bool:
        """Take up changed units and points; whether there were any."""
        today = self._today()
        units, mark = await units_mark(self._store, today), await self._mark()
        if (units, mark) == (self._units, self._seen):
            return False
        if units != self._units:
            self._index, self._version = await load_index(self._store, today)
        self._now = replace(self._now, points=await load(self._store, self._index, self._version))
        self._units, self._seen = units, mark
        return True

    async def keep_fresh(self, stop: asyncio.Event) -> None:
        """Look for changed points now and then, until told to stop."""
        while not stop.is_set():
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await stop.wait()
            except TimeoutError:
                try:
                    if await self.refresh():
                        log.info("points.refreshed")
                except Away as error:
                    log.warning("store.away", kind=str(error))

    async def _mark(self) -> tuple[object, ...]:
        """Changes whenever a point, a hamlet or an exception does."""
        parts = (
            select(func.count()).select_from(points),
            select(func.max(points.c.updated_at)),
            select(func.max(hamlets.c.id)),
            select(func.count()).select_from(hamlets),
            select(func.max(point_exceptions.c.id)),
            select(func.count()).select_from(point_exceptions),
        )
        async with self._store.reading() as connection:
            return tuple([(await connection.execute(part)).scalar() for part in parts])
