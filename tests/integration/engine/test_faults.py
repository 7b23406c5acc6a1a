"""What the engine does when Redis or the database fail under it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from leadline.cache import CacheSettings, ResultCache
from leadline.core.errors import LeadlineError
from leadline.embedded.valkey import ValkeyServer
from leadline.engine import Engine
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.integration.engine.conftest import ADMIN, CLOCK, Setting
from tests.support.relay import Relay
from tests.support.waiting import LATE, until

REVENUE: dict[str, Any] = {"metrics": ["revenue"], "time": {"range": {"preset": "this_month"}}}


async def test_f24_a_stopped_redis_costs_a_request_no_more_than_its_budget(
    setting: Setting, valkey_process: ValkeyServer
) -> None:
    await setting.engine.ask(REVENUE, ADMIN)
    assert valkey_process.process is not None
    pid = valkey_process.process.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        result = await setting.engine.ask({"metrics": ["sales"]}, ADMIN)
        held = await setting.engine.ask(REVENUE, ADMIN)
        took = time.monotonic() - started
    finally:
        os.kill(pid, signal.SIGCONT)
    assert result.served_by.cache == "miss"
    assert took < LATE, "it would have waited for ever"
    assert held.served_by.cache == "hit", "what this process holds goes on"


async def test_f27_a_damaged_entry_is_answered_from_the_source_and_replaced(
    setting: Setting, valkey: str
) -> None:
    first = await setting.engine.ask(REVENUE, ADMIN)
    await setting.engine.ask(REVENUE, ADMIN)
    async with Redis.from_url(valkey) as client:
        keys = await client.keys("ll:*:o1:q:*")
        assert keys
        for key in keys:
            await client.set(key, b"\x01damaged")
    another = ResultCache.at(valkey, CacheSettings(ttl=30))
    engine = Engine(setting.source, another, setting.models, CLOCK)
    again = await engine.ask(REVENUE, ADMIN)
    assert (again.served_by.cache, again.data) == ("miss", first.data)
    assert (await engine.ask(REVENUE, ADMIN)).served_by.cache == "hit"
    assert another.counters.corrupt > 0
    await another.close()


async def test_an_error_is_never_kept(setting: Setting, valkey: str) -> None:
    with pytest.raises(LeadlineError):
        await setting.engine.ask({"metrics": ["nix"]}, ADMIN)
    async with Redis.from_url(valkey) as client:
        assert await client.keys("ll:*:q:*") == []


async def test_f31_a_source_that_is_gone_is_said_at_once_and_found_again(
    setting: Setting, valkey: str
) -> None:
    login = parse_url(setting.database.reader)
    cache = ResultCache.at(valkey, CacheSettings(ttl=30))
    async with Relay(login.port) as relay:
        source = Source(SourceSettings(replace(login, port=relay.port)))
        await source.open()
        engine = Engine(source, cache, setting.models, CLOCK)
        warm = await engine.ask(REVENUE, ADMIN)
        await relay.cut()
        started = time.monotonic()
        kept = await engine.ask(REVENUE, ADMIN)
        with pytest.raises(LeadlineError) as refused:
            await engine.ask({"metrics": ["sales"]}, ADMIN)
        assert time.monotonic() - started < 1 + LATE
        assert (kept.served_by.cache, kept.data) == ("hit", warm.data)
        assert refused.value.code == "source_unavailable"
        await relay.mend()
        await until(lambda: _answered(engine), 2)
        await source.close()
    await cache.close()


async def _answered(engine: Engine) -> bool:
    try:
        return (await engine.ask({"metrics": ["sales"]}, ADMIN)).rows == 1
    except LeadlineError:
        return False


async def test_a_model_whose_source_is_gone_says_so(setting: Setting) -> None:
    from leadline.engine import Models

    login = replace(parse_url(setting.database.reader), port=1)
    source = Source(SourceSettings(login))
    await source.open()
    models = Models(setting.model_file, source)
    assert not await models.poll()
    with pytest.raises(LeadlineError) as refused:
        _ = models.current
    assert refused.value.code == "source_unavailable"
    await source.close()
