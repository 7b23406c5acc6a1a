"""What a process holds travels again only when something was kept since: a mark in Redis tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from leadline.cache import ResultCache
from leadline.cache.entry import encode
from tests.integration.cache.conftest import MODEL, entry

NAMES = ["ll:main:o1:q:a.0", "ll:main:o1:q:b.0"]


@asynccontextmanager
async def _seen(valkey: str) -> AsyncIterator[list[str]]:
    """The entries that are fetched in the block, by any process."""
    fetched: list[str] = []
    async with Redis.from_url(valkey) as client, client.monitor() as monitor:
        yield fetched
        await client.set("over", "1")
        async for command in monitor.listen():
            if "over" in command["command"]:
                return
            words = str(command["command"]).split()
            fetched += [word for word in words if word in NAMES and words[0] == "MGET"]


async def _keep_both(cache: ResultCache) -> None:
    for name in NAMES:
        await cache.keep(name, entry(), MODEL, primary=True)


async def test_what_is_held_is_fetched_once_while_nothing_is_kept(
    cache: ResultCache, other: ResultCache, valkey: str
) -> None:
    await _keep_both(cache)
    async with _seen(valkey) as fetched:
        first = await other.look(NAMES, MODEL)
        second = await other.look(NAMES, MODEL)
    assert fetched == NAMES
    assert first.entries == second.entries == [entry(), entry()]
    assert all(one is two for one, two in zip(first.entries, second.entries, strict=True))
    assert first.mark == second.mark is not None


async def test_whatever_another_process_keeps_is_seen_by_the_next_lookup(
    cache: ResultCache, other: ResultCache
) -> None:
    await _keep_both(cache)
    before = await other.look(NAMES, MODEL)
    newer = entry(4, as_of=9)
    await cache.keep(NAMES[1], newer, MODEL, primary=True)
    after = await other.look(NAMES, MODEL)
    assert after.entries == [entry(), newer] and after.mark != before.mark
    assert after.entries[0] is before.entries[0], "what did not change is not decoded again"


async def test_an_answer_that_is_not_kept_leaves_the_mark(cache: ResultCache, other: ResultCache) -> None:
    await cache.keep(NAMES[0], entry(4, as_of=9), MODEL, primary=True)
    before = (await cache.look(NAMES, MODEL)).mark
    await other.keep(NAMES[0], entry(3, as_of=8), MODEL, primary=True)
    assert (await cache.look(NAMES, MODEL)).mark == before


async def test_without_a_mark_everything_is_fetched(
    cache: ResultCache, other: ResultCache, valkey: str
) -> None:
    await _keep_both(cache)
    await other.look(NAMES, MODEL)
    async with Redis.from_url(valkey) as client:
        await client.flushall()
        await client.set(NAMES[0], encode(entry(4, as_of=9)))
    assert (await other.look(NAMES, MODEL)).entries == [entry(4, as_of=9), entry()]
    async with _seen(valkey) as fetched:
        await other.look(NAMES, MODEL)
    assert fetched == NAMES


async def test_values_beside_come_with_either_way(cache: ResultCache, valkey: str) -> None:
    async with Redis.from_url(valkey) as client:
        await client.set("who", "me")
    assert (await cache.look([], MODEL, ["who"])).beside == [b"me"]
    await _keep_both(cache)
    for _ in range(2):
        looked = await cache.look(NAMES, MODEL, ["who"])
        assert looked.beside == [b"me"] and looked.entries == [entry(), entry()]
