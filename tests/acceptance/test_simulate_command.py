"""`leadline simulate` as a process: it writes, and SIGTERM ends it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from leadline.embedded import demo
from tests.support.databases import Database
from tests.support.sources import run as read
from tests.support.waiting import eventually

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
    query = "SELECT 1 FROM stage_history, demo_company.state WHERE entered_at > present LIMIT 1"
    assert eventually(lambda: bool(read(database.reader, query)), 40)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
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
    assert process.wait(60) == 0
    process.communicate()
