"""One reading transaction: read-only, one snapshot, on one node."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NoReturn

import psycopg

from leadline.core.errors import LeadlineError
from leadline.planner.plan import Statement
from leadline.sources.postgres import failures
from leadline.sources.postgres.budget import Budget, out_of_time, seconds_of
from leadline.sources.postgres.failures import ReadConflictError
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.session import Connection
from leadline.sources.postgres.watch import Watch, too_large

Row = tuple[Any, ...]
_ReadOnly = psycopg.errors.ReadOnlySqlTransaction
_Written = (psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.DataError, _ReadOnly)
_CHUNK = 5_000
_OVERHEAD = 16
_GRACE = 1.0
_RENEW = 0.7
DEFAULT_BYTES = 64 * 1024 * 1024
DEFAULT_ROWS = 500_000


def _size(rows: list[Row]) -> int:
    """Bytes that rows take, roughly: text by its length, anything else a word or two."""
    return sum(len(value) if isinstance(value, str | bytes) else _OVERHEAD for row in rows for value in row)


class Reader:
    """Reads within one REPEATABLE READ, READ ONLY transaction: every statement sees the same commit.

    `node`: its name. `as_of`: the instant up to which this node knew the data when the snapshot was taken.
    `lag_ms`, `lag_bytes`: how far it was behind (None: it is the primary; bytes also where the primary's
    position is not known). `now`: the primary's clock at that moment. `budget`: what is left for all of it.
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
        budget: Budget,
        lag_bytes: int | None = None,
    ) -> None:
        self._connection, self._login, self._budget = connection, login, budget
        self._limit = budget.left
        self.node, self.as_of, self.now = node, as_of, now
        self.lag_ms, self.lag_bytes = lag_ms, lag_bytes
        self.soiled = False

    async def fetch(
        self,
        statement: Statement,
        *,
        byte_cap: int = DEFAULT_BYTES,
        row_cap: int = DEFAULT_ROWS,
        keep_plan: bool = False,
    ) -> list[Row]:
        """All rows. `keep_plan`: the server plans it once for all values, which suits cheap statements.

        Raises `too_large` beyond `byte_cap` or `row_cap`, `timeout` when the budget is used up, and
        `ReadConflictError` where a second try may help.
        """
        await self._renew()

        async def run() -> list[Row]:
            async with self._connection.cursor() as cursor:
                await cursor.execute(statement.sql.encode(), dict(statement.params), prepare=keep_plan)
                return await _all(cursor, byte_cap, row_cap)

        return await self._watched(run, byte_cap)

    async def fetch_text(
        self, select: str, *, byte_cap: int = DEFAULT_BYTES, row_cap: int = DEFAULT_ROWS
    ) -> list[Row]:
        """All rows of one SELECT that a person wrote. Anything but one SELECT is refused by the database.

        Raises as `fetch`; what is wrong with the text is `bad_case`. Nobody else reads over this connection
        afterwards, whatever the text did to the session.
        """
        self.soiled = True
        await self._renew()

        async def run() -> list[Row]:
            try:
                return await self._written(select, byte_cap, row_cap)
            except _Written as error:
                why = failures.said(error)
                raise LeadlineError(
                    "bad_case", f"the SQL fails: {why}", "Run it in psql; correct it."
                ) from None

        return await self._watched(run, byte_cap)

    async def _written(self, select: str, byte_cap: int, row_cap: int) -> list[Row]:
        async with self._connection.cursor() as cursor:
            # prepared: only one statement; a cursor: only one that reads
            declare = f"DECLARE written NO SCROLL CURSOR FOR {select}"
            await cursor.execute(declare.encode(), prepare=True)
            await cursor.execute(f"FETCH {row_cap + 1} FROM written".encode())
            rows = await _all(cursor, byte_cap, row_cap)
            await cursor.execute("CLOSE written")
            return rows

    async def set(self, **settings: str) -> None:
        """Sets parameters for the rest of this transaction (`timezone="Europe/Berlin"`).

        A `statement_timeout` of one's own takes the place of the budget.
        """
        calls = ", ".join(f"set_config('{name}', %({name})s, true)" for name in settings)
        await self.fetch(Statement(f"SELECT {calls}", settings))
        if limit := seconds_of(settings.get("statement_timeout", "")):
            self._limit, self._budget = limit, Budget(2 * limit + _GRACE)

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

    async def _watched(self, run: Callable[[], Awaitable[list[Row]]], byte_cap: int) -> list[Row]:
        """What `run` reads. The server's time limit comes first; ours is for a server that is stuck."""
        watch = Watch(self._connection, self._budget.left + _GRACE, byte_cap)
        try:
            with watch:
                rows = await run()
        except (psycopg.Error, UnicodeDecodeError) as error:
            self._fail(error, watch, byte_cap)
        if watch.broke is not None:  # while the last rows were read: the connection is gone all the same
            raise too_large(byte_cap)
        return rows

    async def _renew(self) -> None:
        """Tells the server how much time is left, once that is a good deal less than it was told before."""
        left = self._budget.left
        if left <= 0:
            raise out_of_time()
        if left < _RENEW * self._limit:
            self._limit = left
            limit = f"SET LOCAL statement_timeout = {max(int(left * 1000), 1)}"
            try:
                await self._connection.execute(limit.encode())
            except psycopg.Error as error:
                self._fail(error, None, 0)

    def _fail(
        self, error: psycopg.Error | UnicodeDecodeError, watch: Watch | None, byte_cap: int
    ) -> NoReturn:
        if watch is not None and watch.broke is not None:
            raise (too_large(byte_cap) if watch.broke == "large" else out_of_time()) from None
        if isinstance(error, UnicodeDecodeError):
            raise failures.unreadable(error) from None
        failure = failures.running(error, self._login)
        if isinstance(failure, ReadConflictError):
            raise failure from error
        raise failure from None


async def _all(cursor: psycopg.AsyncCursor[Row], byte_cap: int, row_cap: int) -> list[Row]:
    if cursor.rowcount > row_cap:
        raise LeadlineError(
            "too_large",
            f"the answer has more than {row_cap:,} rows",
            "Ask for fewer rows (limit), or a coarser grain.",
        )
    rows: list[Row] = []
    size = 0
    while chunk := await cursor.fetchmany(_CHUNK):
        rows += chunk
        size += _size(chunk)
        if size > byte_cap:
            raise too_large(byte_cap)
    return rows
