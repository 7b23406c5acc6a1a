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
from leadline.cache.patience import Patience
from leadline.cache.wire import Address, Command, Reply, Wire, connect, seconds

log = structlog.get_logger("leadline.cache")
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
        self._patience = Patience()
        self.counters = Counters()

    @property
    def away(self) -> bool:
        """Whether the circuit is open: Redis failed and has not answered again yet."""
        return self._recovering is not None

    def now(self) -> float:
        """Seconds since 1970 by the clock of Redis: one for all nodes, whatever their own ones say."""
        return self._time + time.monotonic() - self._told

    def budget(self) -> Budget:
        """What Redis may cost one request; time in which this process was busy itself is not counted."""
        return Budget(self._settings.budget, self._patience.now)

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
        budget = present() or self.budget()
        if not budget.left():
            return None
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
        """Whether Redis has said something meanwhile: then it is slow, but there."""
        return self._wire is not None and self._wire.heard > began

    async def _within(self, commands: Sequence[Command], budget: Budget) -> list[Reply]:
        wire = self._wire
        if wire is None or not wire.open:
            wire = await self._connected(budget)
        futures = wire.send(commands)
        self._patience.limit(futures[-1], budget.left())
        await futures[-1]
        return [self._value(future.result()) for future in futures]

    async def _connected(self, budget: Budget) -> Wire:
        """The connection; made by one task for all who wait."""
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(connect(self._address))
            self._connecting.add_done_callback(self._take)
        task, over = self._connecting, asyncio.get_running_loop().create_future()
        task.add_done_callback(lambda _: _end(over))
        self._patience.limit(over, budget.left())
        await over
        if task.cancelled():
            raise ConnectionError("given up")
        return task.result()[0]

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


def _end(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
