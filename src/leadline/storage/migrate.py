"""Brings our own database to the schema of this version, and tells whether it is there.

All steps run in one transaction under an advisory lock: of two nodes that start at once one migrates while
the other waits, and a process that is killed leaves the schema as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from leadline.core.errors import LeadlineError
from leadline.storage.address import DRIVER, connection_settings
from leadline.storage.session import State
from leadline.storage.tables import SCHEMA

LOCK = 7_305_408_141_066_341_412
"""The advisory lock's number; never change it, older nodes wait on it too."""

_WAIT_FOR_OTHERS = "60s"
_WAIT_FOR_TABLES = "5s"

Schema = Literal["absent", "older", "current", "newer"]


@dataclass(frozen=True, slots=True)
class Migrated:
    """What `migrate` did: the revision before (None: an empty database) and after."""

    before: str | None
    after: str

    @property
    def changed(self) -> bool:
        """Whether any step ran."""
        return self.before != self.after


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    folder = str(files("leadline.storage") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def revisions() -> tuple[str, ...]:
    """The revisions that this version knows, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(step.revision for step in reversed(list(script.walk_revisions())))


def migrate(url: str) -> Migrated:
    """Runs the steps that are missing at `url`. Blocking; safe to run at once on many nodes.

    Raises `schema_version` where the database is of a newer version, `state_unavailable` where it does not
    answer, and `conflict` where a table stays locked.
    """
    engine = create_engine(DRIVER, connect_args=connection_settings(url), poolclass=NullPool)
    with _named_errors(), engine.begin() as connection:
        _lock(connection)
        before = _revision(connection)
        _refuse_newer(before)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        command.upgrade(_config(connection), "head")
        return Migrated(before, revisions()[-1])


def _lock(connection: Connection) -> None:
    """Waits for other nodes, then limits how long any step may wait for a table and so block its users."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_OTHERS}'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_TABLES}'"))


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _named(error) from error


def _named(error: DBAPIError) -> LeadlineError:
    reason = str(error.orig).strip().splitlines()[0][:200]
    state = getattr(error.orig, "sqlstate", None)
    if state == "55P03":  # lock_not_available
        fix = "Wait for the other migration, or end the transaction that holds the table, and try again."
        return LeadlineError("conflict", f"The schema is locked by somebody else ({reason}).", fix)
    if state == "42501":  # insufficient_privilege
        fix = f"Grant CREATE on the database to the user of LEADLINE_STATE_URL (schema {SCHEMA} is ours)."
        return LeadlineError("state_unavailable", f"The schema cannot be made ({reason}).", fix)
    if not isinstance(error, OperationalError):
        raise error  # our own mistake in a step: never dressed up as the user's
    fix = "Start PostgreSQL or correct LEADLINE_STATE_URL."
    return LeadlineError("state_unavailable", f"Our own database does not answer ({reason}).", fix)


_VERSION = text(f"SELECT version_num FROM {SCHEMA}.schema_version")  # noqa: S608
_HAS_VERSION = text(f"SELECT to_regclass('{SCHEMA}.schema_version') IS NOT NULL")


def _revision(connection: Connection) -> str | None:
    if not connection.execute(_HAS_VERSION).scalar():
        return None
    return connection.execute(_VERSION).scalar()


def _compared(revision: str | None) -> Schema:
    known = revisions()
    if revision is None:
        return "absent"
    if revision not in known:
        return "newer"
    return "current" if revision == known[-1] else "older"


def _refuse_newer(revision: str | None) -> None:
    if _compared(revision) == "newer":
        why = f"Our own database has schema {revision}, this version knows up to {revisions()[-1]}."
        raise LeadlineError("schema_version", why, "Run the newer version, or restore an older backup.")


async def schema_of(state: State) -> tuple[Schema, str | None]:
    """How the database's schema stands to this version, and its revision."""
    async with state.reading() as reader:
        there = await reader.one(_HAS_VERSION)
        row = await reader.one(_VERSION) if there and there[0] else None
    revision = row[0] if row else None
    return _compared(revision), revision


async def require_current(state: State) -> None:
    """Returns if the schema is that of this version; else `schema_version` with the way out."""
    schema, revision = await schema_of(state)
    if schema == "current":
        return
    _refuse_newer(revision)
    found = "has no tables yet" if revision is None else f"has the older schema {revision}"
    raise LeadlineError("schema_version", f"Our own database {found}.", "Run `leadline migrate`.")
