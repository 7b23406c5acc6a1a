"""`leadline import` as a user runs it: what it shows, its exit status, its JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.databases import Database


def leadline(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder without settings."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("LEADLINE_")}
    command = [sys.executable, "-m", "leadline.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, env=plain, capture_output=True, text=True, timeout=180, check=False
    )


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """A file with two bad rows."""
    path = tmp_path / "sales.csv"
    path.write_text(
        'id;Sold at;Amount [€]\n7;31.1.2017;1,50\n8;1.2.2017\n9;"2.2.2017\n";2,25\n10;3.2.2017;2,25;\n'
    )
    return path


def test_a_good_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("id,Amount [€]\n1,2.50\n")
    done = leadline("import", "good.csv", "--source", database.business, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "utf-8, comma, 1 rows" in done.stdout
    assert "Amount [€]" in done.stdout
    assert "numeric(18,2)" in done.stdout
    assert "created public.good: 1 rows" in done.stdout


def test_bad_rows_stop_it(database: Database, sales: Path) -> None:
    done = leadline("import", str(sales), "--source", database.business, folder=sales.parent)
    assert done.returncode == 1
    assert (
        f"bad_rows: 2 rows cannot be loaded, so nothing was: {sales}:3 has 2 fields instead of 3"
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_bad_rows_are_reported(database: Database, sales: Path) -> None:
    arguments = (
        "import",
        str(sales),
        "--source",
        database.business,
        "--on-error",
        "report",
        "--format",
        "json",
    )
    done = leadline(*arguments, folder=sales.parent)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["rows"], report["bad_rows"]) == (2, 2)
    assert [row["line"] for row in report["tables"][0]["bad"]] == [3, 6]
    assert report["tables"][0]["columns"][2] == {
        "header": "Amount [€]", "name": "amount", "type": "numeric(18,2)", "asked": False,
    }  # fmt: skip


def test_a_dry_run_needs_no_database(sales: Path) -> None:
    done = leadline("import", "sales.csv", "--dry-run", "--type", "sold_at=text", folder=sales.parent)
    assert done.returncode == 1
    assert "text (asked for)" in done.stdout
    assert f"bad row {sales.name}:3: it has 2 fields instead of 3" in done.stdout


def test_types_from_a_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("day,code\n1/2/2017,5\n")
    (tmp_path / "types.yaml").write_text("day: date(dmy)\nt.code: text\n")
    done = leadline(
        "import", "t.csv", "--types", "types.yaml", "--source", database.business, folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with psycopg.connect(database.reader) as connection:
        assert connection.execute("SELECT day::text, code FROM t").fetchall() == [("2017-02-01", "5")]


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("missing.csv",), 2, "bad_file"),
        (("sales.csv", "--type", "id=money"), 2, "bad_usage"),
        (("sales.csv", "--encoding", "klingon"), 2, "bad_usage"),
        (("sales.csv", "--delimiter", "::"), 2, "bad_usage"),
        (("sales.csv", "--on-error", "shrug"), 2, "bad_usage"),
        (
            ("sales.csv", "--on-error", "report", "--source", "postgresql://x@127.0.0.1:1/x"),
            3,
            "source_unavailable",
        ),
        (("sales.csv", "--data-dir", "nowhere"), 3, "not_running"),
    ],
)
def test_what_is_refused(sales: Path, arguments: tuple[str, ...], status: int, code: str) -> None:
    done = leadline("import", *arguments, "--format", "json", folder=sales.parent)
    assert done.returncode == status, done.stderr
    error = json.loads(done.stderr)
    assert error["code"] == code
    assert error["why"]
    assert error["fix"]
