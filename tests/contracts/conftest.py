"""One served product for the contract of HTTP: real PostgreSQL, real Valkey, a small demo company."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from leadline.embedded import demo
from tests.support.databases import Database, Databases
from tests.support.product import LEADS, Served, clock, leadline, served
from tests.support.state import PASSWORD, migrated

__all__ = ["migrated"]
ADMIN = "ada@example.com"


@pytest.fixture(scope="package")
def company(databases: Databases) -> Iterator[Database]:
    """A source with a small demo company."""
    source = databases.create()
    demo.create(source.business, as_of=clock().now(), leads=LEADS)
    yield source
    databases.drop(source)


@pytest.fixture(scope="package")
def environment(
    databases: Databases,
    migrated: Database,
    company: Database,
    valkey_process: object,
) -> Iterator[dict[str, str]]:
    """The settings of a product over it, with an admin."""
    state = databases.create(migrated.name)
    settings = {
        "LEADLINE_STATE_URL": state.business,
        "LEADLINE_SOURCE_URL": company.reader,
        "LEADLINE_OWNER_URL": company.rollups,
        "LEADLINE_REDIS_URL": str(getattr(valkey_process, "url", "")),
        "LEADLINE_CLOCK": clock().text,
    }
    added = leadline(
        "user", "add", ADMIN, "--role", "admin", "--name", "Ada", "--password-stdin",
        environment=settings, text_in=PASSWORD + "\n",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    yield settings
    databases.drop(state)


@pytest.fixture(scope="package")
def product(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`leadline serve` over it."""
    log = tmp_path_factory.mktemp("served") / "serve.log"
    with served(log, environment=environment) as running:
        yield running


@pytest.fixture
def client(product: Served) -> Iterator[httpx.Client]:
    """A signed-in admin."""
    with httpx.Client(base_url=product.url, timeout=30) as opened:
        body = {"email": ADMIN, "password": PASSWORD}
        opened.post("/api/v1/session", json=body).raise_for_status()
        yield opened
