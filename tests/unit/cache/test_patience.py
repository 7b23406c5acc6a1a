"""A wait is counted only as far as the loop could have read an answer meanwhile."""

from __future__ import annotations

import asyncio
import time

import pytest

from leadline.cache.patience import Patience


async def _limited(patience: Patience, seconds: float) -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    patience.limit(future, seconds)
    return future


async def test_an_idle_loop_waits_as_long_as_it_is_told() -> None:
    patience, began = Patience(), time.monotonic()
    with pytest.raises(TimeoutError):
        await (await _limited(patience, 0.05))
    assert 0.05 <= time.monotonic() - began < 0.1


async def test_time_in_which_the_loop_was_busy_does_not_count() -> None:
    patience = Patience()
    future = await _limited(patience, 0.05)
    for _ in range(3):
        time.sleep(0.06)  # noqa: ASYNC251 - this is the busy loop
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    assert not future.done()
    future.set_result(None)


async def test_it_stands_still_while_nobody_waits() -> None:
    patience = Patience()
    future = await _limited(patience, 1)
    await asyncio.sleep(0.015)
    future.set_result(None)
    await asyncio.sleep(0.02)
    stood = patience.now()
    await asyncio.sleep(0.03)
    assert patience.now() == stood


async def test_each_wait_has_its_own_end() -> None:
    patience = Patience()
    soon, late = await _limited(patience, 0.01), await _limited(patience, 0.06)
    with pytest.raises(TimeoutError):
        await soon
    assert not late.done()
    with pytest.raises(TimeoutError):
        await late
