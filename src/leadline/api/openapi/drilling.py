"""The schemas of rows behind a number, values of a field, and explanations."""

from __future__ import annotations

from leadline.api.openapi.shapes import (
    FLAG,
    TEXT,
    TEXT_OR_NULL,
    VALUE,
    WHOLE,
    Schema,
    input_of,
    list_of,
    map_of,
    object_of,
    ref,
    told,
)
from leadline.planner.parse_drill import MOST_ROWS, ROWS
from leadline.planner.parse_limits import DIMENSIONS, NAME, OFFSET
from leadline.planner.parse_limits import TEXT as LONGEST
from leadline.planner.values import MOST_VALUES, VALUES

_NAME: Schema = {**TEXT, "minLength": 1, "maxLength": NAME}


def _page(most: int, usual: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": usual}


def _drill() -> Schema:
    cell = {
        "type": "object",
        "description": "`time` (the bucket's first instant) and members by dimension, as in the answer.",
        "additionalProperties": VALUE,
    }
    other = told(FLAG, "The cell of the members that `top` leaves out.")
    wrapped = input_of(
        {
            "query": ref("Query"),
            "metric": told(_NAME, "The first one of the query where absent."),
            "cell": cell,
            "other": other,
            "dataset": told(_NAME, "Whose rows, where the metric reads several."),
            "fields": {"type": "array", "items": _NAME, "maxItems": DIMENSIONS},
            "limit": _page(MOST_ROWS, ROWS),
            "offset": {"type": "integer", "minimum": 0, "maximum": OFFSET, "default": 0},
        },
        "query",
    )
    return {"anyOf": [wrapped, ref("Query")]}


def _served() -> Schema:
    return {"now": TEXT, "as_of": TEXT, "served_by": ref("ServedBy"), "rules": list_of(TEXT)}


def _rows() -> Schema:
    return object_of(
        {
            "columns": list_of(ref("Column")),
            "data": list_of(list_of(VALUE)),
            "rows": WHOLE,
            "truncated": FLAG,
            "dataset": TEXT,
            "key": told(list_of(TEXT), "The columns that name a row."),
            "range": {"type": "object"},
            **_served(),
        }
    )


def _values_request() -> Schema:
    return input_of(
        {
            "field": _NAME,
            "dataset": told(_NAME, "From whose rows; the field's own where absent."),
            "metric": told(_NAME, "Instead: from the rows of this metric's dataset."),
            "contains": {"type": "string", "maxLength": LONGEST},
            "filters": list_of(ref("Filter")),
            "limit": _page(MOST_VALUES, VALUES),
        },
        "field",
    )


def _values() -> Schema:
    return object_of(
        {
            "field": TEXT,
            "type": {"enum": ["text", "integer", "decimal", "boolean", "date", "time"]},
            "values": list_of(VALUE),
            "scale": WHOLE,
            "min": VALUE,
            "max": VALUE,
            "none": told(FLAG, "Whether some rows have no value, or no partner."),
            "truncated": FLAG,
            **_served(),
        },
        "scale", "min", "max",
    )  # fmt: skip


# -- explanations -----------------------------------------------------------------------------------


def _statement() -> Schema:
    return {
        "part": TEXT,
        "sql": TEXT_OR_NULL,
        "params": {"type": ["object", "null"]},
        "plan": {"type": ["array", "null"], "items": TEXT},
    }


def _rollup() -> Schema:
    facts = {"name": TEXT, "used": FLAG, "reason": TEXT_OR_NULL, "detail": TEXT}
    return object_of({**facts, "state": {"type": ["object", "null"]}})


def _explanation() -> Schema:
    age = {"type": ["number", "null"]}
    state = {"enum": ["hit", "stale", "miss", "off"]}
    defined = object_of({"column": TEXT, "metric": TEXT, "definition": TEXT})
    return object_of(
        {
            "definition": list_of(defined),
            **_statement(),
            "more": list_of(object_of(_statement())),
            "layer": {"enum": ["rollup", "base", "rollup+edge"]},
            "node": TEXT,
            "lag_ms": {"type": ["integer", "null"]},
            "as_of": TEXT,
            "range": {"type": ["object", "null"]},
            "rollups": list_of(_rollup()),
            "rules": list_of(TEXT),
            "scope": TEXT,
            "cache": object_of({"key": TEXT, "live_key": TEXT, "state": state, "age": age}),
            "ms": map_of({"type": "number"}),
        }
    )


def _explain_request() -> Schema:
    about = "A Query, and beside it `analyze: true` where an admin wants the plan as it ran."
    return {"description": about, "anyOf": [ref("Query"), _analyzed()]}


def _analyzed() -> Schema:
    return {"type": "object", "properties": {"analyze": FLAG}, "required": ["analyze", "metrics"]}


def drilling_schemas() -> dict[str, Schema]:
    """The schemas by name."""
    return {
        "Drill": _drill(),
        "Rows": _rows(),
        "ValuesRequest": _values_request(),
        "Values": _values(),
        "ExplainRequest": _explain_request(),
        "Explanation": _explanation(),
    }
