"""Servers of one's own in place of the embedded ones, by address and by program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from leadline.embedded.binaries import postgres_tools
from tests.support.crm_twin import write_twin
from tests.support.databases import Database, Databases
from tests.support.demo import demo, environment, up
from tests.support.servers import folder
from tests.support.shared import ROOT
from tests.support.waiting import eventually

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin")) + sorted(Path("/usr").glob("pgsql-*/bin"))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the unprivileged user of the servers may enter."""
    with folder("own") as path:
        yield path


@pytest.fixture
def state(databases: Databases) -> Iterator[Database]:
    """A second database, for our own state."""
    fresh = databases.create()
    yield fresh
    databases.drop(fresh)


def test_databases_and_redis_of_ones_own(
    place: Path, database: Database, state: Database, valkey: str
) -> None:
    given = {
        "LEADLINE_SOURCE_URL": database.business,
        "LEADLINE_STATE_URL": state.business,
        "LEADLINE_REDIS_URL": valkey,
    }
    with demo(place / "data", **given) as one:
        one.start()
        status = one.status()
        assert set(status["pids"]) == {"supervisor", "serve", "worker"}
        assert (status["source_dsn"], status["state_dsn"]) == (database.business, state.business)
        assert status["redis_url"] == valkey
        assert one.end() == 0
    assert not (place / "data" / "primary").exists()
    with psycopg.connect(database.business) as business:
        assert business.execute("SELECT count(*) > 0 FROM deals").fetchone() == (True,)


def test_a_source_that_does_not_answer_is_one_line(place: Path) -> None:
    with demo(place / "data", LEADLINE_SOURCE_URL="postgresql://nobody:x@127.0.0.1:1/none") as one:
        status, error = one.refused()
    assert (status, error["code"]) == (3, "source_unavailable")
    assert {path.name for path in (place / "data").iterdir()} <= {"lock", "logs"}


@pytest.mark.parametrize("binaries", SYSTEM or [None], ids=str)
def test_the_systems_postgres(place: Path, binaries: Path | None) -> None:
    if binaries is None:
        pytest.skip("this machine has no PostgreSQL of its own")
    major = postgres_tools(binaries).major
    with demo(place / "data", LEADLINE_PG_BIN=str(binaries)) as one:
        one.start()
        for address in (one.status()["source_dsn"], one.status()["replica_dsns"][0]):
            with psycopg.connect(address) as connection:
                assert connection.info.server_version // 10_000 == major
        assert one.end() == 0
    with demo(place / "data") as one:
        if major != postgres_tools().major:
            assert one.refused()[1]["code"] == "data_dir_version"


def test_a_source_that_is_still_empty_is_told_and_filled_by_an_import(place: Path) -> None:
    files = place / "twin"
    files.mkdir()
    write_twin(files)
    with up(place / "data", "--model", str(ROOT / "examples" / "crm")) as one:
        warnings = [event for event in one.start() if event["event"] == "warning"]
        assert [event["code"] for event in warnings] == ["model_invalid"]
        done = subprocess.run(
            [sys.executable, "-m", "leadline.cli", "import", str(files), "--data-dir", str(one.data)],
            env=environment(),
            cwd="/",
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        url = one.status()["url"]
        assert eventually(lambda: httpx.get(f"{url}/readyz").status_code == 200, 40)
        assert one.end() == 0


def test_a_model_that_is_wrong_is_told_before_anything_starts(place: Path) -> None:
    (place / "model").mkdir()
    (place / "model" / "model.yaml").write_text("metrics: {revenue: [")
    with up(place / "data", "--model", str(place / "model")) as one:
        status, error = one.refused()
    assert (status, error["code"]) == (2, "model_invalid")
    assert not (place / "data").exists()


def test_a_folder_without_programs_is_named(place: Path) -> None:
    with demo(place / "data", LEADLINE_PG_BIN=str(place)) as one:
        status, error = one.refused()
    assert (status, error["code"]) == (3, "no_binaries")
