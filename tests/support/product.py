"""The product as `leadline serve` runs it, over real servers and a small demo company."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leadline.core.clock import Clock

AS_OF = "2026-11-17T09:15:00-06:00"
"""When the small company lives: the clock of a served product stands at the end of that day."""
LEADS = 2_000


@dataclass(frozen=True, slots=True)
class Served:
    """A running `leadline serve`."""

    url: str
    process: subprocess.Popen[str]


def clock() -> Clock:
    """Standing at the end of 17 November 2026 in Chicago."""
    return Clock.from_as_of("2026-11-17", "America/Chicago")


def leadline(
    *arguments: str, environment: Mapping[str, str], text_in: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "leadline.cli", *arguments],
        env={**_bare(), **environment},
        input=text_in,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@contextmanager
def served(log: Path, *arguments: str, environment: Mapping[str, str]) -> Iterator[Served]:
    """`leadline serve` on a free port until the block ends; its log goes to a file."""
    command = [sys.executable, "-m", "leadline.cli", "serve", "--port", "0", "--format", "json", *arguments]
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, env={**_bare(), **environment}, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        assert first, log.read_text(encoding="utf-8")
        yield Served(json.loads(first)["url"], process)
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def _bare() -> dict[str, str]:
    """The environment without settings of the product."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
