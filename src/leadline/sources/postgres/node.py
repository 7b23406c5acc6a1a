"""One PostgreSQL server with its pool: connections in a known state, within a deadline, or a clear error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from leadline.core.errors import LeadlineError
from leadline.sources.postgres import failures
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.session import Connection, prepare, rollback
from leadline.sources.postgres.settings import SourceSettings

__all__ = ["Connection", "Node", "connect"]
_REMEMBERED = 1.0
_SOON = 0.1
_PATIENCE = 1.0
_AT_HAND, _AT_HAND_FOR = 4, 5.0
"""How many connections are kept at hand, and for how many seconds after their last use."""


async def connect(login: Login, patience: float) -> Connection:
    """A connection of its own, in autocommit mode, within `patience` seconds.

    Raises `source_unavailable` (a `SilentError` where there was no answer) or `source_login`.
    """
    try:
        async with asyncio.timeout(patience):
            return await psycopg.AsyncConnection.connect(**login.parameters(), autocommit=True)
    except TimeoutError:
        raise failures.silent(login) from None
    except psycopg.OperationalError as error:
        raise failures.connecting(error, login) from None


async def _ended(connection: Connection) -> None:
    """Ends what a reading left open that was cut off: nobody may have its snapshot."""
    if connection.closed or connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        return
    try:
        async with asyncio.timeout(_PATIENCE):
            await rollback(connection)
    except (psycopg.Error, TimeoutError):
        await connection.close()


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
        self._has_answered = False
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            kwargs={
                **login.parameters(),
                "autocommit": True,
                "connect_timeout": max(2, int(settings.connect_timeout)),  # whole seconds, from 2
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
        # The pool hands out the one that has rested longest, so each is cold. The last one used knows the
        # plans of what is asked now, and its caches are warm.
        self._at_hand: list[Connection] = []
        self._cooling: asyncio.TimerHandle | None = None
        self._tidying: set[asyncio.Task[None]] = set()

    async def _configure(self, connection: Connection) -> None:
        await prepare(connection, self._settings, writes=self._writes)

    async def open(self) -> None:
        """Starts the pool; connects to nothing yet."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Closes every connection."""
        await self._put_back()
        await self._pool.close(timeout=2)

    @property
    def queue(self) -> int:
        """How many connections are in use or wanted: what a new reading would wait behind."""
        stats = self._pool.get_stats()
        used = stats.get("pool_size", 0) - stats.get("pool_available", 0) - len(self._at_hand)
        return used + stats.get("requests_waiting", 0)

    async def probe(self) -> None:
        """Raises `source_unavailable` or `source_login` if no connection can be made."""
        patience = self._settings.answer_timeout if self._has_answered else self._settings.connect_timeout
        connection = await connect(self.login, patience)
        await connection.close()
        self._has_answered = True

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool, in autocommit mode, for the time of the block. Raises as `take`."""
        connection = await self.take()
        try:
            yield connection
        finally:
            await self.give(connection)

    async def take(self, patience: float | None = None) -> Connection:
        """A connection of the pool, to be given back. Waits in the queue for `patience` seconds at most.

        Raises as `probe`, and `source_unavailable` (a `SourceBusyError`) where every connection stays in use.
        """
        end = time.monotonic() + min(patience or self._settings.wait_timeout, self._settings.wait_timeout)
        self._refuse_at_rest()
        if self._at_hand:
            return self._at_hand.pop()
        if self._pool.get_stats().get("pool_size", 0) == 0:
            await self._probed()
        try:
            return await self._pool.getconn(timeout=_SOON)
        except PoolTimeout:
            await self._probed()  # it is only busy, or it is gone: the pool does not say
        try:
            return await self._pool.getconn(timeout=max(end - time.monotonic(), 0.01))
        except (PoolTimeout, PoolClosed):
            raise failures.busy(self.name) from None

    async def give(self, connection: Connection) -> None:
        """Gives back what `take` gave; a broken one is thrown away, a transaction that was left open ends."""
        await _ended(connection)
        if connection.broken:
            self._well_until = 0.0
        elif not connection.closed and not self._pool.closed and self._has_room():
            self._at_hand.append(connection)
            self._cool_later()
            return
        await self._pool.putconn(connection)

    def _has_room(self) -> bool:
        """Whether one more may be kept at hand: nobody waits for it in the pool's queue."""
        return len(self._at_hand) < _AT_HAND and not self._pool.get_stats().get("requests_waiting", 0)

    def _cool_later(self) -> None:
        if self._cooling is not None:
            self._cooling.cancel()
        self._cooling = asyncio.get_running_loop().call_later(_AT_HAND_FOR, self._cool)

    def _cool(self) -> None:
        task = asyncio.create_task(self._put_back())
        self._tidying.add(task)
        task.add_done_callback(self._tidying.discard)

    async def _put_back(self) -> None:
        """Gives the pool what is kept at hand: it closes what nobody needs, and checks what may be dead."""
        if self._cooling is not None:
            self._cooling.cancel()
        kept, self._at_hand = self._at_hand, []
        for connection in kept:
            await self._pool.putconn(connection)

    def fail(self, error: LeadlineError) -> None:
        """Lets the server rest for a moment: whoever asks for it meanwhile is told `error` at once."""
        self._failure, self._resting_until = error, time.monotonic() + _REMEMBERED

    def recover(self) -> None:
        """It answers: nobody is refused any more."""
        self._failure, self._has_answered = None, True

    async def _probed(self) -> None:
        """Finds out whether a connection can be made: one at a time for all, remembered for a moment."""
        async with self._probing:
            self._refuse_at_rest()
            if time.monotonic() < self._well_until:
                return
            try:
                await self.probe()
            except LeadlineError as error:
                self.fail(error)
                raise
            self._well_until = time.monotonic() + _REMEMBERED

    def _refuse_at_rest(self) -> None:
        """Raises what failed a moment ago: nobody should wait for it again."""
        if self._failure is not None and time.monotonic() < self._resting_until:
            raise LeadlineError(self._failure.code, self._failure.why, self._failure.fix)

    async def purge(self) -> None:
        """Throws away the pool's dead connections (after a restart of the server)."""
        await self._put_back()
        await self._pool.check()

    async def drain(self) -> None:
        """Has every connection made anew (the server is another one now, or its tables are)."""
        await self._put_back()
        await self._pool.drain()
