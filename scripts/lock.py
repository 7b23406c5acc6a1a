"""Solves the dependencies again and writes the locks, without the addresses they came from.

make lock                    keeps what still fits
make lock ARGS=--upgrade     takes the newest of all
"""

from __future__ import annotations

import os
import subprocess
import sys

from steps import locks, node
from steps.paths import LOCKS, PYTHON, ROOT

_UV = [
    "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--no-header",
]  # fmt: skip
_RUNTIME = ["-c", str(LOCKS / "runtime.txt")]


def _python(upgrade: list[str]) -> None:
    given = {
        "runtime": ["pyproject.toml"],
        "test": ["pyproject.toml", "--extra", "test", *_RUNTIME],
        "build": ["requirements/build.in", *_RUNTIME],
        "node": ["requirements/node.in"],
    }
    for name, words in given.items():
        target = ["-o", str((LOCKS / f"{name}.txt").relative_to(ROOT))]
        subprocess.run([str(PYTHON), *_UV, *words, *target, *upgrade], cwd=ROOT, check=True)


def _web(upgrade: bool) -> None:
    """In both places npm writes only the lock; which packages are there does not matter to it."""
    verb = "update" if upgrade else "install"
    command = ["npm", verb, "--package-lock-only", "--ignore-scripts"]
    for folder in (ROOT, LOCKS / "chromium"):
        subprocess.run(command, cwd=folder, env={**os.environ, **node.environment()}, check=True)


def main(arguments: list[str]) -> int:
    """The exit status."""
    if arguments not in ([], ["--upgrade"]):
        sys.stderr.write("lock: say nothing, or: --upgrade\n")
        return 2
    _python(arguments)
    _web(bool(arguments))
    locks.note()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
