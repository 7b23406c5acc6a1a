"""The folder is read again when it changes; what was good stays until something better comes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.dashboards import service
from leadline.dashboards.service import Dashboards
from leadline.semantic.model import Model
from tests.support.models import sales_model
from tests.unit.dashboards.test_checks import GOOD


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_LOOK_EVERY", 0.0)


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    stamp = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(stamp, stamp))


async def test_a_change_is_seen_and_a_mistake_keeps_the_last_good_form(tmp_path: Path) -> None:
    _write(tmp_path, "a.yaml", GOOD)
    dashboards = Dashboards(tmp_path, sales_model)
    assert (await dashboards.get("team")).title == "Team"
    _write(tmp_path, "a.yaml", GOOD.replace("Team", "Crew"))
    assert (await dashboards.get("team")).title == "Crew"
    _write(tmp_path, "a.yaml", "broken: [")
    assert (await dashboards.get("team")).title == "Crew"
    assert [issue.code for issue in await dashboards.issues()] == ["bad_yaml"]
    _write(tmp_path, "a.yaml", GOOD.replace("Team", "Band"))
    assert (await dashboards.get("team")).title == "Band"
    assert not await dashboards.issues()
    (tmp_path / "a.yaml").unlink()
    with pytest.raises(LeadlineError, match="not_found"):
        await dashboards.get("team")


async def test_home_is_the_one_that_says_so_else_executive_else_the_first(tmp_path: Path) -> None:
    dashboards = Dashboards(tmp_path, sales_model)
    assert await dashboards.home() is None
    for name in ("zoo", "bee"):
        _write(tmp_path, f"{name}.yaml", GOOD.replace("dashboard: team", f"dashboard: {name}"))
    assert await dashboards.home() == "bee"
    _write(tmp_path, "e.yaml", GOOD.replace("dashboard: team", "dashboard: executive"))
    assert await dashboards.home() == "executive"
    _write(tmp_path, "zoo.yaml", GOOD.replace("dashboard: team", "dashboard: zoo\nhome: true"))
    assert await dashboards.home() == "zoo"
    assert [one.dashboard for one in await dashboards.all()] == ["zoo", "bee", "executive"]


async def test_without_a_model_the_last_dashboards_stay(tmp_path: Path) -> None:
    models: list[Model] = []

    def model() -> Model:
        if not models:
            raise LeadlineError("model_invalid", "There is none.")
        return models[0]

    _write(tmp_path, "a.yaml", GOOD)
    dashboards = Dashboards(tmp_path, model)
    with pytest.raises(LeadlineError, match="model_invalid"):
        await dashboards.get("team")
    models.append(sales_model())
    assert (await dashboards.get("team")).dashboard == "team"
    models.clear()
    assert (await dashboards.get("team")).title == "Team"


async def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert await Dashboards(tmp_path / "none", sales_model).all() == ()
