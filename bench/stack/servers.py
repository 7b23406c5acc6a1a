"""One PostgreSQL and one Valkey for the scenarios, kept in a folder so that data is made only once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psycopg
from psycopg import sql

from bench.stack import data
from bench.stack.sizes import Size
from leadline.embedded.binaries import postgres_tools, valkey_server
from leadline.embedded.identity import choose
from leadline.embedded.logins import Login
from leadline.embedded.postgres import ADMIN, FAST_UNSAFE, PostgresServer, initialise
from leadline.embedded.roles import NAMES, Roles, create_database, create_roles, prepare_source
from leadline.embedded.valkey import ValkeyServer
from leadline.storage.migrate import migrate

HOME = Path(os.environ.get("BENCH_HOME") or Path(__file__).parents[2] / "build" / "bench")
"""Where data is kept between runs; never committed."""
_PASSWORD = "bench"  # noqa: S105 - servers of a benchmark, on loopback
_LOGIN = Login(ADMIN, _PASSWORD)
_ROLES = Roles.with_passwords(dict.fromkeys(NAMES, _PASSWORD))
_SETTINGS = {**FAST_UNSAFE, "shared_buffers": "512MB", "max_wal_size": "8GB", "random_page_cost": "1.1"}


@dataclass(frozen=True, slots=True)
class Database:
    """One source by its roles; each field is an address."""

    name: str
    admin: str
    business: str
    reader: str
    rollups: str


@dataclass(frozen=True, slots=True)
class Servers:
    """The running servers."""

    postgres: PostgresServer
    valkey: ValkeyServer

    @property
    def postmaster(self) -> int:
        """The process id of PostgreSQL."""
        lines = (self.postgres.folder / "postmaster.pid").read_text().splitlines()
        return int(lines[0])

    def database(self, name: str) -> Database:
        """The addresses of a database."""
        logins = {
            "admin": None,
            "business": _ROLES.business,
            "reader": _ROLES.reader,
            "rollups": _ROLES.rollups,
        }
        return Database(name, **{key: self.postgres.dsn(name, login) for key, login in logins.items()})

    def company(self, size: Size) -> Database:
        """The company of that size, made now if it is not there yet."""
        with psycopg.connect(self.postgres.dsn()) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [size.database]).rowcount
        if not known:
            half = f"{size.database}_half"
            self.drop(half)
            create_database(self.postgres.dsn(), half, NAMES["business"])
            prepare_source(self.postgres.dsn(half), _ROLES)
            data.make(self.database(half).business, size)
            self._run(sql.SQL("ALTER DATABASE {} RENAME TO {}"), half, size.database)
        return self.database(size.database)

    @contextmanager
    def copied(self, size: Size) -> Iterator[Database]:
        """A copy of the company that may be written to; dropped at the end."""
        name = f"bench_run_{token_hex(4)}"
        create_database(self.postgres.dsn(), name, NAMES["business"], self.company(size).name)
        prepare_source(self.postgres.dsn(name), _ROLES)
        try:
            yield self.database(name)
        finally:
            self.drop(name)

    @contextmanager
    def state(self) -> Iterator[str]:
        """The address of a fresh database of our own; dropped at the end."""
        name = f"bench_state_{token_hex(4)}"
        create_database(self.postgres.dsn(), name, NAMES["state"])
        address = self.postgres.dsn(name, _ROLES.state)
        migrate(address)
        try:
            yield address
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Drops a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _run(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.postgres.dsn(), autocommit=True) as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))


@contextmanager
def running(home: Path = HOME) -> Iterator[Servers]:
    """The servers over what is kept in `home`, until the block ends."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    tools = postgres_tools()
    folder = home / "postgres"
    identity = choose(folder, Path(tools.path("postgres")))
    postgres = PostgresServer("postgres", folder, tools, identity, home / "postgres.log", _LOGIN, _SETTINGS)
    valkey = ValkeyServer(valkey_server(), _PASSWORD, home / "valkey.log", identity)
    if not folder.exists():
        initialise(postgres)
    with ExitStack() as stack:
        for server in (postgres, valkey):
            server.start()
            stack.callback(server.stop)
        create_roles(postgres.dsn(), _ROLES)
        yield Servers(postgres, valkey)
