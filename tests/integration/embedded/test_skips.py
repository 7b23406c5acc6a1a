"""In CI a browser or database test that is skipped is a failure, elsewhere it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shared import ROOT

TESTS = """
import pytest

@pytest.mark.browser
def test_browser():
    pytest.skip("no browser here")

@pytest.fixture
def postgres():
    pytest.skip("no server here")

def test_database(postgres):
    pass

def test_other():
    pytest.skip("something else")
"""
OPTIONS = ["-p", "tests.support.skips", "-c", "/dev/null", "-p", "no:cacheprovider", "-q"]


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", "1 failed, 1 skipped, 2 warnings, 1 error"), ("", "3 skipped")]
)
def test_skips_fail_in_ci_only(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    environment = {**os.environ, "CI": ci, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [sys.executable, "-m", "pytest", *OPTIONS, str(tmp_path)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome in done.stdout, done.stdout + done.stderr
