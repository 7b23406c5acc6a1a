"""F36: a refresh is killed, meets a duplicate key, or runs out of time. The old content stays; age grows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.workers import DAILY, HOURLY, MODEL, WIN, rows, until, worker, write
from tests.support import business
from tests.support.databases import Database

_SUM = f"SELECT sum(deals_count) FROM leadline.{DAILY}"
_WON = "SELECT count(*) FROM deals WHERE status = 'won'"
_WAITING = (
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() "
    "AND query LIKE 'REFRESH%' AND wait_event_type = 'Lock'"
)


async def test_a_worker_killed_in_a_refresh_leaves_the_old_rows_and_another_goes_on(
    database: Database, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with await psycopg.AsyncConnection.connect(database.rollups) as blocker:
        async with worker(database, tmp_path) as running:
            await running.has("rollup_built", HOURLY)
            before = rows(database.reader, _SUM)
            await blocker.execute(f"ANALYZE leadline.{DAILY}")
            write(database.business, WIN)
            await until(database.admin, _WAITING, bool)
            running.process.kill()
        assert rows(database.reader, _SUM) == before
        # The server notices that its client is gone, though the refresh still waits for its lock.
        await until(database.admin, _WAITING, lambda waits: not waits)
    async with worker(database, tmp_path) as other:
        await other.has("rollup_refreshed", DAILY)
    assert rows(database.reader, _SUM) == rows(database.reader, _WON)


async def test_a_duplicate_key_keeps_the_old_rows_and_is_told(database: Database, tmp_path: Path) -> None:
    business.fill(database.business)
    async with worker(database, tmp_path) as running:
        await running.has("rollup_built", HOURLY)
        before = rows(database.reader, f"SELECT count(*), sum(won_amount) FROM leadline.{HOURLY}")
        write(database.rollups, f"CREATE UNIQUE INDEX ON leadline.{HOURLY} (closed_at) WHERE won_count = 77")
        many = "INSERT INTO deals SELECT 20000 + n, 1, 'won', (ARRAY['a', 'b'])[n % 2 + 1], 1, now(), "
        write(database.business, many + "'2026-06-01 12:00+00' FROM generate_series(1, 154) n")
        failed = await running.has("rollup_failed", HOURLY)
        assert "duplicate key" in failed["why"] or failed["code"] == "internal"
        assert rows(database.reader, f"SELECT count(*), sum(won_amount) FROM leadline.{HOURLY}") == before
        await running.has("rollup_refreshed", DAILY)
        slow = await running.has("rollup_slow", HOURLY)
        assert "more than twice its interval" in slow["why"]
        listed = _list(database, tmp_path)[HOURLY]
        assert listed["state"] in ("stale", "touched")
        assert listed["note"].startswith("internal: ")


@pytest.mark.slow
async def test_a_refresh_that_gets_no_lock_in_time_is_given_up_and_tried_again(
    database: Database, tmp_path: Path
) -> None:
    business.fill(database.business)
    async with worker(database, tmp_path) as running:
        await running.has("rollup_built", HOURLY)
        async with await psycopg.AsyncConnection.connect(database.rollups) as blocker:
            before = rows(database.reader, _SUM)
            await blocker.execute(f"ANALYZE leadline.{DAILY}")
            write(database.business, WIN)
            failed = await running.has("rollup_failed", DAILY)
            assert failed["code"] == "timeout"
            assert rows(database.reader, _SUM) == before
        await until(database.reader, _SUM, lambda sum_: sum_ == before[0][0] + 1)
        assert _list(database, tmp_path)[DAILY]["state"] in ("fresh", "touched", "stale")


def _list(database: Database, folder: Path) -> dict[str, dict[str, Any]]:
    """What `leadline rollups list` says, by name."""
    (folder / "model.yaml").write_text(MODEL)
    command = [sys.executable, "-m", "leadline.cli", "rollups", "list", "--format", "json"]
    command += ["--source", database.rollups, "--model", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return {one["name"]: one for one in json.loads(done.stdout)}
