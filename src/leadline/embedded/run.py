"""One run of the product: servers, preparation, processes, until somebody ends it."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from os import getpid

import psycopg
import redis

from leadline.core.errors import LeadlineError
from leadline.embedded import account, contents, logs, ports, readiness, secrets, status
from leadline.embedded.account import Account
from leadline.embedded.addresses import Addresses
from leadline.embedded.datadir import DataDir, held
from leadline.embedded.environment import environment
from leadline.embedded.events import JsonReporter, PeopleReporter, Reporter, timed
from leadline.embedded.failures import explain
from leadline.embedded.options import Options
from leadline.embedded.preparation_request import Request
from leadline.embedded.prepare import prepare
from leadline.embedded.processes import Command, python
from leadline.embedded.servers import Servers
from leadline.embedded.signals import Stopped, stoppable
from leadline.embedded.status import Status
from leadline.embedded.supervisor import Supervisor


def run(options: Options) -> None:
    """Starts everything and stays until SIGTERM or Ctrl-C. Raises `LeadlineError` where it cannot."""
    _require_port(options.port)
    reporter: Reporter = JsonReporter() if options.as_json else PeopleReporter()
    try:
        with stoppable(), held(options.data_dir) as data, _all_or_nothing(data):
            _Run(options, data, reporter).go()
    except Stopped:
        return
    finally:
        reporter.close()


def _require_port(port: int) -> None:
    if not ports.is_free(port):
        fix = f"Stop what listens there, or choose another: --port {ports.free_port(port + 1)}"
        raise LeadlineError("port_taken", f"port {port} is taken by another program", fix)


@contextmanager
def _all_or_nothing(data: DataDir) -> Iterator[None]:
    """A first start that fails or is broken off leaves nothing."""
    try:
        yield
    except BaseException:
        if data.fresh and not contents.noted(data.path):
            data.discard()
        raise


@contextmanager
def _explained(data: DataDir) -> Iterator[None]:
    """What drivers and the system refuse, as errors with a way out."""
    try:
        yield
    except (OSError, psycopg.Error, redis.RedisError) as error:
        raise explain("the start", str(error), data.path) from error


@dataclass
class _Run:
    options: Options
    data: DataDir
    reporter: Reporter

    def go(self) -> None:
        began = time.monotonic()
        logs.rotate(self.data.logs)
        known = secrets.load(self.data.path)
        had = contents.require(self.data.path, contents.of(self.options))
        servers = Servers(self.data, known, self.options.wanted)
        with ExitStack() as stack:
            stack.callback(servers.stop)
            stack.enter_context(_explained(self.data))
            addresses = servers.start(lambda name: timed(self.reporter, name))
            user = self._prepare(addresses, account.load(self.data.path, known.admin), had)
            supervisor = self._supervisor(stack, servers, addresses, user)
            with timed(self.reporter, "serve"):
                misfit = supervisor.start(self.url)
                readiness.first_page(self.url)
            if misfit is not None:
                self.reporter.warning(misfit)
            self._write(addresses, user, supervisor)
            self.reporter.ready(self._status(addresses, user, supervisor), time.monotonic() - began)
            if self.options.browser:
                webbrowser.open(self.url)
            supervisor.watch()

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.options.port}"

    def _prepare(self, addresses: Addresses, user: Account, had: bool) -> Account:
        options, company = self.options, self.options.company
        request = Request(
            state=addresses.state,
            business=addresses.business,
            clock=options.clock,
            email=user.email,
            password=user.password,
            api_key=user.api_key,
            incidents=str(self.data.path / "incidents.json"),
            seed=company.seed if company else None,
            leads=company.leads if company else None,
            files=() if had else tuple(map(str, options.files)),
        )
        user = replace(user, api_key=prepare(request, self.data.logs / "prepare.log", self.reporter))
        account.save(self.data.path, user)
        contents.note(self.data.path, contents.of(options))
        return user

    def _supervisor(
        self, stack: ExitStack, servers: Servers, addresses: Addresses, user: Account
    ) -> Supervisor:
        variables = environment(self.options, addresses, self.url)
        commands = [
            Command(
                name,
                python("-m", "leadline.cli", *arguments),
                self.data.logs / f"{name}.log",
                environment=variables,
            )
            for name, arguments in self.options.programs.items()
        ]
        file = stack.enter_context((self.data.logs / "supervisor.log").open("a"))
        supervisor = Supervisor(
            servers, commands, logs.Log(file), lambda: self._write(addresses, user, supervisor)
        )
        stack.callback(supervisor.stop)
        stack.callback(status.remove, self.data.path)
        return supervisor

    def _status(self, addresses: Addresses, user: Account, supervisor: Supervisor) -> Status:
        return Status(
            url=self.url,
            admin={"email": user.email, "password": user.password},
            api_key=user.api_key,
            source_dsn=addresses.business,
            replica_dsns=list(addresses.business_replicas),
            state_dsn=addresses.state,
            redis_url=addresses.redis,
            model_dir=self.options.settings["LEADLINE_MODEL_DIR"],
            clock=self.options.clock,
            pids={"supervisor": getpid(), **supervisor.pids()},
        )

    def _write(self, addresses: Addresses, user: Account, supervisor: Supervisor) -> None:
        status.write(self.data.path, self._status(addresses, user, supervisor))
