"""One reading transaction: read-only, one snapshot, on one node."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NoReturn

import psycopg

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import failures
from leadline.sources.postgres.failures import ReadConflictError
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.node import Connection

Row = tuple[Any, ...]
_ReadOnly = psycopg.errors.ReadOnlySqlTransaction
_CHUNK = 5_000
_OVERHEAD = 16
DEFAULT_BYTES = 64 * 1024 * 1024


def _size(rows: list[Row]) -> int:
    """Bytes that rows take, roughly: text by its length, anything else a word or two."""
    return sum(len(value) if isinstance(value, str | bytes) else _OVERHEAD for row in rows for value in row)


class Reader:
    """Reads within one REPEATABLE READ, READ ONLY transaction: every statement sees the same commit.

    `node`: its name. `as_of`: the instant up to which this node knew the data when the snapshot was taken.
    `lag_ms`: how far it was behind (None: it is the primary). `now`: the database's clock at that moment.
    """

    def __init__(
        self,
        connection: Connection,
        login: Login,
        *,
        node: str,
        as_of: datetime,
        now: datetime,
        lag_ms: int | None,
    ) -> None:
        self._connection, self._login = connection, login
        self.node, self.as_of, self.now, self.lag_ms = node, as_of, now, lag_ms

    async def fetch(self, statement: Statement, *, byte_cap: int = DEFAULT_BYTES) -> list[Row]:
        """All rows. Raises `too_large` beyond `byte_cap`, `ReadConflictError` where a second try may help."""
        try:
            async with self._connection.cursor() as cursor:
                await cursor.execute(statement.sql.encode(), dict(statement.params))
                return await _all(cursor, byte_cap)
        except psycopg.Error as error:
            self._fail(error)

    async def fetch_text(self, select: str, *, byte_cap: int = DEFAULT_BYTES) -> list[Row]:
        """All rows of one SELECT that a person wrote. Anything but one SELECT is refused by the database.

        Raises as `fetch`; what is wrong with the text is `bad_case`.
        """
        try:
            async with self._connection.cursor() as cursor:
                # prepared: only one statement; a cursor: only one that reads
                declare = f"DECLARE written NO SCROLL CURSOR FOR {select}"
                await cursor.execute(declare.encode(), prepare=True)
                await cursor.execute("FETCH ALL FROM written")
                rows = await _all(cursor, byte_cap)
                await cursor.execute("CLOSE written")
                return rows
        except (psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.DataError, _ReadOnly) as error:
            why = failures.said(error)
            raise LeadlineError("bad_case", f"the SQL fails: {why}", "Run it in psql; correct it.") from None
        except psycopg.Error as error:
            self._fail(error)

    async def set(self, **settings: str) -> None:
        """Sets parameters for the rest of this transaction (`timezone="Europe/Berlin"`)."""
        calls = ", ".join(f"set_config('{name}', %({name})s, true)" for name in settings)
        await self.fetch(Statement(f"SELECT {calls}", settings))

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails inside does not spoil the transaction: its error passes through, the snapshot stays."""
        await self._connection.execute("SAVEPOINT part")
        try:
            yield
        except LeadlineError:
            await self._connection.execute("ROLLBACK TO SAVEPOINT part")
            raise
        finally:
            if self._connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
                await self._connection.execute("RELEASE SAVEPOINT part")

    def _fail(self, error: psycopg.Error) -> NoReturn:
        failure = failures.running(error, self._login)
        if isinstance(failure, ReadConflictError):
            raise failure from error
        raise failure from None


async def _all(cursor: psycopg.AsyncCursor[Row], byte_cap: int) -> list[Row]:
    rows: list[Row] = []
    size = 0
    while chunk := await cursor.fetchmany(_CHUNK):
        rows += chunk
        size += _size(chunk)
        if size > byte_cap:
            raise LeadlineError(
                "too_large",
                f"the answer is larger than {byte_cap // 1024 // 1024} MiB",
                "Ask for fewer rows (limit), shorter columns, or a coarser grain.",
            )
    return rows
