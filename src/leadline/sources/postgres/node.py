"""One PostgreSQL server with its pool: connections in a known state, within a deadline, or a clear error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from leadline.core.errors import LeadlineError
from leadline.sources.postgres import failures
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.settings import SourceSettings

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_REMEMBERED = 1.0
_SOON = 0.25
_AS_TEXT = ("uuid", "json", "jsonb", "interval", "time", "timetz", "inet", "cidr", "money", "xml")
_SESSION = (
    "SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false), "
    "set_config('IntervalStyle', 'postgres', false), set_config('extra_float_digits', '1', false), "
    "set_config('statement_timeout', %(limit)s, false), set_config('lock_timeout', %(lock)s, false), "
    "set_config('idle_in_transaction_session_timeout', %(idle)s, false), "
    "set_config('default_transaction_read_only', %(read_only)s, false), "
    "set_config('application_name', 'leadline', false)"
)


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


async def connect(login: Login, patience: float) -> Connection:
    """A connection of its own, in autocommit mode, within `patience` seconds.

    Raises `source_unavailable` or `source_login`.
    """
    seconds = max(2, int(patience))  # libpq counts whole seconds, from 2
    try:
        return await psycopg.AsyncConnection.connect(
            **login.parameters(), connect_timeout=seconds, autocommit=True
        )
    except psycopg.OperationalError as error:
        raise failures.connecting(error, login) from None


async def prepare(connection: Connection, settings: SourceSettings, *, writes: bool) -> None:
    """Pins what a session's answers could depend on, its time limits, and whether it may write at all."""
    for name in _AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)
    limit = _milliseconds(settings.statement_timeout)
    await connection.execute(
        _SESSION,
        {
            "limit": limit,
            "lock": limit,
            "idle": _milliseconds(2 * settings.statement_timeout),
            "read_only": "off" if writes else "on",
        },
    )


class Node:
    """A server of the source. `name`: `primary` or `replica-1` and so on. `writes`: it is not only read."""

    def __init__(
        self,
        name: str,
        login: Login,
        settings: SourceSettings,
        *,
        size: int | None = None,
        writes: bool = False,
    ) -> None:
        self.name, self.login, self._settings, self._writes = name, login, settings, writes
        self._probing = asyncio.Lock()
        self._failure: LeadlineError | None = None
        self._resting_until = self._well_until = 0.0
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            kwargs={
                **login.parameters(),
                "autocommit": True,
                "connect_timeout": max(2, int(settings.connect_timeout)),
            },
            min_size=0,
            max_size=size or settings.pool_size,
            max_idle=300,
            timeout=settings.wait_timeout,
            reconnect_timeout=settings.wait_timeout,
            configure=self._configure,
            open=False,
            name=name,
        )

    async def _configure(self, connection: Connection) -> None:
        await prepare(connection, self._settings, writes=self._writes)

    async def open(self) -> None:
        """Starts the pool; connects to nothing yet."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Closes every connection."""
        await self._pool.close(timeout=2)

    async def probe(self) -> None:
        """Raises `source_unavailable` or `source_login` if no connection can be made."""
        connection = await connect(self.login, self._settings.connect_timeout)
        await connection.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool, in autocommit mode, for the time of the block. Raises as `take`."""
        connection = await self.take()
        try:
            yield connection
        finally:
            await self.give(connection)

    async def take(self) -> Connection:
        """A connection of the pool, to be given back. Raises as `probe`, and `timeout`."""
        self._refuse_at_rest()
        if self._pool.get_stats().get("pool_size", 0) == 0:
            await self._probed()
        try:
            return await self._pool.getconn(timeout=_SOON)
        except PoolTimeout:
            await self._probed()  # it is only busy, or it is gone: the pool does not say
        try:
            return await self._pool.getconn()
        except (PoolTimeout, PoolClosed):
            raise LeadlineError(
                "timeout", f"every connection to {self.name} is busy", "Try again in a moment."
            ) from None

    async def give(self, connection: Connection) -> None:
        """Gives back what `take` gave; a broken one is thrown away."""
        if connection.broken:
            self._well_until = 0.0
        await self._pool.putconn(connection)

    async def _probed(self) -> None:
        """Finds out whether a connection can be made: one at a time for all, remembered for a moment."""
        async with self._probing:
            self._refuse_at_rest()
            if time.monotonic() < self._well_until:
                return
            try:
                await self.probe()
            except LeadlineError as error:
                self._failure, self._resting_until = error, time.monotonic() + _REMEMBERED
                raise
            self._well_until = time.monotonic() + _REMEMBERED

    def _refuse_at_rest(self) -> None:
        """Raises what failed a moment ago: nobody should wait for it again."""
        if self._failure is not None and time.monotonic() < self._resting_until:
            raise LeadlineError(self._failure.code, self._failure.why, self._failure.fix)

    async def purge(self) -> None:
        """Throws away the pool's dead connections (after a restart of the server)."""
        await self._pool.check()
