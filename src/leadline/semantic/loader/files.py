"""The files of a model folder, read and merged: one name may stand in one place only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.semantic.issues import Issue, error
from leadline.semantic.loader.yaml12 import UNREADABLE, Document, YamlPath, read
from leadline.semantic.model import Place

SUFFIXES = (".yaml", ".yml")
VERSION_KEY = "leadline"
__all__ = ["SUFFIXES", "UNREADABLE", "VERSION_KEY", "Merged", "read_all"]
MAPS = frozenset(("datasets", "dimensions", "metrics", "targets", "rollups", "row_rules"))
"""The keys whose entries may be spread over files."""


@dataclass(slots=True)
class Merged:
    """All files as one value, with the place of each path. `data` None: nothing could be read."""

    data: Any
    places: dict[YamlPath, Place] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    first: Place = field(default_factory=lambda: Place("", 1))

    def place(self, path: YamlPath) -> Place:
        """Where the path was written, or the nearest part of it that was."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.first)


def read_all(path: Path) -> Merged:
    """The file, or the model files of the folder, merged."""
    files = _files(path)
    if not files:
        why = "there is no model here" if path.exists() else "there is no such file or folder"
        fix = "Name a folder with a *.yaml file, or the file itself."
        return Merged(None, issues=[error(UNREADABLE, f"{path}: {why}", fix, Place(str(path), 1))])
    documents = [read(file) for file in files]
    merged = Merged(None, issues=[issue for one in documents for issue in one.issues])
    readable = [one for one in documents if one.lines or not one.issues]
    for document in readable:
        _add(merged, document)
    return merged


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix in SUFFIXES and not file.is_dir())
    return [path] if path.exists() else []


def _add(merged: Merged, document: Document) -> None:
    """One more file; what stands in another file already is an error naming both places."""
    if document.value is None:
        merged.issues.append(_issue("the file is empty", "Write leadline: 1 and what follows.", document, ()))
        return
    if not isinstance(document.value, dict):
        merged.issues.append(_issue("a model is a map of keys", "Begin with leadline: 1.", document, ()))
        return
    if merged.data is None:
        merged.data, merged.first = {}, document.place(())
    if VERSION_KEY not in document.value:
        merged.issues.append(
            _issue("leadline: 1 is missing", "Begin the file with leadline: 1.", document, ())
        )
        merged.data.setdefault(VERSION_KEY, 1)
    for key, value in document.value.items():
        _add_key(merged, document, key, value)


def _add_key(merged: Merged, document: Document, key: str, value: Any) -> None:
    present = key in merged.data
    if key == VERSION_KEY and present and type(value) is int and value == merged.data[key]:
        return
    if key in MAPS and isinstance(value, dict) and isinstance(merged.data.get(key, {}), dict):
        merged.places.setdefault((key,), document.place((key,)))
        entries = merged.data.setdefault(key, {})
        for name, entry in value.items():
            _put(merged, document, entries, (key, name), entry)
        return
    _put(merged, document, merged.data, (key,), value)


def _put(merged: Merged, document: Document, into: dict[str, Any], path: YamlPath, value: Any) -> None:
    name = str(path[-1])
    if name in into:
        other = merged.place(path)
        why = f"{'.'.join(str(part) for part in path)} stands here and at {other}"
        merged.issues.append(_issue(why, "Keep one of them.", document, path, "duplicate_key"))
        return
    into[name] = value
    for inner, line in document.lines.items():
        if inner[: len(path)] == path:
            merged.places[inner] = Place(document.file, line)


def _issue(why: str, fix: str, document: Document, path: YamlPath, code: str = "bad_yaml") -> Issue:
    return error(code, why, fix, document.place(path))
