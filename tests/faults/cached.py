"""Products as users have them, for faults of the cache: several processes over one source and one Redis."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import redis

from leadline.embedded import demo
from leadline.embedded.binaries import valkey_server
from leadline.embedded.valkey import ValkeyServer
from tests.support.databases import Database, Databases
from tests.support.product import Served, clock, leadline, served
from tests.support.servers import PASSWORD as SERVER_PASSWORD
from tests.support.servers import Home
from tests.support.state import PASSWORD

ADMIN = "ada@example.com"
DATA = "/api/v1/dashboards/executive/data"
QUERY = "/api/v1/query"
LEADS = 500


@contextmanager
def own_valkey(home: Home, folder: Path) -> Iterator[ValkeyServer]:
    """A Valkey that a test may stop, kill and freeze."""
    server = ValkeyServer(valkey_server(), SERVER_PASSWORD, folder / "valkey.log", home.identity)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def product_settings(
    databases: Databases, migrated: Database, redis_url: str, **more: str
) -> Iterator[dict[str, str]]:
    """The settings of a product over a small demo company, with an admin."""
    source, state = databases.create(), databases.create(migrated.name)
    demo.create(source.business, as_of=clock().now(), leads=LEADS)
    settings = {
        "LEADLINE_STATE_URL": state.business,
        "LEADLINE_SOURCE_URL": source.reader,
        "LEADLINE_OWNER_URL": source.rollups,
        "LEADLINE_REDIS_URL": redis_url,
        "LEADLINE_CLOCK": clock().text,
        **more,
    }
    words = ("user", "add", ADMIN, "--role", "admin", "--name", "Ada", "--password-stdin")
    added = leadline(*words, environment=settings, text_in=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    try:
        yield settings
    finally:
        databases.drop(source)
        databases.drop(state)


@contextmanager
def serving(folder: Path, settings: Mapping[str, str], count: int = 1) -> Iterator[list[Served]]:
    """So many processes that serve."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(served(folder / f"serve-{n}.log", environment=settings)) for n in range(count)
        ]


@dataclass
class Viewer:
    """A signed-in admin who may ask any process."""

    client: httpx.Client

    def load(self, at: Served) -> tuple[float, list[dict[str, Any]]]:
        """The dashboard from a process: seconds and its lines without the last."""
        began = time.monotonic()
        answer = self.client.post(at.url + DATA, json={})
        assert answer.status_code == 200, answer.text
        *lines, done = [json.loads(line) for line in answer.text.splitlines()]
        assert done["done"]
        return time.monotonic() - began, lines

    def states(self, at: Served) -> set[str]:
        """What the cache had to do with the dashboard's answers; `error` where there is one."""
        _, lines = self.load(at)
        return {line["result"]["served_by"]["cache"] if "result" in line else "error" for line in lines}

    def status(self, at: Served) -> int:
        """The status of a request for who is signed in."""
        return self.client.get(at.url + "/api/v1/session").status_code


@contextmanager
def signed_in(at: Served) -> Iterator[Viewer]:
    """A viewer who signed in at one process; the cookie is good for all."""
    with httpx.Client(timeout=30) as client:
        body = {"email": ADMIN, "password": PASSWORD}
        signed = client.post(at.url + "/api/v1/session", json=body)
        signed.raise_for_status()
        token = signed.cookies["leadline_session"]
        with httpx.Client(timeout=30, headers={"Cookie": f"leadline_session={token}"}) as viewer:
            yield Viewer(viewer)


def metric(at: Served, name: str) -> float:
    """A counter of a process, all its labels together."""
    lines = httpx.get(at.url + "/metrics", timeout=10).text.splitlines()
    values = [line.rsplit(" ", 1)[1] for line in lines if line.split("{")[0].split(" ")[0] == name]
    return sum(map(float, values))


def readiness(at: Served, part: str) -> str:
    """The state of a part, as `/readyz` tells it."""
    state: str = httpx.get(at.url + "/readyz", timeout=10).json()["parts"][part]["state"]
    return state


def empty(url: str) -> None:
    """Everything in Redis is gone."""
    with redis.Redis.from_url(url) as client:
        client.flushall()
