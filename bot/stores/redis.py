"""What several processes share for comfort, not for truth: a lock per applicant and rate limits. All of it may be lost at any moment.

Without Redis, or while it is away, the same holds within this process; two processes at once are then kept apart by the
conversation's version alone.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

HOLD_SECONDS = 30  # a turn is done long before; a process that died holds nobody up for longer
_UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
_AWAY = (RedisError, OSError, TimeoutError)


class Locks:
    """One holder a key at a time: within this process, and over all of them where Redis is there."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) if redis_url else None
        self._held: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Wait for the key, hold it, give it back."""
        lock, waiting = self._held.get(key, (asyncio.Lock(), 0))
        self._held[key] = (lock, waiting + 1)
        try:
            async with lock:
                token = await self._lock_everywhere(key)
                try:
                    yield
                finally:
                    await self._unlock_everywhere(key, token)
        finally:
            lock, waiting = self._held.pop(key)
            if waiting > 1:
                self._held[key] = (lock, waiting - 1)

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    async def _lock_everywhere(self, key: str) -> str | None:
        if self._redis is None:
            return None
        token = secrets.token_hex(8)
        deadline = asyncio.get_running_loop().time() + HOLD_SECONDS
        try:
            while not await self._redis.set(f"lock:{key}", token, nx=True, px=HOLD_SECONDS * 1000):
                if asyncio.get_running_loop().time() > deadline:
                    return None  # the version of the row decides then
                await asyncio.sleep(0.02)
        except _AWAY as error:
            log.warning("redis.away", kind=type(error).__name__)
            return None
        return token

    async def _unlock_everywhere(self, key: str, token: str | None) -> None:
        if self._redis is None or token is None:
            return
        try:
            await self._redis.eval(_UNLOCK, 1, f"lock:{key}", token)
        except _AWAY as error:
            log.warning("redis.away", kind=type(error).__name__)


class Limiter(MovingWindowRateLimiter):
    """Counts over all processes where Redis is there, else in this one."""

    def __init__(self, redis_url: str | None = None) -> None:
        super().__init__(
            storage_from_string(f"async+{redis_url}", implementation="redispy") if redis_url else MemoryStorage()
        )
        self._here = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count once; False if that is too often."""
        try:
            return await super().hit(item, *identifiers, cost=cost)
        except _AWAY as error:
            log.warning("redis.away", kind=type(error).__name__)
            return await self._here.hit(item, *identifiers, cost=cost)
