"""Samples the primary's log position, so that the age of its replicas is known."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg

from leadline.core.errors import LeadlineError
from leadline.sources.postgres.lag import History, Sample, position
from leadline.sources.postgres.node import Node
from leadline.sources.tasks import end

# The clock is read before the position: whatever was committed by then lies before that position.
_SAMPLE = "SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text"


class Sampler:
    """Takes a sample every `period` seconds while it runs. A primary that is gone gives none."""

    def __init__(self, primary: Node, history: History, period: float = 0.5) -> None:
        self._primary, self._history, self._period = primary, history, period
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to sample."""
        self._task = asyncio.create_task(self._run(), name="replica-lag")

    async def stop(self) -> None:
        """Ends it."""
        if self._task is not None:
            await end(self._task)

    async def sample(self) -> None:
        """Takes one sample. Raises the driver's errors or `source_unavailable`."""
        async with self._primary.connection() as connection:
            row = await (await connection.execute(_SAMPLE)).fetchone()
        if row is not None:
            self._history.add(Sample(row[0], position(row[1])))

    async def _run(self) -> None:
        while True:
            # without a sample the replicas' age grows, which is the truth: nothing else to say or do here
            with suppress(psycopg.Error, LeadlineError):
                await self.sample()
            await asyncio.sleep(self._period)
