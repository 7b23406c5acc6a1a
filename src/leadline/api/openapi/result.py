"""The schema of a Result: each field of an answer, and what it means.

`docs/reference/result.md` is made from it.
"""

from __future__ import annotations

from leadline.api.openapi.shapes import (
    FLAG,
    TEXT,
    TEXT_OR_NULL,
    VALUE,
    WHOLE,
    Schema,
    list_of,
    map_of,
    object_of,
    ref,
    told,
)

_TYPES: Schema = {"enum": ["text", "integer", "decimal", "boolean", "date", "time"]}
_CACHE: Schema = {"enum": ["hit", "miss", "stale", "live"]}
_LAYER: Schema = {"enum": ["rollup", "base", "rollup+edge"]}
_WHOLE_OR_NULL: Schema = {"type": ["integer", "null"]}
_RANGE: Schema = {"type": "object"}


def result_schemas() -> dict[str, Schema]:
    """By name: the answer and its parts."""
    return {
        "Column": _column(),
        "ServedBy": _served_by(),
        "Subtotals": _subtotals(),
        "Result": _answer(),
    }


def _column() -> Schema:
    return object_of(
        {
            "name": told(TEXT, "What `sort`, `having` and `totals` call it: `revenue:previous_year`."),
            "field": told(TEXT, "The field or metric as it was asked."),
            "type": told(_TYPES, "How its values are written."),
            "label": told(TEXT, "As people read it."),
            "unit": told(TEXT, "How to show it: a currency, `percent` of a fraction, `days`."),
            "scale": told(WHOLE, "The digits behind the point of a decimal."),
            "grain": told(TEXT, "Of the column `time`: the unit of its buckets."),
            "time": told(TEXT, "Of a metric: by which time its rows count; of a state, begin and end."),
            "compares": told(TEXT, "Of a comparison: the column that is compared."),
            "to": told(TEXT, "With what: `previous_year`, `shift`, `range`, `total`, `target`, or growth."),
            "as": told(TEXT, "`value`, `change`, `percent` or `share`."),
            "range": told(_RANGE, "What it was compared with: from the first bucket to the end of the last."),
        },
        "unit", "scale", "grain", "time", "compares", "to", "as", "range",
        about="What one column holds. What does not apply is left out.",
    )  # fmt: skip


def _served_by() -> Schema:
    return object_of(
        {
            "cache": told(
                _CACHE, "Read now (`miss`), kept (`hit`), or kept and read anew behind it (`stale`)."
            ),
            "layer": told(_LAYER, "Rollups, rollups and the rows that they lack (`rollup+edge`), or tables."),
            "rollup": told(TEXT_OR_NULL, "The rollups that were read, separated by commas."),
            "node": told(TEXT_OR_NULL, "The server that was read."),
            "lag_ms": told(_WHOLE_OR_NULL, "How far it was behind the primary; null for the primary."),
        },
        about="Where the data came from.",
    )


def _subtotals() -> Schema:
    return object_of(
        {
            "by": told(list_of(TEXT), "The dimensions, as asked; none: one row of all."),
            "columns": told(list_of(ref("Column")), "These dimensions, then the columns of values."),
            "data": told(list_of(list_of(VALUE)), "Columnar, as in the answer itself."),
        },
        about="Each column of values computed anew over some of the dimensions and the whole range.",
    )


def _answer() -> Schema:
    span = object_of({"from": TEXT_OR_NULL, "to": TEXT_OR_NULL, "zone": TEXT, "partial": FLAG})
    rejection = object_of({"rollup": TEXT, "reason": TEXT, "detail": TEXT})
    return object_of(
        {
            "columns": told(list_of(ref("Column")), "What the columns hold, in their order."),
            "data": told(list_of(list_of(VALUE)), "The values, a list for each column."),
            "rows": told(WHOLE, "How many rows there are."),
            "totals": told(map_of(VALUE), "With `true`: each column of values, computed anew over all rows."),
            "subtotals": told(list_of(ref("Subtotals")), "With lists of fields: one for each list."),
            "now": told(TEXT, "The instant the question was asked for."),
            "as_of": told(TEXT, "The instant up to which the data are known."),
            "range": told({"anyOf": [span, {"type": "null"}]}, "What the metrics were asked over."),
            "partial_rows": told(list_of(WHOLE), "Rows whose bucket is not over or is cut by the range."),
            "immature_rows": told(list_of(WHOLE), "Rows whose cohorts may still convert."),
            "other_rows": told(list_of(WHOLE), "Rows of the members that `top` left out."),
            "served_by": told(ref("ServedBy"), "Where the data came from."),
            "rejected": told(list_of(rejection), "The rollups that were not used, and why."),
            "rules": told(list_of(TEXT), "The row rules that held for the viewer."),
            "truncated": told(FLAG, "Whether `limit` left rows out."),
            "key": told(TEXT, "Names the question and its values: `have` of the next question."),
            "data_version": told(TEXT, "The state of the data that was read."),
            "ms": told(map_of({"type": "number"}), "Milliseconds by step: `plan`, `source`, `total`."),
        },
        "totals", "subtotals",
        about="The answer: columnar, every value ready to be shown or computed with.",
    )  # fmt: skip
