"""Where the files of a model come from: a folder, or the version that is published for all nodes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Protocol

from leadline.engine.published import Published
from leadline.semantic.issues import Issue
from leadline.semantic.loader import load
from leadline.semantic.loader.load import Loaded

_SUFFIXES = (".yaml", ".yml")


class Origin(Protocol):
    """Where a model is read from."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Those of newer files that are not given out, as far as they are known here."""

    async def stamp(self) -> Hashable:
        """Changes when there is something else to load; None: nothing yet. Raises LeadlineError."""

    async def load(self) -> Loaded:
        """The model and its issues. Raises LeadlineError."""


class Folder:
    """The model files of a folder, or one file."""

    issues: tuple[Issue, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """Its path."""
        return str(self._path)

    async def stamp(self) -> Hashable:
        """Name, time and size of every model file; changes when one is written, added or removed."""
        return await asyncio.to_thread(_stamp_of, self._path)

    async def load(self) -> Loaded:
        """As the files are now."""
        return await asyncio.to_thread(load, self._path)

    async def texts(self) -> dict[str, str]:
        """The text of every file, by its name. A file that is gone again is left out."""
        return await asyncio.to_thread(_texts_of, self._path)


class Shared:
    """The version that is published in our own database: the same for all nodes."""

    name = "our own database"

    def __init__(self, published: Published) -> None:
        self._published = published
        self.issues: tuple[Issue, ...] = ()

    async def stamp(self) -> Hashable:
        """The number of the version in use, None before the first. Raises `state_unavailable`."""
        number, self.issues = await self._published.in_use()
        return number

    async def load(self) -> Loaded:
        """The version in use."""
        return await asyncio.to_thread(load_texts, await self._published.files())


def load_texts(texts: Mapping[str, str]) -> Loaded:
    """The model in files that exist only as texts. Raises nothing for what they hold."""
    with tempfile.TemporaryDirectory(prefix="leadline-model-") as folder:
        for name, text in texts.items():
            (Path(folder) / Path(name).name).write_text(text, encoding="utf-8")
        return load(Path(folder))


def _files(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.suffix in _SUFFIXES) if path.is_dir() else [path]


def _stamp_of(path: Path) -> Hashable:
    found: list[tuple[str, int, int]] = []
    for file in _files(path):
        try:
            stat = file.stat()
        except FileNotFoundError:
            continue
        found.append((file.name, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _texts_of(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in _files(path):
        try:
            found[file.name] = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
    return found
