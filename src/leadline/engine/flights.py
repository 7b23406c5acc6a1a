"""Single flight: equal work that is asked for at the same time is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Flights(Generic[T]):
    """Work under way, by key. It is cancelled once nobody waits for it any more."""

    def __init__(self) -> None:
        self._under_way: dict[str, _Flight[T]] = {}

    async def join(self, key: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the work under `key` gives, begun now or already under way. Its error goes to all who wait."""
        flight = self._under_way.get(key) or self._begin(key, work)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                self._leave(key, flight)

    def _begin(self, key: str, work: Callable[[], Coroutine[Any, Any, T]]) -> _Flight[T]:
        flight = _Flight(asyncio.create_task(work()))
        self._under_way[key] = flight
        flight.task.add_done_callback(lambda _: self._forget(key, flight))
        return flight

    def _leave(self, key: str, flight: _Flight[T]) -> None:
        """The last one left: what is not done yet is of no use, and nobody may join it now."""
        self._forget(key, flight)
        flight.task.cancel()

    def _forget(self, key: str, flight: _Flight[T]) -> None:
        if self._under_way.get(key) is flight:
            del self._under_way[key]
