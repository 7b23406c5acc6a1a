"""A23 through the engine: odd values in the rows are null, or refused by a code; none is wrong in silence."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine import Engine, Models
from leadline.sources.postgres import SourceSettings, parse_url
from tests.support.databases import Database
from tests.support.sources import opened, run

ADMIN = Viewer("o1", "ada@example.com", "admin")
CLOCK = Clock.from_as_of("2026-05-31", "UTC")
MODEL = """
leadline: 1
source: odd
calendar: {zone: UTC}
datasets:
  things:
    table: public.things
    row: one thing
    key: [id]
    dimensions:
      kind: {column: kind}
      at: {column: at, type: time}
      day: {column: day, type: date}
    measures:
      all: {count: rows}
      floats: {sum: f}
      numbers: {sum: n}
      mean: {avg: n}
      highest: {max: f}
metrics:
  things: {measure: things.all, time: at}
  floats: {measure: things.floats, time: at}
  numbers: {measure: things.numbers, time: at}
  mean: {measure: things.mean, time: at}
  highest: {measure: things.highest, time: at}
"""
ROWS = """
CREATE TABLE things (id int PRIMARY KEY, kind text, at timestamptz, day date, f double precision, n numeric);
INSERT INTO things VALUES
  (1, 'plain', '2026-05-01', '2026-05-01', 1.5, 2.5),
  (2, 'nan', '2026-05-02', '2026-05-02', 'NaN', 'NaN'),
  (3, 'endless', '2026-05-03', '2026-05-03', 'Infinity', '-Infinity'),
  (4, '__proto__', '2026-05-04', '2026-05-04', -0.0, 0)
"""
NUMBERS = ["things", "floats", "numbers", "mean", "highest"]


@pytest.fixture
async def engine(database: Database, tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine over rows with odd values."""
    run(database.business, ROWS)
    (tmp_path / "model.yaml").write_text(MODEL)
    async with opened(SourceSettings(parse_url(database.reader))) as source:
        models = Models(tmp_path, source)
        await models.poll()
        yield Engine(source, None, models, CLOCK)


async def _asked(engine: Engine, **query: Any) -> dict[str, Any]:
    """The Result as it travels."""
    return dict(json.loads(json.dumps((await engine.ask(query, ADMIN)).to_json(), allow_nan=False)))


async def test_a23_nan_and_infinity_are_null_and_spoil_no_other_row(engine: Engine) -> None:
    found = await _asked(engine, metrics=NUMBERS, dimensions=["kind"], sort=[{"by": "kind"}], totals=True)
    rows = {row[0]: row[1:] for row in zip(*found["data"], strict=True)}
    assert [float(value) for value in rows["plain"]] == [1, 1.5, 2.5, 2.5, 1.5]
    assert rows["nan"] == (1, None, None, None, None)
    assert rows["endless"] == (1, None, None, None, None)
    assert [float(value) for value in rows["__proto__"]] == [1, 0, 0, 0, 0]
    assert found["totals"] == {"things": 4, "floats": None, "numbers": None, "mean": None, "highest": None}


@pytest.mark.parametrize("day", ["infinity", "-infinity", "0044-03-15 BC", "20000-01-01"])
async def test_a23_an_instant_out_of_the_calendar_harms_only_who_shows_it(
    engine: Engine, database: Database, day: str
) -> None:
    run(database.business, f"INSERT INTO things VALUES (5, 'odd', '{day}', '{day}', 1, 1)")
    whole = await _asked(engine, metrics=["things"])
    assert whole["data"] == [[5]]
    month = {"range": {"preset": "this_month"}, "grain": "day"}
    assert sum((await _asked(engine, metrics=["things"], time=month))["data"][1]) == 4
    with pytest.raises(LeadlineError) as refused:
        await _asked(engine, metrics=["things"], dimensions=["day"])
    assert refused.value.code == "not_supported"
    assert "log id" not in refused.value.why
