"""A wheel that needs no Node: the built web app, the models and the examples are inside the package."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from steps.paths import PYTHON, ROOT

_INSIDE = {"web/dist": "web", "models": "models", "examples": "examples"}
"""What is put into the package, from where."""


def main() -> int:
    """Builds it into `dist/`, from a copy outside the clone: inside, what git ignores would be left out."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        _fill(stage)
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
        rules = ["--no-build-isolation", "--no-deps", "-w", str(ROOT / "dist")]
        subprocess.run([*pip, *rules, str(stage)], check=True)
    sys.stdout.write("".join(f"{path.relative_to(ROOT)}\n" for path in (ROOT / "dist").glob("*.whl")))
    return 0


def _fill(stage: Path) -> None:
    package = stage / "src" / "leadline"
    leave_out = shutil.ignore_patterns("__pycache__", ".leadline-stamp")
    shutil.copytree(ROOT / "src" / "leadline", package, ignore=leave_out)
    for source, target in _INSIDE.items():
        shutil.copytree(ROOT / source, package / target, ignore=leave_out, dirs_exist_ok=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, stage)


if __name__ == "__main__":
    sys.exit(main())
