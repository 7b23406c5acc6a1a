"""Processes that a scenario starts, and ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_END_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answering:
    """A process that answers at `url`."""

    url: str
    pid: int


@contextmanager
def running(
    *module: str, says: Path, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A Python module with its arguments, until the block ends; its process id.

    Its standard output goes to `says`, its errors to `log`.
    """
    with says.open("w", encoding="utf-8") as said, log.open("a", encoding="utf-8") as errors:
        command = [sys.executable, "-m", *module]
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=errors, cwd=_ROOT)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(_END_SECONDS)


@contextmanager
def answering(*module: str, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Answering]:
    """The same for one whose first line says `{"url": …}`; RuntimeError with its errors if none comes."""
    with log.open("a", encoding="utf-8") as errors:
        command = [sys.executable, "-m", *module]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=_ROOT
        )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        if not first:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        yield Answering(json.loads(first)["url"], process.pid)
    finally:
        process.terminate()
        process.wait(_END_SECONDS)
        process.stdout.close()
