"""Leases: one owner, a short life, and nobody gives back another's."""

from __future__ import annotations

import asyncio

from leadline.cache import CacheSettings, ResultCache
from tests.support.waiting import until


async def test_one_has_it_until_it_is_given_back(cache: ResultCache, other: ResultCache) -> None:
    token = await cache.leases.take("q")
    assert token
    assert await other.leases.take("q") == ""
    await other.leases.give("q", "somebody else's")
    assert await other.leases.held("q")
    await cache.leases.give("q", token)
    assert not await other.leases.held("q")
    assert await other.leases.take("q")


async def _free(cache: ResultCache) -> bool:
    return not await cache.leases.held("q")


async def test_it_ends_with_its_owner_and_lasts_if_renewed(valkey: str) -> None:
    cache = ResultCache.at(valkey, CacheSettings(lease=1.5))
    token = await cache.leases.take("q")
    assert token
    for _ in range(3):
        await asyncio.sleep(0.6)
        await cache.leases.renew("q", token)
    assert await cache.leases.held("q")
    await until(lambda: _free(cache), 1.5)
    second = await cache.leases.take("q")
    await cache.leases.renew("q", token)
    await cache.leases.give("q", token)
    assert second and await cache.leases.held("q"), "the old owner has no say any more"
    await cache.close()


async def test_without_redis_nobody_has_one() -> None:
    cache = ResultCache.at("redis://127.0.0.1:1/0")
    assert await cache.leases.take("q") is None
    assert not await cache.leases.turn("v", 1)
    await cache.close()


async def test_a_turn_is_taken_once_in_its_time(cache: ResultCache, other: ResultCache) -> None:
    assert [await one.leases.turn("v", 1) for one in (cache, other, cache)] == [True, False, False]
    await until(lambda: other.leases.turn("v", 1), 1)
