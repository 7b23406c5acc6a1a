"""The end of `docs/reference/result.md`: each field of an answer, from the schema of a Result."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.api.openapi.result import result_schemas
from leadline.api.openapi.shapes import BASE, Schema

MARK = "<!-- From here on made by leadline.api.openapi from the schema of a Result. -->\n"
_ORDER = ("Result", "Column", "Subtotals", "ServedBy")


def result_page(page: str) -> str:
    """The page with what is made put behind its mark."""
    schemas = result_schemas()
    made = "\n".join(line for name in _ORDER for line in _section(name, schemas[name]))
    return page.partition(MARK)[0] + MARK + made


def _section(name: str, schema: Schema) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{schema['description']}\n"
    yield "| Key | Value | Always | Meaning |"
    yield "| --- | --- | --- | --- |"
    for key, inner in schema["properties"].items():
        always = "yes" if key in schema["required"] else ""
        yield f"| `{key}` | {_kind(inner)} | {always} | {inner['description']} |"
    yield ""


def _kind(schema: Schema) -> str:
    """A value in words."""
    if "$ref" in schema:
        return f"[{(name := schema['$ref'].removeprefix(BASE))}](#{name.lower()})"
    if "enum" in schema:
        return " ".join(f"`{word}`" for word in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    return _plain(schema)


def _plain(schema: Schema) -> str:
    kind = schema["type"]
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    if kind == "object":
        keys = ", ".join(f"`{key}`" for key in schema.get("properties", ()))
        return f"{{{keys}}}" if keys else "map"
    if isinstance(kind, list):
        return "value" if len(kind) > 2 else f"{_WORDS[kind[0]]} or null"
    return _WORDS[kind]


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}
