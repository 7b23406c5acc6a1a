"""What our own log says, line by line, as the server writes it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from leadline.api import log


@contextmanager
def logged() -> Iterator[Callable[[], str]]:
    """Inside, logs are configured as by `leadline serve` and kept; the value gives their text."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    text = io.StringIO()
    log.configure(stream=text)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client of the test is no part of it
    try:
        yield text.getvalue
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
