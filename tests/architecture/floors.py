"""The floors of the architecture as data: a file imports only lower floors and its own folder."""

from __future__ import annotations

FLOORS: dict[str, int] = {
    "core": 0,
    "semantic": 1,
    "trends": 1,
    "documents": 1,
    "planner": 2,
    "sources": 3,
    "storage": 3,
    "cache": 3,
    "broker": 3,
    "queue": 3,
    "channels": 3,
    "exporters": 3,
    "capture": 4,
    "rollups": 5,
    "engine": 6,
    "live": 7,
    "accounts": 8,
    "imports": 8,
    "targets": 8,
    "dashboards": 8,
    "reports": 8,
    "schedules": 8,
    "alerts": 8,
    "audit": 8,
    "verify": 8,
    "doctor": 8,
    "api": 9,
    "worker": 9,
    "embedded": 9,
    "settings": 10,
    "app": 10,
    "cli": 11,
}
"""By the folder (or file) below `leadline`. A new one is added here and in `docs/`, or the test fails."""

PURE = 2
"""Up to this floor nothing talks to the outside."""
DOMAINS = 8
EDGES = {"api", "worker", "embedded"}


def folder(module: str) -> str:
    """The folder below `leadline` that a module is in; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def floor(module: str) -> int:
    """Its floor; the package itself (the version) is below all."""
    name = folder(module)
    return FLOORS[name] if name else -1
