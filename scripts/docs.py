"""Makes again what is made from the code: schemas, reference pages, and the pictures of the page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from generated import GENERATORS
from steps.paths import PYTHON, ROOT

_PICTURES = Path(__file__).with_name("screenshots.py")


def main(arguments: list[str]) -> int:
    """The exit status. `text` leaves the pictures alone."""
    for module in GENERATORS:
        subprocess.run([str(PYTHON), "-m", module, "--write"], cwd=ROOT, check=True)
    if arguments != ["text"]:
        subprocess.run([str(PYTHON), str(_PICTURES)], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
