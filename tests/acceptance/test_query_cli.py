"""`leadline query`, `verify` and `rollups` as processes: output, formats and exit status of the contract."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import business
from tests.support.databases import Database, Databases

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CASES = """
- name: good
  query: {metrics: [sales]}
  sql: SELECT count(*) FROM deals WHERE status = 'won'
"""


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Database]:
    made = databases.create()
    business.fill(made.business)
    yield made
    databases.drop(made)


@pytest.fixture
def run(filled: Database, tmp_path: Path) -> Run:
    """Runs `leadline` over the filled database."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.yaml").write_text(business.MODEL)

    def act(*words: str, source: str = filled.rollups, stdin: str = "") -> subprocess.CompletedProcess[str]:
        place = ["--source", source, "--model", str(tmp_path / "model")]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LEADLINE_")}
        return subprocess.run(
            [sys.executable, "-m", "leadline.cli", *words, *place],
            cwd=tmp_path, env=clean, input=stdin, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip

    return act


MONTHS = (
    "--metric",
    "revenue",
    "--grain",
    "month",
    "--range",
    "2026-03-01..2026-06-01",
    "--as-of",
    "2026-05-31",
)


def test_json_is_the_result_and_nothing_else(run: Run) -> None:
    done = run("query", *MONTHS, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert result["rows"] == 3
    assert result["now"] == "2026-05-31T23:59:59.999-05:00"
    assert result["served_by"]["cache"] == "miss"


def test_csv_has_raw_values(run: Run) -> None:
    done = run("query", *MONTHS, "--format", "csv", "--explain")
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0] == ["time", "revenue"]
    assert rows[1][0] == "2026-03-01T00:00:00-06:00"
    assert "," not in rows[1][1]
    assert "served by" in done.stderr


def test_a_table_for_people(run: Run) -> None:
    done = run(
        "query",
        "-m",
        "revenue",
        "--by",
        "rep.region",
        "--filter",
        "source=in:web,referral",
        "--totals",
        "--explain",
    )
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Region", "Revenue"]
    assert any(line.startswith("served by base on primary") for line in lines)
    assert any("daily_revenue_summary: " in line for line in lines)


def test_explained_as_json_it_is_one_object_with_the_result_in_it(run: Run) -> None:
    done = run("query", *MONTHS, "--format", "json", "--explain")
    told = json.loads(done.stdout)
    assert told["definition"][0]["column"] == "revenue"
    assert told["sql"].startswith("WITH") and told["plan"] and told["cache"]["state"] == "off"
    assert [one["name"] for one in told["result"]["columns"]] == ["time", "revenue"]


def test_explained_to_a_viewer_there_is_no_statement(run: Run) -> None:
    viewer = json.dumps({"email": "a@example.com", "role": "viewer"})
    done = run("query", *MONTHS, "--explain", "--viewer", viewer)
    assert "column    revenue (simple)" in done.stdout and "rules     none" in done.stdout
    assert "SELECT" not in done.stdout


def test_a_query_from_standard_input(run: Run) -> None:
    done = run("query", "-f", "-", "--format", "csv", stdin='{"metrics": ["sales"]}')
    assert done.stdout == "sales\n200\n"


def test_a_question_that_cannot_be_answered_has_status_2(run: Run) -> None:
    done = run("query", "--metric", "nix", "--format", "json")
    assert (done.returncode, done.stdout) == (2, "")
    error = json.loads(done.stderr)
    assert (error["code"], error["at"]) == ("unknown_metric", "/metrics/0")
    plain = run("query", "--metric", "nix")
    assert plain.stderr.startswith("leadline: unknown_metric: ")
    assert len(plain.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["query"], "bad_usage", 2),
        (["query", "-m", "sales", "-f", "q.json"], "bad_usage", 2),
        (["query", "-f", "nix.json"], "bad_file", 2),
        (["query", "-f", "-"], "bad_json", 2),
        (["query", "-m", "sales", "--viewer", "ann@example.com"], "bad_usage", 2),
        (["query", "-m", "sales", "--viewer", "{"], "bad_usage", 2),
        (["query", "-m", "sales", "--as-of", "soon"], "bad_as_of", 2),
        (["rollups", "refresh", "nix"], "not_found", 2),
        (["rollups", "explain", "nix"], "not_found", 2),
        (["verify", "nix.yaml"], "bad_file", 2),
    ],
)
def test_wrong_use_is_one_line_with_its_code(run: Run, words: list[str], code: str, status: int) -> None:
    done = run(*words)
    assert done.returncode == status
    assert done.stderr.startswith(f"leadline: {code}: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("change", "code"),
    [((":test@", ":hunter2@"), "source_login"), (("127.0.0.1:", "127.0.0.1:1"), "source_unavailable")],
)
def test_a_source_that_does_not_let_us_in_has_status_3(
    run: Run, filled: Database, change: tuple[str, str], code: str
) -> None:
    source = filled.reader.replace(*change)
    if code == "source_unavailable":
        source = "postgresql://u:hunter2@127.0.0.1:1/d"
    done = run("query", "-m", "sales", source=source)
    assert done.returncode == 3
    assert done.stderr.startswith(f"leadline: {code}: ")
    assert "hunter2" not in done.stderr


def test_as_a_viewer_in_json(run: Run) -> None:
    done = run("query", "-m", "sales", "--format", "csv", "--viewer", '{"email": "a@b.c", "role": "viewer"}')
    assert done.stdout == "sales\n200\n"


def test_verify_says_what_differs_by_its_status(run: Run, tmp_path: Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(CASES)
    done = run("verify", str(good), "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"cases": 1, "failed": []})
    bad = tmp_path / "bad.yaml"
    bad.write_text(CASES.replace("count(*)", "count(*) + 1"))
    done = run("verify", str(bad), "--format", "json")
    assert done.returncode == 1
    [failed] = json.loads(done.stdout)["failed"]
    assert (failed["query_rows"], failed["sql_rows"]) == ([[200]], [[201]])
    done = run("verify", str(bad))
    assert f"{bad}:2 good: 1 of 1 rows differ" in done.stdout
    (tmp_path / "broken.yaml").write_text("{a: 1}")
    assert run("verify", str(tmp_path / "broken.yaml")).returncode == 2


def test_rollups_are_built_by_hand_listed_and_explained(run: Run) -> None:
    name = "daily_revenue_summary"
    done = run("rollups", "refresh", name, "--format", "json")
    assert json.loads(done.stdout)["action"] in ("built", "refreshed")
    [listed] = json.loads(run("rollups", "list", "--format", "json").stdout)
    assert (listed["name"], listed["state"]) == (name, "fresh")
    explained = run("rollups", "explain", name).stdout
    assert "'America/Chicago'" in explained
    assert "public.deals" in explained
    served = json.loads(
        run("query", "-m", "revenue", "--range", "2026-03-02..2026-03-09", "--format", "json").stdout
    )
    assert served["served_by"]["rollup"] == name
