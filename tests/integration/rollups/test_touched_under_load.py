"""The property under random concurrent writes: rows of untouched buckets are those of the table."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import psycopg
import pytest

from leadline.planner.bound import BoundModel
from leadline.rollups import refresh, states
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.integration.rollups.touching import untouched_is_exact
from tests.support import business
from tests.support.databases import Database, Follower

NAMES = ("daily_revenue_summary", "deals_by_region")
_STEPS = (
    "INSERT INTO deals SELECT {new}, {key} % 4, 'won', 'web', {key}, now(), {time}",
    "INSERT INTO deals SELECT {new} + n, n % 4, 'open', NULL, n, now(), NULL FROM generate_series(1, 5) n",
    "UPDATE deals SET amount = amount + 1 WHERE id = {key}",
    "UPDATE deals SET closed_at = {time} WHERE id BETWEEN {key} AND {key} + 3",
    "UPDATE deals SET status = 'won', closed_at = {time} WHERE id = {key}",
    "UPDATE deals SET status = 'lost', source = 'referral' WHERE id = {key}",
    "UPDATE deals SET rep_id = {key} % 4 WHERE id BETWEEN {key} AND {key} + 20",
    "UPDATE deals SET closed_at = NULL WHERE id = {key}",
    "DELETE FROM deals WHERE id = {key}",
    "UPDATE reps SET name = 'n{key}' WHERE id = 2",
)
_HIRES = (
    "INSERT INTO reps SELECT max(id) + 1, 'new', 'West' FROM reps ON CONFLICT DO NOTHING",
    "UPDATE deals SET rep_id = (SELECT max(id) + {key} % 2 FROM reps) WHERE id = {key}",
    "UPDATE deals SET rep_id = 1 WHERE rep_id NOT IN (SELECT id FROM reps)",
)
_RARE = "UPDATE reps SET region = 'r{key}' WHERE id = 1"


@pytest.fixture(autouse=True)
def _hard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Edges are answered, and marks are thinned out at once."""
    monkeypatch.setattr(states, "EDGE_ANSWERED", True)
    monkeypatch.setattr(refresh, "_MANY_MARKS", 1)


@pytest.fixture
async def follower(source: Source, database: Database, replica: Follower) -> AsyncIterator[Source]:
    """A source that reads on the replica only."""
    replica.catch_up()
    there = replica.database(database)
    opened = Source(SourceSettings(parse_url(there.reader)))
    await opened.open()
    yield opened
    await opened.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_untouched_rows_are_exact_while_many_write(
    source: Source, rollups: Rollups, database: Database, follower: Source, seed: int
) -> None:
    seen = {"exact": 0, "touched": 0, "stale": 0}
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        writers = [tasks.create_task(_write(database, seed * 10 + one)) for one in range(3)]
        others = [tasks.create_task(_read(one, rollups, stop, seen)) for one in (source, follower)]
        others += [tasks.create_task(_refresh(rollups, stop, seed))]
        await asyncio.wait(writers)
        stop.set()
    for name in NAMES:
        await rollups.refresh(name)
        async with source.reading() as reader:
            state = await untouched_is_exact(reader, rollups, name)
        assert (state.stale, state.touched) == (False, frozenset())
    assert seen["touched"] > 5, seen


async def _write(database: Database, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    async with await psycopg.AsyncConnection.connect(database.business, autocommit=True) as connection:
        for number in range(60):
            if dice.random() < 0.2:
                await connection.set_isolation_level(dice.choice(list(psycopg.IsolationLevel)))
            try:
                await _transaction(connection, dice, 100_000 * seed + 10 * number)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                await asyncio.sleep(0.001)


async def _transaction(connection: psycopg.AsyncConnection[object], dice: random.Random, new: int) -> None:
    async with connection.transaction(force_rollback=dice.random() < 0.1):
        for _ in range(dice.choice((1, 1, 2, 4))):
            step = _RARE if dice.random() < 0.01 else dice.choice((*_STEPS, *_HIRES))
            time = f"timestamptz '2026-03-05' + interval '{dice.randrange(40 * 24)} hours'"
            new += 1000
            text = step.format(new=new, key=dice.randrange(1, 600), time=time)
            async with connection.transaction(force_rollback=dice.random() < 0.1):
                await connection.execute(text)
            await asyncio.sleep(dice.choice((0, 0, 0.02)))


async def _read(source: Source, rollups: Rollups, stop: asyncio.Event, seen: dict[str, int]) -> None:
    while not stop.is_set():
        async with source.reading() as reader:
            for name in NAMES:
                state = await untouched_is_exact(reader, rollups, name)
                seen["stale" if state.stale else "touched" if state.touched else "exact"] += 1


async def _refresh(rollups: Rollups, stop: asyncio.Event, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    while not stop.is_set():
        await rollups.refresh(dice.choice(NAMES))
        await rollups.forget_marks()
        await asyncio.sleep(dice.choice((0, 0.05, 0.2)))


async def test_marks_are_thinned_out_to_one_a_place(
    source: Source, database: Database, rollups: Rollups
) -> None:
    for number in range(4):
        with psycopg.connect(database.business) as connection:
            connection.execute("UPDATE deals SET amount = amount + %s WHERE id = 2", [number + 1])
    await rollups.forget_marks()
    async with source.writing() as connection:
        found = await states.states_in(connection, rollups.definitions)
    state = found["deals_by_region"]
    assert (len(state.touched), state.edge) == (1, (1, 1))


async def test_the_edge_tells_every_commit_apart(
    source: Source, database: Database, rollups: Rollups
) -> None:
    edges = set()
    for number in range(3):
        with psycopg.connect(database.business) as connection:
            connection.execute("UPDATE deals SET amount = amount + %s WHERE id = 2", [number + 1])
        async with source.writing() as connection_:
            found = await states.states_in(connection_, rollups.definitions)
        edges.add(found["deals_by_region"].edge)
        await rollups.forget_marks()
        async with source.writing() as connection_:
            found = await states.states_in(connection_, rollups.definitions)
        edges.add(found["deals_by_region"].edge)
    assert len(edges) == 5, "the first one is not thinned out"


async def test_rollups_over_a_changed_model_stay_exact_while_many_write(
    source: Source, database: Database, rollups: Rollups
) -> None:
    """A new definition's triggers wait for the writers of the moment: none of their changes is lost."""
    bound = BoundModel(business.model(business.DAILY), await source.schema())
    fewer = Rollups(source, bound)
    async with asyncio.TaskGroup() as tasks:
        writers = [tasks.create_task(_write(database, 500 + one)) for one in range(2)]
        while not all(writer.done() for writer in writers):
            await _forget_definition(source)
            if (await fewer.refresh("daily_revenue_summary")).action == "built":
                async with source.reading() as reader:
                    await untouched_is_exact(reader, fewer, "daily_revenue_summary")
            await asyncio.sleep(0.05)
    await fewer.refresh("daily_revenue_summary")
    async with source.reading() as reader:
        await untouched_is_exact(reader, fewer, "daily_revenue_summary")


async def _forget_definition(source: Source) -> None:
    """Makes the rollup look like one of another definition, whose triggers are gone."""
    async with source.writing() as connection:
        await connection.execute("UPDATE leadline.rollup_state SET definition = 'other'")
        await connection.execute("SET lock_timeout = '5s'")
        rows = await connection.execute(
            "SELECT proname FROM pg_proc WHERE starts_with(proname, 'mark_') "
            "AND pronamespace = 'leadline'::regnamespace"
        )
        for (name,) in await rows.fetchall():
            await connection.execute(f"DROP FUNCTION leadline.{name} CASCADE")
