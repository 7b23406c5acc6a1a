"""`leadline doctor` over real servers: what is missing is named; its SQL is run; then nothing is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline.cli.main import main
from leadline.doctor.checks import disk_space
from leadline.doctor.patient import Patient
from leadline.doctor.service import STOPPING, Report, examine, signed_in
from leadline.embedded.postgres import PostgresServer, initialise
from leadline.semantic.loader import load
from leadline.sources.postgres import SourceSettings, parse_url
from tests.support import business
from tests.support.databases import Database, Follower
from tests.support.servers import Home, folder
from tests.support.sources import run

MODEL = """
leadline: 1
source: crm
calendar: {zone: America/Chicago}
datasets:
  reps:
    table: public.reps
    row: one person
    key: [id]
    dimensions: {region: {column: region}}
  deals:
    table: public.deals
    row: one deal
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}}
    dimensions: {closed_at: {column: closed_at, type: time}}
    measures: {won: {count: rows, where: "status = 'won'", time: closed_at}, all: {count: rows}}
metrics:
  sales: {measure: deals.won}
  pipeline: {snapshot: deals.all, valid: [opened_at, closed_at]}
rollups:
  daily: {dataset: deals, time: {closed_at: day}, by: {region: rep.region}, measures: [won]}
"""
SELECT_ONLY = "doctor_select_only"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The folder of a model."""
    (tmp_path / "model.yaml").write_text(MODEL)
    return tmp_path


@pytest.fixture
def bare(database: Database) -> Iterator[str]:
    """The address of a role that may only connect, to tables without any index or statistics."""
    business.fill(database.business, 5000)
    run(database.business, "ALTER TABLE reps DROP CONSTRAINT reps_pkey")
    run(database.business, "ALTER TABLE deals DROP CONSTRAINT deals_pkey")
    run(database.admin, "DROP SCHEMA leadline CASCADE")
    run(database.admin, f"CREATE ROLE {SELECT_ONLY} LOGIN PASSWORD 'x'")
    run(database.admin, f"GRANT CONNECT ON DATABASE {database.name} TO {SELECT_ONLY}")
    try:
        yield database.admin.replace("leadline_admin:test", f"{SELECT_ONLY}:x")
    finally:
        run(database.admin, f"DROP OWNED BY {SELECT_ONLY} CASCADE")
        run(database.admin, f"DROP ROLE {SELECT_ONLY}")


async def _report(dsn: str, folder: Path, **more: Any) -> Report:
    settings = SourceSettings(parse_url(dsn), **more)
    async with signed_in(settings, load(folder).model) as patient:
        return await examine(patient)


def _by_check(report: Report) -> dict[str, str]:
    """The SQL that each check prints."""
    found: dict[str, str] = {}
    for one in report.findings:
        found[one.check] = found.get(one.check, "") + "\n".join(one.sql) + "\n"
    return found


