"""The keys that the format knows at a path, read from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from leadline.semantic.loader.format.top import ModelFormat
from leadline.semantic.loader.yaml12 import YamlPath

Schema = dict[str, Any]


@cache
def json_schema() -> Schema:
    """The JSON Schema of a model file."""
    return ModelFormat.model_json_schema(by_alias=True)


def known_keys(path: YamlPath, data: Any) -> dict[str, str]:
    """The keys of the mapping at the path, each with its description."""
    found: dict[str, str] = {}
    for schema in _at(path, data):
        for key, inner in schema.get("properties", {}).items():
            found[key] = inner.get("description", "")
    return found


def _at(path: YamlPath, data: Any) -> list[Schema]:
    """The schemas that may hold at the path, narrowed by the keys that are there."""
    schemas = list(_forms(json_schema(), data))
    here = data
    for part in path:
        here = here[part]
        schemas = [
            form for schema in schemas for inner in _inner(schema, part) for form in _forms(inner, here)
        ]
    return schemas


def _inner(schema: Schema, part: str | int) -> Iterator[Schema]:
    properties = schema.get("properties", {})
    if isinstance(part, int):
        yield schema.get("items", {})
    elif part in properties:
        yield properties[part]
    elif isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]
    else:
        yield from schema.get("patternProperties", {}).values()


def _forms(schema: Schema, data: Any) -> Iterator[Schema]:
    """The schema, or those of its alternatives that fit the keys that are there best."""
    if "$ref" in schema:
        yield from _forms(json_schema()["$defs"][schema["$ref"].rpartition("/")[2]], data)
    elif "oneOf" in schema or "anyOf" in schema:
        choices = schema.get("oneOf") or schema.get("anyOf") or []
        inner = [form for one in choices for form in _forms(one, data)]
        keys = set(data) if isinstance(data, dict) else set()
        fitting = [form for form in inner if set(form.get("required", [])) <= keys]
        yield from fitting or inner
    else:
        yield schema
