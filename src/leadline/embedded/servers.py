"""The servers of one data directory: those that the user has not replaced by an address of his own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from leadline.core.errors import LeadlineError
from leadline.embedded.addresses import Addresses, Wanted
from leadline.embedded.binaries import valkey_server
from leadline.embedded.cluster import PRIMARY, REPLICA, Cluster
from leadline.embedded.datadir import DataDir
from leadline.embedded.files import read_json, write_json
from leadline.embedded.identity import choose
from leadline.embedded.processes import Process
from leadline.embedded.secrets import Secrets
from leadline.embedded.valkey import ValkeyServer

Step = Callable[[str], AbstractContextManager[None]]
"""Wraps one named step of the start, to show and time it."""
_PORTS = "ports.json"


class Part(Protocol):
    """A server that can be started again."""

    @property
    def process(self) -> Process | None:
        """Its process, where it has been started."""

    @property
    def port(self) -> int:
        """Where it listens."""

    def start(self) -> None:
        """Starts it and waits until it answers."""

    def stop(self) -> None:
        """A clean end."""


class Servers:
    """The embedded servers over `data`; `parts` are those that run, by name, in the order of their start."""

    def __init__(self, data: DataDir, secrets: Secrets, wanted: Wanted) -> None:
        """Nothing runs yet."""
        self.parts: dict[str, Part] = {}
        self._data, self._secrets, self._wanted = data, secrets, wanted
        self._ports: dict[str, int] = read_json(data.path / _PORTS) or {}

    def start(self, step: Step) -> Addresses:
        """Starts all that is needed; the addresses of everything, the user's own among them."""
        cluster = self._start_postgres(step)
        redis = self._wanted.redis_url or self._start_valkey(step)
        write_json(self._data.path / _PORTS, {name: part.port for name, part in self.parts.items()})
        return self._addresses(cluster, redis)

    def stop(self) -> None:
        """A clean end of all, last started first."""
        for part in reversed(self.parts.values()):
            part.stop()

    def revive(self) -> list[str]:
        """Starts again what has ended; the names of those. Raises where that fails."""
        ended = [
            name for name, part in self.parts.items() if part.process and part.process.status is not None
        ]
        for name in ended:
            part = self.parts[name]
            port = part.port
            part.start()
            if part.port != port:
                why = f"port {port} of {name} was taken while it was down"
                raise LeadlineError("port_taken", why, "Start again.")
        return ended

    def pids(self) -> dict[str, int]:
        """The process id of each."""
        return {name: part.process.pid for name, part in self.parts.items() if part.process}

    def _start_postgres(self, step: Step) -> Cluster | None:
        wanted = self._wanted
        if wanted.source_url and wanted.state_url:
            return None
        cluster = Cluster.over(self._data, self._secrets, self._ports, wanted.pg_bin)
        with step(PRIMARY):
            self.parts[PRIMARY] = cluster.primary
            cluster.start_primary()
        if not wanted.source_url and not wanted.replica_urls:
            with step(REPLICA):
                self.parts[REPLICA] = cluster.replica
                cluster.start_replica()
        return cluster

    def _start_valkey(self, step: Step) -> str:
        with step("valkey"):
            program = valkey_server(self._wanted.valkey_bin)
            identity = choose(self._data.path / "valkey", program)
            log = self._data.logs / "valkey.log"
            server = ValkeyServer(program, self._secrets.redis, log, identity, self._ports.get("valkey", 0))
            self.parts["valkey"] = server
            server.start()
        return server.url

    def _addresses(self, cluster: Cluster | None, redis: str) -> Addresses:
        wanted, logins = self._wanted, self._secrets.roles
        source, replicas = wanted.source_url, wanted.replica_urls
        state = wanted.state_url or (cluster.state() if cluster else "")
        if source or cluster is None:
            own = source or ""
            return Addresses(own, own, wanted.owner_url or own, replicas, replicas, state, redis)
        return Addresses(
            business=cluster.source(logins.business),
            reader=cluster.source(logins.reader),
            rollups=cluster.source(logins.rollups),
            replicas=replicas or (cluster.source_replica(logins.reader),),
            business_replicas=replicas or (cluster.source_replica(logins.business),),
            state=state,
            redis=redis,
        )
