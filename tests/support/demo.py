"""A whole product under `leadline demo`, as its user starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.embedded.ports import free_port
from tests.support.shared import ROOT
from tests.support.waiting import LATE

SMALL = ("--leads", "1000", "--no-simulator")
START_SECONDS = 240


def environment(**more: str) -> dict[str, str]:
    """That of the machine, without settings of ours, with the sources importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), **more}


@dataclass
class Demo:
    """`leadline demo` (or `up`) over `data`, not yet started. Events come as on its standard output."""

    data: Path
    arguments: tuple[str, ...] = SMALL
    variables: Mapping[str, str] = field(default_factory=dict)
    command: str = "demo"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def launch(self) -> subprocess.Popen[str]:
        """Starts it without waiting."""
        where = ["--data-dir", str(self.data), "--port", str(self.port), "--no-open", "--format", "json"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leadline.cli", self.command, *where, *self.arguments],
            env=environment(**self.variables),
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.process

    def start(self) -> list[dict[str, Any]]:
        """Starts it and waits until it is ready; all its events."""
        process = self.launch()
        assert process.stdout is not None
        assert process.stderr is not None
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "ready":
                return events
        raise AssertionError(f"it ended with {process.wait()}: {process.stderr.read()}")

    def refused(self) -> tuple[int, dict[str, str]]:
        """Starts it where it cannot: its exit status and the error on its standard error."""
        _, errors = self.launch().communicate(timeout=START_SECONDS)
        assert self.process is not None
        assert errors.count("\n") == 1, errors
        return self.process.returncode, json.loads(errors)

    def status(self) -> dict[str, Any]:
        """Its status file."""
        found: dict[str, Any] = json.loads((self.data / "status.json").read_text())
        return found

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(90)
        self.close()
        return status

    def close(self) -> None:
        """Kills what may still run, and closes the pipes."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()


@contextmanager
def demo(data: Path, *arguments: str, **variables: str) -> Iterator[Demo]:
    """A demo that is gone at the end of the block, however that ends."""
    with closing(Demo(data, (*SMALL, *arguments), variables)) as one:
        yield one


@contextmanager
def up(data: Path, *arguments: str, **variables: str) -> Iterator[Demo]:
    """The same for `leadline up`."""
    with closing(Demo(data, arguments, variables, "up")) as one:
        yield one


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def family(pid: int) -> set[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(parent, []).append(int(path.parent.name))
    found, todo = {pid}, [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found |= set(children)
        todo += children
    return found


def gone(pids: set[int], seconds: float) -> bool:
    """Whether all have ended within that time, or later on a busy machine."""
    deadline = time.monotonic() + seconds + LATE
    while any(map(alive, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
