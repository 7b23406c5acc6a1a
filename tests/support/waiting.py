"""Waiting in tests: for the event itself, with a limit that only a test that fails ever spends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
LATE = 20.0
"""Seconds by which a busy machine may be late with anything, on top of what is promised."""


def eventually(good: Callable[[], bool], seconds: float) -> bool:
    """Whether something comes to hold that should within `seconds`, or later on a busy machine."""
    end = time.monotonic() + seconds + LATE
    while not good():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


async def until(check: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Waits until `check` holds, which it should within `seconds`, or later on a busy machine."""
    end = time.monotonic() + seconds + LATE
    while not await check():
        assert time.monotonic() < end, f"not within {seconds} s and {LATE} s of patience"
        await asyncio.sleep(0.05)


def best(measure: Callable[[], float], enough: float, tries: int = 10) -> float:
    """The least of some measurements; no more are taken once one is below `enough`.

    Whatever else runs on the machine only ever adds time: what one try reaches is what the product takes.
    """
    found = measure()
    for _ in range(tries - 1):
        if found < enough:
            break
        found = min(found, measure())
    return found


async def best_of(measure: Callable[[], Awaitable[float]], enough: float, tries: int = 10) -> float:
    """The same for measurements that are awaited."""
    found = await measure()
    for _ in range(tries - 1):
        if found < enough:
            break
        found = min(found, await measure())
    return found


def promptly(act: Callable[[], T], seconds: float, tries: int = 5) -> T:
    """What `act` gives, which takes less than `seconds`: if a busy machine is slow, at one of some tries."""
    began = time.monotonic()
    found = act()
    took = time.monotonic() - began
    if took < seconds:
        return found
    assert tries > 1, f"it took {took:.2f} s, not less than {seconds} s"
    return promptly(act, seconds, tries - 1)
