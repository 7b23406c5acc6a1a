"""As whom servers run where we are root: an unprivileged user, or root of a namespace without any rights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded.binaries import valkey_server
from leadline.embedded.identity import choose
from tests.support.servers import Home, folder, running_primary

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs servers as itself")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter."""
    with folder("identity") as path:
        yield path


def _effective_user(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Uid:")).split()[2])


def _capabilities(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("CapEff:")).split()[1], 16)


def _runs_on(home: Home) -> int:
    """Starts a primary there, asks it something; the user it ran as."""
    with running_primary(home) as server:
        assert server.process is not None
        with psycopg.connect(server.dsn()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert _capabilities(server.process.pid) == 0 or home.identity.namespace
        return _effective_user(server.process.pid)


@root_only
def test_root_drops_to_a_user_without_rights(open_folder: Path) -> None:
    home = Home.at(open_folder)
    assert home.identity.uid not in (None, 0)
    assert _runs_on(home) == home.identity.uid


@root_only
def test_root_enters_a_namespace_where_no_other_user_can_reach_the_folder(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    home = Home.at(closed)
    assert home.identity.namespace
    assert _runs_on(home) == 0


@root_only
def test_the_owner_of_existing_data_goes_on_with_it(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir(mode=0o700)
    os.chown(data, 12345, 12345)
    assert choose(data, valkey_server()).uid == 12345


@root_only
def test_a_program_that_nobody_can_run_is_named(open_folder: Path) -> None:
    with pytest.raises(LeadlineError) as caught:
        choose(open_folder / "data", open_folder / "missing")
    assert caught.value.code == "no_permission"
