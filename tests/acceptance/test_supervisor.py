"""The supervisor as its user meets it: whole processes, real signals, real refusals."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.support.demo import Demo, alive, demo, family, gone
from tests.support.servers import folder

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that the unprivileged user of the servers may enter."""
    with folder("supervisor") as path:
        yield path


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[Demo]:
    """A demo that tests of this file start, kill and start again over the same data."""
    with demo(home / "data") as one:
        yield one


def _deals(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM deals").fetchone()
    assert row is not None
    return int(row[0])


def test_it_tells_its_steps_and_where_everything_is(running: Demo) -> None:
    events = running.start()
    status = running.status()
    assert [event["event"] for event in events[:-1]] == ["step"] * (len(events) - 1)
    assert {"primary", "replica-1", "valkey", "migrate", "company", "serve"} <= {
        e.get("name") for e in events
    }
    assert events[-1]["url"] == status["url"] == f"http://127.0.0.1:{running.port}"
    promised = {"url", "admin", "api_key", "source_dsn", "replica_dsns", "state_dsn", "redis_url", "pids"}
    assert promised <= set(status)
    assert (running.data / "status.json").stat().st_mode & 0o777 == 0o600
    assert set(status["pids"]) == {"supervisor", "primary", "replica-1", "valkey", "serve", "worker"}


def test_the_admin_signs_in_and_the_key_opens(running: Demo) -> None:
    status = running.status()
    with httpx.Client(base_url=status["url"]) as client:
        signed_in = client.post("/api/v1/session", json=status["admin"])
        assert signed_in.json()["viewer"]["role"] == "admin"
    with httpx.Client(base_url=status["url"]) as client:
        assert client.get("/api/v1/metrics").status_code == 401
        key = {"Authorization": f"Bearer {status['api_key']}"}
        assert client.get("/api/v1/metrics", headers=key).json()["metrics"]


def test_a_second_one_is_told_who_uses_the_folder(running: Demo) -> None:
    with demo(running.data) as second:
        status, error = second.refused()
    assert (status, error["code"]) == (3, "data_dir_busy")
    assert str(running.status()["pids"]["supervisor"]) in error["why"]


def test_what_crashes_is_started_again(running: Demo) -> None:
    before = running.status()["pids"]
    for name in ("worker", "valkey", "replica-1"):
        os.kill(before[name], signal.SIGKILL)
    assert gone({before[name] for name in ("worker", "valkey", "replica-1")}, 10)
    after = _other_pids(running, before)
    assert after["serve"] == before["serve"]
    assert all(alive(after[name]) for name in after)


def _other_pids(running: Demo, before: dict[str, int]) -> dict[str, int]:
    for _ in range(1200):
        now: dict[str, int] = running.status()["pids"]
        if now.keys() == before.keys() and all(
            now[n] != before[n] for n in ("worker", "valkey", "replica-1")
        ):
            return now
        time.sleep(0.05)
    raise AssertionError("not started again in a minute")


def test_after_kill_9_nothing_is_left_and_the_data_is_whole(running: Demo) -> None:
    status = running.status()
    with psycopg.connect(status["source_dsn"]) as business:
        business.execute("INSERT INTO deals SELECT * FROM deals WHERE false")
        business.execute("CREATE TABLE kept AS SELECT 7 AS id")
    deals = _deals(status["source_dsn"])
    assert running.process is not None
    pids = family(status["pids"]["supervisor"])
    assert set(status["pids"].values()) <= pids
    running.process.kill()
    assert gone(pids, 10)
    running.close()
    events = running.start()
    again = running.status()
    assert "ready" in {event["event"] for event in events}
    assert _deals(again["source_dsn"]) >= deals
    assert _deals(again["replica_dsns"][0]) >= deals
    with psycopg.connect(again["source_dsn"]) as business:
        assert business.execute("SELECT id FROM kept").fetchall() == [(7,)]
    assert again["admin"] == status["admin"]
    assert again["api_key"] == status["api_key"]


def test_a_replica_that_is_damaged_is_made_anew(running: Demo) -> None:
    assert running.end(signal.SIGINT) == 0
    (running.data / "replica-1" / "global" / "pg_control").write_bytes(b"broken")
    running.start()
    status = running.status()
    assert _deals(status["replica_dsns"][0]) == _deals(status["source_dsn"])


def test_sigterm_is_a_clean_end(running: Demo) -> None:
    pids = family(running.status()["pids"]["supervisor"])
    assert running.end(signal.SIGTERM) == 0
    assert not any(map(alive, pids))
    assert not (running.data / "status.json").exists()
    assert not (running.data / "primary" / "postmaster.pid").exists()


def test_another_format_or_postgres_is_named(running: Demo) -> None:
    version = running.data / "leadline.json"
    kept = version.read_text()
    for change in ({"format": 99}, {"postgres": 14}):
        version.write_text(json.dumps({**json.loads(kept), **change}))
        status, error = running.refused()
        assert (status, error["code"]) == (3, "data_dir_version")
    version.write_text(kept)


def test_a_taken_port_is_named_and_nothing_is_made(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, demo(home / "never") as one:
        one.port = taken.getsockname()[1]
        status, error = one.refused()
    assert (status, error["code"]) == (3, "port_taken")
    assert "--port" in error["fix"]
    assert not (home / "never").exists()


def test_a_folder_with_something_else_is_not_touched(home: Path) -> None:
    mine = home / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    with demo(mine) as one:
        status, error = one.refused()
    assert (status, error["code"]) == (3, "data_dir_invalid")
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]


def test_a_start_that_is_broken_off_leaves_nothing(home: Path) -> None:
    with demo(home / "broken-off") as one:
        process = one.launch()
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        assert one.end() == 0
    assert {path.name for path in (home / "broken-off").iterdir()} <= {"lock", "logs"}
