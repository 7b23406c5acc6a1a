"""Redis within bounds: no request waits for it longer than its budget, and a silent one is left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import hiredis
import structlog

from leadline.cache.budget import Budget, present
from leadline.cache.counters import Counters
from leadline.cache.wire import Address, Command, Reply, Wire, connect, seconds

log = structlog.get_logger("leadline.cache")
_GRACE = 0.005
"""Seconds after a deadline in which the loop reads what has arrived meanwhile."""
_BUSY = 0.02
"""A deadline that is seen this much too late: the loop could read nothing for longer than a moment."""
_WORDS_EVERY = 10.0


_Connected = tuple[Wire, float]


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`budget`: seconds that Redis may cost a request in all. `rest`: between tries while it is away."""

    budget: float = 0.08
    rest: float = 0.25


class Store:
    """Commands to one Redis. Every failure is None: without Redis answers are dearer, not wrong.

    After a failure nothing is sent (the circuit is open) until a task of its own has been answered.
    """

    def __init__(self, url: str, settings: StoreSettings | None = None) -> None:
        self._address = Address.of(url)
        self._settings = settings or StoreSettings()
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[_Connected] | None = None
        self._recovering: asyncio.Task[None] | None = None
        self._closed = False
        self._next_word = 0.0
        self._time, self._told = time.time(), time.monotonic()
        self.counters = Counters()

    @property
    def away(self) -> bool:
        """Whether the circuit is open: Redis failed and has not answered again yet."""
        return self._recovering is not None

    def now(self) -> float:
        """Seconds since 1970 by the clock of Redis: one for all nodes, whatever their own ones say."""
        return self._time + time.monotonic() - self._told

    async def set_clock(self) -> None:
        """Asks Redis for the time."""
        reply = await self.run("TIME")
        if reply is not None:
            self._time, self._told = seconds(reply), time.monotonic()

    async def close(self) -> None:
        """Ends the connection and whatever tries to make one."""
        self._closed = True
        tasks = [task for task in (self._connecting, self._recovering) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._wire is not None:
            self._wire.abort()

    async def run(self, *command: bytes | str | int) -> Reply:
        """The reply to one command; None where there is none."""
        replies = await self.run_all((command,))
        return replies[0] if replies is not None else None

    async def run_all(self, commands: Sequence[Command]) -> list[Reply] | None:
        """The replies to commands that are sent together; None where Redis does not answer in time.

        A command that Redis refuses (it is full, the value is of another kind) has the reply None.
        """
        if self.away or self._closed:
            return None
        budget = present() or Budget(self._settings.budget)
        budget.begin()
        began = time.monotonic()
        try:
            return await self._within(commands, budget)
        except TimeoutError as error:
            if not self._heard_since(began):
                self._failed(error)
        except OSError as error:
            self._failed(error)
        finally:
            budget.end()
        return None

    def _heard_since(self, began: float) -> bool:
        """Whether Redis has said something meanwhile, or was not asked: then it is slow, but there."""
        if time.monotonic() - began < _GRACE:
            return True  # the request had nothing left to spend
        return self._wire is not None and self._wire.heard > began

    async def _within(self, commands: Sequence[Command], budget: Budget) -> list[Reply]:
        left = budget.left()
        if left <= 0:
            raise TimeoutError("the budget of the request is spent")
        deadline = _Deadline(left)
        wire = self._wire
        if wire is None or not wire.open:
            wire = await self._connected(deadline)
        futures = wire.send(commands)
        await _answered(futures[-1], deadline)
        return [self._value(future.result()) for future in futures]

    async def _connected(self, deadline: _Deadline) -> Wire:
        """The connection; made by one task for all who wait."""
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(connect(self._address))
            self._connecting.add_done_callback(self._take)
        await _answered(self._connecting, deadline)
        return self._connecting.result()[0]

    def _take(self, task: asyncio.Task[_Connected]) -> None:
        if task.cancelled() or task.exception() is not None:
            return
        wire, now = task.result()
        if self.away or self._closed:
            wire.abort()  # it came too late
        else:
            self._wire, self._time, self._told = wire, now, time.monotonic()

    def _failed(self, error: Exception) -> None:
        """Opens the circuit, once."""
        if self.away or self._closed:
            return
        self.counters.failures += 1
        log.warning("cache_unavailable", cause=type(error).__name__, why=str(error)[:200])
        if self._wire is not None:
            self._wire.abort()
            self._wire = None
        if self._connecting is not None:
            self._connecting.cancel()
        self._recovering = asyncio.create_task(self._recover())

    def _value(self, reply: Reply) -> Reply:
        """The reply; None where Redis refused the command, which is told now and then."""
        if not isinstance(reply, hiredis.ReplyError):
            return reply
        now = time.monotonic()
        if now >= self._next_word:
            self._next_word = now + _WORDS_EVERY
            log.warning("cache_refused", why=str(reply)[:200])
        return None

    async def _recover(self) -> None:
        """Tries until Redis answers again. No request pays for it."""
        while True:
            await asyncio.sleep(self._settings.rest)
            try:
                async with asyncio.timeout(self._settings.budget * 2):
                    wire, now = await connect(self._address)
            except (OSError, TimeoutError):
                continue
            break
        self._wire, self._recovering = wire, None
        self._time, self._told = now, time.monotonic()
        log.info("cache_available")


class _Deadline:
    """When to give up. Time in which the loop itself was busy is not held against Redis, once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._extended = False

    def left(self) -> float:
        """Seconds until then."""
        return max(self._until - time.monotonic(), 0)

    def extend(self) -> float:
        """Seconds to wait when it has come: all once more where we could read nothing, else a moment."""
        late = time.monotonic() - self._until
        if late < _BUSY or self._extended:
            return _GRACE
        self._until, self._extended = time.monotonic() + self._seconds, True
        return self._seconds


async def _answered(awaited: asyncio.Future[Reply] | asyncio.Task[_Connected], deadline: _Deadline) -> None:
    """Waits for it; raises TimeoutError when its time has come, or what it ended with."""
    wait = _Wait(awaited, deadline)
    try:
        await wait.over
    finally:
        wait.end()
    if not awaited.done() or awaited.cancelled():
        raise TimeoutError("no answer in time")
    awaited.result()


class _Wait:
    """A wait with an end."""

    def __init__(
        self, awaited: asyncio.Future[Reply] | asyncio.Task[_Connected], deadline: _Deadline
    ) -> None:
        self._awaited, self._deadline = awaited, deadline
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[None] = self._loop.create_future()
        self._timer = self._loop.call_later(deadline.left(), self._late)
        awaited.add_done_callback(self._done)

    def end(self) -> None:
        """Nobody waits any more."""
        self._timer.cancel()
        self._awaited.remove_done_callback(self._done)

    def _late(self) -> None:
        self._timer = self._loop.call_later(self._deadline.extend(), self._done, None)

    def _done(self, _: object) -> None:
        if not self.over.done():
            self.over.set_result(None)
