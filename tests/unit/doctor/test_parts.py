"""What needs no database: clocks, names, the shape of a finding, that every check is found."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leadline.doctor.checks import registry
from leadline.doctor.checks.clocks import judged, skew
from leadline.doctor.finding import Finding
from leadline.doctor.names import some, table_sql

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_clock_is_off_only_by_what_the_way_cannot_explain() -> None:
    assert skew(NOON, NOON + SECOND, NOON + 3 * SECOND) == timedelta()
    assert skew(NOON, NOON + 9 * SECOND, NOON + 3 * SECOND) == 6 * SECOND
    assert skew(NOON, NOON - 5 * SECOND, NOON + 3 * SECOND) == -5 * SECOND
    assert judged(SECOND) == []
    assert "6.0 s ahead of ours" in judged(6 * SECOND)[0].why
    assert "5.0 s behind ours" in judged(-5 * SECOND)[0].why


def test_names_are_quoted() -> None:
    assert table_sql("deals") == '"public"."deals"'
    assert table_sql('crm.odd"name') == '"crm"."odd""name"'
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_a_finding_is_told_as_the_contract_has_it() -> None:
    found = Finding("error", "why", ("one;", "two;"), "gain", "without", "name").to_json()
    assert found == {
        "check": "name", "severity": "error", "why": "why", "sql": "one;\ntwo;", "gain": "gain",
        "without": "without",
    }  # fmt: skip


def test_every_file_of_the_folder_is_a_check() -> None:
    assert {"tables_readable", "wal_level", "replication_slots", "time_indexes"} <= registry().keys()
    assert all(callable(check) for check in registry().values())


def test_every_check_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "doctor.md").read_text(encoding="utf-8")
    assert registry().keys() <= set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
