"""Viewers with rules: each gets their own answers whoever asked before, and equal rights share one."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from leadline.core.viewer import Viewer
from tests.integration.engine.cluster import Process, processes, reads
from tests.support import business
from tests.support.databases import Database
from tests.support.sources import settings_of

RULES = """\
leadline: 1
row_rules:
  own: {when: "viewer.job = 'rep'", rows: {deals: "rep.name = viewer.name", reps: "name = viewer.name"}}
"""
QUERY = {"metrics": ["revenue"], "time": {"range": {"preset": "this_month"}}, "totals": True}
_SUM = """
SELECT coalesce(sum(amount), 0) FROM deals LEFT JOIN reps ON reps.id = rep_id
 WHERE status = 'won' AND closed_at >= '2026-05-01 00:00-05' AND closed_at < '2026-06-01 00:00-05'
"""


def _rep(name: str, email: str = "") -> Viewer:
    return Viewer("o1", email or f"{name}@example.com", "viewer", name, (("job", "rep"),))


ADMIN = Viewer("o1", "ada@example.com", "admin", "Ada")
NOBODY = Viewer("o1", "nobody@example.com", "viewer", "Ann")
"""No rule fits, though the name does."""


def _sql(database: Database, viewer: Viewer) -> Decimal:
    rule = {ADMIN: "", NOBODY: " AND false"}.get(viewer, f" AND reps.name = '{viewer.name}'")
    with psycopg.connect(database.business) as connection:
        row = connection.execute((_SUM + rule).encode()).fetchone()
    assert row is not None
    return Decimal(row[0])


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> Database:
    """The business with its deals, and a model with a rule."""
    business.fill(database.business)
    (tmp_path / "rules.yaml").write_text(RULES)
    return database


async def _value(process: Process, viewer: Viewer) -> tuple[Decimal, str]:
    result = await process.engine.ask(QUERY, viewer)
    assert result.totals is not None
    assert result.totals["revenue"] == result.data[0][0]
    return Decimal(str(result.data[0][0])), result.served_by.cache


async def test_a28_viewers_in_rotation_never_get_each_others_answers(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(2, settings_of(filled), valkey, tmp_path) as many:
        viewers = [ADMIN, _rep("Ann"), _rep("Bob"), _rep("Cy"), NOBODY]
        expected = {viewer: _sql(filled, viewer) for viewer in viewers}
        assert len(set(expected.values())) == 5 or expected[NOBODY] == 0
        for _ in range(3):
            found = await asyncio.gather(*(_value(one, viewer) for one in many for viewer in viewers))
            assert [value for value, _ in found] == [expected[viewer] for _ in many for viewer in viewers]
        assert reads(many) == 5


async def test_a28_equal_rights_share_an_answer_and_a_changed_attribute_asks_anew(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(1, settings_of(filled), valkey, tmp_path) as (one,):
        engine = one.engine
        await _value(one, _rep("Ann"))
        twin = _rep("Ann", "another@example.com")
        assert (await _value(one, twin))[1] == "hit", "the rule reads the name alone"
        assert engine.context(twin) == engine.context(_rep("Ann"))
        assert engine.context(_rep("Bob")) != engine.context(_rep("Ann"))
        assert (await _value(one, _rep("Bob")))[1] == "miss"


async def test_a31_a_rule_that_is_tightened_is_another_question(
    filled: Database, valkey: str, tmp_path: Path
) -> None:
    async with processes(1, settings_of(filled), valkey, tmp_path) as (one,):
        before, context = await _value(one, _rep("Ann")), one.engine.context(_rep("Ann"))
        rule = RULES.replace("rep.name = viewer.name", "rep.name = viewer.name and source = 'web'")
        (tmp_path / "rules.yaml").write_text(rule)
        assert await one.models.poll()
        assert one.engine.context(_rep("Ann")) != context
        after = await _value(one, _rep("Ann"))
        assert after[1] == "miss" and after[0] < before[0]
