"""`check --source` and `check --data` against real tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline.cli.main import main
from leadline.semantic.checks.data import data_checks
from leadline.semantic.loader import load
from tests.support.databases import Database

BLOCK = Path(__file__).parents[2] / "unit" / "semantic" / "block.yaml"

DIRTY = """leadline: 1
source: crm
datasets:
  sales:
    table: sales
    key: [id]
    joins:
      product:
        dataset: products
        on: {product: product}
      agent: {dataset: agents, on: {agent: name, office: office}}
  products: {table: products, key: [product]}
  agents:
    table: '"Sales Agents"'
    key: [name, office]
""".replace("'\"Sales Agents\"'", "Sales Agents")

DIRT = """
CREATE TABLE sales (id int, product text, agent text, office text);
CREATE TABLE products (product text);
CREATE TABLE "Sales Agents" (name text, office text);
INSERT INTO products VALUES ('GTX Pro'), ('MG Special'), (NULL), (NULL);
INSERT INTO "Sales Agents" VALUES
  ('Ann', 'East'), ('Ann', 'West'), ('Bob', 'East'), ('Bob', 'East'), ('Eve', NULL);
INSERT INTO sales VALUES
  (1, 'GTX Pro', 'Ann', 'East'), (2, 'GTXPro', 'ann', 'west'), (3, 'gtx  pro', 'Ann', NULL),
  (4, NULL, NULL, NULL), (4, 'MG Special', 'Bob', 'East'), (NULL, 'Nothing', 'Zoe', 'East'),
  (7, 'Nothing', 'Ann', 'West');
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the issues."""
    with pytest.raises(SystemExit) as end:
        main(["check", *arguments, "--format", "json"])
    return int(end.value.code or 0), json.loads(capsys.readouterr().out)["issues"]


def test_clean_tables_pass(tables: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--model", str(BLOCK), "--source", tables.reader, "--data") == (0, [])


def test_missing_tables_and_columns(tables: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(tables.business) as connection:
        connection.execute("ALTER TABLE deals DROP COLUMN stage; DROP TABLE targets")
    status, issues = run(capsys, "--model", str(BLOCK), "--source", tables.reader)
    assert status == 1
    assert [(one["code"], one["line"]) for one in issues] == [("unknown_column", 26), ("unknown_table", 55)]


@pytest.fixture
def dirty(database: Database) -> Database:
    """Tables with every sort of dirt in their keys."""
    with psycopg.connect(database.business) as connection:
        connection.execute(DIRT)
    return database


def test_every_sort_of_dirt_is_counted(
    dirty: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(DIRTY)
    status, issues = run(capsys, "--model", str(file), "--source", dirty.reader, "--data")
    assert status == 1
    assert sorted((one["line"], one["severity"], one["code"]) for one in issues) == [
        (6, "error", "key_not_unique"),
        (6, "warning", "key_null"),
        (8, "warning", "join_null"),
        (8, "warning", "join_orphan"),
        (8, "warning", "join_spelling"),
        (11, "error", "partner_not_unique"),
        (11, "warning", "join_null"),
        (11, "warning", "join_orphan"),
        (11, "warning", "join_spelling"),
        (12, "warning", "key_null"),
        (15, "error", "key_not_unique"),
        (15, "warning", "key_null"),
    ]
    said = {(one["code"], one["line"]): one["why"] for one in issues}
    assert "1 value more than once, such as 4" in said["key_not_unique", 6]
    assert "2 rows, such as GTXPro" in said["join_spelling", 8]
    assert "for 2 rows" in said["join_orphan", 8]
    assert "1 row" in said["join_null", 8]
    assert "2 rows" in said["join_null", 11]
    assert "such as Bob, East" in said["partner_not_unique", 11]
    assert "such as ann, west" in said["join_spelling", 11]


def test_without_columns_there_is_nothing_to_count(
    dirty: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(
        DIRTY.replace("{product: product}", "{prodct: product}").replace("table: sales", "table: sails")
    )
    status, issues = run(capsys, "--model", str(file), "--source", dirty.reader, "--data")
    assert status == 1
    assert [one["code"] for one in issues] == ["unknown_table", "key_null", "key_not_unique", "key_null"]


def test_a_source_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(
            ["check", "--model", str(BLOCK), "--source", "postgresql://x:y@127.0.0.1:1/x", "--format", "json"]
        )
    assert end.value.code == 3
    assert json.loads(capsys.readouterr().err)["code"] == "source_unavailable"


def test_names_are_quoted_whatever_they_hold() -> None:
    model = load(BLOCK).model
    assert model is not None
    for one in data_checks(model):
        sql = one.statement.sql(dialect="postgres")
        assert '"public"."' in sql
        assert ";" not in sql
