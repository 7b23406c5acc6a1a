"""A PostgreSQL source: reads on a fit replica, else on the primary; writes only in the `leadline` schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.sources.postgres import failures
from leadline.sources.postgres.budget import Budget
from leadline.sources.postgres.failures import ReadConflictError
from leadline.sources.postgres.introspect import introspect
from leadline.sources.postgres.monitor import Monitor
from leadline.sources.postgres.need import ANY, Need
from leadline.sources.postgres.node import Connection, Node
from leadline.sources.postgres.reader import Reader
from leadline.sources.postgres.routing import PRIMARY, Router
from leadline.sources.postgres.settings import SourceSettings
from leadline.sources.postgres.standing import Standing, standings
from leadline.sources.postgres.writing import Writer

__all__ = ["PRIMARY", "Source"]
T = TypeVar("T")


class Source:
    """One source database with its replicas. `await open()` first, `await close()` last.

    Which of the servers is the primary is found out, and found again after a fail-over.
    """

    def __init__(self, settings: SourceSettings) -> None:
        self.settings = settings
        logins = (settings.primary, *settings.replicas)
        self._nodes = tuple(Node(_name(number), login, settings) for number, login in enumerate(logins))
        self._monitor = Monitor(self._nodes, settings)
        self._router = Router(self._nodes, self._monitor, settings)
        self._writer = Writer(self._nodes, self._monitor, settings)

    async def open(self) -> None:
        """Starts the pools and, with replicas, the watch over all servers. Needs no database yet."""
        for node in (*self._nodes, *self._writer.nodes):
            await node.open()
        if len(self._nodes) > 1:
            self._monitor.start()

    async def close(self) -> None:
        """Ends everything that `open` began."""
        await self._monitor.stop()
        for node in (*self._nodes, *self._writer.nodes):
            await node.close()

    async def probe(self) -> None:
        """Raises `source_unavailable` or `source_login` where the primary does not let us in."""
        await self._router.primary.probe()

    def standings(self) -> tuple[Standing, ...]:
        """How every server stood when last looked at. Empty without replicas: then nothing is watched."""
        return standings(self._nodes, self._monitor, self.settings.lag_bound)

    @property
    def written(self) -> str | None:
        """The token of this process's last write (see `Need.seen`); None before the first."""
        return self._writer.written

    async def schema(self) -> SourceSchema:
        """All tables that the reading role may read: from the primary, a replica only if that is gone."""
        last = failures.unreachable(self.settings.primary, "no node is left")
        first = self._router.primary
        for node in (first, *(node for node in self._nodes if node is not first)):
            try:
                return await _introspected(node)
            except LeadlineError as error:
                last = error
        raise last

    @asynccontextmanager
    async def reading(
        self, *, node: str | None = None, need: Need = ANY, budget: Budget | None = None, avoid: str = ""
    ) -> AsyncIterator[Reader]:
        """One reading transaction on `node` (by name), else on a node that satisfies `need`.

        `avoid`: a node to ask last. Raises `source_unavailable`, `source_login`, `timeout`; its statements
        may raise `ReadConflictError`.
        """
        time = budget or Budget(self.settings.patience)
        begun = await self._router.begin(time, need, written=self._writer.position, name=node, avoid=avoid)
        try:
            yield begun.reader
        except ReadConflictError as cut:
            if cut.stale:
                await begun.node.drain()
            raise
        finally:
            await begun.end()

    async def read(
        self, work: Callable[[Reader], Awaitable[T]], *, need: Need = ANY, seconds: float | None = None
    ) -> T:
        """What `work` reads in one transaction; begun anew once, elsewhere, if its node failed under it.

        `seconds`: for all of it (None: the source's `question_timeout`).
        """
        budget = Budget(seconds or self.settings.patience)
        node = ""
        try:
            async with self.reading(need=need, budget=budget) as reader:
                node = reader.node
                return await work(reader)
        except ReadConflictError as cut:
            first = cut
        try:
            async with self.reading(need=need, budget=budget, avoid=node) as reader:
                return await work(reader)
        except ReadConflictError:
            raise first.error from None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A connection of the owner of the `leadline` schema, in autocommit mode, on the primary.

        The driver's errors that the block does not handle are raised in the product's words.
        """
        async with self._translated(), self._writer.connection() as connection:
            yield connection

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self.explain(error) from None

    def explain(self, error: psycopg.Error) -> LeadlineError:
        """What the driver's error on a `writing` connection means."""
        return self._writer.explain(error)


def _name(number: int) -> str:
    return f"replica-{number}" if number else PRIMARY


async def _introspected(node: Node) -> SourceSchema:
    try:
        async with node.connection() as connection:
            return await introspect(connection)
    except psycopg.Error as error:
        failure = failures.running(error, node.login)
        raise (failure.error if isinstance(failure, ReadConflictError) else failure) from None
