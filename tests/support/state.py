"""Our own database for tests: migrated once a run, copied for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from argon2 import PasswordHasher

from leadline.accounts.limits import MemoryCounter, Rate, SignInLimits
from leadline.accounts.passwords import Passwords
from leadline.accounts.schemas import NewUser
from leadline.accounts.service import Accounts
from leadline.storage.migrate import migrate
from leadline.storage.session import State
from tests.support.databases import Database, Databases

PASSWORD = "correct horse battery"
ADMIN = NewUser("ada@example.com", "admin", "Ada Admin", {"job": "chief"}, password=PASSWORD)
VIEWER = NewUser("vic@example.com", "viewer", "Vic Viewer", {"job": "rep"}, password=PASSWORD)


def quick_passwords() -> Passwords:
    """The same algorithm with parameters that take a millisecond."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def generous_limits() -> SignInLimits:
    """Limits that no test meets by chance."""
    return SignInLimits(MemoryCounter(), Rate(10_000, 60), Rate(10_000, 60))


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> Iterator[Database]:
    """The template: migrated, with nothing in it."""
    template = databases.create()
    migrate(template.business)
    yield template
    databases.drop(template)


@pytest.fixture
def state_database(databases: Databases, migrated: Database) -> Iterator[Database]:
    """Our own database, for one test."""
    fresh = databases.create(migrated.name)
    yield fresh
    databases.drop(fresh)


@pytest.fixture
async def state(state_database: Database) -> AsyncIterator[State]:
    """Sessions with it."""
    opened = State(state_database.business)
    yield opened
    await opened.close()


@pytest.fixture
async def accounts(state: State) -> Accounts:
    """Accounts with an admin and a viewer."""
    service = Accounts(state, passwords=quick_passwords(), limits=generous_limits())
    await service.add_user(ADMIN)
    await service.add_user(VIEWER)
    return service
