"""A wheel that needs no Node: the built web app, the models and the examples are inside the package."""

from __future__ import annotations

import shutil
import subprocess
import sys

from steps.paths import BUILD, PYTHON, ROOT

_STAGE = BUILD / "wheel"
_INSIDE = {"web/dist": "web", "models": "models", "examples": "examples"}
"""What is put into the package, from where."""


def main() -> int:
    """Builds it into `dist/`."""
    shutil.rmtree(_STAGE, ignore_errors=True)
    package = _STAGE / "src" / "leadline"
    leave_out = shutil.ignore_patterns("__pycache__", ".leadline-stamp")
    shutil.copytree(ROOT / "src" / "leadline", package, ignore=leave_out)
    for source, target in _INSIDE.items():
        shutil.copytree(ROOT / source, package / target, ignore=leave_out, dirs_exist_ok=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, _STAGE)
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "wheel",
        "--no-build-isolation",
        "--no-deps",
    ]
    subprocess.run([*pip, "--quiet", "-w", str(ROOT / "dist"), str(_STAGE)], check=True)
    sys.stdout.write("".join(f"{path.relative_to(ROOT)}\n" for path in (ROOT / "dist").glob("*.whl")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
