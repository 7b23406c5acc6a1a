"""The model of the design over real tables, dirt included."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.databases import Database

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
