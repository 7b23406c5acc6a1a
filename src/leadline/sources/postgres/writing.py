"""Writes in the `leadline` schema: on whichever server is the primary now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import psycopg
from psycopg.pq import TransactionStatus

from leadline.core.errors import LeadlineError
from leadline.sources.postgres import failures
from leadline.sources.postgres.failures import ReadConflictError
from leadline.sources.postgres.lag import position
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.monitor import Monitor
from leadline.sources.postgres.node import Connection, Node
from leadline.sources.postgres.settings import SourceSettings
from leadline.sources.postgres.watch import Watch

_CONNECTIONS = 4
_IS_STANDBY = "SELECT pg_is_in_recovery()"
_WHERE = "SELECT pg_current_wal_insert_lsn()::text"


class Writer:
    """The owner's connections to every server of the source; those that are no primary stay unused.

    `written`: the token of the last write (None: there was none); see `Need.seen`.
    """

    def __init__(self, nodes: Sequence[Node], monitor: Monitor, settings: SourceSettings) -> None:
        self._monitor, self._settings = monitor, settings
        self._owner = settings.owner or settings.primary
        self._nodes = {
            node.name: Node("owner", self._login(node), settings, size=_CONNECTIONS, writes=True)
            for node in nodes
        }
        self._last = next(iter(self._nodes))
        self.written: str | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The owner's pools."""
        return tuple(self._nodes.values())

    @property
    def position(self) -> int | None:
        """`written` as a position of the log."""
        return position(self.written) if self.written else None

    def _login(self, node: Node) -> Login:
        """The owner at the place of a node; where he has an address of his own, that one for the first."""
        if node.login == self._settings.primary:
            return self._owner
        return replace(self._owner, host=node.login.host, port=node.login.port)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the owner to the primary. Raises the driver's errors, or why there is none."""
        node, connection = await self._take()
        try:
            yield connection
        except psycopg.errors.ReadOnlySqlTransaction:
            await connection.close()
            await node.drain()  # it has become a standby: none of its connections may be used again
            raise
        finally:
            await self._note(connection)
            await node.give(connection)

    async def _take(self) -> tuple[Node, Connection]:
        """The first server that takes writes: the leader as last seen, the last one used, then any other."""
        last: LeadlineError = failures.unreachable(self._owner, "no server takes writes")
        for name in self._order():
            node = self._nodes[name]
            try:
                connection = await self._writable(node)
            except LeadlineError as error:
                last = error
                continue
            self._last = name
            return node, connection
        raise last

    def _order(self) -> list[str]:
        leader = self._monitor.leader
        first = leader.name if leader is not None else self._last
        return [first, *(name for name in self._nodes if name != first)]

    async def _writable(self, node: Node) -> Connection:
        """A connection on which writes are taken; dead ones and those of a former primary are dropped."""
        for _ in range(2):
            connection = await node.take()
            if await self._takes_writes(connection, node):
                return connection
            await connection.close()
            await node.give(connection)
            await node.drain()
        raise failures.read_only(node.login)

    async def _takes_writes(self, connection: Connection, node: Node) -> bool:
        with Watch(connection, self._settings.answer_timeout) as watch:
            try:
                row = await (await connection.execute(_IS_STANDBY)).fetchone()
            except psycopg.Error:
                if watch.broke:
                    node.fail(failures.silent(node.login))
                return False
        return bool(row and row[0] is False)

    async def _note(self, connection: Connection) -> None:
        """Remembers how far the log goes after a write, so that the next reading sees it."""
        if connection.broken or connection.info.transaction_status != TransactionStatus.IDLE:
            return
        with Watch(connection, self._settings.answer_timeout):
            try:
                row = await (await connection.execute(_WHERE)).fetchone()
            except psycopg.Error:
                return  # a server that is gone has no replica either that could be ahead of it
        self.written = row[0] if row else self.written

    def explain(self, error: psycopg.Error) -> LeadlineError:
        """What the driver's error on a connection of the owner means."""
        failure = failures.running(error, self._owner)
        return failure.error if isinstance(failure, ReadConflictError) else failure
