"""Looks at every server of a source now and then: which one takes writes, how far the others are behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from leadline.core.errors import LeadlineError
from leadline.sources.postgres import failures
from leadline.sources.postgres.failures import SilentError
from leadline.sources.postgres.lag import History, Sample
from leadline.sources.postgres.node import Connection, Node, connect
from leadline.sources.postgres.settings import SourceSettings
from leadline.sources.postgres.state import State, look
from leadline.sources.postgres.watch import Watch
from leadline.sources.tasks import end

_PERIOD = 0.5
_RECENT = 3.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What a server said (None: nothing, and `why`), begun at `taken` on our monotonic clock."""

    taken: float
    state: State | None
    why: str = ""

    @property
    def is_recent(self) -> bool:
        """Whether it still tells something of the present."""
        return time.monotonic() - self.taken < _RECENT


class Monitor:
    """Looks at `nodes` every `period` seconds, over connections of its own: a full pool must not blind it.

    `history`: the primary's positions. Without `start` nothing is known, and nothing is claimed.
    """

    def __init__(self, nodes: Sequence[Node], settings: SourceSettings, period: float = _PERIOD) -> None:
        self._nodes, self._settings, self._period = tuple(nodes), settings, period
        self._connections: dict[str, Connection] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.history = History()
        self.sights: dict[str, Sight] = {}

    def start(self) -> None:
        """Begins to look."""
        self._tasks = [
            asyncio.create_task(self._run(node), name=f"watch-{node.name}") for node in self._nodes
        ]

    async def stop(self) -> None:
        """Ends it."""
        for task in self._tasks:
            await end(task)
        for connection in self._connections.values():
            await connection.close()
        self._tasks, self._connections = [], {}

    @property
    def leader(self) -> Node | None:
        """The server that takes writes, as last seen: of several the one with the newest timeline."""
        found = [(self._timeline(node), node) for node in self._nodes]
        known = [(timeline, node) for timeline, node in found if timeline is not None]
        return max(known, key=lambda one: one[0])[1] if known else None

    @property
    def timeline(self) -> int:
        """The history that the leader writes; 0 where none is known."""
        return max((self._timeline(node) or 0 for node in self._nodes), default=0)

    def _timeline(self, node: Node) -> int | None:
        """A writable server's timeline; None where it is not known to be writable."""
        sight = self.sights.get(node.name)
        if sight is None or sight.state is None or not sight.is_recent:
            return None
        return sight.state.timeline

    async def look_at_all(self) -> None:
        """Looks at every server now, all at once."""
        await asyncio.gather(*(self._look(node) for node in self._nodes))

    async def _run(self, node: Node) -> None:
        while True:
            await self._look(node)
            await asyncio.sleep(self._period)

    async def _look(self, node: Node) -> None:
        taken = time.monotonic()
        try:
            state = await self._ask(node)
        except LeadlineError as error:
            self.sights[node.name] = Sight(taken, None, error.why)
            if isinstance(error, SilentError):
                node.fail(error)
            return
        node.recover()
        self.sights[node.name] = Sight(taken, state)
        if state.position is not None and state.timeline is not None and self.leader is node:
            self.history.add(Sample(state.now, state.position, taken, state.timeline))

    async def _ask(self, node: Node) -> State:
        connection = self._connections.get(node.name)
        if connection is None or connection.closed:
            connection = await connect(node.login, self._settings.connect_timeout)
            self._connections[node.name] = connection
        with Watch(connection, self._settings.answer_timeout) as watch:
            try:
                return await look(connection)
            except psycopg.Error as error:
                await connection.close()
                raise (
                    failures.silent(node.login) if watch.broke else failures.connecting(error, node.login)
                ) from None
