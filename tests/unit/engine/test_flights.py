"""Single flight: once for all, errors to all, cancelled when the last one leaves."""

from __future__ import annotations

import asyncio

import pytest

from leadline.engine.flights import Flights


async def test_equal_work_is_done_once_and_again_later() -> None:
    flights: Flights[int] = Flights()
    runs = 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.01)
        return runs

    assert await asyncio.gather(*(flights.join("k", work) for _ in range(20))) == [1] * 20
    assert await flights.join("k", work) == 2


async def test_an_error_goes_to_all_and_is_not_kept() -> None:
    flights: Flights[int] = Flights()

    async def fail() -> int:
        await asyncio.sleep(0.01)
        raise ValueError("no")

    async def work() -> int:
        return 7

    results = await asyncio.gather(*(flights.join("k", fail) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError] * 3
    assert await flights.join("k", work) == 7


async def test_one_who_leaves_does_not_disturb_the_others_and_the_last_one_cancels() -> None:
    flights: Flights[int] = Flights()
    cancelled = asyncio.Event()
    release = asyncio.Event()

    async def work() -> int:
        try:
            await release.wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return 1

    waiting = [asyncio.create_task(flights.join("k", work)) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0.01)
    assert not cancelled.is_set()
    waiting[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
    async with asyncio.timeout(20):
        await cancelled.wait()
    release.set()
    assert await flights.join("k", work) == 1, "nobody joins cancelled work"
