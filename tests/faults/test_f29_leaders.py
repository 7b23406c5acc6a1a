"""F29: of all who ask at expiry one reads, whatever process they ask; a leader that dies is followed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.cached import Viewer, empty, metric, product_settings, serving, signed_in
from tests.support.databases import Database, Databases
from tests.support.product import Served
from tests.support.sources import run
from tests.support.state import migrated
from tests.support.waiting import LATE, best, eventually

__all__ = ["migrated"]
QUERY = {"metrics": ["leads"], "dimensions": ["source"], "time": {"range": {"preset": "this_year"}}}
LEASE = 3.0


@pytest.fixture
def settings(databases: Databases, migrated: Database, valkey: str) -> Iterator[dict[str, str]]:
    """Those of a product over a small company."""
    with product_settings(databases, migrated, valkey) as made:
        yield made


def _owner(settings: dict[str, str]) -> str:
    """The source, as the owner of its tables."""
    server = settings["LEADLINE_STATE_URL"].rpartition("/")[0]
    return f"{server}/{settings['LEADLINE_SOURCE_URL'].rpartition('/')[2]}"


def _waits(settings: dict[str, str]) -> bool:
    """Whether somebody waits for a lock in the source."""
    query = "SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
    return bool(run(_owner(settings), query + "WHERE datname = current_database())"))


@contextmanager
def _blocked(settings: dict[str, str]) -> Iterator[None]:
    """Nobody reads leads as long as the block lasts."""
    with psycopg.connect(_owner(settings)) as connection:
        connection.execute("LOCK TABLE leads IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


def _asking(viewer: Viewer, at: Served, found: list[int]) -> threading.Thread:
    def ask() -> None:
        try:
            found.append(viewer.client.post(at.url + "/api/v1/query", json=QUERY).status_code)
        except Exception:  # noqa: BLE001 - the process was killed under the request
            found.append(0)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_f29_two_processes_read_a_dashboard_once(
    settings: dict[str, str], valkey: str, tmp_path: Path
) -> None:
    settings["LEADLINE_CACHE_TTL"] = "60"
    with serving(tmp_path, settings, 2) as (one, two), signed_in(one) as viewer:
        asked = len({str(line["result"]["key"]) for line in viewer.load(one)[1] if "result" in line})

        def reads() -> float:
            empty(valkey)
            before = _reads(one, two)
            threads = [
                threading.Thread(target=viewer.load, args=(at,)) for at in (one, two) for _ in range(25)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            return _reads(one, two) - before

        found = best(reads, asked + 5)
        assert asked <= found <= asked + 4, "a reading for each question, not each viewer"


def _reads(*served: Served) -> float:
    return sum(metric(one, "leadline_source_reads_total") for one in served)


def test_f29_a_leader_that_is_killed_is_followed_within_the_lease(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(tmp_path, settings, 2) as (one, two), signed_in(two) as viewer:
        first: list[int] = []
        second: list[int] = []
        with _blocked(settings):
            leader = _asking(viewer, one, first)
            assert eventually(lambda: _waits(settings), 5), "it reads"
            waiter = _asking(viewer, two, second)
            time.sleep(0.7)
            os.kill(one.process.pid, signal.SIGKILL)
            killed = time.monotonic()
        waiter.join(LEASE + LATE)
        assert second == [200]
        assert time.monotonic() - killed < LEASE + LATE
        leader.join(30)
        assert first == [0]
