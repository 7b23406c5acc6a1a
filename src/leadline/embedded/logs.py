"""The supervisor's own log: one JSON object a line, an event name plus fields."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import FilteringBoundLogger, Processor

_LARGEST = 20_000_000


def rotate(folder: Path) -> None:
    """Puts logs that have grown large aside; one older piece of each is kept."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > _LARGEST:
            path.replace(path.with_suffix(".log.1"))


def logger(file: TextIO) -> FilteringBoundLogger:
    """A logger that writes to `file`."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        stamp,
        structlog.processors.JSONRenderer(),
    ]
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(file),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(20),
    )
    return log
