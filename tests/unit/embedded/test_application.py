"""A process that ends is started again after a pause that grows."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from leadline.embedded.application import Application
from leadline.embedded.processes import Command


def _ended(application: Application) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = application.revive()
        if status is not None:
            return status
        time.sleep(0.01)
    raise AssertionError("it did not end")


def test_it_is_started_again_with_growing_pauses(tmp_path: Path) -> None:
    quick = Command("quick", [sys.executable, "-S", "-c", "raise SystemExit(3)"], tmp_path / "quick.log")
    application = Application(quick, pause=0.01)
    application.start()
    pauses = []
    for _ in range(3):
        assert _ended(application) == 3
        pauses.append(application.pause)
    assert pauses == [0.02, 0.04, 0.08]
