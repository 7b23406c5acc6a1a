"""A disk that is too small. Only root can make one for a test, so this one may be skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.demo import demo
from tests.support.servers import folder


@pytest.fixture
def tiny() -> Iterator[Path]:
    """A file system of 60 MB, where we may mount one."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small file system")
    with folder("tiny") as place:
        options = ["-t", "tmpfs", "-o", "size=60m,mode=711", "tmpfs"]
        if subprocess.run(["mount", *options, str(place)], check=False).returncode != 0:
            pytest.skip("this machine does not let root mount")
        yield place
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_named_and_nothing_half_done_stays(tiny: Path) -> None:
    with demo(tiny / "data") as one:
        status, error = one.refused()
    assert (status, error["code"]) == (3, "disk_full")
    assert {path.name for path in (tiny / "data").iterdir()} <= {"lock", "logs"}
