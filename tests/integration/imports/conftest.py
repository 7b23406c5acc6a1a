"""What the tests of imports share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.databases import Database

Rows = list[tuple[Any, ...]]


@pytest.fixture
def ask(database: Database) -> Callable[[str], Rows]:
    """Runs a query as the reader, so that what is imported must be readable at once."""

    def run(query: str) -> Rows:
        with psycopg.connect(database.reader) as connection:
            return connection.execute(query).fetchall()

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file and gives its path."""

    def make(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return make
