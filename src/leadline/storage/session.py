"""Sessions with our own database. What reads and what writes differ by type.

One request is one `writing()` block, committed when it ends well and rolled back otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import Executable, Row, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from leadline.core.errors import LeadlineError
from leadline.storage.address import DRIVER, connection_settings

_FIX = "Start PostgreSQL or correct LEADLINE_STATE_URL; `leadline status` shows the address in use."


class Reader:
    """Reads; every statement stands for itself."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """All rows of a statement, with values for its named parameters."""
        return (await self._connection.execute(statement, values)).all()

    async def one(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row, or None."""
        return (await self._connection.execute(statement, values)).first()


class Writer(Reader):
    """Reads and writes within one transaction."""

    async def run(self, statement: Executable) -> int:
        """Executes an UPDATE or DELETE (or an INSERT whose outcome is sure); the rows it touched."""
        return (await self._connection.execute(statement)).rowcount


@contextmanager
def _named_errors() -> Iterator[None]:
    """A database that cannot be reached is `state_unavailable`, never a driver's exception."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        why = f"Our own database does not answer ({_first_line(error)})."
        raise LeadlineError("state_unavailable", why, _FIX) from error


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0][:200] if lines else type(cause).__name__


class State:
    """Our own database: a pool of connections, opened on first use. Close it with `close`."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self._engine: AsyncEngine = create_async_engine(
            DRIVER,
            connect_args=connection_settings(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            pool_pre_ping=True,  # the server may have been restarted since
        )
        # Reads need no transaction: without BEGIN and ROLLBACK they are one round trip instead of three.
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """A session that only reads."""
        with _named_errors():
            async with self._autocommit.connect() as connection:
                yield Reader(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writer]:
        """One transaction: committed at the end of the block, rolled back on an exception."""
        with _named_errors():
            async with self._engine.begin() as connection:
                yield Writer(connection)

    async def ping(self) -> None:
        """Returns if the database answers; else `state_unavailable`."""
        async with self.reading() as reader:
            await reader.one(text("SELECT 1"))

    async def close(self) -> None:
        """Closes all connections."""
        await self._engine.dispose()
