"""`leadline serve` over the servers of a scenario, with people who may sign in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.stack.children import Answering, answering
from bench.stack.model import AREAS, DASHBOARD
from bench.stack.servers import Database, Servers
from bench.stack.sizes import AS_OF, ZONE
from leadline.accounts.schemas import NewUser
from leadline.accounts.service import Accounts
from leadline.core.clock import Clock
from leadline.engine import Models
from leadline.engine.published import Published
from leadline.engine.publishing_models import Publisher
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.storage.session import State

ADDRESS = f"/api/v1/dashboards/{DASHBOARD}/data"
PASSWORD = "a bench of oak"  # noqa: S105 - people of a benchmark
ADMIN = NewUser("ada@example.com", "admin", "Ada", password=PASSWORD)
AREA_VIEWERS = tuple(
    NewUser(f"{area.lower()}@example.com", "viewer", area, {"job": "area", "area": area}, password=PASSWORD)
    for area in AREAS
)


def clock() -> Clock:
    """Standing at the end of the last day of the history."""
    return Clock.from_as_of(AS_OF, ZONE)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a serving process stands on. `more`: further settings, without `LEADLINE_`."""

    servers: Servers
    database: Database
    state: str
    model: Path
    log: Path
    more: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Its settings."""
        given = {
            "SOURCE_URL": self.database.reader,
            "OWNER_URL": self.database.rollups,
            "STATE_URL": self.state,
            "REDIS_URL": self.servers.valkey.url,
            "MODEL_DIR": str(self.model),
            "CLOCK": clock().text,
            **self.more,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
        return {**kept, **{f"LEADLINE_{name}": value for name, value in given.items()}}


def cookie(product: Answering, user: NewUser) -> str:
    """Signs somebody in; the value of the cookie's header."""
    signed = httpx.post(
        f"{product.url}/api/v1/session", json={"email": user.email, "password": user.password}, timeout=30
    ).raise_for_status()
    return "; ".join(f"{name}={value}" for name, value in signed.cookies.items())


def serving(ground: Ground) -> AbstractContextManager[Answering]:
    """One process on a free port, until the block ends."""
    command = ("leadline.cli", "serve", "--port", "0", "--format", "json")
    return answering(*command, log=ground.log, environment=ground.environment())


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Source]:
    """The source in this process."""
    source = Source(SourceSettings(parse_url(database.reader), owner=parse_url(database.rollups)))
    await source.open()
    try:
        yield source
    finally:
        await source.close()


def prepare(database: Database, state: str, model: Path) -> None:
    """Builds the rollups of the model, publishes it, and lets its viewers in."""
    asyncio.run(_prepare(database, state, model))


async def _prepare(database: Database, state: str, model: Path) -> None:
    sessions = State(state)
    try:
        async with opened(database) as source:
            await _build(source, model)
            await Publisher(model, source, Published(sessions)).look()
        accounts = Accounts(sessions)
        for user in (ADMIN, *AREA_VIEWERS):
            await accounts.add_user(user)
    finally:
        await sessions.close()


async def _build(source: Source, model: Path) -> None:
    models = Models(model, source)
    await models.poll()
    rollups = Rollups(source, models.current)
    await rollups.install()
    await rollups.drop_others()
    for name in rollups.definitions:
        await rollups.refresh(name)
