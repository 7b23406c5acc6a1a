"""Random interleavings of writes, refreshes, a replica that lags, several processes, and Redis emptied.

What must hold for one viewer who asks any process, one answer after the other: no answer is older than the
version that it was looked up under, none is older than the one before, and none is of another organisation.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from redis.asyncio import Redis

from leadline.cache import CacheSettings
from tests.integration.engine.cluster import ADMIN, BY_DAY, SALES, Process, processes, sell, won
from tests.support import business
from tests.support.databases import Database, Follower
from tests.support.sources import run, settings_of

_WON = """
SELECT count(*) FROM deals WHERE status = 'won'
   AND closed_at >= '2026-05-01 00:00-05' AND closed_at < '2026-06-01 00:00-05'
"""
_STRICT = CacheSettings(ttl=0.05, stale=-1000)
_STEPS = 40


@dataclass
class Story:
    """What happens, and what was shown. `floor`: what was committed when versions were published last."""

    many: list[Process]
    database: Database
    replica: Follower
    valkey: str
    chance: random.Random
    floor: int = 0
    paused: bool = False
    shown: dict[str, tuple[int, int]] = field(default_factory=dict)

    def count(self) -> int:
        """How many deals are won."""
        with psycopg.connect(self.database.business) as connection:
            row = connection.execute(_WON).fetchone()
        return int(row[0]) if row else 0

    async def sell(self) -> None:
        """A deal is won."""
        sell(self.database.business)

    async def refresh(self) -> None:
        """A worker refreshes the rollup."""
        await self.chance.choice(self.many).refresh()

    async def publish(self) -> None:
        """A process publishes the versions."""
        floor = self.count()
        await self.chance.choice(self.many).publish()
        self.floor = floor

    async def toggle(self) -> None:
        """The replica stops, or goes on."""
        verb = "resume" if self.paused else "pause"
        run(self.replica.database(self.database).admin, f"SELECT pg_wal_replay_{verb}()")
        self.paused = not self.paused

    async def empty(self) -> None:
        """Redis comes back empty."""
        async with Redis.from_url(self.valkey) as client:
            await client.flushall()
        self.floor = 0

    async def wait(self) -> None:
        """What no version covers ceases to hold."""
        await asyncio.sleep(0.06)

    async def ask(self) -> None:
        """The viewer asks somebody."""
        query = self.chance.choice([BY_DAY, SALES])
        process, floor = self.chance.choice(self.many), self.floor
        served = await process.engine.serve(process.engine.prepare(query, ADMIN))
        counted, key = won(served.result()), served.entry.question
        before = self.shown.get(key, (0, 0))
        assert counted >= before[0], "older than what was shown"
        assert served.entry.as_of >= before[1], "as_of went back"
        if served.entry.exact:
            assert counted >= floor, "older than the version that it was looked up under"
        self.shown[key] = (counted, served.entry.as_of)

    async def ask_at_once(self) -> None:
        """Many ask at once."""
        await asyncio.gather(*(process.ask(BY_DAY) for process in self.many for _ in range(5)))


@pytest.mark.parametrize("seed", range(4))
async def test_no_answer_is_older_than_it_may_be(
    database: Database, replica: Follower, valkey: str, tmp_path: Path, seed: int
) -> None:
    business.fill(database.business)
    replica.catch_up()
    source = settings_of(database, replica, lag_bound=timedelta(hours=1))
    async with processes(2, source, valkey, tmp_path, _STRICT) as many:
        story = Story(many, database, replica, valkey, random.Random(seed))  # noqa: S311
        await many[0].refresh()
        steps: list[Callable[[], Awaitable[None]]] = [
            *[story.ask] * 6, story.ask_at_once, story.sell, story.refresh, story.refresh,
            story.publish, story.publish, story.toggle, story.empty, story.wait, story.wait,
        ]  # fmt: skip
        try:
            for _ in range(_STEPS):
                await story.chance.choice(steps)()
        finally:
            if story.paused:
                await story.toggle()


async def test_a28_organisations_never_share_an_answer(
    database: Database, valkey: str, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with processes(1, settings_of(database), valkey, tmp_path) as (one,):
        prepared = {
            org: one.engine.prepare(SALES, replace(ADMIN, org=org)) for org in ("a", "b", "a:b", "a*")
        }
        assert len({each.name for each in prepared.values()}) == 4
        assert len({each.question for each in prepared.values()}) == 4
        assert len({each.asked.keys.live for each in prepared.values()}) == 4
        contexts = {one.engine.context(replace(ADMIN, org=org)) for org in prepared}
        assert len(contexts) == 4
        for each in prepared.values():
            assert (await one.engine.serve(each)).state == "miss"


async def test_a29_no_hint_of_a_client_is_in_a_key(database: Database, valkey: str, tmp_path: Path) -> None:
    business.fill(database.business)
    async with processes(1, settings_of(database), valkey, tmp_path) as (one,):
        plain = one.engine.prepare(SALES, ADMIN)
        hinted = one.engine.prepare({**SALES, "have": "k1.whatever"}, ADMIN)
        assert (hinted.name, hinted.question) == (plain.name, plain.question)
