"""The supervisor's own log: one JSON object a line, an event name plus fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

_LARGEST = 20_000_000


def rotate(folder: Path) -> None:
    """Puts logs that have grown large aside; one older piece of each is kept."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > _LARGEST:
            path.replace(path.with_suffix(".log.1"))


class Log:
    """Writes events to `file` in the form of the product's other logs.

    Not by their library: it would take a third of the memory of a process that only watches.
    """

    def __init__(self, file: TextIO) -> None:
        """The file stays open as long as the log is used."""
        self._file = file

    def info(self, event: str, **fields: Any) -> None:
        """Something that is meant to happen."""
        self._write(event, "info", fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something that somebody may want to know of."""
        self._write(event, "warning", fields)

    def _write(self, event: str, level: str, fields: dict[str, Any]) -> None:
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        self._file.write(json.dumps({**fields, "event": event, "level": level, "timestamp": stamp}) + "\n")
        self._file.flush()
