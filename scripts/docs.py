"""Makes again what is made from the code: schemas, reference pages, and the pictures of the page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from generated import GENERATORS
from products import running
from steps.paths import PYTHON, ROOT

_PICTURES = Path(__file__).with_name("screenshots.py")
_MOMENT = ["--as-of", "2026-11-17T14:32:00-06:00", "--no-simulator"]
"""So that the pictures look the same next year."""


def main(arguments: list[str]) -> int:
    """The exit status. `text` leaves the pictures alone."""
    for module in GENERATORS:
        subprocess.run([str(PYTHON), "-m", module, "--write"], cwd=ROOT, check=True)
    if arguments == ["text"]:
        return 0
    with running(_MOMENT) as data:
        pictures = [str(PYTHON), str(_PICTURES), "--data-dir", str(data)]
        return subprocess.run(pictures, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
