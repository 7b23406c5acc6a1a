"""States from a rollup of what has not ended: right after any write, whether or not it is refreshed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline.core.result import Result
from leadline.engine import Engine, Models
from leadline.rollups import states
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source
from tests.integration.engine.cluster import ADMIN, CLOCK
from tests.integration.rollups.conftest import run
from tests.support import business
from tests.support.databases import Database

MODEL = (
    business.MODEL.replace(
        "metrics:\n", "      value: {sum: amount}\n      all: {count: rows}\nmetrics:\n"
    ).replace(
        "rollups:\n",
        "  open: {snapshot: deals.all, valid: [opened_at, closed_at]}\n"
        "  worth: {snapshot: deals.value, valid: [opened_at, closed_at]}\nrollups:\n",
    )
    + """  open_deals:
    dataset: deals
    time: {opened_at: day}
    by: {source: source}
    where: "closed_at is null"
    measures: [all, value]
"""
)
WRITES = (
    "UPDATE deals SET closed_at = '2026-05-30 12:00-05' WHERE id = {any} AND closed_at IS NULL",
    "UPDATE deals SET closed_at = NULL WHERE id = {any}",
    "UPDATE deals SET closed_at = '2026-07-01 12:00-05' WHERE id = {any}",
    "UPDATE deals SET amount = amount + 1, source = 'web' WHERE id = {any}",
    "UPDATE deals SET opened_at = opened_at + interval '40 days' WHERE id = {any}",
    "DELETE FROM deals WHERE id = {any}",
    "INSERT INTO deals SELECT max(id) + 1, 1, 'open', 'new', 5, '2026-05-31 12:00-05', NULL FROM deals",
)
NOW = {"metrics": ["open", "worth"], "dimensions": ["source"], "totals": True}
BY_MONTH = {"metrics": ["open", "worth"], "time": {"grain": "month", "range": {"preset": "this_year"}}}
_HELD = (
    "SELECT count(*), coalesce(sum(amount), 0) FROM deals "
    "WHERE opened_at {begun} '{at}' AND (closed_at IS NULL OR closed_at {held} '{at}')"
)


@pytest.fixture(autouse=True)
def _edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Touched buckets are read from the table."""
    monkeypatch.setattr(states, "EDGE_ANSWERED", True)


async def test_states_are_right_after_any_write(source: Source, database: Database, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    models = Models(tmp_path, source)
    await models.poll()
    rollups = Rollups(source, models.current)
    await rollups.install()
    await rollups.refresh("open_deals")
    engine, chance = Engine(source, None, models, CLOCK), random.Random(7)  # noqa: S311
    for turn in range(40):
        run(database.business, chance.choice(WRITES).format(any=chance.randrange(1, 600)))
        if turn % 5 == 4:
            await rollups.refresh("open_deals")
        _check(database, await engine.ask(NOW, ADMIN), await engine.ask(BY_MONTH, ADMIN))


def _check(database: Database, now: Result, by_month: Result) -> None:
    for answer in (now, by_month):
        assert (answer.served_by.layer, answer.served_by.rollup) == ("rollup+edge", "open_deals")
    present = _held(database, "2026-05-31 23:59:59.999999-05", begun="<=", held=">")
    assert now.totals is not None
    assert (int(now.totals["open"] or 0), float(now.totals["worth"] or 0)) == present
    assert sum(int(value or 0) for value in now.data[1]) == present[0]
    ends = [f"2026-{month:02}-01 {'06' if month < 4 else '05'}:00+00" for month in range(2, 6)]
    wanted = [*(_held(database, at, begun="<", held=">=") for at in ends), present]
    counts, worths = by_month.data[1], by_month.data[2]
    assert [(int(counts[i] or 0), float(worths[i] or 0)) for i in range(5)] == wanted
    assert set(by_month.data[1][5:]) == {None}, "of months to come nothing is known"


def _held(database: Database, at: str, **signs: str) -> tuple[int, float]:
    """How many deals held at an instant, and what they were worth."""
    with psycopg.connect(database.reader) as connection:
        row: Any = connection.execute(_HELD.format(at=at, **signs)).fetchone()
    return int(row[0]), float(row[1])
