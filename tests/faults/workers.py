"""Real worker processes over one filled database, and what they log."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support import business
from tests.support.databases import Database

DAILY, HOURLY = "daily_revenue_summary", "deals_by_hour"
MODEL = (
    business.MODEL.replace("every: 5m", "every: 1s")
    + """
  deals_by_hour:
    dataset: deals
    time: {closed_at: hour}
    by: {source: source}
    measures: [won_count, won_amount]
    refresh: {every: 1s, on_change: true}
"""
)
WIN = "INSERT INTO deals SELECT 9000 + count(*), 1, 'won', 'web', 5, now(), now() FROM deals"


@dataclass
class WorkerProcess:
    """A running `leadline worker`. `events`: what it has logged, oldest first."""

    process: asyncio.subprocess.Process
    events: list[dict[str, Any]] = field(default_factory=list)

    async def read(self) -> None:
        """Collects its log until it ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.events.append(json.loads(line))

    async def said(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """The first event that fits, now or within some seconds."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                await asyncio.sleep(0.02)

    async def has(self, event: str, rollup: str = DAILY, seconds: float = 60) -> dict[str, Any]:
        """The first event of that name about a rollup."""
        return await self.said(lambda one: one["event"] == event and one["rollup"] == rollup, seconds)


@asynccontextmanager
async def worker(database: Database, folder: Path, model: str = MODEL) -> AsyncIterator[WorkerProcess]:
    """One process, killed at the end if it still runs."""
    (folder / "model.yaml").write_text(model)
    settings = {
        "LEADLINE_SOURCE_URL": database.reader,
        "LEADLINE_OWNER_URL": database.rollups,
        "LEADLINE_MODEL_DIR": str(folder),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "leadline.cli", "worker",
        env={**os.environ, **settings}, cwd=folder, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    made = WorkerProcess(process)
    reading = asyncio.create_task(made.read())
    try:
        yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()
        await reading


async def until(dsn: str, query: str, wanted: Callable[[Any], bool], seconds: float = 60) -> Any:
    """The value of a query once it is as wanted."""
    async with asyncio.timeout(seconds):
        while True:
            value = rows(dsn, query)[0][0]
            if wanted(value):
                return value
            await asyncio.sleep(0.05)


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    """What a query gives, in a transaction of its own."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def write(dsn: str, statement: str) -> None:
    """One committed statement."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


@asynccontextmanager
async def timed_reads(dsn: str, query: str) -> AsyncIterator[list[float]]:
    """Reads again and again on a connection of its own; how long each took, in seconds."""
    took: list[float] = []

    async def read() -> None:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            while True:
                began = time.monotonic()
                await connection.execute(query)
                took.append(time.monotonic() - began)
                await asyncio.sleep(0.01)

    reading = asyncio.create_task(read())
    try:
        yield took
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
