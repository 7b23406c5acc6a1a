"""What can be said about the code without running it. All checks run, also after one has failed."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generated import FOLDERS, GENERATORS
from steps import locks, node
from steps.paths import PYTHON, ROOT

Check = Callable[[], str]
"""What is wrong, or nothing."""


def _command(*words: str, **environment: str) -> Check:
    def check() -> str:
        given = {**os.environ, **environment}
        done = subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""

    return check


def _locks() -> str:
    return "\n".join(f"{name} is older than what it locks: make lock" for name in locks.stale())


def _generated() -> str:
    """Makes the generated files again beside and compares."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, there / name)
        for module in GENERATORS:
            words = [str(PYTHON), "-m", module, "--write"]
            done = subprocess.run(words, cwd=there, capture_output=True, text=True, check=False)
            if done.returncode:
                return done.stderr
        return "\n".join(f"{name} is not what its source gives: make docs" for name in _differing(there))


def _differing(there: Path) -> list[str]:
    files = [path for name in FOLDERS for path in sorted((there / name).rglob("*")) if path.is_file()]
    names = [path.relative_to(there) for path in files]
    return [
        str(name)
        for name in names
        if not (ROOT / name).is_file() or not filecmp.cmp(there / name, ROOT / name, shallow=False)
    ]


def main() -> int:
    """Runs all checks; 1 where one found something."""
    python = str(PYTHON)
    checks: dict[str, Check] = {
        "ruff": _command(python, "-m", "ruff", "check"),
        "format": _command(python, "-m", "ruff", "format", "--check", "--quiet"),
        "mypy": _command(python, "-m", "mypy"),
        "web": _command("npm", "run", "check", **node.environment()),
        "generated": _generated,
        "locks": _locks,
    }
    bad = [name for name, check in checks.items() if not _passes(name, check)]
    return 1 if bad else 0


def _passes(name: str, check: Check) -> bool:
    began = time.monotonic()
    wrong = check()
    verdict = "failed" if wrong else "ok"
    sys.stdout.write(f"  {name:<12} {verdict:<8} {time.monotonic() - began:5.1f} s\n{wrong}")
    sys.stdout.flush()
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
