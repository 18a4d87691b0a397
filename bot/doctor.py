"""Is everything all right? Each part is looked at on its own, so that one broken part hides no other. Nothing is mended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from bot.app import open_store
from bot.clock import SystemClock
from bot.embedded import load_model
from bot.ports import Away
from bot.privacy import CannotUnseal
from bot.settings import BadSettings, Settings, key_ring
from bot.stores.sql import SqlStore, WrongKeys
from bot.stores.tables import leads, points, staff
from bot.wording import LANGUAGES, catalogue
from flows.eligibility.book import load_book
from flows.eligibility.sheets import BookError
from nlu.places.index import packaged

LATE_SECONDS = 300
KNOWN = (Away, BadSettings, BookError, CannotUnseal, OSError, RedisError, WrongKeys, LookupError)


@dataclass(frozen=True)
class Finding:
    """What one part looks like."""

    part: str
    ok: bool
    says: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def examine(settings: Settings, revive: bool = False) -> list[Finding]:
    """Look at every part."""
    findings = [
        await _look("keys", lambda: _keys(settings)),
        await _look("rules", _rules),
        await _look("catalogues", _catalogues),
        await _look("places", _places),
        await _look("classifier", lambda: _classifier(settings)),
        await _look("redis", lambda: _redis(settings)),
    ]
    try:
        async with open_store(settings, migrated=False) as store:
            findings += await _database(store, revive)
    except KNOWN as error:
        findings.append(Finding("database", False, str(error) or type(error).__name__))
    return findings


async def _look(part: str, look: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(part, True, await look())
    except KNOWN as error:
        return Finding(part, False, str(error) or type(error).__name__)


async def _keys(settings: Settings) -> str:
    return f"sealing with {key_ring(settings).current}"


async def _rules() -> str:
    book = load_book()
    return f"{len(book.programmes)} programmes, {len(book.parameters)} parameters, {len(book.facts)} facts"


async def _catalogues() -> str:
    counts = {language: set(catalogue(language)) for language in LANGUAGES}
    lacking = set.union(*counts.values()) - set.intersection(*counts.values())
    if lacking:
        raise LookupError(f"not worded in every language: {', '.join(sorted(lacking)[:5])}")
    return f"{len(counts['vi'])} texts in {', '.join(LANGUAGES)}"


async def _places() -> str:
    return f"{len(packaged().communes)} communes"


async def _classifier(settings: Settings) -> str:
    begun = time.monotonic()
    await asyncio.to_thread(load_model, settings.var)
    return f"loaded in {time.monotonic() - begun:.1f} s" + (
        f", Rasa first ({settings.rasa_url})" if settings.rasa_url else ""
    )


async def _redis(settings: Settings) -> str:
    if settings.redis_url is None:
        return "none: locks and limits within one process"
    client = Redis.from_url(settings.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2)
    try:
        await client.ping()
    finally:
        await client.aclose()
    return "answers"


async def _database(store: SqlStore, revive: bool) -> list[Finding]:
    here, wanted = await store.schema()
    if here != wanted:
        return [Finding("database", False, f"schema {here or 'none'}, this version wants {wanted}: run vayvon migrate")]
    await store.check_keys()
    now = SystemClock().now()
    revived = await store.revive(now) if revive else 0
    backlog = await store.backlog(now)
    old = await store.sealed_with_old_keys()
    async with store.reading() as connection:
        counts = {
            name: (await connection.execute(select(func.count()).select_from(table))).scalar()
            for name, table in (("points", points), ("staff", staff), ("leads", leads))
        }
    late = backlog["oldest_due_seconds"] > LATE_SECONDS
    outbox = (
        f"{backlog['waiting']} waiting, oldest due for {backlog['oldest_due_seconds']} s, {backlog['dead']} given up"
    )
    return [
        Finding("database", True, f"{store.engine.dialect.name}, schema {here}"),
        Finding(
            "outbox", not late and not backlog["dead"], outbox + (f", {revived} to be tried again" if revive else "")
        ),
        Finding(
            "sealing", True, f"{old} rows still sealed with an older key" if old else "all rows with the current key"
        ),
        Finding(
            "points",
            True,
            f"{counts['points']} imported" if counts["points"] else "none imported: every point is presumed",
        ),
        Finding("people", True, f"{counts['staff']} staff (the first `serve` makes one), {counts['leads']} leads"),
    ]