def _apply(admin: str, report: Report) -> None:
    """Runs what was printed, as a person with the right for it."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for one in report.findings:
            for statement in one.sql:
                connection.execute(statement.encode())


async def test_what_is_missing_is_named_and_its_sql_makes_it_whole(
    bare: str, database: Database, model: Path
) -> None:
    first = await _report(bare, model)
    sql = _by_check(first)
    assert 'GRANT SELECT ON TABLE "public"."deals" TO "doctor_select_only";' in sql["tables_readable"]
    assert 'CREATE SCHEMA leadline AUTHORIZATION "doctor_select_only";' in sql["rollup_schema"]
    assert "GRANT TEMPORARY ON DATABASE" in sql["temporary_tables"]
    assert 'GRANT SELECT, TRIGGER ON TABLE "public"."deals"' in sql["rollup_tables"]
    assert '"public"."deals" ("closed_at")' in sql["time_indexes"]
    assert '"public"."deals" ("opened_at")' in sql["time_indexes"]
    assert '"public"."reps" ("id")' in sql["join_indexes"]
    assert 'ALTER TABLE "public"."deals" REPLICA IDENTITY FULL' in sql["replica_identity"]
    assert all(one.why and one.gain and one.without for one in first.findings)
    severities = [one.severity for one in first.findings]
    assert severities == sorted(severities, key=["error", "warning", "advice"].index)
    assert first.skipped == ()
    _apply(database.admin, first)
    second = await _report(bare, model)
    assert _by_check(second).keys() <= {"statistics"}, "only now the role sees what is known of the tables"
    _apply(database.admin, second)
    assert (await _report(bare, model)).findings == ()


async def test_the_missing_index_of_a_rollups_time_is_told_with_the_rollup(bare: str, model: Path) -> None:
    found = {one.sql[0]: one for one in (await _report(bare, model)).findings if one.check == "time_indexes"}
    by_day = found['CREATE INDEX CONCURRENTLY ON "public"."deals" ("closed_at");']
    assert "the buckets of daily lie" in by_day.why
    assert "refresh" in by_day.gain
    assert "daily" not in found['CREATE INDEX CONCURRENTLY ON "public"."deals" ("opened_at");'].why


async def test_a_table_that_is_not_there_is_no_matter_of_rights(bare: str, model: Path) -> None:
    file = model / "model.yaml"
    file.write_text(file.read_text().replace("public.reps", "public.people"))
    report = await _report(bare, model)
    [missing] = [one for one in report.findings if one.check == "tables_there"]
    assert (missing.severity, missing.sql) == ("error", ())
    assert "public.people" in missing.why
    assert "people" not in _by_check(report)["tables_readable"]


async def test_a_small_table_needs_no_index(bare: str, database: Database, model: Path) -> None:
    run(database.business, "DELETE FROM deals WHERE id > 100")
    run(database.business, "ANALYZE deals")
    run(database.business, "ANALYZE reps")
    assert not {"time_indexes", "join_indexes"} & _by_check(await _report(bare, model)).keys()


async def test_the_owner_and_the_reader_are_told_apart(database: Database, model: Path) -> None:
    business.fill(database.business, 10)
    run(database.admin, "REVOKE USAGE ON SCHEMA leadline FROM leadline_reader")
    run(database.admin, "REVOKE TRIGGER ON deals FROM leadline_rollups")
    run(database.business, "ANALYZE")
    owner = parse_url(database.rollups)
    first = await _report(database.reader, model, owner=owner)
    assert set(_by_check(first)) == {"rollup_reading", "rollup_tables"}
    assert "mark changes of public.deals" in " ".join(one.why for one in first.findings)
    _apply(database.admin, first)
    assert (await _report(database.reader, model, owner=owner)).findings == ()


async def test_f38_a_slot_that_nobody_reads_is_named_before_the_disk_is_full(database: Database) -> None:
    run(database.admin, "SELECT pg_create_physical_replication_slot('left_behind', true)")
    try:
        run(database.business, "CREATE TABLE much AS SELECT repeat('x', 100) FROM generate_series(1, 50000)")
        async with signed_in(SourceSettings(parse_url(database.reader))) as patient:
            report = await examine(patient, only=STOPPING)
        [slot] = report.findings
        assert "left_behind" in slot.why
        assert "B of the log" in slot.why
        _apply(database.admin, report)
        assert run(database.admin, "SELECT 1 FROM pg_replication_slots WHERE NOT active") == []
    finally:
        run(
            database.admin,
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
            "WHERE slot_name = 'left_behind'",
        )


async def test_f38_a_disk_that_is_nearly_full_is_named(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = shutil.disk_usage(tmp_path)
    async with signed_in(SourceSettings(parse_url(database.reader))) as patient:
        ours = Patient(patient.reader, patient.owner, data_dir=tmp_path)
        monkeypatch.setattr(disk_space, "FULL", 1 - disk.free / disk.total + 0.05)
        assert await disk_space.check(ours) == []
        monkeypatch.setattr(disk_space, "FULL", 1 - disk.free / disk.total - 0.05)
        [found] = await disk_space.check(ours)
    assert (found.severity, "full" in found.why) == ("error", True)


async def test_replicas_are_examined_too(database: Database, replica: Follower, model: Path) -> None:
    business.fill(database.business, 10)
    run(database.business, "ANALYZE")
    replica.catch_up()
    there = replica.database(database)
    run(there.admin, "ALTER SYSTEM SET hot_standby_feedback = off")
    run(there.admin, "SELECT pg_reload_conf()")
    replicas = (parse_url(there.reader), parse_url(database.reader), parse_url(_nowhere(database)))
    try:
        owner = parse_url(database.rollups)
        found = await _report(database.reader, model, owner=owner, replicas=replicas)
        told = [one.why for one in found.findings if one.check == "replicas"]
    finally:
        run(there.admin, "ALTER SYSTEM RESET hot_standby_feedback")
        run(there.admin, "SELECT pg_reload_conf()")
    assert len(told) == 3
    assert any(why.startswith("hot_standby_feedback is off on replica-1") for why in told)
    assert any(why.startswith("replica-2") and "is no replica" in why for why in told)
    assert any(why.startswith("replica-3 does not answer") for why in told)


def _nowhere(database: Database) -> str:
    """An address at which nobody listens."""
    return database.reader.replace(f":{parse_url(database.reader).port}/", ":1/")


# The command


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["doctor", *arguments])
    out, error = capsys.readouterr()
    return int(str(end.value.code)), out, error


def test_the_command_prints_json_and_says_by_its_status(
    bare: str, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = _run(capsys, "--source", bare, "--model", str(model), "--format", "json")
    found = json.loads(out)["findings"]
    assert status == 1
    assert {"check", "severity", "why", "sql", "gain"} <= found[0].keys()
    status, out, _ = _run(capsys, "--source", bare, "--model", str(model))
    assert status == 1
    assert "gains" in out
    assert "without" in out
    assert "CREATE INDEX CONCURRENTLY ON" in out


def test_the_command_is_quiet_where_nothing_is_missing(
    database: Database, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    business.fill(database.business, 10)
    run(database.business, "ANALYZE")
    run(database.business, "GRANT TRIGGER ON deals, reps TO leadline_rollups")
    status, out, _ = _run(capsys, "--source", database.rollups, "--model", str(model))
    assert (status, out.strip()) == (0, "Nothing is missing.")


@pytest.mark.parametrize("code", ["source_unavailable", "source_login"])
def test_the_command_says_why_it_cannot_look(
    database: Database, model: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    urls = {
        "source_unavailable": _nowhere(database),
        "source_login": database.reader.replace(":test@", ":wrong@"),
    }
    status, _, error = _run(capsys, "--source", urls[code], "--model", str(model), "--format", "json")
    assert (status, json.loads(error)["code"]) == (3, code)


# Settings of a server


@pytest.fixture
def poor() -> Iterator[PostgresServer]:
    """A server that is set up for nothing but questions."""
    with folder("doctor") as path:
        server = Home.at(path).server("poor")
        poor_settings = {"wal_level": "replica", "max_replication_slots": "1", "max_slot_wal_keep_size": "-1"}
        server.settings = {**server.settings, **poor_settings}
        initialise(server)
        server.start()
        yield server
        server.stop()


async def test_settings_that_change_capture_needs_are_named(poor: PostgresServer) -> None:
    run(poor.dsn(), "SELECT pg_create_physical_replication_slot('only_one')")
    async with signed_in(SourceSettings(parse_url(poor.dsn()))) as patient:
        report = await examine(patient)
    sql = _by_check(report)
    assert "ALTER SYSTEM SET wal_level = 'logical';" in sql["wal_level"]
    assert "ALTER SYSTEM SET max_replication_slots = 6;" in sql["free_slots"]
    assert "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';" in sql["replication_slots"]
    assert "SELECT pg_drop_replication_slot('only_one');" in sql["replication_slots"]
