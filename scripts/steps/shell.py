"""Runs one command of the set-up: its output goes to the log, one line shows that it goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from steps.paths import LOG, ROOT

_LAST_LINES = 25


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


@dataclass
class Clock:
    """Seconds by kind of work: `download` or `build`."""

    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, kind: str, seconds: float) -> None:
        """Counts some more."""
        self.seconds[kind] = self.seconds.get(kind, 0.0) + seconds

    def words(self) -> str:
        """For people."""
        return ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in self.seconds.items())


CLOCK = Clock()


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    kind: str,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Runs `command`, shows `title` with its time. Raises `SetupError` with its last lines."""
    began = time.monotonic()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a+") as log, _Ticking(title, began):
        start = log.seek(0, os.SEEK_END)
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            check=False,
        )
        log.seek(start)
        words = log.read()
    seconds = time.monotonic() - began
    CLOCK.add(kind, seconds)
    if done.returncode != 0:
        last = "\n".join(words.splitlines()[-_LAST_LINES:])
        raise SetupError(f"{title}: failed\n{last}\n(all of it: {LOG.relative_to(ROOT)})")
    say(title, f"{seconds:6.1f} s")


def say(title: str, words: str) -> None:
    """One finished line."""
    sys.stdout.write(
        f"\r\033[K  {title:<28} {words}\n" if sys.stdout.isatty() else f"  {title:<28} {words}\n"
    )
    sys.stdout.flush()


class _Ticking:
    """On a terminal: the title with the seconds so far, ten times in ten seconds."""

    def __init__(self, title: str, began: float) -> None:
        self._title, self._began, self._over = title, began, threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> None:
        if sys.stdout.isatty():
            self._thread.start()
        else:
            sys.stdout.write(f"  {self._title} …\n")
            sys.stdout.flush()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _tick(self) -> None:
        while not self._over.wait(1.0):
            sys.stdout.write(f"\r\033[K  {self._title:<28} {time.monotonic() - self._began:6.0f} s …")
            sys.stdout.flush()
