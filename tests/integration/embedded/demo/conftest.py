"""One small company, made once a run; tests work on copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ruamel.yaml import YAML

from leadline.embedded import demo
from tests.support.databases import Database, Databases

PRESENT = datetime(2026, 11, 17, 20, 32, tzinfo=UTC)
LEADS = 12_000
Value = Callable[[str], Any]


def rules(present: datetime) -> dict[str, str]:
    """What must be 0 in a company of that present, by what it says."""
    found = YAML(typ="safe", pure=True).load(Path(__file__).with_name("rules.yaml"))
    now = f"timestamptz '{present.isoformat()}'"
    return {name: query.replace("NOW", now) for name, query in found.items()}


@pytest.fixture(scope="module")
def company(databases: Databases) -> Iterator[Database]:
    """A company of 12,000 leads. Read only: others use it too."""
    made = databases.create()
    demo.create(made.business, as_of=PRESENT, seed=7, leads=LEADS)
    yield made
    databases.drop(made)


@pytest.fixture
def copy(databases: Databases, company: Database) -> Iterator[Database]:
    """A copy of it for one test."""
    made = databases.create(template=company.name)
    yield made
    databases.drop(made)


def value_of(dsn: str) -> Value:
    """Runs a query that gives one row, and gives its one value or the row."""

    def run(query: str) -> Any:
        with psycopg.connect(dsn, options="-c timezone=UTC") as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row is not None and len(row) == 1 else row

    return run
