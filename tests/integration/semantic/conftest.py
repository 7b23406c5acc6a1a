"""The model of the design over real tables, dirt included; and a session for expressions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.semantic.rows import KINDS
from tests.support.databases import Database, Databases

BLOCK = Path(__file__).parents[2] / "unit" / "semantic" / "block.yaml"
TABLES = """
CREATE TABLE reps (id int, name text, email text, region text, manager text);
CREATE TABLE leads (id int, rep_id int, source text, created_at timestamptz);
CREATE TABLE deals (id int, rep_id int, lead_id int, account_id int, source text, stage text, status text,
                    amount numeric(12, 2), probability numeric(3, 2), opened_at timestamptz,
                    closed_at timestamptz);
CREATE TABLE targets (month_start date, amount numeric(12, 2), rep_id int);
INSERT INTO reps VALUES (1, 'Ann', 'a@x', 'East', 'Max'), (2, 'Bob', 'b@x', 'West', 'Max');
INSERT INTO leads VALUES (1, 1, 'web', now()), (2, 2, 'referral', now());
INSERT INTO deals (id, rep_id, lead_id, status) VALUES (1, 1, 1, 'won'), (2, 2, 2, 'open');
"""


@pytest.fixture
def tables(database: Database) -> Database:
    """A database with the tables of the block, clean."""
    with psycopg.connect(database.business) as connection:
        connection.execute(TABLES)
    return database


@pytest.fixture(scope="module")
def session(databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    """A session on the other side of the world; it must not matter."""
    made = databases.create()
    with psycopg.connect(made.business, autocommit=True) as connection:
        connection.execute(KINDS)
        connection.execute("SET TimeZone = 'Asia/Kolkata'")
        yield connection
    databases.drop(made)
