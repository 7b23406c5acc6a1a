"""Questions that come together are read together: in few transactions, each begun after all were asked.

One transaction is begun, another whenever no question has had its turn for `_PATIENT` seconds: cheap
questions cost little more than their statements, and a dear one holds nobody up. What fails in a transaction
that it shares is read once more in one of its own: no question takes another with it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from leadline.core.errors import LeadlineError
from leadline.engine.snapshot import Snapshot
from leadline.sources.postgres import Need, ReadConflictError, Reader, Source

T = TypeVar("T")
_AT_FIRST = 1
_PATIENT, _LATE = 0.02, 0.005
_LONGEST = 1.0
"""Seconds after which a transaction takes no further question: a snapshot must not grow old."""


@dataclass(slots=True)
class _Lane:
    """A transaction of a sitting. `served`: how many questions it has taken before."""

    snapshot: Snapshot
    closing: AbstractAsyncContextManager[Reader]
    began: float = field(default_factory=time.monotonic)
    served: int = 0

    @property
    def tired(self) -> bool:
        return time.monotonic() - self.began > _LONGEST


class Sitting:
    """The transactions of `seats` questions, at most `most` at a time, on nodes that satisfy `need`."""

    def __init__(self, source: Source, seats: int, most: int, need: Need | None = None) -> None:
        self._source, self._seats, self._most, self._need = source, seats, most, need or Need()
        self._free: list[_Lane] = []
        self._waiting: deque[asyncio.Future[_Lane]] = deque()
        self._open, self._opening = 0, set[asyncio.Task[None]]()
        self._loop = asyncio.get_running_loop()
        self._moved = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    async def read(self, work: Callable[[Snapshot], Awaitable[T]]) -> T:
        """What `work` reads. Raises LeadlineError as `Source.read` does."""
        began = time.monotonic()
        shared = True
        try:
            async with self._lane() as lane:
                shared = lane.served > 1
                return await work(lane.snapshot)
        except ReadConflictError:
            pass  # once more, elsewhere
        except LeadlineError:
            if not shared:
                raise
        left = max(self._source.settings.patience - (time.monotonic() - began), 0.001)
        return await self._source.read(lambda reader: work(Snapshot(reader)), need=self._need, seconds=left)

    async def leave(self) -> None:
        """A question is answered, or nobody waits for it any more. The last one ends the transactions."""
        self._seats -= 1
        if self._seats <= 0:
            free, self._free = self._free, []
            for lane in free:
                await self._close(lane)

    @asynccontextmanager
    async def _lane(self) -> AsyncIterator[_Lane]:
        lane = await self._take()
        lane.served += 1
        try:
            yield lane
        except BaseException as error:
            await self._close(lane, error)
            raise
        await self._give(lane)

    async def _take(self) -> _Lane:
        if self._free:
            return self._free.pop()
        future: asyncio.Future[_Lane] = self._loop.create_future()
        self._waiting.append(future)
        self._begin_if(self._count < _AT_FIRST)
        self._watch()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                await self._give(future.result())
            raise

    def _watch(self) -> None:
        """Looks again when the questions that wait will have waited for too long."""
        if self._timer is None and self._count < self._most:
            due = max(self._moved, self._loop.time()) + _PATIENT
            self._timer = self._loop.call_at(due, self._look, due)

    def _look(self, due: float) -> None:
        """Begins a transaction if no question has had its turn for a while, and not because we were busy."""
        self._timer, now = None, self._loop.time()
        if now - due < _LATE and now - self._moved >= _PATIENT:
            self._begin_if(self._wanted)
        if self._wanted:
            self._watch()

    @property
    def _count(self) -> int:
        return self._open + len(self._opening)

    def _begin_if(self, wanted: bool) -> None:
        """Begins a transaction, unless there are enough."""
        if wanted and self._count < self._most:
            task = asyncio.create_task(self._begin())
            self._opening.add(task)

    async def _begin(self) -> None:
        closing = self._source.reading(need=self._need)
        try:
            reader = await closing.__aenter__()
        except Exception as error:  # noqa: BLE001 - it goes to whoever waits for nothing else
            self._opening.discard(_me())
            self._failed(error)
            return
        self._opening.discard(_me())
        self._open += 1
        await self._give(_Lane(Snapshot(reader), closing))

    def _failed(self, error: Exception) -> None:
        """No transaction could be begun: while another one is, the questions wait for that one."""
        if self._count:
            return
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(error)

    async def _give(self, lane: _Lane) -> None:
        """To who has waited longest; kept for who comes, if anybody can."""
        if lane.tired:
            await self._close(lane)
            self._begin_if(self._wanted)
            return
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(lane)
                self._moved = self._loop.time()
                return
        if self._seats > 0:
            self._free.append(lane)
        else:
            await self._close(lane)

    @property
    def _wanted(self) -> bool:
        return any(not future.done() for future in self._waiting)

    async def _close(self, lane: _Lane, error: BaseException | None = None) -> None:
        """Ends a transaction; `error`: what went wrong in it."""
        self._open -= 1
        told = (type(error), error, error.__traceback__) if error is not None else (None, None, None)
        try:
            await lane.closing.__aexit__(*told)
        finally:
            self._begin_if(self._wanted and not self._count)


def _me() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (only tasks call it)
    return task
