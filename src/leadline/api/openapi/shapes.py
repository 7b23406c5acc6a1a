"""The parts from which the schemas of what goes in and out are made."""

from __future__ import annotations

from typing import Any

BASE = "#/components/schemas/"
Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
VALUE: Schema = {"type": ["string", "integer", "boolean", "null"], "description": "Decimals are texts."}


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"{BASE}{name}"}


def object_of(properties: Schema, *optional: str, about: str = "") -> Schema:
    """An object whose properties are all there but for the optional ones. Answers may grow."""
    required = [name for name in properties if name not in optional]
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    return {"description": about, **schema} if about else schema


def input_of(properties: Schema, *required: str) -> Schema:
    """An object that is sent: an unknown key is refused."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def list_of(items: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items}


def map_of(values: Schema) -> Schema:
    """A map with such values."""
    return {"type": "object", "additionalProperties": values}


def told(schema: Schema, about: str) -> Schema:
    """The schema with what it means."""
    return {**schema, "description": about}
