"""Every question of the shipped cases has the same answer from rollups as from the base tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.result import Result
from leadline.embedded import demo
from leadline.engine import Engine, Models
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.verify import Case, read_cases
from tests.integration.engine.conftest import ADMIN
from tests.support.databases import Database, Databases

ROOT = Path(__file__).parents[3]
CLOCK = Clock.from_as_of("2026-11-17", "America/Chicago")


@pytest.fixture(scope="module")
def company(databases: Databases) -> Iterator[Database]:
    made = databases.create()
    demo.create(made.business, as_of=CLOCK.now(), leads=3_000)
    yield made
    databases.drop(made)


async def _answers(engine: Engine, cases: tuple[Case, ...]) -> dict[str, Result | str]:
    found: dict[str, Result | str] = {}
    for case in cases:
        try:
            found[case.name] = await engine.ask(case.query, ADMIN)
        except LeadlineError as error:
            found[case.name] = error.code
    return found


async def test_every_answer_is_the_same(company: Database) -> None:
    source = Source(SourceSettings(parse_url(company.reader), owner=parse_url(company.rollups)))
    await source.open()
    models = Models(ROOT / "models" / "sales", source)
    await models.poll()
    engine = Engine(source, None, models, CLOCK)
    cases = read_cases(ROOT / "tests" / "cases" / "demo")
    base = await _answers(engine, cases)
    rollups = Rollups(source, models.current)
    await rollups.install()
    for name in rollups.definitions:
        await rollups.refresh(name)
    rolled = await _answers(engine, cases)
    await source.close()

    layers = Counter(one.served_by.layer for one in rolled.values() if isinstance(one, Result))
    assert layers["rollup"] > 20, "rollups are used at all"
    for name, answer in base.items():
        other = rolled[name]
        if isinstance(answer, Result) and isinstance(other, Result):
            assert (other.columns, other.data, other.totals) == (
                answer.columns,
                answer.data,
                answer.totals,
            ), name
            assert (other.key, other.partial_rows) == (answer.key, answer.partial_rows), name
        else:
            assert other == answer, name
