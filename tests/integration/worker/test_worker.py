"""The worker: builds, refreshes on schedule, survives what goes away, ends cleanly."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline.engine import Models
from leadline.rollups.service import Known, Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.sources.tasks import end
from leadline.worker import Worker
from tests.support import business
from tests.support.databases import Database
from tests.support.relay import Relay
from tests.support.state import migrated, state_database
from tests.support.waiting import LATE

__all__ = ["migrated", "state_database"]

DAILY = "daily_revenue_summary"
MODEL = business.MODEL.replace("every: 5m", "every: 1s")


@pytest.fixture
def model_dir(database: Database, tmp_path: Path) -> Path:
    business.fill(database.business)
    (tmp_path / "model.yaml").write_text(MODEL)
    return tmp_path


@pytest.fixture
async def source(database: Database) -> AsyncIterator[Source]:
    opened = Source(SourceSettings(parse_url(database.reader), owner=parse_url(database.rollups)))
    await opened.open()
    yield opened
    await opened.close()


async def _until(source: Source, models: Models, wanted: Any) -> dict[str, Known]:
    async with asyncio.timeout(15 + LATE):
        while True:
            known = await Rollups(source, models.current).known() if _has_model(models) else {}
            if wanted(known):
                return known
            await asyncio.sleep(0.05)


def _has_model(models: Models) -> bool:
    return models._ready is not None


async def test_it_builds_refreshes_what_changed_and_follows_the_model(
    source: Source, database: Database, model_dir: Path
) -> None:
    models = Models(model_dir, source)
    working = asyncio.create_task(Worker(source, models, tick=0.05).run())
    await _until(source, models, lambda known: DAILY in known and known[DAILY].version == 1)
    with psycopg.connect(database.business) as connection:
        connection.execute("UPDATE deals SET amount = 1")
    await _until(source, models, lambda known: known[DAILY].version == 2)
    (model_dir / "model.yaml").write_text(MODEL.replace("daily_revenue_summary", "renamed"))
    await _until(source, models, lambda known: set(known) == {"renamed"})
    (model_dir / "model.yaml").write_text("leadline: 1\nbroken: true\n")
    await asyncio.sleep(0.3)
    assert not working.done()
    await end(working)


async def test_it_follows_a_change_and_rests_as_long_as_it_worked(
    source: Source, database: Database, model_dir: Path
) -> None:
    (model_dir / "model.yaml").write_text(business.MODEL)  # every five minutes, and on change
    models = Models(model_dir, source)
    worker = Worker(source, models, tick=0.05)
    working = asyncio.create_task(worker.run())
    await _until(source, models, lambda known: DAILY in known and known[DAILY].version == 1)
    with psycopg.connect(database.business, autocommit=True) as connection:
        connection.execute("UPDATE deals SET amount = 1")
        known = await _until(source, models, lambda known: known[DAILY].version == 2)
        assert not known[DAILY].changed
        began, version = time.monotonic(), 2
        while time.monotonic() - began < 2:
            connection.execute("UPDATE deals SET amount = amount + 1 WHERE id < 9")
            await asyncio.sleep(0.01)
    known = await _until(source, models, lambda known: known[DAILY].version > version)
    refreshes = known[DAILY].version - version
    assert refreshes * (known[DAILY].took_ms or 0) < 1500, "half of two seconds, and some for a busy machine"
    await end(working)


async def test_it_waits_for_a_source_that_is_gone(database: Database, model_dir: Path) -> None:
    reader, owner = parse_url(database.reader), parse_url(database.rollups)
    async with Relay(reader.port) as relay:
        await relay.cut()
        settings = SourceSettings(replace(reader, port=relay.port), owner=replace(owner, port=relay.port))
        source = Source(settings)
        await source.open()
        models = Models(model_dir, source)
        working = asyncio.create_task(Worker(source, models, tick=0.05).run())
        await asyncio.sleep(0.5)
        assert not working.done()
        await relay.mend()
        await _until(source, models, lambda known: DAILY in known)
        await end(working)
        await source.close()


async def test_as_a_process_it_logs_json_without_secrets_and_ends_with_0(
    database: Database, model_dir: Path
) -> None:
    settings = {
        "LEADLINE_SOURCE_URL": database.reader,
        "LEADLINE_OWNER_URL": database.rollups,
        "LEADLINE_MODEL_DIR": str(model_dir),
        "LEADLINE_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "leadline.cli", "worker",
        env={**os.environ, **settings}, cwd=model_dir, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    lines: list[str] = []
    assert process.stderr is not None
    async with asyncio.timeout(30 + LATE):
        while not any("rollup_built" in line for line in lines):
            line = (await process.stderr.readline()).decode()
            assert line, lines
            lines.append(line)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10 + LATE):
        lines += (await process.stderr.read()).decode().splitlines(keepends=True)
        assert await process.wait() == 0
    events = [json.loads(line)["event"] for line in lines]
    assert events[0] == "worker_started"
    assert events[-1] == "worker_ended"
    password = parse_url(database.reader).password
    assert password == "test"
    assert not any(f":{password}@" in line or "hunter2" in line for line in lines)


async def test_with_a_database_of_ours_it_publishes_the_model_and_lands_what_a_source_grants(
    database: Database, state_database: Database, model_dir: Path
) -> None:
    """The source lets us only read: the rollups are found in our own database, and so is the model."""
    with psycopg.connect(database.admin) as connection:
        connection.execute("DROP SCHEMA leadline CASCADE")
    settings = {
        "LEADLINE_SOURCE_URL": database.reader,
        "LEADLINE_STATE_URL": state_database.business,
        "LEADLINE_MODEL_DIR": str(model_dir),
    }
    with psycopg.connect(state_database.admin, autocommit=True) as ours:
        ours.execute("DROP SCHEMA leadline CASCADE")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "leadline.cli", "worker", env={**os.environ, **settings}, cwd=model_dir
        )
        try:
            await _soon(lambda: _landed(ours))
        finally:
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        [(files,)] = ours.execute("SELECT files FROM leadline_state.model_version").fetchall()
    assert files == {"model.yaml": MODEL}


async def _soon(wanted: Callable[[], bool]) -> None:
    for _ in range(300):
        if wanted():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never came")


def _landed(ours: psycopg.Connection[Any]) -> bool:
    """Whether the rollup is there with all its rows."""
    [(there,)] = ours.execute("SELECT to_regclass('leadline.daily_revenue_summary') IS NOT NULL").fetchall()
    return bool(there) and ours.execute("SELECT 1 FROM leadline.daily_revenue_summary").rowcount > 100
