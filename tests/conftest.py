"""Fixtures for all tests.

A test that uses a server gets it by naming a fixture; servers are started once a run, on free ports:

    def test_rows(database: Database) -> None:            # tests.support.databases
        with psycopg.connect(database.business) as c:     # owner; also .admin, .reader, .rollups
            c.execute("CREATE TABLE deals (id int)")      # .reader (SELECT only) may read it at once

`database`          a fresh empty database for one test
`databases`         `.create(template=None)` and `.drop(db)`, for a fixture of your own with another scope
`replica`           `.database(db)` gives the addresses on the streaming replica, `.catch_up()` waits for it
`valkey`            the address of an empty Valkey, e.g. for `redis.asyncio.Redis.from_url(valkey)`
`postgres`          the running primary (`PostgresServer`), where a test needs the server itself

They work for root and for an ordinary user. Tests that use one are marked `database` by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from leadline.embedded.binaries import valkey_server
from leadline.embedded.postgres import PostgresServer
from leadline.embedded.replica import Replica
from leadline.embedded.valkey import ValkeyServer
from tests.support.databases import Database, Databases, Follower
from tests.support.servers import PASSWORD, ROLES, Home, folder, running_primary
from tests.support.shared import NO_SHARED_DATA, shared_folder

pytest_plugins = ["tests.support.skips"]
# On a busy machine an example may take any time, and so may making one.
settings.register_profile("leadline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("leadline")


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """Where the servers of this run keep their data."""
    with folder("tests") as path:
        yield Home.at(path)


@pytest.fixture(scope="session")
def postgres(home: Home) -> Iterator[PostgresServer]:
    """The running primary, with all roles."""
    with running_primary(home) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Databases:
    """Makes and drops databases on the primary."""
    return Databases(postgres)


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """A fresh empty database for one test."""
    fresh = databases.create()
    yield fresh
    databases.drop(fresh)


@pytest.fixture(scope="session")
def replica(home: Home, postgres: PostgresServer) -> Iterator[Follower]:
    """The streaming replica of the primary."""
    follower = Replica(home.server("replica"), postgres, ROLES.replication, "replica_1")
    follower.start()
    yield Follower(follower)
    follower.stop()


@pytest.fixture(scope="session")
def valkey_process(home: Home) -> Iterator[ValkeyServer]:
    """The running Valkey; tests use `valkey`."""
    server = ValkeyServer(valkey_server(), PASSWORD, home.path / "valkey.log", home.identity)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(valkey_process: ValkeyServer) -> str:
    """The address of an empty Valkey."""
    with redis.Redis.from_url(valkey_process.url) as client:
        client.flushall()
    return valkey_process.url


@pytest.fixture
def shared() -> Path:
    """The folder of the shared data sets; a test that names it is skipped where there is none."""
    found = shared_folder()
    if found is None:
        pytest.skip(NO_SHARED_DATA)
    return found
