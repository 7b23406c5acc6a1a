"""The Valkey server: cache and bus. Nothing in it must survive, so it writes nothing to disk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import redis

from leadline.core.errors import LeadlineError
from leadline.embedded import ports
from leadline.embedded.failures import explain
from leadline.embedded.identity import SELF, Identity
from leadline.embedded.processes import Command, Process

START_SECONDS = 20


@dataclass
class ValkeyServer:
    """A server on a free port of this machine; `port` is wanted, another may be taken."""

    program: Path
    password: str
    log: Path
    identity: Identity = SELF
    port: int = 0
    memory: str = "256mb"
    process: Process | None = None

    @property
    def url(self) -> str:
        """Its address, with the password."""
        return f"redis://:{self.password}@{ports.HOST}:{self.port}/0"

    def start(self) -> None:
        """Starts and waits until it answers. Raises `process_failed`."""
        self.port = ports.free_port(self.port)
        # the password goes through the pipe: a command line can be read by everybody
        command = Command(
            "valkey",
            [str(self.program), "-"],
            self.log,
            self.identity,
            folder=Path("/"),
            text_in=self._config(),
        )
        self.process = Process(command)
        self._wait(self.process)

    def stop(self) -> None:
        """A clean end; at once where it has not been started."""
        if self.process is not None:
            self.process.end()
            self.process = None

    def answers(self) -> bool:
        """Whether it answers now."""
        with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def _wait(self, process: Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.status is not None:
                raise explain("valkey", process.last_words(), self.log)
            if time.monotonic() > deadline:
                raise LeadlineError("process_failed", f"valkey did not answer in {START_SECONDS} s")
            time.sleep(0.01)

    def _config(self) -> str:
        lines = {
            "bind": ports.HOST,
            "port": self.port,
            "requirepass": self.password,
            "save": '""',
            "appendonly": "no",
            "daemonize": "no",
            "maxmemory": self.memory,
            "maxmemory-policy": "volatile-lru",  # what has no expiry is never dropped
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())
