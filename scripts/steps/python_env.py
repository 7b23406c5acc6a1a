"""The Python environment: `.venv` with the locked packages and the project itself."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from pathlib import Path

from steps import stamps
from steps.paths import LOCKS, PYTHON, ROOT, VENV
from steps.shell import SetupError, run

_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def environment() -> None:
    """Makes `.venv`, anew where it belongs to another Python or another place."""
    mark = stamps.fingerprint([], platform.python_version(), sys.base_prefix, str(VENV))
    stamp = VENV / ".stamps" / "environment"
    if stamps.is_done(stamp, mark) and PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        run("Python environment", [sys.executable, "-m", "venv", VENV], kind="build")
    else:
        _without_ensurepip()
    stamps.done(stamp, mark)


def _without_ensurepip() -> None:
    """Some systems ship Python without it; another pip on the machine can do its work."""
    if not importlib.util.find_spec("pip"):
        raise SetupError(
            "this Python cannot make environments: its modules venv and ensurepip are missing.\n"
            "Install them (Debian, Ubuntu: apt install python3-venv), or name another Python:"
            " make PYTHON=/path/to/python3 …"
        )
    run("Python environment", [sys.executable, "-m", "venv", "--without-pip", VENV], kind="build")
    pip = [sys.executable, *_PIP, "--python", str(PYTHON), "install", "pip", "setuptools"]
    run("pip", pip, kind="download")


def packages(*names: str, or_else: tuple[str, ...] = ()) -> None:
    """Installs lock files by name, hashes checked; the user's own pip configuration counts.

    Where the locks of `or_else`, which hold more, are installed, nothing is to be done.
    """
    if _has(or_else) or _has(names):
        return
    locks = _locks(names)
    given = [word for lock in locks for word in ("-r", str(lock))]
    run("Python packages", [str(PYTHON), *_PIP, "install", "--require-hashes", *given], kind="download")
    stamps.done(_stamp(names), stamps.fingerprint(locks))


def _has(names: tuple[str, ...]) -> bool:
    return bool(names) and stamps.is_done(_stamp(names), stamps.fingerprint(_locks(names)))


def _locks(names: tuple[str, ...]) -> list[Path]:
    return [LOCKS / f"{name}.txt" for name in names]


def _stamp(names: tuple[str, ...]) -> Path:
    return VENV / ".stamps" / "-".join(names)


def project() -> None:
    """Installs the project so that it runs from its sources."""
    mark = stamps.fingerprint([ROOT / "pyproject.toml"], str(ROOT))
    stamp = VENV / ".stamps" / "project"
    if stamps.is_done(stamp, mark) and (VENV / "bin" / "leadline").exists():
        return
    editable = [str(PYTHON), *_PIP, "install", "--no-build-isolation", "--no-deps", "-e", str(ROOT)]
    run("Leadline", editable, kind="build")
    stamps.done(stamp, mark)
