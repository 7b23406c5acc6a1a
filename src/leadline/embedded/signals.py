"""Ctrl-C and SIGTERM as one exception, raised once: what follows is a clean end that nothing interrupts."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, a signal raises `Stopped`, and whoever waits for our end gets status 0."""
    before = {number: signal.signal(number, _stop) for number in _NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in _NUMBERS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped
