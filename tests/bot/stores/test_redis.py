"""Locks and limits: within a process, over a real Redis, and when it is lost."""

from __future__ import annotations

import asyncio
import os

import pytest
from limits import RateLimitItemPerMinute
from redis.asyncio import Redis

from bot.stores.redis import Limiter, Locks

NOWHERE = "redis://127.0.0.1:1/0"


async def overlap(first: Locks, second: Locks) -> int:
    """How many holders there were at the same time, at most."""
    inside = most = 0

    async def one(locks: Locks) -> None:
        nonlocal inside, most
        async with locks.hold("person"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.02)
            inside -= 1

    await asyncio.gather(*(one(locks) for locks in (first, second) * 4))
    return most


async def test_one_holder_at_a_time_within_a_process() -> None:
    locks = Locks()
    assert await overlap(locks, locks) == 1
    assert locks._held == {}


async def test_a_holder_that_fails_gives_the_key_back() -> None:
    locks = Locks()
    with pytest.raises(RuntimeError):
        async with locks.hold("person"):
            raise RuntimeError
    async with asyncio.timeout(1), locks.hold("person"):
        assert len(locks._held) == 1


async def test_without_redis_the_rest_goes_on() -> None:
    locks, limiter = Locks(NOWHERE), Limiter(NOWHERE)
    assert await overlap(locks, locks) == 1
    once = RateLimitItemPerMinute(1)
    assert [await limiter.hit(once, "person") for _ in range(2)] == [True, False]
    await locks.close()


@pytest.mark.redis
async def test_one_holder_at_a_time_over_two_processes() -> None:
    first, second = Locks(os.environ["VAYVON_TEST_REDIS"]), Locks(os.environ["VAYVON_TEST_REDIS"])
    assert await overlap(first, second) == 1
    await first.close()
    await second.close()


@pytest.mark.redis
async def test_a_lock_that_was_lost_is_not_taken_from_its_next_holder() -> None:
    url = os.environ["VAYVON_TEST_REDIS"]
    locks, redis = Locks(url), Redis.from_url(url)
    async with locks.hold("person"):
        await redis.set("lock:person", "somebody else")
    assert await redis.get("lock:person") == b"somebody else"
    await redis.delete("lock:person")
    await redis.aclose()
    await locks.close()


@pytest.mark.redis
async def test_limits_count_over_two_processes() -> None:
    first, second = Limiter(os.environ["VAYVON_TEST_REDIS"]), Limiter(os.environ["VAYVON_TEST_REDIS"])
    twice = RateLimitItemPerMinute(2)
    assert [await one.hit(twice, "count", "person") for one in (first, second, first, second)] == [
        True,
        True,
        False,
        False,
    ]
