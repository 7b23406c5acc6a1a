"""Our own schema: the steps give what is declared, once, on many nodes at once, whole or not at all."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import create_engine

from leadline.core.errors import LeadlineError
from leadline.storage.address import DRIVER, connection_settings
from leadline.storage.migrate import migrate, require_current, revisions, schema_of
from leadline.storage.session import State
from leadline.storage.tables import SCHEMA, metadata
from tests.support.databases import Database, Databases

_CATALOG = f"""
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = '{SCHEMA}'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relname <> 'schema_version'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
FROM pg_constraint
WHERE connamespace = '{SCHEMA}'::regnamespace AND conrelid::regclass::text !~ 'schema_version'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', ''
FROM pg_indexes WHERE schemaname = '{SCHEMA}' AND tablename <> 'schema_version'
ORDER BY 1, 2, 3
"""


def _catalog(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(_CATALOG).fetchall()


def _tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{SCHEMA}'").fetchone()
    return found[0] if found else -1


def _declare(url: str) -> None:
    engine = create_engine(DRIVER, connect_args=connection_settings(url))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        metadata.create_all(connection)
    engine.dispose()


async def _schema(url: str) -> str:
    state = State(url)
    try:
        return (await schema_of(state))[0]
    finally:
        await state.close()


def test_the_migrated_schema_is_the_declared_one(database: Database, databases: Databases) -> None:
    declared = databases.create()
    _declare(declared.business)
    migrate(database.business)
    assert _catalog(database.business) == _catalog(declared.business)
    assert len(_catalog(database.business)) > 50


def test_every_table_carries_the_organisation() -> None:
    own = {name.removeprefix(f"{SCHEMA}.") for name in metadata.tables}
    carrying = {table.name for table in metadata.tables.values() if "org_id" in table.c}
    assert own - carrying == {"organisation"}
    assert all(not table.c.org_id.nullable for table in metadata.tables.values() if "org_id" in table.c)


async def test_an_empty_database_is_brought_up_and_a_second_run_changes_nothing(database: Database) -> None:
    assert await _schema(database.business) == "absent"
    first, second = migrate(database.business), migrate(database.business)
    assert (first.before, first.after, first.changed) == (None, revisions()[-1], True)
    assert not second.changed
    assert await _schema(database.business) == "current"


def test_of_nodes_that_start_at_once_one_migrates(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(migrate, [database.business] * 4))
    assert sorted(one.changed for one in done) == [False, False, False, True]


_KILLED = """
import os, signal, sys
from leadline.storage import migrate as module
from alembic import op
real = op.create_index
def create_index(name, *a, **k):
    real(name, *a, **k)
    if name.startswith("api_key"):
        os.kill(os.getpid(), signal.SIGKILL)
op.create_index = create_index
module.migrate(sys.argv[1])
"""


async def test_a_migration_that_is_killed_leaves_nothing_half_done(database: Database) -> None:
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", _KILLED, database.business)
    assert await killed.wait() == -9
    assert _tables(database.business) == 0
    assert migrate(database.business).changed
    assert await _schema(database.business) == "current"


@pytest.mark.parametrize(("revision", "schema"), [("0000", "newer"), ("9999", "newer")])
async def test_a_newer_schema_is_refused_by_everybody(
    state_database: Database, revision: str, schema: str
) -> None:
    with psycopg.connect(state_database.business) as connection:
        connection.execute(f"UPDATE {SCHEMA}.schema_version SET version_num = %s", [revision])
    assert await _schema(state_database.business) == schema
    with pytest.raises(LeadlineError, match="schema_version"):
        migrate(state_database.business)
    state = State(state_database.business)
    with pytest.raises(LeadlineError, match=f"schema_version.*{revision}"):
        await require_current(state)
    await state.close()


async def test_an_empty_database_is_refused_with_the_way_out(database: Database) -> None:
    state = State(database.business)
    with pytest.raises(LeadlineError) as refused:
        await require_current(state)
    assert (refused.value.code, refused.value.fix) == ("schema_version", "Run `leadline migrate`.")
    await state.close()


def test_a_step_waits_for_a_table_only_so_long(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.storage.migrate._WAIT_FOR_TABLES", "200ms")
    held, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with psycopg.connect(database.business) as connection:
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
            held.set()
            leave.wait(60)
            connection.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(30)
    began = time.monotonic()
    with pytest.raises(LeadlineError, match="conflict"):
        migrate(database.business)
    assert time.monotonic() - began < 30
    leave.set()
    holder.join()
    assert migrate(database.business).changed


@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1:1/x", "not an address = ", "host=127.0.0.1 port=1 dbname=x"]
)
def test_a_database_that_is_away_is_named(url: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        migrate(url)
    assert refused.value.code == "state_unavailable"
    assert refused.value.exit_status == 3


def test_a_user_without_rights_is_told_which(database: Database) -> None:
    with pytest.raises(LeadlineError) as refused:
        migrate(database.reader)
    assert "CREATE" in refused.value.fix
