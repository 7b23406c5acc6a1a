"""The grammar of a query as JSON Schema, for editors and for the API's description.

The planner is what judges a query; this says as much of `docs/reference/query.md` as a schema can, in the
parser's own words and limits. That a key whose value is null counts as absent, it does not say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadline.core.grain import GRAINS, RANGE_UNITS
from leadline.planner import parse_limits as limits
from leadline.planner.parse_compare import ALIGNS, GROWTHS, NAMED, PACES, SHAPES, SHIFT_UNITS
from leadline.planner.parse_filters import BARE, COUNTS, EQUAL, SETS, TEXTS

Schema = dict[str, Any]

CLOCK_UNITS = ("minute", "hour")
"""The units finer than a day of which a preset may have several."""
_TEXT: Schema = {"type": "string", "maxLength": limits.TEXT}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": limits.NAME}
_FLAG: Schema = {"type": "boolean"}
_VALUE: Schema = {"type": ["string", "integer", "boolean"], "maxLength": limits.TEXT}
_MAYBE: Schema = {**_VALUE, "type": [*_VALUE["type"], "null"]}
_MANY = "0{0,3}(1000|[1-9][0-9]{0,2})"
"""N of a preset or shift: 1 to `limits.STEPS`."""


def _object(properties: Schema, *required: str, about: str = "") -> Schema:
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = list(required)
    return {"description": about, **schema} if about else schema


def _list(items: Schema, least: int, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _whole(low: int, high: int, default: int | None = None) -> Schema:
    found: Schema = {"type": "integer", "minimum": low, "maximum": high}
    return found if default is None else {**found, "default": default}


def _ref(name: str, base: str) -> Schema:
    return {"$ref": f"{base}{name}"}


def _any_of(words: Iterable[str]) -> str:
    return f"({'|'.join(words)})"


# -- filters ----------------------------------------------------------------------------------------


def _values(op: str) -> Schema:
    """The values that an operator takes: nulls only where it asks for equality, texts where it reads them."""
    sort = _TEXT if op in TEXTS else _MAYBE if op in (*EQUAL, *SETS) else _VALUE
    return _list(sort, *COUNTS[op])


def _conditions() -> list[Schema]:
    """One object for all operators that take the same values."""
    alike: dict[str, list[str]] = {}
    schemas = {op: _values(op) for op in COUNTS}
    for op, schema in schemas.items():
        alike.setdefault(str(schema), []).append(op)
    return [
        _object({"field": _NAME, "op": {"enum": ops}, "values": schemas[ops[0]]}, "field", "op", "values")
        for ops in alike.values()
    ]


def _filter(base: str) -> Schema:
    below = _ref("Filter", base)
    some = _list(below, 0, limits.VALUES)
    return {
        "description": f"A condition on a field, or several joined, at most {limits.DEPTH} deep.",
        "oneOf": [
            *_conditions(),
            _object({"field": _NAME, "op": {"enum": list(BARE)}}, "field", "op"),
            _object(
                {"field": _NAME, "op": {"const": "range"}, "range": _ref("Range", base)},
                "field",
                "op",
                "range",
            ),
            _object({"any": some}, "any"),
            _object({"all": some}, "all"),
            _object({"not": below}, "not"),
        ],
    }


# -- times ------------------------------------------------------------------------------------------


def preset_pattern() -> str:
    """The presets as one regular expression."""
    one, many = _any_of(RANGE_UNITS), _any_of([*CLOCK_UNITS, *RANGE_UNITS])
    ways = ["all", "today", "yesterday", "tomorrow", f"(this|last|next)_{one}", f"{one}_to_date"]
    return f"^{_any_of([*ways, f'(last|next)_{_MANY}_{many}s'])}$"


def _range() -> Schema:
    when = {**_TEXT, "description": "ISO instant with offset, local date-time, or date (its first instant)"}
    examples = ["today", "month_to_date", "last_13_weeks", "all"]
    preset = {"type": "string", "pattern": preset_pattern(), "examples": examples}
    return {
        "description": "A preset, or bounds: from <= t < to; an absent bound is open.",
        "oneOf": [_object({"preset": preset}, "preset"), _object({"from": {**when}, "to": {**when}})],
    }


def _time(base: str) -> Schema:
    zone = {**_NAME, "description": "An IANA name; the model's zone where there is none."}
    return _object({"by": _NAME, "grain": {"enum": list(GRAINS)}, "range": _ref("Range", base), "zone": zone})


# -- comparisons ------------------------------------------------------------------------------------


def _compare(base: str) -> Schema:
    pattern = f"^{_MANY} {_any_of(SHIFT_UNITS)}s?$"
    shift = _object({"shift": {"type": "string", "pattern": pattern, "examples": ["28 days"]}}, "shift")
    to = _object(
        {
            "to": {"anyOf": [{"enum": list(NAMED)}, shift, _ref("Range", base)]},
            "as": {"enum": list(SHAPES), "default": SHAPES[0]},
            "align": {"enum": list(ALIGNS)},
            "cut": {**_FLAG, "default": True},
            "pace": {"enum": list(PACES)},
        },
        "to",
    )
    periods = _whole(1, limits.STEPS)
    growth = _object({"growth": {"enum": list(GROWTHS)}, "periods": periods}, "growth", "periods")
    return {"description": "A comparison, or a growth rate over buckets.", "oneOf": [to, growth]}


# -- the query --------------------------------------------------------------------------------------


def _top() -> Schema:
    about = "The first n members of `of` (the first dimension) by a metric or comparison, the largest first."
    names = {"by": _NAME, "of": _NAME, "per": _NAME}
    return _object({"n": _whole(1, limits.STEPS), **names, "other": _FLAG}, "n", about=about)


def _query(base: str) -> Schema:
    dim = {"oneOf": [_NAME, _object({"field": _NAME, "all": _FLAG}, "field")]}
    filters = _list(_ref("Filter", base), 0, limits.VALUES)
    group = _list(_NAME, 0, limits.DIMENSIONS)
    have = "The key of an answer one has: unchanged where it still holds."
    return _object(
        {
            "metrics": _list(_NAME, 1, limits.METRICS),
            "dimensions": _list(dim, 0, limits.DIMENSIONS),
            "time": _time(base),
            "filters": filters,
            "compare": _list(_ref("Compare", base), 0, limits.COMPARISONS),
            "having": filters,
            "sort": _list(_object({"by": _NAME, "desc": _FLAG}, "by"), 0, limits.SORTS),
            "top": _top(),
            "totals": {"anyOf": [_FLAG, _list(group, 0, limits.SUBTOTALS)]},
            "limit": _whole(1, limits.ROWS, 10_000),
            "offset": _whole(0, limits.OFFSET, 0),
            "as_of": _TEXT,
            "have": {**_TEXT, "description": have},
        },
        "metrics",
        about="One question: docs/reference/query.md.",
    )


def query_schemas(base: str) -> dict[str, Schema]:
    """`Query` and its parts by name; `base` is where a reference finds them (`#/$defs/`)."""
    return {"Query": _query(base), "Range": _range(), "Filter": _filter(base), "Compare": _compare(base)}
