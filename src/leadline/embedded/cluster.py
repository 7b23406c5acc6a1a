"""The embedded PostgreSQL: a primary with two databases and their roles, and a replica that serves reads."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from leadline.core.errors import LeadlineError
from leadline.embedded import roles
from leadline.embedded.binaries import postgres_tools
from leadline.embedded.datadir import DataDir
from leadline.embedded.identity import choose
from leadline.embedded.logins import Login
from leadline.embedded.postgres import ADMIN, PostgresServer, initialise
from leadline.embedded.replica import Replica
from leadline.embedded.secrets import Secrets

PRIMARY, REPLICA = "primary", "replica-1"
_SLOT = "replica_1"


@dataclass
class Cluster:
    """Both servers, not yet started; `secrets` has the passwords of all roles."""

    data: DataDir
    secrets: Secrets
    primary: PostgresServer
    replica: Replica

    @classmethod
    def over(cls, data: DataDir, secrets: Secrets, ports: dict[str, int], binaries: Path | None) -> Cluster:
        """The cluster in `data`. Raises `no_binaries`, `no_permission`, `data_dir_version`."""
        tools = postgres_tools(binaries)
        identity = choose(data.path / PRIMARY, Path(tools.path("postgres")))
        data.require_postgres(tools.major)
        login = Login(ADMIN, secrets.superuser)

        def server(name: str) -> PostgresServer:
            log = data.logs / f"{name}.log"
            port = ports.get(name, 0)
            return PostgresServer(name, data.path / name, tools, identity, log, login, port=port)

        primary = server(PRIMARY)
        replica = Replica(server(REPLICA), primary, secrets.roles.replication, _SLOT)
        return cls(data, secrets, primary, replica)

    def start_primary(self) -> None:
        """Makes the data folder at the first start, starts, and sees to databases and roles."""
        folder = self.primary.folder
        if not folder.exists():
            initialise(self.primary)
        elif not (folder / "PG_VERSION").is_file():
            raise LeadlineError("data_dir_invalid", f"{folder} is damaged", "Restore it from a backup.")
        self.primary.start()
        given, admin = self.secrets.roles, self.primary.dsn()
        roles.create_roles(admin, given)
        roles.create_database(admin, roles.STATE, given.state.user)
        roles.create_database(admin, roles.SOURCE, given.business.user)
        roles.prepare_source(self.primary.dsn(roles.SOURCE), given)

    def start_replica(self) -> None:
        """Starts it; makes it anew where it cannot follow."""
        shutil.rmtree(self.replica.server.folder.with_name(f".{REPLICA}.new"), ignore_errors=True)
        self.replica.start()

    def source(self, login: Login) -> str:
        """The address of the source on the primary."""
        return self.primary.dsn(roles.SOURCE, login)

    def source_replica(self, login: Login) -> str:
        """The address of the source on the replica."""
        return self.replica.server.dsn(roles.SOURCE, login)

    def state(self) -> str:
        """The address of our own database."""
        return self.primary.dsn(roles.STATE, self.secrets.roles.state)
