"""Published versions: they only grow, a replica begins none, and a source that was set back is followed."""

from __future__ import annotations

from redis.asyncio import Redis

from leadline.cache import ResultCache
from leadline.cache.versions import beginning
from tests.integration.cache.conftest import MODEL


async def _scores(cache: ResultCache) -> dict[str, str]:
    """What is published, without when it began."""
    return {name: score for name, score in (await cache.versions.read(MODEL) or {}).items() if name}


async def test_a_score_is_published_only_if_it_is_greater(cache: ResultCache, other: ResultCache) -> None:
    await cache.versions.publish(MODEL, {"a": "005", "b": "001"}, primary=True)
    await other.versions.publish(MODEL, {"a": "004", "b": "002"}, primary=True)
    assert await _scores(cache) == {"a": "005", "b": "002"}
    assert await cache.versions.read("f2") == {}, "another model has its own"


async def test_what_was_read_on_a_replica_begins_no_count(cache: ResultCache) -> None:
    await cache.versions.publish(MODEL, {"a": "005"}, primary=False)
    assert await _scores(cache) == {}
    await cache.versions.publish(MODEL, {"a": "004"}, primary=True)
    await cache.versions.publish(MODEL, {"a": "006", "b": "001"}, primary=False)
    assert await _scores(cache) == {"a": "006"}, "but it may move one on"


async def test_a_source_that_was_set_back_is_followed_unless_it_has_moved_on(cache: ResultCache) -> None:
    await cache.versions.publish(MODEL, {"a": "009", "b": "009"}, primary=True)
    before = await cache.versions.read(MODEL)
    await cache.versions.publish(MODEL, {"b": "010"}, primary=True)
    await cache.versions.publish(MODEL, {"a": "001", "b": "001"}, primary=True, before=before)
    assert await _scores(cache) == {"a": "001", "b": "010"}


async def test_they_never_expire_and_damage_is_an_absence(cache: ResultCache, valkey: str) -> None:
    await cache.versions.publish(MODEL, {"a": "009"}, primary=True)
    name = cache.versions.name(MODEL)
    async with Redis.from_url(valkey) as client:
        assert await client.ttl(name) == -1, "in no space from which Redis evicts"
        for damage in (b"{", b"[1]", b"7", b'"x"', b'{"a":{}}'):
            await client.set(name, damage)
            assert await _scores(cache) == {}
        await cache.versions.publish(MODEL, {"a": "002"}, primary=True)
        assert await _scores(cache) == {"a": "002"}


async def test_another_beginning_shows_that_redis_was_emptied(cache: ResultCache, valkey: str) -> None:
    assert beginning(await cache.versions.read(MODEL)) is None
    await cache.versions.publish(MODEL, {"a": "1"}, primary=True)
    first = beginning(await cache.versions.read(MODEL))
    await cache.versions.publish(MODEL, {}, primary=True, before=await cache.versions.read(MODEL))
    assert first is not None and beginning(await cache.versions.read(MODEL)) == first
    async with Redis.from_url(valkey) as client:
        await client.flushall()
    await cache.versions.publish(MODEL, {}, primary=True)
    assert beginning(await cache.versions.read(MODEL)) not in (None, first)
