"""The grammar of a query as JSON Schema, for editors and for the API's description.

The planner is what judges a query; this says as much of `docs/reference/query.md` as a schema can.
"""

from __future__ import annotations

from typing import Any

from leadline.core.grain import GRAINS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "maxLength": 10_000}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_SCALAR: Schema = {"type": ["string", "integer", "boolean", "null"]}
_OPERATORS = {
    "one": ("eq", "ne", "lt", "lte", "gt", "gte"),
    "several": ("in", "not_in", "contains", "not_contains", "starts_with", "ends_with"),
}


def _object(properties: Schema, *required: str, about: str = "") -> Schema:
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = list(required)
    return {"description": about, **schema} if about else schema


def _list(items: Schema, least: int = 0, most: int = 1000) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _ref(name: str, base: str) -> Schema:
    return {"$ref": f"{base}{name}"}


def _filter(base: str) -> Schema:
    field = {"field": _NAME}
    below = _ref("Filter", base)
    one, several = (list(_OPERATORS[key]) for key in ("one", "several"))
    return {
        "description": "A condition on a field, or several of them joined.",
        "oneOf": [
            _object({**field, "op": {"enum": one}, "values": _list(_SCALAR, 1, 1)}, "field", "op", "values"),
            _object({**field, "op": {"enum": several}, "values": _list(_SCALAR, 1)}, "field", "op", "values"),
            _object(
                {**field, "op": {"const": "between"}, "values": _list(_SCALAR, 2, 2)}, "field", "op", "values"
            ),
            _object({**field, "op": {"enum": ["is_null", "not_null"]}}, "field", "op"),
            _object(
                {**field, "op": {"const": "range"}, "range": _ref("Range", base)}, "field", "op", "range"
            ),
            _object({"any": _list(below)}, "any"),
            _object({"all": _list(below)}, "all"),
            _object({"not": below}, "not"),
        ],
    }


def _range() -> Schema:
    when = {"type": "string", "description": "ISO instant with offset, local date-time, or date"}
    return {
        "description": "A preset, or bounds: from <= t < to; an absent bound is open.",
        "oneOf": [
            _object(
                {"preset": {"type": "string", "examples": ["today", "month_to_date", "last_13_weeks"]}},
                "preset",
            ),
            _object({"from": {**when}, "to": {**when}}),
        ],
    }


def _compare(base: str) -> Schema:
    named: Schema = {"type": "string", "examples": ["previous_period", "previous_year", "target", "total"]}
    shift = _object({"shift": {"type": "string", "examples": ["28 days"]}}, "shift")
    shape = {"enum": ["value", "change", "percent", "share"]}
    to = _object(
        {
            "to": {"anyOf": [named, shift, _ref("Range", base)]},
            "as": shape,
            "align": {"const": "weekday"},
            "cut": {"type": "boolean"},
            "pace": {"const": "days"},
        },
        "to",
    )
    periods = {"type": "integer", "minimum": 1}
    growth = _object({"growth": {"enum": ["compound", "rolling"]}, "periods": periods}, "growth", "periods")
    return {"description": "A comparison, or a growth rate.", "oneOf": [to, growth]}


def _query(base: str) -> Schema:
    dim = {"oneOf": [_NAME, _object({"field": _NAME, "all": {"type": "boolean"}}, "field")]}
    grain = {"enum": list(GRAINS)}
    span = _ref("Range", base)
    top = {"n": {"type": "integer", "minimum": 1, "maximum": 1000}, "by": _NAME, "of": _NAME, "per": _NAME}
    return _object(
        {
            "metrics": _list(_NAME, 1),
            "dimensions": _list(dim, 0, 50),
            "time": _object({"by": _NAME, "grain": grain, "range": span, "zone": _NAME}),
            "filters": _list(_ref("Filter", base)),
            "compare": _list(_ref("Compare", base)),
            "having": _list(_ref("Filter", base)),
            "sort": _list(_object({"by": _NAME, "desc": {"type": "boolean"}}, "by")),
            "top": _object({**top, "other": {"type": "boolean"}}, "n"),
            "totals": {"anyOf": [{"type": "boolean"}, _list(_list(_NAME))]},
            "limit": {"type": "integer", "minimum": 1, "maximum": 100_000},
            "offset": {"type": "integer", "minimum": 0},
            "as_of": _TEXT,
            "have": {**_TEXT, "description": "The key of an answer one has: unchanged where it still holds."},
        },
        "metrics",
        about="One question: docs/reference/query.md.",
    )


def query_schemas(base: str) -> dict[str, Schema]:
    """`Query` and its parts by name; `base` is where a reference finds them (`#/$defs/`)."""
    return {"Query": _query(base), "Range": _range(), "Filter": _filter(base), "Compare": _compare(base)}
