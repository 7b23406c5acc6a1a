"""Which node reads: a replica that knows enough, else the primary, else whatever still answers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from leadline.core.errors import LeadlineError
from leadline.sources.postgres import failures
from leadline.sources.postgres.lag import History, position
from leadline.sources.postgres.node import Connection, Node
from leadline.sources.postgres.reader import Reader

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Asked before the transaction: what was replayed then is certainly in the snapshot that is taken later.
_STATUS = (
    "SELECT clock_timestamp(), pg_is_in_recovery(), pg_last_wal_replay_lsn()::text, "
    "pg_last_xact_replay_timestamp()"
)
_MILLISECOND = timedelta(milliseconds=1)


class UnfitError(Exception):
    """The node answers, but knows too little."""


@dataclass(slots=True)
class Begun:
    """A node's connection with a reading transaction begun on it."""

    node: Node
    connection: Connection
    reader: Reader

    async def end(self) -> None:
        """Ends the transaction and gives the connection back."""
        with suppress(psycopg.Error):
            await self.connection.execute("ROLLBACK")
        await self.node.give(self.connection)


class Router:
    """Chooses among a primary and its replicas, in turn."""

    def __init__(self, primary: Node, replicas: tuple[Node, ...], history: History, bound: timedelta) -> None:
        self._primary, self._replicas, self._history, self._bound = primary, replicas, history, bound
        self._turn = 0

    async def begin(self, name: str | None = None) -> Begun:
        """A reading transaction on the node of that name, else the best one. Raises the last node's error."""
        last = failures.unreachable(self._primary.login, "no node is left")
        for node, bound in self._candidates(name):
            try:
                return await self._begin(node, bound)
            except LeadlineError as error:
                last = error
            except UnfitError:
                continue
        raise last

    def _candidates(self, name: str | None) -> list[tuple[Node, timedelta | None]]:
        """Nodes in the order of trial, each with the age that it may have (None: any)."""
        if name is not None:
            nodes = (self._primary, *self._replicas)
            return [(node, None) for node in nodes if node.name == name]
        self._turn += 1
        turn = self._turn % max(len(self._replicas), 1)
        ring = [*self._replicas[turn:], *self._replicas[:turn]]
        fit: list[tuple[Node, timedelta | None]] = [(node, self._bound) for node in ring]
        return [*fit, (self._primary, None), *((node, None) for node in ring)]

    async def _begin(self, node: Node, bound: timedelta | None) -> Begun:
        try:
            return await self._try(node, bound)
        except psycopg.OperationalError:
            await node.purge()  # the server was restarted: its old connections are dead
        try:
            return await self._try(node, bound)
        except psycopg.OperationalError as error:
            raise failures.connecting(error, node.login) from None

    async def _try(self, node: Node, bound: timedelta | None) -> Begun:
        connection = await node.take()
        try:
            reader = await self._reader(node, connection, bound)
            await connection.execute(_BEGIN)
        except BaseException:
            await node.give(connection)
            raise
        return Begun(node, connection, reader)

    async def _reader(self, node: Node, connection: Connection, bound: timedelta | None) -> Reader:
        row = await (await connection.execute(_STATUS)).fetchone()
        now, standby, replayed, last_commit = row or (None, None, None, None)
        known = self._known(replayed, last_commit) if standby else now
        if bound is not None and (known is None or now - known > bound):
            raise UnfitError
        lag = max((now - (known or now)) // _MILLISECOND, 0) if standby else None
        if standby and self._caught_up(replayed):
            lag = 0
        return Reader(connection, node.login, node=node.name, as_of=known or now, now=now, lag_ms=lag)

    def _known(self, replayed: str | None, last_commit: datetime | None) -> datetime | None:
        """The instant up to which a standby knows all: by the primary's samples, or its last commit."""
        sampled = self._history.known_at(position(replayed)) if replayed else None
        return max((at for at in (sampled, last_commit) if at is not None), default=None)

    def _caught_up(self, replayed: str | None) -> bool:
        newest = self._history.newest
        return newest is not None and replayed is not None and position(replayed) >= newest.position
