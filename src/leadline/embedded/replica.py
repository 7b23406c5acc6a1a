"""The streaming replica: a copy of the primary that follows it and serves the reads."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from leadline.core.errors import LeadlineError
from leadline.embedded.logins import Login
from leadline.embedded.ports import HOST
from leadline.embedded.postgres import PostgresServer
from leadline.embedded.processes import Command, Process
from leadline.embedded.unprivileged import run

FOLLOW_SECONDS = 30
"""How long a replica may take until it streams; after that it is made anew."""


@dataclass
class Replica:
    """A standby `server` of `primary`, signed in there as `login`; `name` is its replication slot too."""

    server: PostgresServer
    primary: PostgresServer
    login: Login
    name: str

    @property
    def process(self) -> Process | None:
        """Its process, where it has been started."""
        return self.server.process

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    def start(self) -> None:
        """Starts it where it stood; makes it anew where there is none or it cannot follow."""
        if not (self.server.folder / "PG_VERSION").exists():
            self.rebuild()
            return
        try:
            self._start()
        except LeadlineError as error:
            if error.code in ("disk_full", "data_dir_busy"):
                raise
            self.rebuild()

    def rebuild(self) -> None:
        """Throws the copy away and takes a new one."""
        self.server.stop()
        shutil.rmtree(self.server.folder, ignore_errors=True)
        self._copy()
        self._start()

    def stop(self) -> None:
        """A clean end."""
        self.server.stop()

    def streams(self) -> bool:
        """Whether the primary sends to it now."""
        return self._ask("SELECT active FROM pg_replication_slots WHERE slot_name = %s") is True

    def caught_up(self, seconds: float = 30) -> None:
        """Waits until everything committed on the primary so far can be read here."""
        # A mark of our own: what others have written last may stay in the primary's memory for long.
        with psycopg.connect(self.primary.dsn()) as primary:
            primary.execute("SET LOCAL synchronous_commit = local")
            row = primary.execute("SELECT pg_logical_emit_message(true, 'caught_up', '')").fetchone()
        target = row[0] if row else None
        deadline = time.monotonic() + seconds
        with psycopg.connect(self.server.dsn(), autocommit=True) as here:
            while not self._has(here, target):
                if time.monotonic() > deadline:
                    raise LeadlineError("process_failed", f"{self.name} is behind by more than {seconds} s")
                time.sleep(0.005)

    @staticmethod
    def _has(connection: psycopg.Connection[tuple[object, ...]], target: object) -> bool:
        query = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        row = connection.execute(query, [target]).fetchone()
        return row is not None and row[0] is True

    def _start(self) -> None:
        self.server.settings = {**self.server.settings, **self._follow()}
        self.server.start()
        deadline = time.monotonic() + FOLLOW_SECONDS
        while not self.streams():
            if time.monotonic() > deadline or self._ask(_LOST) is True:
                self.server.stop()
                raise LeadlineError("process_failed", f"{self.name} does not follow the primary")
            time.sleep(0.03)

    def _follow(self) -> Mapping[str, str]:
        keys = {
            "host": HOST,
            "port": str(self.primary.port),
            "user": self.login.user,
            "password": self.login.password,
            "application_name": self.name,
        }
        info = " ".join(f"{key}={value}" for key, value in keys.items())
        return {"primary_conninfo": info, "primary_slot_name": self.name}

    def _copy(self) -> None:
        """A base backup into a sibling, renamed when it is whole."""
        folder, half = self.server.folder, self.server.folder.with_name(f".{self.server.folder.name}.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self.server.identity.own(half)
        self._drop_slot()
        run(self._backup(half), half)
        (half / "standby.signal").touch()
        self.server.identity.own(half / "standby.signal")
        half.rename(folder)

    def _backup(self, folder: Path) -> Command:
        server = self.server
        where = ["-h", HOST, "-p", str(self.primary.port), "-U", self.login.user]
        what = ["-X", "stream", "-c", "fast", "-C", "-S", self.name]
        return Command(
            "pg_basebackup",
            [server.tools.path("pg_basebackup"), "-D", str(folder), *where, *what],
            server.log,
            server.identity,
            {"PGPASSWORD": self.login.password},
            folder=folder.parent,
        )

    def _drop_slot(self) -> None:
        query = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
        with psycopg.connect(self.primary.dsn(), autocommit=True) as connection:
            connection.execute(query, [self.name])

    def _ask(self, query: str) -> object:
        with psycopg.connect(self.primary.dsn(), autocommit=True) as connection:
            row = connection.execute(query, [self.name]).fetchone()
        return row[0] if row else None


_LOST = "SELECT wal_status = 'lost' FROM pg_replication_slots WHERE slot_name = %s"
