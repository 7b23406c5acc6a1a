"""The databases of an embedded cluster and the roles that may use them.

`business` owns the source and plays the company; `reader` may only SELECT; `rollups` owns the schema
`leadline` in the source; `state` owns our own database; `replication` feeds the replica.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from leadline.embedded.logins import Login

SOURCE, STATE = "leadline_source", "leadline_state"
"""The two databases of a data directory."""
SCHEMA = "leadline"
"""The schema of our objects in a source."""
NAMES: Mapping[str, str] = {
    "business": "leadline_business",
    "reader": "leadline_reader",
    "rollups": "leadline_rollups",
    "state": "leadline_state",
    "replication": "leadline_replication",
}


@dataclass(frozen=True, slots=True)
class Roles:
    """The logins of one cluster besides its superuser."""

    business: Login
    reader: Login
    rollups: Login
    state: Login
    replication: Login

    @classmethod
    def with_passwords(cls, passwords: Mapping[str, str]) -> Roles:
        """The roles with their passwords, by the keys of `NAMES`."""
        return cls(**{key: Login(user, passwords[key]) for key, user in NAMES.items()})


def create_roles(dsn: str, roles: Roles) -> None:
    """Makes the roles that are missing and sets all passwords; `dsn` is the superuser's."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for key in NAMES:
            login: Login = getattr(roles, key)
            verb = "ALTER" if login.user in have else "CREATE"
            options = "LOGIN REPLICATION" if key == "replication" else "LOGIN"
            connection.execute(
                sql.SQL(f"{verb} ROLE {{}} {options} PASSWORD {{}}").format(
                    sql.Identifier(login.user), sql.Literal(login.password)
                )
            )


def create_database(dsn: str, name: str, owner: str | None = None, template: str | None = None) -> None:
    """Makes database `name` unless it is there; only its owner may connect until others are let in."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        parts = [sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))]
        if owner:
            parts.append(sql.SQL("OWNER {}").format(sql.Identifier(owner)))
        if template:
            parts.append(sql.SQL("TEMPLATE {}").format(sql.Identifier(template)))
        connection.execute(sql.SQL(" ").join(parts))
        connection.execute(
            sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
        )


def prepare_source(dsn: str, roles: Roles) -> None:
    """Gives the roles their rights in one source database; run again, it changes nothing.

    `dsn` is the superuser's, of that database. What `business` creates later, in any schema, is readable
    too. `rollups` gets TRIGGER as well, for the change marks.
    """
    names = {key: sql.Identifier(user) for key, user in NAMES.items()}
    with psycopg.connect(dsn) as connection:
        names["database"] = sql.Identifier(connection.info.dbname)
        names["schema"] = sql.Identifier(SCHEMA)
        for statement in _SOURCE_RIGHTS:
            connection.execute(sql.SQL(statement).format(**names))


_SOURCE_RIGHTS = (
    "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {business}",
    "GRANT CONNECT ON DATABASE {database} TO {reader}, {rollups}",
    "GRANT TEMPORARY ON DATABASE {database} TO {rollups}",  # REFRESH … CONCURRENTLY keeps its changes there
    "GRANT ALL ON SCHEMA public TO {business}",
    "GRANT USAGE ON SCHEMA public TO {reader}, {rollups}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
    "GRANT SELECT, TRIGGER ON ALL TABLES IN SCHEMA public TO {rollups}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {business} GRANT USAGE ON SCHEMAS TO {reader}, {rollups}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {business} GRANT SELECT ON TABLES TO {reader}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {business} GRANT SELECT, TRIGGER ON TABLES TO {rollups}",
    "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {rollups}",
    "GRANT USAGE ON SCHEMA {schema} TO {reader}, {business}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader}, {business}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {rollups} IN SCHEMA {schema}"
    " GRANT SELECT ON TABLES TO {reader}, {business}",
)
