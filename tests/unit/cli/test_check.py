"""`leadline check`: lines, JSON and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadline.cli.main import main
from tests.support.models import REPOSITORY

GOOD = """leadline: 1
source: crm
datasets:
  deals:
    table: deals
    key: [id]
    dimensions: {stage: {column: stage}, closed_at: {column: closed_at, type: time}}
    measures: {won: {count: rows, time: closed_at}}
metrics:
  sales: {measure: deals.won}
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit status and what was printed to both streams."""
    with pytest.raises(SystemExit) as end:
        main(["check", *arguments])
    printed = capsys.readouterr()
    return int(end.value.code or 0), printed.out, printed.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and none of this shell's settings."""
    for name in ("LEADLINE_MODEL_DIR", "LEADLINE_SOURCE_URL", "LEADLINE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text(GOOD)
    assert run(capsys, "--model", str(folder)) == (0, "The model is sound.\n", "")
    status, out, _ = run(capsys, "--model", "m.yaml", "--format", "json")
    assert (status, json.loads(out)) == (0, {"issues": [], "errors": 0, "warnings": 0})


def test_the_shipped_pack_is_the_default(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--format", "json")
    assert (status, json.loads(out)["errors"]) == (0, 0)


def test_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text(GOOD + "  bad: {measure: deals.wn}\n  odd: {measure: deals.won, sie: 1}\n")
    status, out, err = run(capsys, "--model", "m.yaml")
    first, second, summary = out.splitlines()
    assert (status, err) == (1, "")
    assert first == (
        "m.yaml:11: error: the metric bad names the measure wn, which deals does not have. "
        "Fix: Did you mean won? Its measures are won."
    )
    assert second.startswith("m.yaml:12: error: unknown key sie in metrics.odd. Fix: ")
    assert summary == "2 errors, 0 warnings"
    status, out, _ = run(capsys, "--model", "m.yaml", "--format", "json")
    shown = json.loads(out)
    assert (status, shown["errors"], shown["warnings"]) == (1, 2, 0)
    assert set(shown["issues"][0]) == {"severity", "code", "file", "line", "why", "fix"}
    assert (shown["issues"][0]["file"], shown["issues"][0]["line"]) == ("m.yaml", 11)


def test_warnings_do_not_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text(GOOD.replace("{count: rows, time: closed_at}", "{count: rows}"))
    status, out, _ = run(capsys, "--model", "m.yaml")
    assert status == 0
    assert out.endswith("0 errors, 1 warning\n")


def test_yaml_that_is_none_is_a_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text("leadline: 1\n\tx: 1\n")
    status, out, err = run(capsys, "--model", ".")
    assert (status, err) == (1, "")
    assert out.startswith("m.yaml:2: error: ")


def test_control_characters_are_shown_not_obeyed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text(GOOD + '  "\\e[31m\\nx": {measure: deals.won}\n')
    _, out, _ = run(capsys, "--model", "m.yaml")
    assert "\x1b" not in out
    assert len(out.splitlines()) == 2


@pytest.mark.parametrize("path", ["none", "empty"])
def test_nothing_to_check_is_wrong_use(folder: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    (folder / "empty").mkdir()
    status, out, err = run(capsys, "--model", path)
    assert (status, out) == (2, "")
    assert err.startswith("leadline: bad_usage: ")
    assert err.count("\n") == 1
    status, _, err = run(capsys, "--model", path, "--format", "json")
    assert (status, json.loads(err)["code"]) == (2, "bad_usage")


def test_data_without_a_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text(GOOD)
    status, _, err = run(capsys, "--model", "m.yaml", "--data")
    assert status == 3
    assert err.startswith("leadline: not_running: ")
    status, _, err = run(capsys, "--model", "m.yaml", "--source", "mysql://x")
    assert status == 2


def test_dashboards_are_checked_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.yaml").write_text(GOOD)
    (folder / "dashboards").mkdir()
    (folder / "dashboards" / "d.yaml").write_text("leadline: 1\ndashboard: d\ntitle: D\nsections: 5\n")
    status, out, _ = run(capsys, "--model", ".")
    assert status == 1
    assert "dashboards/d.yaml:4: error: " in out


def test_the_example_passes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--model", str(REPOSITORY / "examples" / "crm"))
    assert status == 0, out
