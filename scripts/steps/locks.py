"""Whether the locks were made from the dependencies as they are declared now. Needs no network to tell."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import Any

from steps.paths import LOCKS, ROOT

_NOTE = LOCKS / "inputs.sha256"
_KEYS = ("dependencies", "devDependencies", "optionalDependencies", "workspaces")


def note() -> None:
    """Writes down what the locks were made from."""
    _NOTE.write_text(_python_inputs() + "\n")


def stale() -> list[str]:
    """What has to be locked again."""
    python = [] if _NOTE.is_file() and _NOTE.read_text().strip() == _python_inputs() else ["requirements/"]
    return python + [lock for lock, manifests in _web_locks().items() if _differ(lock, manifests)]


def _python_inputs() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {key: project[key] for key in ("dependencies", "optional-dependencies", "requires-python")}
    more = {path.name: path.read_text() for path in sorted(LOCKS.glob("*.in"))}
    return hashlib.sha256(json.dumps([declared, more], sort_keys=True).encode()).hexdigest()


def _web_locks() -> dict[str, dict[str, str]]:
    """Each lock with the manifests it holds, by their place in it."""
    root = json.loads((ROOT / "package.json").read_text())
    spaces = {space: f"{space}/package.json" for space in root.get("workspaces", [])}
    return {
        "package-lock.json": {"": "package.json", **spaces},
        "requirements/chromium/package-lock.json": {"": "requirements/chromium/package.json"},
    }


def _differ(lock: str, manifests: dict[str, str]) -> bool:
    packages: dict[str, Any] = json.loads((ROOT / lock).read_text())["packages"]
    return any(
        json.loads((ROOT / manifest).read_text()).get(key) != packages.get(place, {}).get(key)
        for place, manifest in manifests.items()
        for key in _KEYS
    )
