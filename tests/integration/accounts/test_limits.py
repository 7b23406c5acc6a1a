"""Counting attempts in Redis for all nodes, and without it."""

from __future__ import annotations

import time

import pytest

from leadline.accounts.limits import MemoryCounter, Rate, RedisCounter, SignInLimits
from leadline.accounts.schemas import TooManyAttemptsError
from leadline.cache import Store


async def test_nodes_share_one_count(valkey: str) -> None:
    first, second = Store(valkey), Store(valkey)
    one, two = RedisCounter(first), RedisCounter(second)
    assert [await counter.count("k", 60) for counter in (one, two, one)] == [1, 2, 3]
    assert 0 < await first.run("TTL", "k") <= 60
    await two.clear("k")
    assert await second.run("GET", "k") is None
    await first.close()
    await second.close()


async def test_without_redis_this_process_counts_alone() -> None:
    away = Store("redis://127.0.0.1:1/0")
    counter = RedisCounter(away)
    began = time.monotonic()
    assert [await counter.count("k", 60) for _ in range(3)] == [1, 2, 3]
    await counter.clear("k")
    assert await counter.count("k", 60) == 1
    assert time.monotonic() - began < 5, "no retries, which would take longer each"
    await away.close()


async def test_good_attempts_do_not_count(valkey: str) -> None:
    store = Store(valkey)
    for counter in (MemoryCounter(), RedisCounter(store)):
        limits = SignInLimits(counter, Rate(2, 60), Rate(2, 60))
        for person in range(20):
            await limits.attempt(f"{person}", "10.0.0.1")
            await limits.succeeded(f"{person}", "10.0.0.1")
        for _ in range(2):
            await limits.attempt("x", "10.0.0.1")
        with pytest.raises(TooManyAttemptsError):
            await limits.attempt("y", "10.0.0.1")
    await store.close()


async def test_a_window_passes() -> None:
    now = 0.0
    counter = MemoryCounter(lambda: now)
    assert [await counter.count("k", 10) for _ in range(2)] == [1, 2]
    now = 10.0
    assert await counter.count("k", 10) == 1


async def test_memory_is_bounded() -> None:
    counter = MemoryCounter(most=2)
    for key in ("a", "b", "c"):
        await counter.count(key, 10)
    assert [await counter.count(key, 10) for key in ("c", "a")] == [2, 1]


async def test_a30_parts_of_a_key_cannot_be_moved_into_each_other() -> None:
    limits = SignInLimits(MemoryCounter(), Rate(1, 60), Rate(100, 60))
    await limits.attempt("a:b", "c")
    await limits.attempt("a", "b:c")
    with pytest.raises(TooManyAttemptsError):
        await limits.attempt("a:b", "c")
