"""Processor time of process trees, from what the kernel counts."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_NANO = 1_000_000_000


def seconds(*roots: int) -> float:
    """Seconds that the processes of these trees have computed, as far as they still run."""
    return sum(_thread(thread) for root in roots for pid in _family(root) for thread in _threads(pid)) / _NANO


def _threads(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _thread(folder: Path) -> int:
    try:
        return int((folder / "schedstat").read_text().split()[0])
    except (OSError, IndexError):
        return 0  # it ended meanwhile


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in _threads(pid):
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


class Meter:
    """What loads took, in milliseconds each: by the clock, and of the processors.

    `own`: of the process tree that answers them; `database`: of PostgreSQL's.
    """

    def __init__(self, answering: int, postmaster: int) -> None:
        self._pids = answering, postmaster
        self.wall: list[float] = []
        self.own: list[float] = []
        self.database: list[float] = []

    async def timed(self, work: Awaitable[T]) -> T:
        """What some work gives; notes what it takes."""
        before, began = [seconds(pid) for pid in self._pids], time.perf_counter()
        result = await work
        took = time.perf_counter() - began
        own, database = (seconds(pid) - was for pid, was in zip(self._pids, before, strict=True))
        for into, value in ((self.wall, took), (self.own, own), (self.database, database)):
            into.append(value * 1000)
        return result

    def undo(self) -> None:
        """Takes back the last note."""
        for values in (self.wall, self.own, self.database):
            values.pop()
