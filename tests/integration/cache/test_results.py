"""F23, F24, F26, F27: a broken cache is a miss, within the budget, and mends by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest
from redis.asyncio import Redis

from leadline.cache import CacheSettings, ResultCache, codec
from leadline.core.result import Column, Result, ServedBy
from tests.support.relay import Relay

RESULT = Result(
    (Column("sales", "sales", "integer", "Sales"),),
    ((3,),),
    1,
    "now",
    "as_of",
    None,
    ServedBy("base"),
    key="k",
)
BUDGET = 0.1


@pytest.fixture
async def cache(valkey: str) -> AsyncIterator[ResultCache]:
    made = ResultCache.at(valkey)
    yield made
    await made.close()


@asynccontextmanager
async def _behind(relay: Relay, valkey: str) -> AsyncIterator[ResultCache]:
    parts = urlsplit(valkey)
    address = f"{parts.netloc.rpartition(':')[0]}:{relay.port}"
    made = ResultCache.at(urlunsplit(parts._replace(netloc=address)), CacheSettings(ttl=60, budget=BUDGET))
    try:
        yield made
    finally:
        await made.close()


def _port(valkey: str) -> int:
    return urlsplit(valkey).port or 6379


async def test_what_is_put_is_got_until_it_is_old(valkey: str) -> None:
    cache = ResultCache.at(valkey, CacheSettings(ttl=0.2))
    await cache.put("o1", "k", RESULT)
    assert await cache.get("o1", "k") == RESULT
    assert await cache.get("o2", "k") is None, "another organisation"
    await asyncio.sleep(0.25)
    assert await cache.get("o1", "k") is None
    await cache.close()


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\x01", codec.encode(RESULT)[:-1], b"\x00" + codec.encode(RESULT)[1:], b"text of another program"],
)
async def test_f27_a_damaged_entry_is_a_miss_and_deleted(
    cache: ResultCache, valkey: str, damaged: bytes
) -> None:
    async with Redis.from_url(valkey) as client:
        await client.set("ll:o1:q:k", damaged)
        assert await cache.get("o1", "k") is None
        assert not await client.exists("ll:o1:q:k")


async def test_f27_an_entry_of_another_kind_is_a_miss(cache: ResultCache, valkey: str) -> None:
    async with Redis.from_url(valkey) as client:
        await client.lpush("ll:o1:q:k", "x")
    assert await cache.get("o1", "k") is None


async def test_f24_a_frozen_server_costs_the_budget_once_and_then_nothing(valkey: str) -> None:
    async with Relay(_port(valkey)) as relay, _behind(relay, valkey) as cache:
        await cache.put("o1", "k", RESULT)
        relay.freeze()
        started = time.monotonic()
        assert await asyncio.gather(*(cache.get("o1", "k") for _ in range(12))) == [None] * 12
        assert time.monotonic() - started < BUDGET * 1.5
        started = time.monotonic()
        for _ in range(50):
            assert await cache.get("o1", "k") is None
            await cache.put("o1", "k", RESULT)
        assert time.monotonic() - started < 0.05
        await relay.mend()
        await asyncio.sleep(1.1)
        await cache.get("o1", "k")
        assert await cache.get("o1", "k") == RESULT


async def test_f23_a_server_that_comes_back_empty_is_used_again(valkey: str) -> None:
    async with Relay(_port(valkey)) as relay, _behind(relay, valkey) as cache:
        assert await cache.alive()
        await relay.cut()
        assert await cache.get("o1", "k") is None
        assert not await cache.alive()
        await relay.mend()
        await asyncio.sleep(1.1)
        assert await cache.get("o1", "k") is None
        await cache.put("o1", "k", RESULT)
        assert await cache.get("o1", "k") == RESULT


async def test_f26_a_full_server_only_misses(cache: ResultCache, valkey: str) -> None:
    async with Redis.from_url(valkey) as client:
        await client.config_set("maxmemory", "1")
        try:
            await cache.put("o1", "k", RESULT)
            assert await cache.get("o1", "k") is None
        finally:
            await client.config_set("maxmemory", "0")


async def test_a_wrong_password_only_misses(valkey: str) -> None:
    cache = ResultCache.at(valkey.replace("test@", "wrong@"))
    assert await cache.get("o1", "k") is None
    assert not await cache.alive()
    await cache.close()
