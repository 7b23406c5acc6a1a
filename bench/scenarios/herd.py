"""Five hundred viewers of three scopes arrive at once at an expired dashboard on two serving processes."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import redis
import uvloop

from bench import client, peers
from bench.counted import SourceLog, log_all, log_none
from bench.line import Line, WrongAnswerError, at_most
from bench.stack import model
from bench.stack.children import Answering
from bench.stack.servers import HOME, Database, Servers, running
from bench.stack.serving import ADDRESS, AREA_VIEWERS, Ground, cookie, prepare, serving
from bench.stack.sizes import Size, chosen

VIEWERS, ROUNDS = 500, 3
HOLDS = 6.0
"""Seconds for which an answer holds that no version covers: longer than a herd takes; none expires twice."""
Counts = tuple[int, float]
"""Statements that read the source, and seconds until all were served."""


def run() -> Iterator[Line]:
    """At size S, unless `BENCH_SIZE` says otherwise."""
    size = chosen("S")
    peers.tell("herd", size.name)
    yield from measured(size, HOME, VIEWERS, ROUNDS)


def measured(size: Size, home: Path, viewers: int, rounds: int, holds: float = HOLDS) -> Iterator[Line]:
    """The lines over a copy of a company; the floor: one viewer of each scope after the other."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadline-bench-")))
        servers = stack.enter_context(running(home))
        state, database = stack.enter_context(servers.state()), stack.enter_context(servers.copied(size))
        folder = model.write(place / "model", rules=True)
        prepare(database, state, folder)
        log_all(database.admin)
        stack.callback(log_none, database.admin)
        settings = {"CACHE_TTL": str(holds), "CACHE_STALE": "0"}
        ground = Ground(servers, database, state, folder, place / "serve.log", settings)
        products = [stack.enter_context(serving(ground)) for _ in range(2)]
        herd = Herd(servers, database, products, holds)
        alone, expired, emptied = uvloop.run(herd.rounds(viewers, rounds))
        unshared = sum(_unshared(one.url) for one in products)
    yield _equal("source_queries", [count for count, _ in expired], alone)
    yield _equal("source_queries_redis_emptied", [count for count, _ in emptied], alone)
    yield Line("herd", "answers_read_without_redis", unshared, "", "", None)
    yield at_most("herd", "all_served_ms", [seconds * 1000 for _, seconds in expired], "ms")


def _unshared(url: str) -> int:
    """Answers that a process read by itself because Redis had not answered it in time."""
    found = re.search(r'leadline_flights_total\{role="alone"\} (\d+)', httpx.get(f"{url}/metrics").text)
    return int(found[1]) if found else 0


def _equal(metric: str, counts: list[int], alone: int) -> Line:
    worst = max(counts)
    spread = (worst - min(counts)) / worst if worst else 0.0
    return Line(
        "herd", metric, worst, "", "== floor", worst == alone, len(counts), spread, alone, worst / alone
    )


class Herd:
    """The viewers, and what their arrival costs the source."""

    def __init__(self, servers: Servers, database: Database, products: list[Answering], holds: float) -> None:
        self._redis, self._owner, self._products = servers.valkey.url, database.rollups, products
        self._holds = holds
        self._log = SourceLog(servers.postgres.log)
        cookies = [cookie(products[0], user) for user in AREA_VIEWERS]
        self._requests = {one.url: [client.request(one.url, ADDRESS, c) for c in cookies] for one in products}

    async def rounds(self, viewers: int, rounds: int) -> tuple[int, list[Counts], list[Counts]]:
        """What one viewer of each scope costs; what herds cost that find it expired, and Redis emptied."""
        await self._come(len(AREA_VIEWERS))
        await self._expire()
        first = self._products[0].url
        self._log.begin()
        for one in self._requests[first]:
            await client.load(first, [one], 1, 0)
        alone = self._log.asked()
        expired = [await self._counted(viewers, self._expire) for _ in range(rounds)]
        emptied = [await self._counted(viewers, self._empty) for _ in range(rounds)]
        return alone, expired, emptied

    async def _counted(self, viewers: int, before: Callable[[], Awaitable[None]]) -> Counts:
        await before()
        self._log.begin()
        took = await self._come(viewers)
        return self._log.asked(), took

    async def _come(self, viewers: int) -> float:
        """All arrive at once, half of them at each process; seconds until the last is served."""
        share = viewers // len(self._products)
        began = time.perf_counter()
        loads = await asyncio.gather(*(
            client.load(url, requests, share, 0) for url, requests in self._requests.items()
        ))  # fmt: skip
        if refused := sum(one.refused for one in loads):
            raise WrongAnswerError(f"{refused} of {viewers} viewers were not answered")
        return time.perf_counter() - began

    async def _expire(self) -> None:
        """As after a refresh of all rollups, and as long after the last answer as any may be shown."""
        with psycopg.connect(self._owner) as connection:
            connection.execute("UPDATE leadline.rollup_state SET version = version + 1")
        await asyncio.sleep(self._holds + 1)

    async def _empty(self) -> None:
        """The same, and nothing is left in Redis."""
        await self._expire()
        with redis.Redis.from_url(self._redis) as cache:
            cache.flushall()
