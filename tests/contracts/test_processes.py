"""`leadline serve | user | key | migrate` as processes: exit status, one line, clean ends."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import httpx
import psycopg
import pytest

from leadline.storage.tables import SCHEMA
from tests.contracts.conftest import ADMIN
from tests.support.databases import Database
from tests.support.product import leadline, served
from tests.support.state import PASSWORD


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "log"
    with served(log, environment=environment) as running:
        assert httpx.get(f"{running.url}/healthz").status_code == 200
        running.process.send_signal(number)
        assert running.process.wait(60) == 0
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert any(record["event"] == "request" and record["status"] == 200 for record in records)
    assert PASSWORD not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"LEADLINE_STATE_URL": "postgresql://127.0.0.1:1/x"}, "state_unavailable", 3),
        ({"LEADLINE_STATE_URL": ""}, "bad_usage", 2),
        ({"LEADLINE_SOURCE_URL": ""}, "bad_usage", 2),
    ],
)
def test_what_is_missing_is_named(
    environment: dict[str, str], change: dict[str, str], code: str, status: int
) -> None:
    ended = leadline("serve", "--port", "0", "--format", "json", environment={**environment, **change})
    assert (ended.returncode, json.loads(ended.stderr.splitlines()[-1])["code"]) == (status, code)
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_named(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = leadline("serve", "--port", port, environment=environment)
    assert ended.returncode == 3
    assert ended.stderr.startswith("leadline: port_taken:")
    assert len(ended.stderr.splitlines()) == 1


def test_another_schema_is_refused_and_migrate_is_the_way(
    environment: dict[str, str], database: Database
) -> None:
    fresh = {**environment, "LEADLINE_STATE_URL": database.business}
    refused = leadline("serve", "--port", "0", environment=fresh)
    assert refused.returncode == 3
    assert "schema_version" in refused.stderr and "leadline migrate" in refused.stderr
    first = leadline("migrate", "--format", "json", environment=fresh)
    assert json.loads(first.stdout) == {"before": None, "after": "0002", "changed": True}
    assert "already" in leadline("migrate", environment=fresh).stdout
    with psycopg.connect(database.business) as connection:
        connection.execute(f"UPDATE {SCHEMA}.schema_version SET version_num = '9999'")
    assert "schema_version" in leadline("user", "list", environment=fresh).stderr
    assert leadline("migrate", environment=fresh).returncode == 3


def test_users_are_added_listed_and_removed(environment: dict[str, str]) -> None:
    bad = ("user", "add", "y@example.com", "--role", "editor", "--name", "Y\x1b[31m", "--password-stdin")
    assert "control characters" in leadline(*bad, environment=environment, text_in=PASSWORD).stderr
    add = (
        "user",
        "add",
        "y@example.com",
        "--attr",
        "job=rep",
        "--attr",
        "region=East",
        "--attr",
        "region=West",
    )
    added = leadline(*add, "--password-stdin", "--format", "json", environment=environment, text_in=PASSWORD)
    (facts,) = json.loads(added.stdout)["users"]
    assert facts["attributes"] == {"job": "rep", "region": ["East", "West"]}
    assert PASSWORD not in added.stdout and "argon2" not in added.stdout
    again = leadline(*add, "--no-password", environment=environment)
    assert (again.returncode, "conflict" in again.stderr) == (2, True)
    listed = leadline("user", "list", environment=environment).stdout
    assert listed.startswith("E-MAIL") and "y@example.com" in listed
    for verb in ("disable", "enable", "remove"):
        assert leadline("user", verb, "y@example.com", environment=environment).returncode == 0
    gone = leadline("user", "remove", "y@example.com", "--format", "json", environment=environment)
    assert gone.returncode == 2


def test_a_new_password_is_taken_from_standard_input_only(environment: dict[str, str]) -> None:
    no = leadline("user", "add", "z@example.com", environment=environment)
    assert (no.returncode, "--password-stdin" in no.stderr) == (2, True)
    short = leadline(
        "user", "password", ADMIN, "--password-stdin", environment=environment, text_in="short\n"
    )
    assert short.returncode == 2
    last = leadline("user", "remove", ADMIN, environment=environment)
    assert (last.returncode, "last admin" in last.stderr) == (2, True)


def test_a62_a_key_is_shown_once(environment: dict[str, str]) -> None:
    made = leadline("key", "add", "once", "--user", ADMIN, environment=environment)
    key = made.stdout.strip()
    assert key.startswith("ll_")
    listed = leadline("key", "list", environment=environment)
    assert "once" in listed.stdout and key not in listed.stdout
    twice = leadline("key", "add", "x", "--user", ADMIN, "--role", "admin", environment=environment)
    assert twice.returncode == 2
    assert leadline("key", "remove", "once", environment=environment).returncode == 0
    assert leadline("key", "remove", "once", environment=environment).returncode == 2


def test_without_any_address_the_way_is_told(tmp_path: Path) -> None:
    ended = leadline("user", "list", "--data-dir", str(tmp_path), environment={})
    assert (ended.returncode, "not_running" in ended.stderr) == (3, True)


def test_without_redis_it_is_ready_and_right(environment: dict[str, str], tmp_path: Path) -> None:
    away = {**environment, "LEADLINE_REDIS_URL": "redis://127.0.0.1:1/0"}
    with served(tmp_path / "log", environment=away) as running, httpx.Client(base_url=running.url) as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["parts"]["redis"]["state"]) == (200, "down")
        client.post("/api/v1/session", json={"email": ADMIN, "password": PASSWORD}).raise_for_status()
        answer = client.post("/api/v1/query", json={"metrics": ["leads"]})
        assert (answer.status_code, answer.json()["served_by"]["cache"]) == (200, "miss")


def test_without_its_source_it_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    away = {**environment, "LEADLINE_SOURCE_URL": "postgresql://u:geheim@127.0.0.1:1/x"}
    log = tmp_path / "log"
    with served(log, environment=away) as running, httpx.Client(base_url=running.url) as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["parts"]["source"]["state"]) == (503, "down")
        assert ready.json()["parts"]["source"]["code"] == "source_unavailable"
        client.post("/api/v1/session", json={"email": ADMIN, "password": PASSWORD}).raise_for_status()
        answer = client.post("/api/v1/query", json={"metrics": ["leads"]})
        assert (answer.status_code, answer.json()["code"]) == (503, "source_unavailable")
        assert client.get("/api/v1/session").json()["product"]["zone"] == "UTC"
        assert "geheim" not in ready.text + answer.text + log.read_text(encoding="utf-8")
