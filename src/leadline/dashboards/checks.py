"""Reads and checks the documents of a folder. Every mistake is an issue with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.dashboards.schemas import Document, Tile
from leadline.dashboards.tile_types import TILE_TYPES
from leadline.planner.parse import parse_query
from leadline.planner.steps.names import check_names
from leadline.semantic.issues import Issue, error, in_order
from leadline.semantic.loader import yaml12
from leadline.semantic.loader.yaml12 import YamlPath
from leadline.semantic.model import Model, Place

_ANYBODY = Viewer("", "", "viewer")
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_REFERENCE = "See docs/reference/dashboard.md."


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file gave: a document that may be drawn, or the issues that keep it from that."""

    document: Document | None
    issues: tuple[Issue, ...] = ()


def files(folder: Path) -> list[Path]:
    """The documents' files, by name; none where there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"} and path.is_file())


def check_file(path: Path, model: Model) -> Checked:
    """The document of one file. With an error among the issues there is none."""
    read = yaml12.read(path)
    if read.issues:
        return Checked(None, read.issues)
    try:
        document = Document.model_validate(read.value)
    except ValidationError as wrong:
        return Checked(None, in_order(list(_invalid(read, wrong))))
    checks = _Checks(read, model)
    issues = list(checks.issues(document))
    good = not any(one.severity == "error" for one in issues)
    # a name that is not there spoils one tile, which says so itself: the others are drawn
    return Checked(document if good else None, in_order([*issues, *checks.names(document)]))


def check_together(found: Sequence[tuple[Path, Document]]) -> tuple[Issue, ...]:
    """Mistakes between documents: an id twice, two homes."""
    issues: list[Issue] = []
    ids: dict[str, Path] = {}
    homes: list[Path] = []
    for path, document in found:
        if document.dashboard in ids:
            why = f"the dashboard {document.dashboard!r} also stands in {ids[document.dashboard].name}"
            issues.append(error("conflict", why, "Rename one.", Place(str(path), 1)))
        ids.setdefault(document.dashboard, path)
        homes += [path] if document.home else []
    for path in homes[1:]:
        why = f"{homes[0].name} is home already"
        issues.append(error("conflict", why, "Leave home: true to one.", Place(str(path), 1)))
    return tuple(issues)


def _invalid(read: yaml12.Document, wrong: ValidationError) -> Iterator[Issue]:
    """Each of the schema's findings at the line of the part it speaks of."""
    for found in wrong.errors(include_url=False, include_context=False):
        if found["type"] == "too_short" and found["input"]:
            continue  # it holds items, but wrong ones, which have findings of their own
        path: YamlPath = tuple(found["loc"])
        where = ".".join(str(step) for step in path) or "the document"
        if found["type"] == "extra_forbidden":
            yield error("unknown_key", f"{where} is no key here", _REFERENCE, read.place(path))
        else:
            yield error("bad_file", f"{where}: {found['msg']}", _REFERENCE, read.place(path))


class _Checks:
    """What the schema cannot say, over one document."""

    def __init__(self, read: yaml12.Document, model: Model) -> None:
        self._read, self._model = read, model

    def issues(self, document: Document) -> Iterator[Issue]:
        seen: set[str] = set()
        for i, section in enumerate(document.sections):
            for k, tile in enumerate(section.tiles):
                at: YamlPath = ("sections", i, "tiles", k)
                if tile.id in seen:
                    why = f"the tile {tile.id!r} stands twice"
                    yield self._error("conflict", why, "Rename one.", (*at, "id"))
                seen.add(tile.id)
                yield from self._tile(tile, at)
        for i, offered in enumerate(document.bar.filters):
            yield from self._metrics([offered.metric], ("bar", "filters", i, "metric"))

    def _tile(self, tile: Tile, at: YamlPath) -> Iterator[Issue]:
        kind = TILE_TYPES.get(tile.type)
        if kind is None:
            why = f"there is no type of tile {tile.type!r}"
            yield self._error("bad_file", why, _near(tile.type, TILE_TYPES), (*at, "type"))
            return
        names = {"main"} | kind.queries
        if "main" not in tile.queries:
            why = f"the tile {tile.id} has no query 'main'"
            yield self._error("bad_file", why, "Add it.", (*at, "queries"))
        for name, query in tile.queries.items():
            place = (*at, "queries", name)
            if name not in names:
                why = f"a tile of type {tile.type} has no query {name!r}"
                yield self._error("unknown_key", why, _near(name, names), place)
            yield from self._query(query, place)
        yield from self._options(tile, at)

    def _options(self, tile: Tile, at: YamlPath) -> Iterator[Issue]:
        known = TILE_TYPES[tile.type].options
        for name, value in tile.options.items():
            place = (*at, "options", name)
            if name not in known:
                why = f"a tile of type {tile.type} has no option {name!r}"
                yield self._error("unknown_key", why, _near(name, known), place)
            elif value not in known[name]:
                why = f"{value!r} is no value of the option {name}"
                yield self._error("bad_file", why, _near(str(value), known[name]), place)

    def _query(self, query: dict[str, Any], at: YamlPath) -> Iterator[Issue]:
        try:
            parsed = parse_query(query, viewer=_ANYBODY, now=_SOME_TIME, model=self._model)
        except LeadlineError as refused:
            yield self._error(refused.code, refused.why, refused.fix, at + _steps(refused.at))
            return
        yield from self._metrics(parsed.metrics, (*at, "metrics"))

    def names(self, document: Document) -> Iterator[Issue]:
        """Fields that a query's metrics do not reach."""
        for i, section in enumerate(document.sections):
            for k, tile in enumerate(section.tiles):
                for name, query in tile.queries.items():
                    yield from self._names(query, ("sections", i, "tiles", k, "queries", name))
        for i, offered in enumerate(document.bar.filters):
            asked = {"metrics": [offered.metric], "dimensions": [offered.field]}
            yield from self._names(asked, ("bar", "filters", i), "field")

    def _names(self, query: dict[str, Any], at: YamlPath, key: str | None = None) -> Iterator[Issue]:
        """`key`: where the mistake stands, if the query is not what the file says."""
        try:
            check_names(parse_query(query, viewer=_ANYBODY, now=_SOME_TIME, model=self._model), self._model)
        except LeadlineError as wrong:
            if wrong.code != "unknown_metric":
                place = (*at, key) if key else at + _steps(wrong.at)
                yield self._error(wrong.code, wrong.why, wrong.fix, place)

    def _metrics(self, names: Iterable[str], at: YamlPath) -> Iterator[Issue]:
        for name in names:
            if name not in self._model.metrics:
                why = f"there is no metric {name!r}"
                yield self._error("unknown_metric", why, _near(name, self._model.metrics), at)

    def _error(self, code: str, why: str, fix: str, at: YamlPath) -> Issue:
        return error(code, why, fix, self._read.place(at))


def _steps(pointer: str) -> YamlPath:
    """A JSON pointer as a path of the file."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return tuple(int(step) if step.isdigit() else step for step in steps)


def _near(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    found = difflib.get_close_matches(name, names, n=1)
    if found:
        return f"Did you mean {found[0]}?"
    return f"Use one of: {', '.join(names[:12])}." if names else "Remove it."
