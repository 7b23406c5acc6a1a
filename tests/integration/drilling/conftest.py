"""A served product with row rules over a small demo company, and its users."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest

from leadline.embedded import demo
from leadline.engine.published import Published
from leadline.engine.publishing_models import Publisher
from leadline.storage.session import State
from tests.support.databases import Database, Databases
from tests.support.models import REPOSITORY
from tests.support.product import LEADS, Served, clock, leadline, served
from tests.support.sources import opened, settings_of
from tests.support.state import PASSWORD, migrated

__all__ = ["migrated"]
MODEL = REPOSITORY / "tests" / "cases" / "demo-rules" / "model"
REP, OTHER_REP = "mara.lindqvist@merrow.example", "kai.tanimoto@merrow.example"
MANAGER, EDITOR, NOBODY = "ruth.halloran@merrow.example", "eddie@example.com", "nobody@example.com"
ADMIN = "ada@example.com"
USERS = {
    ADMIN: ("admin", "Ada", ()),
    REP: ("viewer", "Mara Lindqvist", ("job=rep",)),
    OTHER_REP: ("viewer", "Kai Tanimoto", ("job=rep",)),
    MANAGER: ("viewer", "Ruth Halloran", ("job=manager",)),
    EDITOR: ("editor", "Eddie", ("job=rep",)),
    NOBODY: ("viewer", "Nobody", ()),
}
SignIn = Callable[[str], httpx.Client]


@pytest.fixture(scope="package")
def company(databases: Databases) -> Iterator[Database]:
    """A source with a small demo company."""
    source = databases.create()
    demo.create(source.business, as_of=clock().now(), leads=LEADS)
    yield source
    databases.drop(source)


@pytest.fixture(scope="package")
def environment(
    databases: Databases, migrated: Database, company: Database, valkey_process: object
) -> Iterator[dict[str, str]]:
    """The settings of a product over it, with its users."""
    state = databases.create(migrated.name)
    settings = {
        "LEADLINE_STATE_URL": state.business,
        "LEADLINE_SOURCE_URL": company.reader,
        "LEADLINE_OWNER_URL": company.rollups,
        "LEADLINE_REDIS_URL": str(getattr(valkey_process, "url", "")),
        "LEADLINE_CLOCK": clock().text,
        "LEADLINE_MODEL_DIR": str(MODEL),
    }
    for email, (role, name, attributes) in USERS.items():
        more = [word for one in attributes for word in ("--attr", one)]
        added = leadline(
            "user", "add", email, "--role", role, "--name", name, "--password-stdin", *more,
            environment=settings, text_in=PASSWORD + "\n",
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
    asyncio.run(_publish(company, state))
    yield settings
    databases.drop(state)


async def _publish(company: Database, state: Database) -> None:
    """Puts the model into use, as a worker does."""
    ours = State(state.business)
    try:
        async with opened(settings_of(company)) as source:
            await Publisher(MODEL, source, Published(ours)).look()
    finally:
        await ours.close()


@pytest.fixture(scope="package")
def product(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`leadline serve` over it."""
    log = tmp_path_factory.mktemp("served") / "serve.log"
    with served(log, environment=environment) as running:
        yield running


@pytest.fixture(scope="package")
def as_(product: Served) -> Iterator[SignIn]:
    """A signed-in client for each user."""
    clients: dict[str, httpx.Client] = {}

    def sign_in(email: str) -> httpx.Client:
        if email not in clients:
            clients[email] = httpx.Client(base_url=product.url, timeout=30)
            body = {"email": email, "password": PASSWORD}
            clients[email].post("/api/v1/session", json=body).raise_for_status()
        return clients[email]

    yield sign_in
    for one in clients.values():
        one.close()
