"""Child processes that cannot outlive us: each gets a signal from the kernel when the supervisor dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from leadline.embedded.identity import SELF, Identity
from leadline.embedded.kernel import die_with_parent, enter_user_namespace

_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")
"""All forks happen in this one thread: the kernel's signal fires when the *thread* that forked ends."""


_POLITELY = ((signal.SIGTERM, 10.0),)


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: `text_in` goes to its standard input, output and errors are appended to `log`.

    Where it `speaks`, its output is read by us (`Process.lines`). `death` is sent by the kernel when we die.
    """

    name: str
    arguments: Sequence[str]
    log: Path
    identity: Identity = SELF
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    text_in: str | None = None
    speaks: bool = False
    death: signal.Signals = signal.SIGKILL


class Process:
    """A started child process."""

    def __init__(self, command: Command) -> None:
        """Starts it. Raises `OSError` where the program cannot be run."""
        self.command = command
        command.log.parent.mkdir(parents=True, exist_ok=True)
        self.log_start = command.log.stat().st_size if command.log.exists() else 0
        with command.log.open("ab") as log:
            self._popen = _SPAWNER.submit(_popen, command, log.fileno()).result()
        self._feed(command.text_in)

    def _feed(self, text: str | None) -> None:
        if self._popen.stdin is None:
            return
        with self._popen.stdin as pipe:
            pipe.write((text or "").encode())

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._popen.poll()

    def wait(self, seconds: float | None = None) -> int | None:
        """Waits for its end; None where it still runs after `seconds` (None: for ever)."""
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Asks it to stop, without waiting."""
        self._popen.send_signal(number)

    def end(self, *ways: tuple[signal.Signals, float]) -> None:
        """Asks it to stop, in one way after the other with the seconds to wait; kills it where none works."""
        for number, seconds in ways or _POLITELY:
            if self.status is not None:
                return
            self.ask(number)
            self.wait(seconds)
        if self.status is None:
            self._popen.kill()
            self._popen.wait()

    def lines(self) -> Iterator[str]:
        """Each line that it says, until it ends."""
        if self._popen.stdout is None:
            return
        with self._popen.stdout as pipe:
            for line in pipe:
                yield line.decode(errors="replace")

    def last_words(self) -> str:
        """What it has written to its log since it was started (at most the last 20 kB)."""
        with self.command.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(self.log_start, size - 20_000))
            return log.read().decode(errors="replace")


def python(*arguments: str) -> list[str]:
    """The command line that runs `arguments` with this interpreter."""
    return [sys.executable, *arguments]


def _popen(command: Command, log: int) -> subprocess.Popen[bytes]:
    identity = command.identity
    return subprocess.Popen(
        list(command.arguments),
        stdin=subprocess.PIPE if command.text_in is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE if command.speaks else log,
        stderr=log,
        env=None if command.environment is None else dict(command.environment),
        cwd=command.folder,
        user=identity.uid,
        group=identity.gid,
        extra_groups=[] if identity.uid is not None else None,
        start_new_session=True,  # Ctrl-C in the terminal is ours to pass on
        preexec_fn=_before_exec(identity, command.death),  # noqa: PLW1509 - system calls only
    )


def _before_exec(identity: Identity, death: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        if identity.namespace:
            enter_user_namespace()
        die_with_parent(parent, death)

    return prepare
