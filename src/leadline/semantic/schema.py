"""The published JSON Schema of models, and the generated parts of `docs/reference/model.md`.

`python -m leadline.semantic.schema --write` writes both, in the repository's folder. A test fails on drift.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from leadline.semantic.expressions.functions import entries
from leadline.semantic.issues import CODES
from leadline.semantic.loader.known import json_schema

SCHEMA_FILE = Path("schemas") / "model.schema.json"
REFERENCE_FILE = Path("docs") / "reference" / "model.md"
_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_TITLES = {
    "CalendarFormat": "calendar",
    "Retail": "calendar.retail",
    "Dataset": "datasets.*",
    "Join": "datasets.*.joins.*",
    "Dimension": "datasets.*.dimensions.*",
    "Measure": "datasets.*.measures.*",
    "SimpleMetric": "metrics.*: simple",
    "RatioMetric": "metrics.*: ratio",
    "DerivedMetric": "metrics.*: derived",
    "CumulativeMetric": "metrics.*: cumulative",
    "Last": "metrics.*.window",
    "ConversionMetric": "metrics.*: conversion",
    "Steps": "metrics.*.conversion",
    "SnapshotMetric": "metrics.*: snapshot",
    "Target": "targets.*",
    "Rollup": "rollups.*",
    "Refresh": "rollups.*.refresh",
    "RowRule": "row_rules.*",
    "CurrencyRates": "currency_rates",
}
"""The sections of the reference, in order."""


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one model file."""
    made = deepcopy(json_schema())
    for part in _mappings(made):
        part.setdefault("additionalProperties", False)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://leadline.dev/schemas/model.schema.json",
        "title": "Leadline model",
    }
    return (
        head
        | {key: value for key, value in made.items() if key not in ("title", "required")}
        | {
            "required": ["leadline"]  # the other keys may stand in another file of the folder
        }
    )


def _mappings(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part with named entries, so that a name that is none is refused there too."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            yield schema
        for inner in schema.values():
            yield from _mappings(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _mappings(inner)


def schema_text() -> str:
    """The schema file's text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def reference_text(present: str) -> str:
    """The reference with its generated parts made anew; what a person wrote between them stays."""
    parts = {"keys": _keys(), "functions": _functions(), "codes": _codes()}
    return _MARKED.sub(lambda found: found[1] + parts[found[2]] + found[3], present)


def _keys() -> str:
    made = json_schema()
    sections = [_section("the top", made)]
    sections += [_section(title, made["$defs"][name]) for name, title in _TITLES.items()]
    return "\n".join(sections)


def _section(title: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        f"| `{key}` | {_kind(inner)} | {'yes' if key in required else ''} | {inner.get('description', '')} |"
        for key, inner in schema["properties"].items()
    ]
    lead = "".join(f"{line.strip()} " for line in schema.get("description", "").splitlines() if line).strip()
    head = "| Key | Value | Required | Meaning |\n| --- | --- | --- | --- |"
    return "\n".join([f"### `{title}`\n", f"{lead}\n", head, *rows, ""])


def _kind(schema: dict[str, Any]) -> str:
    """A value in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"`{_TITLES[name]}`" if name in _TITLES else name
    if "enum" in schema or "const" in schema:
        words = schema.get("enum", [schema.get("const")])
        return " ".join(f"`{word}`" for word in words) if len(words) < 8 else f"`{words[0]}` … `{words[-1]}`"
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " or ".join(dict.fromkeys(_kind(one) for one in choices if one.get("type") != "null"))
    return _plain_kind(schema)


def _plain_kind(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return "expression" if schema.get("title") == "Expression" else "text or number"
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    if kind == "object":
        return "map"
    return {"string": "text", "boolean": "true or false"}.get(str(kind), str(kind))


def _functions() -> str:
    names = sorted({entry.name for entry in entries().values() if entry.called})
    signs = sorted({entry.name for entry in entries().values() if not entry.called})
    return f"Functions: {_listed(names)}.\nOperators: {_listed(signs)}.\n"


def _codes() -> str:
    rows = [f"| `{code}` | {meaning} |" for code, meaning in CODES.items()]
    return "\n".join(["| Code | Meaning |", "| --- | --- |", *rows, ""])


def _listed(names: list[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m leadline.semantic.schema --write   (in the repository's folder)")
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    REFERENCE_FILE.write_text(reference_text(REFERENCE_FILE.read_text(encoding="utf-8")), encoding="utf-8")
