"""Every command in the documents runs, against a demo as a reader would have it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from leadline.embedded import ports
from tests.support.docs import ROOT, Block, blocks

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like the clone, with a demo running over `leadline-data` in it."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("tests", "models", "examples"):
        (folder / name).symlink_to(ROOT / name)
    options = ["--leads", "2000", "--port", str(ports.free_port(18_400)), "--no-open", "--format", "json"]
    command = [sys.executable, "-m", "leadline.cli", "demo", *options]
    with (folder / "demo.log").open("w") as log, _started(command, folder, log) as demo:
        _until_ready(demo, folder)
        yield folder
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(90) == 0


@contextmanager
def _started(command: list[str], folder: Path, log: TextIO) -> Iterator[subprocess.Popen[str]]:
    """A process whose output is read line by line; it is ended if the block fails."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True)
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def _until_ready(demo: subprocess.Popen[str], folder: Path) -> None:
    assert demo.stdout is not None
    for line in demo.stdout:
        if json.loads(line)["event"] == "ready":
            return
    pytest.fail((folder / "demo.log").read_text())


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the command `leadline` in it."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "leadline"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m leadline.cli "$@"\n')
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.place)
def test_commands_of_the_documents_run(block: Block, place: Path, command: Path) -> None:
    environment = {**os.environ, "PATH": f"{command}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        ["sh", "-e", "-c", block.script],
        cwd=place, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
