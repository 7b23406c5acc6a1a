"""The dashboards of one folder: read, checked, and read again when a file or the model changes.

A document that has turned bad keeps its last good form; its issues say why.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from leadline.core.errors import LeadlineError
from leadline.dashboards.checks import check_file, check_together, files
from leadline.dashboards.compose import Asked, DataRequest, compose, read_request
from leadline.dashboards.schemas import Document
from leadline.semantic.issues import Issue
from leadline.semantic.model import Model

__all__ = ["Asked", "Dashboards", "DataRequest", "Document", "Issue", "compose", "documents", "read_request"]

_log = structlog.get_logger("leadline.dashboards")
_LOOK_EVERY = 1.0


def documents(folder: Path, model: Model) -> tuple[dict[str, Document], tuple[Issue, ...]]:
    """The good documents of a folder by id, and all issues. Blocking."""
    read = _read(folder, model, _Known())
    return dict(read.documents), read.issues


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read last. `fingerprint`: of the folder and model; `by_file`: the last good form of each."""

    fingerprint: str = ""
    documents: Mapping[str, Document] = field(default_factory=dict)
    by_file: Mapping[Path, Document] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


def _fingerprint(folder: Path, model: Model) -> str:
    seen = [model.fingerprint]
    for path in files(folder):
        known = path.stat()
        seen.append(f"{path.name}\0{known.st_mtime_ns}\0{known.st_size}")
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def _read(folder: Path, model: Model, before: _Known) -> _Known:
    fingerprint = _fingerprint(folder, model)
    if fingerprint == before.fingerprint:
        return before
    by_file: dict[Path, Document] = {}
    issues: list[Issue] = []
    for path in files(folder):
        checked = check_file(path, model)
        issues += checked.issues
        document = checked.document or before.by_file.get(path)
        if document is not None:
            by_file[path] = document
    issues += check_together(list(by_file.items()))
    found: dict[str, Document] = {}
    for document in by_file.values():
        found.setdefault(document.dashboard, document)
    return _Known(fingerprint, found, by_file, tuple(issues))


class Dashboards:
    """The dashboards of `folder` over the present model.

    `model` gives it, or raises `model_invalid`; then the dashboards of the last good model stay.
    """

    def __init__(self, folder: Path, model: Callable[[], Model]) -> None:
        self._folder, self._model = folder, model
        self._known, self._looked = _Known(), -_LOOK_EVERY
        self._turn = asyncio.Lock()

    async def all(self) -> tuple[Document, ...]:
        """All documents: home first, then by title."""
        found = (await self._current()).documents.values()
        home = _home(found)
        return tuple(sorted(found, key=lambda one: (one.dashboard != home, one.title, one.dashboard)))

    async def home(self) -> str | None:
        """The id of the dashboard drawn at `/`: the one with `home`, else `executive`, else the first."""
        return _home((await self._current()).documents.values())

    async def get(self, name: str) -> Document:
        """The document of that id, or `not_found`."""
        found = (await self._current()).documents
        if name not in found:
            why = f"There is no dashboard {name[:80]!r}."
            raise LeadlineError("not_found", why, "See /api/v1/dashboards for those there are.")
        return found[name]

    async def issues(self) -> tuple[Issue, ...]:
        """What is wrong with the files as they stand now."""
        return (await self._current()).issues

    async def _current(self) -> _Known:
        if time.monotonic() - self._looked >= _LOOK_EVERY:
            async with self._turn:
                await self._look()
        return self._known

    async def _look(self) -> None:
        if time.monotonic() - self._looked < _LOOK_EVERY:
            return  # another one looked while this one waited
        try:
            read = await asyncio.to_thread(_read, self._folder, self._model(), self._known)
        except LeadlineError:
            if not self._known.fingerprint:
                raise
        except OSError as error:  # a file that went away between two looks: the next look decides
            _log.warning("dashboards_unread", why=type(error).__name__)
        else:
            self._take(read)
        self._looked = time.monotonic()

    def _take(self, read: _Known) -> None:
        if read is not self._known:
            for issue in read.issues:
                _log.warning("dashboard_issue", code=issue.code, why=issue.why, place=str(issue.place))
        self._known = read


def _home(found: Any) -> str | None:
    ids = sorted(one.dashboard for one in found)
    homes = sorted(one.dashboard for one in found if one.home)
    if homes:
        return str(homes[0])
    return "executive" if "executive" in ids else (ids[0] if ids else None)
