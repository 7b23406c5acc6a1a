"""`leadline simulate` as a process: it writes, and SIGTERM ends it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from leadline.embedded import demo
from tests.support.databases import Database

COMMAND = [sys.executable, "-m", "leadline.cli", "simulate"]


def run(*arguments: str, folder: Path, **more: str) -> subprocess.Popen[str]:
    """Starts it in a folder without settings."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("LEADLINE_")} | more
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=plain, stdout=pipe, stderr=pipe, text=True
    )


def test_it_writes_until_told_to_stop(database: Database, tmp_path: Path) -> None:
    demo.create(database.business, as_of=datetime.now(UTC), leads=2000)
    process = run("--rate", "40", "--seed", "1", "--source", database.business, folder=tmp_path)
    deadline = time.monotonic() + 40
    with psycopg.connect(database.reader, autocommit=True) as connection:
        while time.monotonic() < deadline:
            query = "SELECT count(*) FROM stage_history, demo_company.state WHERE entered_at > present"
            if connection.execute(query).fetchone() != (0,):
                break
            time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert err == ""
    assert int(out.split()[0]) > 0


def test_a_source_without_a_company(database: Database, tmp_path: Path) -> None:
    process = run("--source", database.business, folder=tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("leadline: not_found: this source holds no demo company")


def test_nothing_is_written_while_the_clock_stands_still(tmp_path: Path) -> None:
    process = run(folder=tmp_path, LEADLINE_CLOCK="=2017-12-31T23:59:59+00:00")
    assert process.stderr is not None
    assert "stands still" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.communicate()
