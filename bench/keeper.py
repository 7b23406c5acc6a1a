"""A business that goes on: every second a deal is won and the rollups that store deals are refreshed.

`python -m bench.keeper`, settings as those of a serving process; a line for each state of the data.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from typing import Any

import psycopg
import uvloop

from bench.stack.serving import clock
from leadline import settings
from leadline.app.data import model_dir, source_of
from leadline.engine import Models
from leadline.engine.reliance import Reliance, data_version, scores
from leadline.rollups.service import Rollups
from leadline.rollups.states import read_states
from leadline.sources.postgres.need import Need

EVERY = 1.0
ROLLUP = "sales_by_rep"
"""The one whose version decides about the questions whose answers are compared."""
_TABLE = "public.deals"
_WIN = """
INSERT INTO public.deals (rep_id, source, product, status, stage, amount, opened_at, closed_at)
SELECT id, 'web', 'bench', 'won', 'negotiation', 100 + random() * 900, %(at)s, %(at)s
  FROM public.reps WHERE region <> 'Online' ORDER BY random() LIMIT 1 RETURNING id
"""


async def _main(business: str) -> None:
    known = settings.load()
    stop, source = asyncio.Event(), source_of(known)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await source.open()
    models = Models(model_dir(known), source)
    await models.poll()
    rollups = Rollups(source, models.current)
    async with await psycopg.AsyncConnection.connect(business, autocommit=True) as connection:
        while not stop.is_set():
            began = time.monotonic()
            await _step(connection, rollups, source)
            pause = max(0.0, EVERY - (time.monotonic() - began))
            await asyncio.wait({asyncio.ensure_future(stop.wait())}, timeout=pause)
    await source.close()


async def _step(connection: psycopg.AsyncConnection[Any], rollups: Rollups, source: Any) -> None:
    row = await (await connection.execute(_WIN, {"at": clock().now()})).fetchone()
    for name, one in rollups.definitions.items():
        if _TABLE in one.tables:
            await rollups.refresh(name)
    states = await source.read(lambda reader: read_states(reader, rollups.definitions), need=Need())
    known = scores(states)
    version = data_version(Reliance(((ROLLUP, known[ROLLUP]),), exact=True), 0)
    sys.stdout.write(json.dumps({"id": row[0] if row else 0, "version": version}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1]))
