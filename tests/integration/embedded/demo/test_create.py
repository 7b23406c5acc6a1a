"""The company as it is made: consistent in itself, believable, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded import demo
from tests.integration.embedded.demo.conftest import LEADS, PRESENT, rules, value_of
from tests.support.databases import Database, Databases

RULES = rules(PRESENT)


@pytest.mark.parametrize("rule", RULES)
def test_it_agrees_with_itself(company: Database, rule: str) -> None:
    assert value_of(company.reader)(RULES[rule]) == 0


def test_it_has_the_size_asked_for(company: Database) -> None:
    ask = value_of(company.reader)
    assert ask("SELECT count(*) FROM leads") == LEADS
    assert ask("SELECT max(created_at) - min(created_at) > interval '3 years' FROM leads")
    assert ask("SELECT count(DISTINCT rep_id) FROM deals") == 30


def test_it_has_the_dirt_that_companies_have(company: Database) -> None:
    ask = value_of(company.reader)
    assert ask("SELECT count(*) FROM leads WHERE rep_id IS NULL") > 0
    assert ask("SELECT count(*) FROM leads WHERE source IS NULL") > 0
    assert (
        ask("SELECT count(*) FROM deals WHERE status = 'won' AND closed_at IS NULL AND opened_at IS NULL")
        == 14
    )
    assert ask("SELECT count(*) FROM deals WHERE status = 'won' AND amount IS NULL") > 0


def test_business_is_near_its_plan(company: Database) -> None:
    query = """SELECT sum(amount) / (SELECT sum(amount) FROM targets
                                     WHERE month_start BETWEEN '2024-01-01' AND '2026-10-01')
               FROM deals WHERE status = 'won'
                 AND closed_at BETWEEN '2024-01-01 06:00' AND '2026-11-01 05:00'"""
    assert 0.85 < float(value_of(company.reader)(query)) < 1.2


def test_amounts_are_skewed_and_changes_are_in_the_history(company: Database) -> None:
    ask = value_of(company.reader)
    median, mean = ask("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount), avg(amount) FROM deals")
    assert float(mean) > float(median) * 1.15
    changed = "SELECT deal_id FROM stage_history GROUP BY deal_id HAVING count(DISTINCT amount) > 1"
    assert ask(f"SELECT count(*) FROM ({changed}) d") > 100


def test_incidents_can_be_found_in_the_rows(company: Database) -> None:
    query = """SELECT count(*) FILTER (WHERE created_at < '2026-10-12') / 35.0,
                      count(*) FILTER (WHERE created_at >= '2026-10-12') / 35.0
               FROM leads WHERE region = 'Central' AND source = 'referral' AND created_at >= '2026-09-07'"""
    before, within = value_of(company.reader)(query)
    assert float(within) < float(before) * 0.75


def test_same_seed_same_rows(databases: Databases, company: Database) -> None:
    other = databases.create()
    demo.create(other.business, as_of=PRESENT, seed=7, leads=LEADS)
    query = "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {} t"
    for table in ("leads", "appointments", "deals", "stage_history"):
        assert value_of(other.reader)(query.format(table)) == value_of(company.reader)(query.format(table))
    databases.drop(other)


def test_progress_and_incidents_are_told(database: Database, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = demo.create(
        database.business,
        as_of=PRESENT,
        leads=800,
        progress=lambda done, of: told.append((done, of)),
        incidents=tmp_path / "incidents.json",
    )
    assert told[-1] == (800, 800)
    assert made.rows["leads"] == 800
    assert len(json.loads((tmp_path / "incidents.json").read_text())) == len(made.incidents) == 8
    assert demo.is_created(database.business)


def test_not_over_somebodys_tables(database: Database) -> None:
    with psycopg.connect(database.business) as connection:
        connection.execute("CREATE TABLE deals (mine int)")
    assert not demo.is_created(database.business)
    with pytest.raises(LeadlineError) as error:
        demo.create(database.business, as_of=PRESENT, leads=100)
    assert error.value.code == "conflict"
    assert value_of(database.reader)("SELECT to_regclass('leads')") is None


def test_no_database() -> None:
    with pytest.raises(LeadlineError) as error:
        demo.is_created("postgresql://nobody@127.0.0.1:1/none")
    assert error.value.code == "source_unavailable"
