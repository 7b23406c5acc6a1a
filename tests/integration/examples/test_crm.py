"""The CRM example over its twin and the real set: imported, its cases, figures and tiles hold."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leadline.core.result import Result
from leadline.imports.service import import_files
from tests.support.crm_twin import AS_OF, IDLE, write_twin
from tests.support.databases import Database, Databases
from tests.support.examples import ADMIN, engine_over, failed_cases, unanswered_tiles
from tests.support.shared import ROOT

EXAMPLE = ROOT / "examples" / "crm"
CASES = ROOT / "tests" / "cases" / "crm"
PRESENT = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 23, 59, 59, 999_999, UTC)
FIGURES = {
    "won_deals": 4238,
    "lost_deals": 2473,
    "win_rate": "0.6315005215",
    "revenue": 10005534,
    "days_to_close": "51.7819726286",
    "opportunities": 8800,
    "open_engagements": 1589,
    "prospecting": 500,
}
Make = Callable[[Path], Database]


@pytest.fixture(scope="module")
def imported(databases: Databases) -> Iterator[Make]:
    """Imports a folder into a database of its own."""
    made: list[Database] = []

    def make(folder: Path) -> Database:
        made.append(databases.create())
        import_files(made[-1].business, [folder])
        return made[-1]

    yield make
    for database in made:
        databases.drop(database)


@pytest.fixture(scope="module")
def twin(imported: Make, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The twin, imported."""
    return imported(write_twin(tmp_path_factory.mktemp("twin")))


@pytest.fixture
def real(imported: Make, shared: Path) -> Database:
    """The real set, imported; skipped where it is absent."""
    return imported(shared / "data" / "crm_sales")


def ask(database: Database, query: dict[str, Any]) -> Result:
    """One answer."""

    async def run() -> Result:
        async with engine_over(database, EXAMPLE, PRESENT) as (engine, _):
            return await engine.ask(query, ADMIN)

    return asyncio.run(run())


def failures(database: Database) -> tuple[int, list[str]]:
    """How many cases there are, and those that fail."""

    async def run() -> tuple[int, list[str]]:
        async with engine_over(database, EXAMPLE, PRESENT) as (engine, source):
            return await failed_cases(engine, source, CASES)

    return asyncio.run(run())


def refused(database: Database) -> list[str]:
    """The dashboard's queries that are not answered."""

    async def run() -> list[str]:
        async with engine_over(database, EXAMPLE, PRESENT) as (engine, _):
            return await unanswered_tiles(engine, EXAMPLE)

    return asyncio.run(run())


def test_the_example_says_when_it_lives_and_what_it_needs(tmp_path: Path) -> None:
    facts = tomllib.loads((EXAMPLE / "example.toml").read_text(encoding="utf-8"))
    assert facts["as_of"] == AS_OF
    assert set(facts["tables"].values()) == {path.name for path in write_twin(tmp_path).iterdir()}


def test_the_twin_is_the_same_each_time(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        write_twin(folder)
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second


def test_the_twin_has_the_dirt(twin: Database) -> None:
    by_series = ask(twin, {"metrics": ["revenue"], "dimensions": ["product.series"]})
    assert set(by_series.data[0]) == {"GTX", "MG", "GTK", "(none)"}
    ranking = ask(twin, {"metrics": ["revenue"], "dimensions": [{"field": "agent.sales_agent", "all": True}]})
    assert {name for name, revenue in zip(*ranking.data, strict=True) if revenue == 0} == set(IDLE)


def test_all_cases_hold_over_the_twin(twin: Database) -> None:
    count, failed = failures(twin)
    assert count >= 25
    assert failed == []


def test_every_tile_is_answered_over_the_twin(twin: Database) -> None:
    assert refused(twin) == []


def test_all_cases_hold_over_the_real_set(real: Database) -> None:
    assert failures(real)[1] == []
    assert refused(real) == []


def test_the_published_figures(real: Database) -> None:
    answer = ask(real, {"metrics": list(FIGURES)})
    assert {
        column.name: values[0] for column, values in zip(answer.columns, answer.data, strict=True)
    } == FIGURES


def test_the_published_figures_by_group(real: Database) -> None:
    year = {"preset": "year_to_date"}
    quarters = ask(real, {"metrics": ["revenue"], "time": {"grain": "quarter", "range": year}})
    assert quarters.data[1] == (1134672, 3086111, 2982255, 2802496)
    series = ask(real, {"metrics": ["revenue"], "dimensions": ["product.series"]})
    found = dict(zip(*series.data, strict=True))
    assert found == {"GTX": 3834189, "(none)": 3510578, "MG": 2260155, "GTK": 400612}
    month = ask(real, {"metrics": ["revenue"], "time": {"range": {"preset": "month_to_date"}}})
    assert month.data == ((1131573,),)
    ranking = ask(real, {"metrics": ["revenue"], "dimensions": [{"field": "agent.sales_agent", "all": True}]})
    assert sum(revenue == 0 for revenue in ranking.data[1]) == 5
