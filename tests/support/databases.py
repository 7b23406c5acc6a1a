"""Databases for tests: fresh ones of the running primary, copied from templates where asked."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from leadline.embedded.postgres import PostgresServer
from leadline.embedded.replica import Replica
from leadline.embedded.roles import NAMES, create_database, prepare_source
from tests.support.servers import ROLES


@dataclass(frozen=True, slots=True)
class Database:
    """One database by the roles that may use it; each field is an address (DSN).

    `admin` is the superuser, `business` owns it and may write, `reader` may only SELECT, `rollups` owns the
    schema `leadline`.
    """

    name: str
    admin: str
    business: str
    reader: str
    rollups: str


@dataclass
class Databases:
    """Makes databases on `server` and drops them.

    `create()` takes well under 0.1 s. `create(template=other.name)` copies another one with its data; nobody
    may be connected to that one meanwhile.
    """

    server: PostgresServer
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def create(self, template: str | None = None) -> Database:
        """A fresh database with the roles' rights in it, empty or like `template`."""
        name = f"test_{next(self.numbers)}"
        create_database(self.server.dsn(), name, NAMES["business"], template)
        prepare_source(self.server.dsn(name), ROLES)
        return self.on(self.server, name)

    def drop(self, database: Database) -> None:
        """Drops it, whoever is still connected."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database.name))
        with psycopg.connect(self.server.dsn(), autocommit=True) as connection:
            connection.execute(statement)

    @staticmethod
    def on(server: PostgresServer, name: str) -> Database:
        """The addresses of database `name` on `server` (the primary or a replica)."""
        logins = {"admin": None, "business": ROLES.business, "reader": ROLES.reader, "rollups": ROLES.rollups}
        return Database(name, **{key: server.dsn(name, login) for key, login in logins.items()})


@dataclass(frozen=True)
class Follower:
    """The streaming replica of the run."""

    replica: Replica

    def database(self, database: Database) -> Database:
        """The same database here: read only, whatever the role."""
        return Databases.on(self.replica.server, database.name)

    def catch_up(self) -> None:
        """Waits until what is committed on the primary can be read here."""
        self.replica.caught_up()
