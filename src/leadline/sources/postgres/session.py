"""The state of a session: pinned when it begins and again for each transaction, whoever used it before."""

from __future__ import annotations

import sys
from typing import Any

import psycopg
from psycopg import generators, pq
from psycopg.abc import PQGen
from psycopg.types.string import TextLoader

from leadline.sources.postgres.settings import SourceSettings

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_AS_TEXT = ("uuid", "json", "jsonb", "interval", "time", "timetz", "inet", "cidr", "money", "xml")
_PINNED = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "search_path": "public, pg_temp",
    "application_name": "leadline",
    # a client that is gone without a word is noticed, and its locks and snapshots with it
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_WATCHDOG = "SELECT set_config('client_connection_check_interval', '1s', false)"
_IDLE_AT_MOST = 15.0
_MOST_PREPARED = 200
"""Statements of a session whose plans the server keeps; which ones, the reader says."""


def _milliseconds(seconds: float) -> str:
    return str(max(int(seconds * 1000), 1))


async def prepare(connection: Connection, settings: SourceSettings, *, writes: bool) -> None:
    """Pins what a session's answers could depend on, its time limits, and whether it may write at all.

    The limits are the server's: they hold also when our process dies.
    """
    connection.prepare_threshold, connection.prepared_max = sys.maxsize, _MOST_PREPARED
    for name in _AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)
    limit = _milliseconds(settings.statement_timeout)
    idle = 2 * settings.statement_timeout if writes else min(2 * settings.statement_timeout, _IDLE_AT_MOST)
    values = {
        **_PINNED,
        "statement_timeout": limit,
        "lock_timeout": limit,
        "idle_in_transaction_session_timeout": _milliseconds(idle),
        "default_transaction_read_only": "off" if writes else "on",
    }
    calls = ", ".join(f"set_config('{name}', %({name})s, false)" for name in values)
    await connection.execute(f"SELECT {calls}".encode(), values)
    try:
        await connection.execute(_WATCHDOG)
    except psycopg.errors.InvalidParameterValue:
        return  # the server's system cannot notice it; the time limits above still hold


def begin(seconds: float) -> bytes:
    """Begins a reading transaction: one snapshot, nothing written, no statement longer than `seconds`.

    The settings are set anew, since a pooler between us and the server may hand out another session.
    """
    return (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; "
        f"SET LOCAL search_path = public, pg_temp; SET LOCAL statement_timeout = {_milliseconds(seconds)}"
    ).encode()


async def rollback(connection: Connection) -> None:
    """Ends a reading transaction, and undoes whatever its statements did to the session.

    Said to the server directly: where the driver says it, it forgets the plans that the session keeps, though
    to PostgreSQL they are no part of a transaction. Raises the driver's errors.
    """
    await connection.wait(_rolled_back(connection.pgconn))


def _rolled_back(server: pq.abc.PGconn) -> PQGen[None]:
    server.send_query(b"ROLLBACK")
    for result in (yield from generators.execute(server)):
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)
