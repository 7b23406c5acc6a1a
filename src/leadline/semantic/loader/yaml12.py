"""YAML 1.2 as plain values with the line of each: `on`, `yes`, `no` and dates stay text.

Read from the parser's events, so that what a model never needs is refused by name: anchors and aliases, tags,
directives, a second document, keys that are no text. Keys are always text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from leadline.semantic.issues import Issue, error
from leadline.semantic.model import Place

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
UNREADABLE = "unreadable"
"""The code of an issue of a file that is not there or may not be read."""

YamlPath = tuple[str | int, ...]
"""From the top: keys and, in lists, positions from 0."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read. `value`: dicts, lists, str, int, Decimal, bool, None. `lines`: of each key and item."""

    file: str
    value: Any
    lines: dict[YamlPath, int]
    issues: tuple[Issue, ...] = ()

    def place(self, path: YamlPath) -> Place:
        """Where the path was written, or the nearest part of it that was."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path, 1))


class _StopError(Exception):
    """Reading cannot go on."""

    def __init__(self, why: str, fix: str, line: int) -> None:
        super().__init__(why)
        self.why, self.fix, self.line = why, fix, line


@dataclass(slots=True)
class _Reader:
    """Builds values from events, one event at a time."""

    file: str
    events: Iterator[Any]
    lines: dict[YamlPath, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def next(self) -> Any:
        """The next event, once it is known to be of a kind that models have."""
        event = next(self.events)
        line = event.start_mark.line + 1
        if isinstance(event, ev.AliasEvent) or getattr(event, "anchor", None):
            raise _StopError("anchors and aliases are not used in models", "Write the value out.", line)
        tag = str(getattr(event, "ctag", None) or "!")
        if tag != "!":
            raise _StopError(f"the tag {tag} is not used in models", "Leave the tag out.", line)
        if isinstance(event, ev.DocumentStartEvent) and (event.version not in (None, (1, 2)) or event.tags):
            raise _StopError("YAML directives are not used in models", "Leave the % line out.", line)
        if isinstance(event, ev.ScalarEvent) and _SURROGATE.search(event.value):
            raise _StopError("half a character in a text", "Write the character itself.", line)
        return event

    def document(self) -> Any:
        """The one document of the stream."""
        self.next()
        if isinstance(self.next(), ev.StreamEndEvent):
            return None
        value = self.value(self.next(), ())
        self.next()
        end = self.next()
        if not isinstance(end, ev.StreamEndEvent):
            line = end.start_mark.line + 1
            raise _StopError("a file holds one document", "Put the second one into its own file.", line)
        return value

    def value(self, event: Any, path: YamlPath) -> Any:
        """The value that starts with this event."""
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        if len(path) > MAX_DEPTH:
            raise _StopError(f"nested more than {MAX_DEPTH} deep", "A model needs far less.", line)
        if isinstance(event, ev.ScalarEvent):
            return scalar(event.value) if event.style is None else event.value
        return self.mapping(path) if isinstance(event, ev.MappingStartEvent) else self.sequence(path)

    def sequence(self, path: YamlPath) -> list[Any]:
        """A list, after its start."""
        items: list[Any] = []
        while not isinstance(event := self.next(), ev.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: YamlPath) -> dict[str, Any]:
        """A mapping, after its start. A key that comes twice is reported and its first value kept."""
        found: dict[str, Any] = {}
        while not isinstance(event := self.next(), ev.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, ev.ScalarEvent):
                raise _StopError("a key must be a word", "Write a name before the colon.", line)
            key = str(event.value)
            inner = (*path, key)
            twice = key in found
            if not twice:
                self.lines[inner] = line
            value = self.value(self.next(), inner)
            if twice:
                why = f"the key {key!r} stands here and on line {self.lines[inner]}"
                self.issues.append(error("duplicate_key", why, "Keep one of them.", Place(self.file, line)))
            else:
                found[key] = value
        return found


def scalar(text: str) -> Any:
    """A plain (unquoted) word by the core schema of YAML 1.2; a float as Decimal: no digit is lost."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _FLOAT.fullmatch(text) else text


def read(path: Path, name: str | None = None) -> Document:
    """The file as values. What cannot be read is among the issues, and then the value is None."""
    file = name or str(path)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as failure:
        why = f"the file cannot be read: {failure.strerror}"
        return _failed(file, why, "Check its name and rights.", 1, UNREADABLE)
    if size > MAX_BYTES:
        return _failed(file, f"a file of {size} bytes", f"Split it; at most {MAX_BYTES} are read.", 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = data.count(b"\n", 0, failure.start) + 1
        return _failed(file, "the file is not UTF-8 text", "Save it as UTF-8.", line)
    return parse(text, file)


def parse(text: str, file: str) -> Document:
    """The text as values; `file` names it in issues."""
    yaml = YAML(typ="safe", pure=True)
    reader = _Reader(file, iter(yaml.parse(text)))
    try:
        value = reader.document()
    except _StopError as stop:
        return _failed(file, stop.why, stop.fix, stop.line)
    except MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        line = mark.line + 1 if mark else 1
        return _failed(file, f"this is no YAML: {failure.problem or failure.context}", _YAML_FIX, line)
    except (YAMLError, ValueError, StopIteration) as failure:
        return _failed(file, f"this is no YAML: {str(failure).splitlines()[0]}", _YAML_FIX, 1)
    return Document(file, value, reader.lines, tuple(reader.issues))


_YAML_FIX = "Indent with spaces, quote texts with special signs."


def _failed(file: str, why: str, fix: str, line: int, code: str = "bad_yaml") -> Document:
    return Document(file, None, {}, (error(code, why, fix, Place(file, line)),))
