"""Ends background tasks for certain."""

from __future__ import annotations

import asyncio
from typing import Any

_PATIENCE = 0.5


async def end(task: asyncio.Task[Any]) -> None:
    """Cancels the task until it has ended; an error that it ended with is raised.

    Once is not enough before Python 3.12: `asyncio.wait_for`, which the driver uses, loses a cancellation
    that arrives together with what it waits for.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=_PATIENCE)
    if not task.cancelled():
        task.result()
