"""What a start tells: for programs as one JSON object a line, for people as a calm list."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from leadline.core.errors import LeadlineError
from leadline.embedded.report import line
from leadline.embedded.status import Status


class Reporter(Protocol):
    """Shows the steps of a start, and at its end how to sign in."""

    def begin(self, name: str) -> None:
        """A step begins."""

    def progress(self, name: str, done: int, total: int) -> None:
        """How far a step is."""

    def end(self, name: str, seconds: float) -> None:
        """A step is done."""

    def warning(self, error: LeadlineError) -> None:
        """It runs, but something is not as it should be."""

    def ready(self, status: Status, seconds: float) -> None:
        """The first page has come, `seconds` after the start."""

    def close(self) -> None:
        """The start is over, well or not."""


@contextmanager
def timed(reporter: Reporter, name: str) -> Iterator[None]:
    """Runs one step under a reporter."""
    began = time.monotonic()
    reporter.begin(name)
    yield
    reporter.end(name, time.monotonic() - began)


class JsonReporter:
    """`{"event": "step", …}` lines and one `{"event": "ready", …}` on standard output."""

    def begin(self, name: str) -> None:
        """Only the end of a step is an event."""

    def progress(self, name: str, done: int, total: int) -> None:
        """Only the end of a step is an event."""

    def end(self, name: str, seconds: float) -> None:
        """One line for each step."""
        self._write(event="step", name=name, seconds=round(seconds, 3))

    def warning(self, error: LeadlineError) -> None:
        """One line."""
        self._write(event="warning", **error.to_json())

    def ready(self, status: Status, seconds: float) -> None:
        """The last line."""
        self._write(event="ready", url=status.url, seconds=round(seconds, 3))

    def close(self) -> None:
        """Nothing is open."""

    @staticmethod
    def _write(**event: Any) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


_WORDS = {
    "primary": "PostgreSQL",
    "replica-1": "Replica",
    "valkey": "Valkey",
    "migrate": "Our own tables",
    "company": "Demo company",
    "import": "Files",
    "accounts": "Sign-in",
    "rollups": "Rollups",
    "serve": "Leadline",
}


class PeopleReporter:
    """A line for each step with its time, a bar where a step takes long, then address and sign-in."""

    def __init__(self) -> None:
        """Draws on standard output."""
        self._console = Console(highlight=False)
        columns = (TextColumn("  {task.description:<16}"), BarColumn(28), TimeElapsedColumn())
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._bars.start()

    def begin(self, name: str) -> None:
        """A pulsing bar."""
        self._tasks[name] = self._bars.add_task(_words(name), total=None)

    def progress(self, name: str, done: int, total: int) -> None:
        """A bar that fills."""
        if name not in self._tasks:
            self.begin(name)
        self._bars.update(self._tasks[name], completed=done, total=total)

    def end(self, name: str, seconds: float) -> None:
        """The bar becomes a line."""
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name))
        self._console.print(f"  {_words(name):<16} [dim]{seconds:6.1f} s[/dim]")

    def warning(self, error: LeadlineError) -> None:
        """One line below the steps."""
        self._bars.stop()
        self._console.print(Text(f"  {line(error)}"), soft_wrap=True)

    def ready(self, status: Status, seconds: float) -> None:
        """How to come in and how to leave."""
        self._bars.stop()
        self._console.print(f"  [bold]{status.url}[/bold]   [dim]first page after {seconds:.1f} s[/dim]")
        self._console.print(f"  E-mail    {status.admin['email']}\n  Password  {status.admin['password']}")
        self._console.print("\n  [dim]Ctrl-C ends it; the data stays.[/dim]")

    def close(self) -> None:
        """Takes the bars away."""
        self._bars.stop()


def _words(name: str) -> str:
    return _WORDS.get(name, name)
