"""Runs one tool to its end as the user of the servers."""

from __future__ import annotations

from pathlib import Path

from leadline.embedded.failures import explain
from leadline.embedded.processes import Command, Process


def run(command: Command, folder: Path) -> None:
    """Runs it; `folder` is what it works on. Raises `disk_full` or `process_failed` with its last words."""
    process = Process(command)
    try:
        if process.wait() != 0:
            raise explain(command.name, process.last_words(), folder)
    finally:
        process.end()
