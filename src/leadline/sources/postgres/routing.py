"""Which node reads: a replica that knows enough, else the primary, else whatever still answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from leadline.core.errors import LeadlineError
from leadline.sources.postgres import failures
from leadline.sources.postgres.budget import Budget
from leadline.sources.postgres.lag import Lag, position
from leadline.sources.postgres.monitor import Monitor
from leadline.sources.postgres.need import Need
from leadline.sources.postgres.node import Connection, Node
from leadline.sources.postgres.reader import Reader
from leadline.sources.postgres.session import begin, rollback
from leadline.sources.postgres.settings import SourceSettings
from leadline.sources.postgres.state import State, look
from leadline.sources.postgres.watch import Watch

PRIMARY = "primary"
_CLOSING = 1.0


class UnfitError(Exception):
    """The node answers, but knows too little."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a node must know to be taken: at most this old (None: any), at least up to this position."""

    age: timedelta | None = None
    position: int | None = None


@dataclass(slots=True)
class Begun:
    """A node's connection with a reading transaction begun on it."""

    node: Node
    connection: Connection
    reader: Reader

    async def end(self) -> None:
        """Ends the transaction and gives the connection back, also if whoever waits for it is cancelled."""
        await asyncio.shield(asyncio.ensure_future(self._end()))

    async def _end(self) -> None:
        try:
            with Watch(self.connection, _CLOSING):
                await rollback(self.connection)
            if self.reader.soiled:
                await self.connection.close()
        except psycopg.Error:
            await self.connection.close()  # its state is not known: nobody may have it after us
        finally:
            await self.node.give(self.connection)


class Router:
    """Chooses among the nodes of a source. `nodes`: the primary as configured, then the replicas."""

    def __init__(self, nodes: Sequence[Node], monitor: Monitor, settings: SourceSettings) -> None:
        self._nodes, self._monitor, self._settings = tuple(nodes), monitor, settings
        self._turn = 0

    @property
    def primary(self) -> Node:
        """The server that takes writes, as far as is known."""
        return self._monitor.leader or self._nodes[0]

    async def begin(
        self,
        budget: Budget,
        need: Need,
        *,
        written: int | None = None,
        name: str | None = None,
        avoid: str = "",
    ) -> Begun:
        """A reading transaction on the node of that name, else the best one. Raises the last node's error.

        `written`: the position that this process has written to. `avoid`: the node that failed just now.
        """
        last = failures.unreachable(self._nodes[0].login, "no node is left that knows enough")
        for node, bound in self._candidates(need, written, name, avoid):
            try:
                return await self._begin(node, bound, budget)
            except LeadlineError as error:
                last = error
                budget.part(1)
            except UnfitError:
                continue
        raise last

    def _candidates(
        self, need: Need, written: int | None, name: str | None, avoid: str
    ) -> Iterator[tuple[Node, Bound]]:
        """Nodes in the order of trial, each with what it must know."""
        must = Bound(position=position(need.seen) if need.seen else None)
        if name == PRIMARY:
            yield self.primary, must
            return
        if name is not None:
            yield from ((node, must) for node in self._nodes if node.name == name)
            return
        within = self._settings.lag_bound if need.within is None else need.within
        fit = Bound(within, max(must.position or 0, written or 0))
        primary = self.primary
        replicas = [node for node in self._ring() if node is not primary]
        if avoid:  # a second try must not meet the same trouble: first the one that no recovery disturbs
            yield from ((node, must) for node in (primary,) if node.name != avoid)
        yield from ((node, fit) for node in replicas if node.name != avoid)
        yield primary, must
        yield from ((node, must) for node in replicas)

    def _ring(self) -> list[Node]:
        """All nodes, the least busy first, equally busy ones in turn; none where there is but one."""
        if len(self._nodes) == 1:
            return []
        self._turn += 1
        turn = self._turn % len(self._nodes)
        return sorted([*self._nodes[turn:], *self._nodes[:turn]], key=lambda node: node.queue)

    async def _begin(self, node: Node, bound: Bound, budget: Budget) -> Begun:
        try:
            return await self._try(node, bound, budget)
        except psycopg.OperationalError:
            await node.purge()  # the server was restarted: its old connections are dead
        try:
            return await self._try(node, bound, budget)
        except psycopg.OperationalError as error:
            raise failures.connecting(error, node.login) from None

    async def _try(self, node: Node, bound: Bound, budget: Budget) -> Begun:
        connection = await node.take(budget.part(self._settings.wait_timeout))
        watch = Watch(connection, self._settings.answer_timeout)
        try:
            with watch:
                reader = await self._reader(node, connection, bound, budget)
        except BaseException as error:
            await node.give(connection)
            if isinstance(error, psycopg.Error) and watch.broke:
                node.fail(failures.silent(node.login))
                raise failures.silent(node.login) from None
            raise
        node.recover()
        return Begun(node, connection, reader)

    async def _reader(self, node: Node, connection: Connection, bound: Bound, budget: Budget) -> Reader:
        # Asked before the transaction: what was known then is certainly in the snapshot that is taken later.
        state = await look(connection)
        lag = self._lag(state, bound)
        await connection.execute(begin(budget.part(self._settings.statement_timeout)))
        return Reader(
            connection,
            node.login,
            node=node.name,
            as_of=lag.known if lag else state.now,
            now=lag.known + lag.age if lag else state.now,
            lag_ms=lag.milliseconds if lag else None,
            lag_bytes=lag.behind if lag else None,
            budget=budget,
        )

    def _lag(self, state: State, bound: Bound) -> Lag | None:
        """How far the node is behind; None for the primary. Raises `UnfitError`."""
        if not state.standby:
            if (state.timeline or 0) < self._monitor.timeline:
                raise UnfitError  # it was the primary once: another one has been promoted since
            return None
        lag = self._monitor.history.lag(state.position, state.last_commit, state.now)
        if bound.position and (state.position or 0) < bound.position:
            raise UnfitError
        if bound.age is not None and (lag is None or lag.age > bound.age):
            raise UnfitError
        return lag or Lag(state.now, timedelta(), None)
