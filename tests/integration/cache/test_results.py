"""F23, F24, F26, F27: a broken cache is a miss, within the budget, and mends by itself."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from leadline.cache import Budget, CacheSettings, ResultCache, spending
from leadline.cache.entry import encode
from tests.integration.cache.conftest import BUDGET, MODEL, behind, entry, port
from tests.support.relay import Relay
from tests.support.waiting import LATE, until

NAME = "ll:main:o1:q:k.0"


async def _put(cache: ResultCache, name: str = NAME) -> None:
    assert await cache.keep(name, entry(), MODEL, primary=True) is not None


async def test_what_is_kept_is_found_by_every_process(cache: ResultCache, other: ResultCache) -> None:
    assert cache.name("o1", "k", 0) == NAME
    await _put(cache)
    looked = await other.look([NAME, "ll:main:o2:q:k.0"], MODEL)
    assert looked.entries == [entry(), None], "another organisation has none"
    assert set(looked.published or {}) == {""}, "only when it began"


async def test_a_newer_answer_is_never_replaced_by_an_older_one(
    cache: ResultCache, other: ResultCache
) -> None:
    newer = entry(4, as_of=9)
    assert await cache.keep(NAME, newer, MODEL, primary=True) is newer
    assert await other.keep(NAME, entry(3, as_of=8), MODEL, primary=True) == newer
    assert (await other.look([NAME], MODEL)).entries == [newer]
    assert other.counters.outdated == 1


async def test_a30_names_of_two_organisations_never_meet(cache: ResultCache) -> None:
    names = {
        cache.name(org, live, 0) for org in ("a", "a:b", "a*", "a\n", "á", "a%3Ab") for live in ("k", "b:k")
    }
    assert len(names) == 12
    assert cache.name("a:b", "k", 0) != cache.name("a", "b:k", 0)


@pytest.mark.parametrize("damage", [b"", b"\x01", b"cut", b"LL00", b"text of another program"])
async def test_f27_a_damaged_entry_is_a_miss_deleted_and_counted(
    cache: ResultCache, valkey: str, damage: bytes
) -> None:
    data = encode(entry())
    broken = data[:-1] if damage == b"cut" else damage + data[4:] if damage == b"LL00" else damage
    async with Redis.from_url(valkey) as client:
        await client.set(NAME, broken)
        assert (await cache.look([NAME], MODEL)).entries == [None]
        assert not await client.exists(NAME)
    assert cache.counters.corrupt == 1


async def test_f27_a_damaged_entry_does_not_keep_good_ones_away(
    cache: ResultCache, other: ResultCache, valkey: str
) -> None:
    future = encode(entry(as_of=99))
    async with Redis.from_url(valkey) as client:
        await client.set(NAME, future[:-1])
        await _put(cache)
    assert (await other.look([NAME], MODEL)).entries == [entry()]


async def test_f27_an_entry_of_another_kind_is_a_miss(cache: ResultCache, valkey: str) -> None:
    async with Redis.from_url(valkey) as client:
        await client.lpush(NAME, "x")
    assert (await cache.look([NAME], MODEL)).entries == [None]
    await _put(cache)
    assert (await cache.look([NAME], MODEL)).entries == [entry()]


async def _is_back(cache: ResultCache) -> bool:
    """It closes by itself, without anybody asking."""
    return not cache.store.away


async def test_f24_a_frozen_server_costs_the_budget_once_and_then_nothing(valkey: str) -> None:
    async with Relay(port(valkey)) as relay, behind(relay, valkey) as cache:
        await _put(cache, "n")
        relay.freeze()
        started = time.monotonic()
        found = await asyncio.gather(*(cache.look(["x"], MODEL) for _ in range(12)))
        assert [one.published for one in found] == [None] * 12
        assert time.monotonic() - started < BUDGET + LATE
        assert cache.store.away
        started = time.monotonic()
        for _ in range(50):
            assert (await cache.look(["n"], MODEL)).entries == [entry()], "what is held here goes on"
            await _put(cache, "n")
        assert time.monotonic() - started < 50 * BUDGET, "nobody waits any more"
        await relay.mend()
        await until(lambda: _is_back(cache), 1)
        assert (await cache.look(["n"], MODEL)).published is not None


async def test_f24_one_request_has_one_budget_however_often_it_asks(valkey: str) -> None:
    async with Relay(port(valkey)) as relay, behind(relay, valkey) as cache:
        await cache.alive()
        whole = 50 * BUDGET / 10
        budget = Budget(whole)
        with spending(budget):
            await asyncio.gather(*(cache.look(["x"], MODEL) for _ in range(50)))
            assert 0 < whole - budget.left() < whole and not cache.store.away, "answered soon it costs little"
            relay.freeze()
            started = time.monotonic()
            for _ in range(50):
                await cache.look(["x"], MODEL)
            assert time.monotonic() - started < 50 * BUDGET


async def test_f23_a_server_that_comes_back_empty_is_used_again(valkey: str) -> None:
    async with Relay(port(valkey)) as relay, behind(relay, valkey) as cache:
        assert await cache.alive()
        await relay.cut()
        assert (await cache.look(["n"], MODEL)).published is None
        assert not await cache.alive()
        await relay.mend()
        await until(lambda: _is_back(cache), 1)
        assert (await cache.look(["n"], MODEL)).entries == [None]
        await _put(cache, "n")
        assert (await cache.look(["n"], MODEL)).entries == [entry()]


async def test_f26_a_full_server_only_misses(cache: ResultCache, valkey: str) -> None:
    async with Redis.from_url(valkey) as client:
        await client.config_set("maxmemory", "1")
        try:
            await _put(cache)
            assert not cache.store.away
        finally:
            await client.config_set("maxmemory", "0")
        assert not await client.exists(NAME)


async def test_a_wrong_password_only_misses(valkey: str) -> None:
    cache = ResultCache.at(valkey.replace("test@", "wrong@"))
    assert (await cache.look([NAME], MODEL)).entries == [None]
    assert not await cache.alive()
    await cache.close()


async def test_what_is_too_large_is_not_kept(valkey: str) -> None:
    cache = ResultCache.at(valkey, CacheSettings(largest=100, held=100))
    await _put(cache)
    async with Redis.from_url(valkey) as client:
        assert not await client.exists(NAME)
    await cache.close()


async def test_the_time_is_that_of_redis(cache: ResultCache, valkey: str) -> None:
    await cache.alive()
    async with Redis.from_url(valkey) as client:
        seconds, micro = await client.time()
    assert abs(cache.store.now() - (seconds + micro / 1e6)) < 1
    await cache.store.set_clock()
    assert abs(cache.store.now() - time.time()) < 1
