"""One PostgreSQL server: a data folder, made by `initialise`, started and stopped by `PostgresServer`."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from leadline.core.errors import LeadlineError
from leadline.embedded import ports, stale
from leadline.embedded.binaries import PostgresTools
from leadline.embedded.failures import explain
from leadline.embedded.identity import Identity
from leadline.embedded.logins import Login
from leadline.embedded.processes import Command, Process
from leadline.embedded.unprivileged import run

ADMIN = "leadline_admin"
"""The superuser: used to set up and to repair, never to answer a question."""
START_SECONDS = 120
_PATIENCE = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))
"""A fast shutdown writes all to disk first; where that takes too long, an immediate one loses nothing."""
_CONF = "leadline.conf"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",  # their paths are limited to 107 bytes
    "wal_level": "logical",
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    "max_slot_wal_keep_size": "2GB",  # unlimited by default: a lost replica would fill the disk
    "max_connections": "100",
    "hot_standby_feedback": "on",
    "max_standby_streaming_delay": "10s",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
"""What every server of ours is started with; the file is written anew at each start."""

FAST_UNSAFE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests only: a crash of the machine loses the data."""


def initialise(server: PostgresServer) -> None:
    """Makes its data folder with the superuser `server.login`, all or nothing."""
    folder = server.folder
    half = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    server.identity.own(half)
    try:
        _initdb(server, half)
        with (half / "postgresql.conf").open("a") as conf:
            conf.write(f"\ninclude_if_exists = '{_CONF}'\n")
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _initdb(server: PostgresServer, folder: Path) -> None:
    secret = folder.with_name(f"{folder.name}.secret")
    try:
        secret.touch(mode=0o600)
        secret.write_text(server.login.password + "\n")
        server.identity.own(secret)
        arguments = [server.tools.path("initdb"), "-D", str(folder), "-U", server.login.user]
        rules = [f"--pwfile={secret}", "--auth=scram-sha-256", "--no-instructions", *_locale(server.tools)]
        command = Command("initdb", [*arguments, *rules], server.log, server.identity, folder=folder.parent)
        run(command, folder)
    finally:
        secret.unlink(missing_ok=True)


def _locale(tools: PostgresTools) -> list[str]:
    """Sorting by code point, letters of all languages; the provider inside PostgreSQL where it has one."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if tools.major >= 17 else []
    return ["--encoding=UTF8", "--no-locale" if builtin else "--locale=C.UTF-8", *builtin]


@dataclass
class PostgresServer:
    """A server over `folder`. `settings` are added to `SETTINGS`; `port` is wanted, another may be taken."""

    name: str
    folder: Path
    tools: PostgresTools
    identity: Identity
    log: Path
    login: Login
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    process: Process | None = None

    def dsn(self, database: str = "postgres", login: Login | None = None) -> str:
        """The address of a database here, for `login` or the superuser."""
        return (login or self.login).dsn(self.port, database)

    def start(self) -> None:
        """Starts and waits until it answers. Raises `disk_full`, `data_dir_busy`, `process_failed`."""
        stale.clear(self.folder)
        for left in (2, 1, 0):
            self.launch()
            try:
                self._wait()
            except LeadlineError as error:
                self.stop()
                if error.code != "port_taken" or not left:
                    raise
            else:
                return

    def launch(self) -> None:
        """Starts without waiting."""
        self.port = ports.free_port(self.port)
        self._configure()
        arguments = [self.tools.path("postgres"), "-D", str(self.folder)]
        self.process = Process(
            Command(
                self.name,
                arguments,
                self.log,
                self.identity,
                # not SIGINT: its last checkpoint may take longer than we may stay after a crash
                death=signal.SIGQUIT,
            )
        )

    def stop(self) -> None:
        """A clean end, or a quick one that the next start repairs; at once where it has not been started."""
        if self.process is not None:
            self.process.end(*_PATIENCE)
            self.process = None

    def _configure(self) -> None:
        lines = {**SETTINGS, "port": str(self.port), **self.settings}
        path = self.folder / _CONF
        path.touch(mode=0o600)
        path.write_text("".join(f"{name} = '{_quoted(value)}'\n" for name, value in lines.items()))
        self.identity.own(path)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.status is not None:
                raise explain(self.name, self.process.last_words() if self.process else "", self.folder)
            if _answers(self.dsn()):
                return
            time.sleep(0.03)
        raise LeadlineError(
            "process_failed", f"{self.name} did not answer in {START_SECONDS} s", f"Read {self.log}."
        )


def _answers(dsn: str) -> bool:
    """Whether the server accepts us now. Raises `data_dir_invalid` where it never will."""
    try:
        psycopg.connect(dsn, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        if "authentication failed" in str(error):
            why = "the passwords kept beside the databases are not theirs"
            raise LeadlineError("data_dir_invalid", why, "Restore the whole data directory.") from error
        return False
    return True


def _quoted(value: str) -> str:
    return value.replace("'", "''")
