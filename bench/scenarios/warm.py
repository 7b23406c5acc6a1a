"""The dashboard that the cache has, beside a bare application that hands out a blob of its size from Redis.

Signed in, three viewer scopes in turns, while every second a deal is won and the rollups are refreshed.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import redis
import uvloop

from bench import client, cpu, peers, sampled
from bench.bare import NAME
from bench.line import Line, WrongAnswerError, at_most, beside
from bench.revoking import seconds_until_refused
from bench.stack import children, model
from bench.stack.children import Answering
from bench.stack.servers import HOME, running
from bench.stack.serving import ADDRESS, AREA_VIEWERS, Ground, cookie, prepare, serving
from bench.stack.sizes import Size, chosen

ROUNDS, USERS, SECONDS = 5, 20, 3.0
BEFORE, ALONE, PACED = 0.2, 0.3, 0.7
"""Parts of a round's seconds: before anything is timed; for one user alone; for some who ask at set times."""
RATE_GOAL, ONE_GOAL, REFUSED_SECONDS = 0.5, 3.0, 1.0
A_SECOND, P95_MS = 100, 50.0
_SAMPLE_EVERY = 97


@dataclass
class Side:
    """Where one side is asked, and what it took by round."""

    url: str
    pid: int
    requests: list[bytes]
    rates: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    paced: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def round(self, seconds: float, sample: client.Sample | None) -> None:
        """Many users, then one alone, then many who ask at set times."""
        await self._load(USERS, seconds * BEFORE, sample)  # the other side had its turn: nobody was here
        before = cpu.seconds(self.pid)
        many = await self._load(USERS, seconds, sample)
        self.cpu.append((cpu.seconds(self.pid) - before) * 1000 / len(many.seconds))
        self.rates.append(many.rate)
        one = await self._load(1, seconds * ALONE, sample)
        self.alone.append(statistics.median(one.seconds) * 1000)
        paced = await self._load(USERS, seconds * PACED, sample, A_SECOND)
        self.paced.append(statistics.quantiles(paced.seconds, n=20)[-1] * 1000)

    async def _load(
        self, users: int, seconds: float, sample: client.Sample | None, rate: float | None = None
    ) -> client.Load:
        """Raises where an answer was not 200."""
        load = await client.load(self.url, self.requests, users, seconds, sample, rate=rate)
        if load.refused:
            raise WrongAnswerError(f"{load.refused} answers of {self.url} were not 200")
        return load


def run() -> Iterator[Line]:
    """At size S, unless `BENCH_SIZE` says otherwise."""
    size = chosen("S")
    peers.tell("warm", size.name)
    yield from measured(size, HOME, ROUNDS, SECONDS)


def measured(
    size: Size,
    home: Path,
    rounds: int,
    seconds: float,
    *,
    goals: bool = True,
    sample_every: int = _SAMPLE_EVERY,
) -> Iterator[Line]:
    """The lines over a copy of a company. Raises where a sampled answer is not that of SQL."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadline-bench-")))
        servers = stack.enter_context(running(home))
        state, database = stack.enter_context(servers.state()), stack.enter_context(servers.copied(size))
        folder = model.write(place / "model", rules=True)
        prepare(database, state, folder)
        ground = Ground(servers, database, state, folder, place / "serve.log")
        said, environment = place / "states.jsonl", ground.environment()
        stack.enter_context(
            children.running(
                "bench.keeper", database.business, says=said, log=ground.log, environment=environment
            )
        )
        product = stack.enter_context(serving(ground))
        bare = stack.enter_context(children.answering("bench.bare", servers.valkey.url, log=ground.log))
        samples = sampled.Samples(sample_every)
        pairs = uvloop.run(_sides(product, bare, servers.valkey.url))
        uvloop.run(_rounds(pairs, rounds, seconds, samples))
        yield from _lines("", *pairs[0], goals)
        yield at_most("warm", "p95_ms_at_100_a_second", pairs[0][0].paced, "ms", P95_MS if goals else None)
        yield from _lines("_gzip", *pairs[1], goals=False)
        refused = uvloop.run(seconds_until_refused(product, state))
        yield at_most("warm", "revoked_refused_s", [refused], "s", REFUSED_SECONDS)
        yield from sampled.compared(samples, sampled.states(said.read_text()), database.admin)


def _lines(suffix: str, ours: Side, floor: Side, goals: bool) -> Iterator[Line]:
    least, most = (RATE_GOAL, ONE_GOAL) if goals else (None, None)
    yield beside("warm", f"dashboards_per_s{suffix}", ours.rates, floor.rates, "1/s", least=least)
    yield beside("warm", f"one_load_ms{suffix}", ours.alone, floor.alone, "ms", most=most)
    yield beside("warm", f"cpu_ms{suffix}", ours.cpu, floor.cpu, "ms")


Pair = tuple[Side, Side]


async def _sides(product: Answering, bare: Answering, redis_url: str) -> list[Pair]:
    """The product and its floor, with plain answers and with compressed ones."""
    cookies = [cookie(product, user) for user in AREA_VIEWERS]
    pairs = []
    for path, gzip in (("/plain", False), ("/gzip", True)):
        asked = [client.request(product.url, ADDRESS, signed, gzip=gzip) for signed in cookies]
        blob = await _blob(product.url, asked)
        with redis.Redis.from_url(redis_url) as known:
            known.set(NAME + path, blob)
        floor = Side(bare.url, bare.pid, [client.request(bare.url, path, method="GET")])
        pairs.append((Side(product.url, product.pid, asked), floor))
    return pairs


async def _rounds(pairs: list[Pair], rounds: int, seconds: float, samples: sampled.Samples) -> None:
    """All in turns; the plain answers are sampled."""
    for _ in range(rounds):
        for number, (ours, floor) in enumerate(pairs):
            await ours.round(seconds, None if number else samples.take)
            await floor.round(seconds, None)


async def _blob(url: str, requests: list[bytes]) -> bytes:
    """The longest answer to the requests, once they are warm."""
    bodies: list[bytes] = []
    for _ in range(3):
        bodies.clear()
        await client.load(
            url, requests, len(requests), 0, lambda _, answer: bodies.append(client.body_of(answer))
        )
    return max(bodies, key=len)
