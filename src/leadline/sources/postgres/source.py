"""A PostgreSQL source: reads on a fit replica, else on the primary; writes only in the `leadline` schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.sources.postgres import failures
from leadline.sources.postgres.failures import ReadConflictError
from leadline.sources.postgres.introspect import introspect
from leadline.sources.postgres.lag import History
from leadline.sources.postgres.node import Connection, Node
from leadline.sources.postgres.reader import Reader
from leadline.sources.postgres.routing import Router
from leadline.sources.postgres.sampler import Sampler
from leadline.sources.postgres.settings import SourceSettings

T = TypeVar("T")
PRIMARY = "primary"
_OWNER_CONNECTIONS = 4


class Source:
    """One source database with its replicas. `await open()` first, `await close()` last."""

    def __init__(self, settings: SourceSettings) -> None:
        self.settings = settings
        self._primary = Node(PRIMARY, settings.primary, settings)
        owner = settings.owner or settings.primary
        self._owner = Node("owner", owner, settings, size=_OWNER_CONNECTIONS, writes=True)
        self._replicas = tuple(
            Node(f"replica-{number}", login, settings) for number, login in enumerate(settings.replicas, 1)
        )
        history = History()
        self._router = Router(self._primary, self._replicas, history, settings.lag_bound)
        self._sampler = Sampler(self._primary, history)

    async def open(self) -> None:
        """Starts the pools and, with replicas, the sampling of the primary. Needs no database yet."""
        for node in (self._primary, self._owner, *self._replicas):
            await node.open()
        if self._replicas:
            self._sampler.start()

    async def close(self) -> None:
        """Ends everything that `open` began."""
        await self._sampler.stop()
        for node in (self._primary, self._owner, *self._replicas):
            await node.close()

    async def probe(self) -> None:
        """Raises `source_unavailable` or `source_login` where the primary does not let us in."""
        await self._primary.probe()

    async def schema(self) -> SourceSchema:
        """All tables that the reading role may read: from the primary, a replica only if that is gone."""
        last = failures.unreachable(self.settings.primary, "no node is left")
        for node in (self._primary, *self._replicas):
            try:
                return await _introspected(node)
            except LeadlineError as error:
                last = error
        raise last

    @asynccontextmanager
    async def reading(self, *, node: str | None = None) -> AsyncIterator[Reader]:
        """One reading transaction on `node`, else on a fit replica, else on the primary.

        Raises `source_unavailable`, `source_login`, `timeout`; its statements may raise `ReadConflictError`.
        """
        begun = await self._router.begin(node)
        try:
            yield begun.reader
        finally:
            await begun.end()

    async def read(self, work: Callable[[Reader], Awaitable[T]]) -> T:
        """What `work` reads in one transaction; begun anew on the primary if its node failed under it."""
        try:
            async with self.reading() as reader:
                return await work(reader)
        except ReadConflictError as cut:
            first = cut
        try:
            async with self.reading(node=PRIMARY) as reader:
                return await work(reader)
        except ReadConflictError:
            raise first.error from None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A connection of the owner of the `leadline` schema, in autocommit mode, on the primary.

        The driver's errors that the block does not handle are raised in the product's words.
        """
        async with self._owner.connection() as connection:
            try:
                yield connection
            except psycopg.Error as error:
                raise self.explain(error) from None

    def explain(self, error: psycopg.Error) -> LeadlineError:
        """What the driver's error on a `writing` connection means."""
        failure = failures.running(error, self.settings.owner or self.settings.primary)
        return failure.error if isinstance(failure, ReadConflictError) else failure


async def _introspected(node: Node) -> SourceSchema:
    try:
        async with node.connection() as connection:
            return await introspect(connection)
    except psycopg.Error as error:
        failure = failures.running(error, node.login)
        raise (failure.error if isinstance(failure, ReadConflictError) else failure) from None
