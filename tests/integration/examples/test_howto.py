"""What docs/howto/write-a-model.md tells works as told, over the twin of the set it is about."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from leadline.core.clock import Clock
from leadline.core.viewer import Viewer
from leadline.dashboards.service import documents
from leadline.engine.engine import Engine
from leadline.engine.models import Models
from leadline.imports.service import import_files
from leadline.sources.postgres import Source, parse_url
from leadline.sources.postgres.settings import SourceSettings
from leadline.verify import Verifier, read_cases
from tests.support.crm_twin import write_twin
from tests.support.databases import Database, Databases
from tests.support.shared import ROOT

YAML_12 = YAML(typ="safe", pure=True)
HOWTO = (ROOT / "docs" / "howto" / "write-a-model.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", HOWTO, re.DOTALL)


def merged(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Both maps as one, deeply: what a reader does who follows the steps."""
    both = dict(low)
    for key, value in high.items():
        inner = both.get(key)
        both[key] = (
            merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
        )
    return both


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The model, dashboard and case of the page as files. Its plan is left out: the set has none."""
    first, joins, ratios, state, cases, rollup, dashboard = BLOCKS
    model: dict[str, Any] = {}
    for block in (first, joins, ratios, state, rollup):
        model = merged(model, YAML_12.load(block))
    del model["targets"]
    opportunities = model["datasets"]["opportunities"]
    opportunities["measures"]["all"] = {"count": "rows"}
    text = StringIO()
    YAML().dump(model, text)
    (tmp_path / "model.yaml").write_text(text.getvalue(), encoding="utf-8")
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "overview.yaml").write_text(dashboard, encoding="utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "revenue.yaml").write_text(cases, encoding="utf-8")
    return tmp_path


@pytest.fixture
def twin(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The twin, imported."""
    made = databases.create()
    import_files(made.business, [write_twin(tmp_path_factory.mktemp("twin"))])
    yield made
    databases.drop(made)


def test_the_page_works_as_it_stands(folder: Path, twin: Database) -> None:
    async def run() -> None:
        source = Source(SourceSettings(primary=parse_url(twin.reader)))
        await source.open()
        try:
            models = Models(folder, source)
            await models.poll()
            assert [str(issue) for issue in models.issues if issue.severity == "error"] == []
            engine = Engine(source, None, models, Clock())
            report = await Verifier(engine, source).run(read_cases(folder / "cases"))
            assert (report.cases, report.failed) == (2, ())
            found, issues = documents(folder / "dashboards", models.current.model)
            assert (list(found), issues) == (["overview"], ())
            everything = {
                "metrics": ["revenue", "won", "win_rate", "mean_won", "open"],
                "dimensions": ["product.series"],
            }
            answer = await engine.ask(everything, Viewer("test", "admin@test", "admin"))
            assert "(none)" in answer.data[0]
        finally:
            await source.close()

    asyncio.run(run())
