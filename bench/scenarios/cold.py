"""The dashboard with empty result caches, beside the same questions by hand on views made by hand."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import redis
import uvloop

from bench import peers
from bench.cpu import Meter
from bench.hand import floor
from bench.hand.agree import differences
from bench.line import Line, WrongAnswerError, at_most, beside
from bench.planning import planning
from bench.stack import model
from bench.stack.children import Answering
from bench.stack.servers import HOME, Database, Servers, running
from bench.stack.serving import ADDRESS, ADMIN, Ground, cookie, prepare, serving
from bench.stack.sizes import Size, chosen

LOADS, WARM_UP = 11, 40
GOAL = 1.5
_CACHE = re.compile(r'"cache":"(\w+)"')
_LONGEST_PAUSE = 30.0
_FORGETFUL = {"CACHE_TTL": "0.001", "CACHE_STALE": "0"}


def run() -> Iterator[Line]:
    """At size M, unless `BENCH_SIZE` says otherwise."""
    size = chosen("M")
    peers.tell("cold", size.name)
    yield from measured(size, HOME, LOADS)


def measured(size: Size, home: Path, loads: int, goal: float | None = GOAL) -> Iterator[Line]:
    """The lines over a company. Raises where an answer differs from that by hand."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadline-bench-")))
        servers = stack.enter_context(running(home))
        state = stack.enter_context(servers.state())
        database, folder = servers.company(size), model.write(place / "model", rules=False)
        prepare(database, state, folder)
        floor.build(database.admin)
        ground = Ground(servers, database, state, folder, place / "serve.log", _FORGETFUL)
        with serving(ground) as product:
            ours, theirs = uvloop.run(_in_turns(servers, product, database, loads))
        yield beside("cold", "dashboard_ms", ours.wall, theirs.wall, "ms", most=goal)
        yield beside("cold", "cpu_ms", ours.own, theirs.own, "ms")
        yield beside("cold", "postgres_cpu_ms", ours.database, theirs.database, "ms")
        plans = asyncio.run(planning(database, folder, loads))
    yield _slowest("first_plan_ms", plans.first, 10 if goal else None)
    yield at_most("cold", "first_plan_median_ms", plans.first, "ms")
    yield _slowest("known_plan_ms", plans.known, 0.2 if goal else None)
    yield at_most("cold", "prepare_ms", plans.prepared, "ms")


def _slowest(metric: str, values: list[float], limit: float | None) -> Line:
    """The line of the slowest question: a promise for each holds for that one."""
    return replace(at_most("cold", metric, [max(values)], "ms", limit), n=len(values))


async def _in_turns(
    servers: Servers, product: Answering, database: Database, loads: int
) -> tuple[Meter, Meter]:
    """Loads in turns, after the answers of both sides have been compared."""
    async with (
        floor.opened(database.reader) as hand,
        httpx.AsyncClient(base_url=product.url, timeout=300) as client,
    ):
        cold = Cold(servers.valkey.url, database.rollups, client, cookie(product, ADMIN))
        compare(await cold.load(), await hand.load())
        for _ in range(WARM_UP):
            await cold.load()
            await hand.load()
        ours, theirs = Meter(product.pid, servers.postmaster), Meter(os.getpid(), servers.postmaster)
        while len(ours.wall) < loads:
            await cold.forget()
            answer = await ours.timed(cold.ask())
            if not cold.was_cold(answer):
                ours.undo()
                continue
            await theirs.timed(hand.load())
    return ours, theirs


class Cold:
    """Loads of the dashboard of which nothing is answered from a cache."""

    def __init__(self, redis_url: str, owner: str, client: httpx.AsyncClient, signed: str) -> None:
        self._redis, self._owner, self._client = redis_url, owner, client
        self._headers, self._pause = {"cookie": signed}, 0.2

    async def load(self) -> httpx.Response:
        """One load."""
        while True:
            await self.forget()
            answer = await self.ask()
            if self.was_cold(answer):
                return answer

    async def forget(self) -> None:
        """Empties Redis, and makes what the process itself holds too old to be shown."""
        with psycopg.connect(self._owner) as connection:
            connection.execute("UPDATE leadline.rollup_state SET version = version + 1")
        with redis.Redis.from_url(self._redis) as cache:
            cache.flushall()
        await asyncio.sleep(self._pause)

    def ask(self) -> Awaitable[httpx.Response]:
        """Asks."""
        return self._client.post(ADDRESS, json={}, headers=self._headers)

    def was_cold(self, answer: httpx.Response) -> bool:
        """Whether everything was read; else the next pause is longer."""
        states = set(_CACHE.findall(answer.raise_for_status().text))
        if states == {"miss"}:
            return True
        self._pause *= 1.5
        if self._pause > _LONGEST_PAUSE:
            raise RuntimeError(f"the dashboard does not become cold: {states}")
        return False


def compare(answer: httpx.Response, by_hand: floor.Answers) -> None:
    """Raises where an answer of the product is not that of the query by hand."""
    lines = [json.loads(line) for line in answer.raise_for_status().text.splitlines()]
    failed = [line for line in lines if "error" in line]
    results = {f"{line['tile']}/{line['query']}": line["result"] for line in lines if "result" in line}
    wrong = [str(failed)] if failed else list(differences(results, by_hand))
    if wrong:
        raise WrongAnswerError("\n".join(wrong))
