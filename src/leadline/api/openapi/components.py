"""The schemas of what goes in and out."""

from __future__ import annotations

from typing import Any, get_args

from leadline.core.errors import CODES
from leadline.core.viewer import ROLES
from leadline.dashboards.query_schema import query_schemas
from leadline.dashboards.schemas import CompareChoice, Document

BASE = "#/components/schemas/"
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_WHOLE: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_VALUE: Schema = {"type": ["string", "integer", "boolean", "null"], "description": "Decimals are texts."}


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"{BASE}{name}"}


def _object(properties: Schema, *optional: str, about: str = "") -> Schema:
    """An object whose properties are all there but for the optional ones. Answers may grow."""
    required = [name for name in properties if name not in optional]
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    return {"description": about, **schema} if about else schema


def _input(properties: Schema, *required: str) -> Schema:
    """An object that is sent: an unknown key is refused."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _column() -> Schema:
    return _object(
        {
            "name": _TEXT,
            "field": _TEXT,
            "type": {"enum": ["text", "integer", "decimal", "boolean", "date", "time"]},
            "label": _TEXT,
            "unit": _TEXT,
            "scale": _WHOLE,
            "grain": _TEXT,
            "time": _TEXT,
            "compares": _TEXT,
            "to": _TEXT,
            "as": _TEXT,
            "range": {"type": "object"},
        },
        "unit", "scale", "grain", "time", "compares", "to", "as", "range",
    )  # fmt: skip


def _served_by() -> Schema:
    return _object(
        {
            "cache": {"enum": ["hit", "miss", "stale", "live"]},
            "layer": {"enum": ["rollup", "base", "rollup+edge"]},
            "rollup": _TEXT_OR_NULL,
            "node": _TEXT_OR_NULL,
            "lag_ms": {"type": ["integer", "null"]},
        }
    )


def _answer() -> Schema:
    span = _object({"from": _TEXT_OR_NULL, "to": _TEXT_OR_NULL, "zone": _TEXT, "partial": _FLAG})
    return _object(
        {
            "columns": _list(ref("Column")),
            "data": _list(_list(_VALUE)),
            "rows": _WHOLE,
            "totals": _map(_VALUE),
            "now": {**_TEXT, "description": "The instant the question was asked for."},
            "as_of": {**_TEXT, "description": "The instant up to which the data are known."},
            "range": {"anyOf": [span, {"type": "null"}]},
            "partial_rows": _list(_WHOLE),
            "served_by": ref("ServedBy"),
            "rejected": _list(_object({"rollup": _TEXT, "reason": _TEXT, "detail": _TEXT})),
            "rules": _list(_TEXT),
            "truncated": _FLAG,
            "key": _TEXT,
            "data_version": _TEXT,
            "ms": _map({"type": "number"}),
        },
        "totals",
        about="The answer: columnar, every value ready to be shown or computed with.",
    )


def _result() -> dict[str, Schema]:
    return {
        "Column": _column(),
        "ServedBy": _served_by(),
        "Result": _answer(),
        "Unchanged": _object({"unchanged": _TEXT}, about="The answer with this key still holds."),
        "ResultOrUnchanged": {"anyOf": [ref("Result"), ref("Unchanged")]},
    }


def _people() -> dict[str, Schema]:
    viewer = _object(
        {
            "org": _TEXT,
            "email": _TEXT,
            "role": {"enum": list(ROLES)},
            "name": _TEXT,
            "locale": _TEXT,
            "zone": _TEXT_OR_NULL,
        }
    )
    product = _object(
        {
            "company": _TEXT,
            "currency": _TEXT_OR_NULL,
            "zone": _TEXT,
            "week_start": _TEXT,
            "as_of": _TEXT_OR_NULL,
            "version": _TEXT,
        }
    )
    return {
        "Viewer": viewer,
        "Product": product,
        "SignIn": _input({"email": _TEXT, "password": _TEXT}, "email", "password"),
        "SignedIn": _object({"viewer": ref("Viewer")}),
        "Session": _object({"viewer": ref("Viewer"), "product": ref("Product")}),
    }


def _streams() -> dict[str, Schema]:
    done = _object({"done": {"const": True}, "queries": _WHOLE, "ms": {"type": "number"}})
    index, tile = {"index": _WHOLE}, {"tile": _TEXT, "query": _TEXT}
    result, error = {"result": ref("Result")}, {"error": ref("Error")}
    failed = _object(error, about="The stream as a whole failed; nothing follows.")
    batch = [_object(index | result), _object(index | error), _object(index | {"unchanged": _TEXT})]
    data = [_object(tile | result), _object(tile | error)]
    grain = _map(_input({"grain": _TEXT}))
    asked = {
        "range": ref("Range"),
        "compare": {"enum": list(get_args(CompareChoice))},
        "filters": _list(ref("Filter")),
        "tiles": {**grain, "description": "By tile: what its switch was set to."},
        "only": {**_list(_TEXT), "description": "The tiles to answer; all where absent."},
    }
    return {
        "Batch": _input({"queries": {**_list(ref("Query")), "maxItems": 200}}, "queries"),
        "BatchLine": {"anyOf": [*batch, ref("StreamDone"), ref("StreamFailed")]},
        "DataRequest": _input(asked),
        "DataLine": {"anyOf": [*data, ref("StreamDone"), ref("StreamFailed")]},
        "StreamDone": done,
        "StreamFailed": failed,
    }


def _catalog() -> dict[str, Schema]:
    metric = _object(
        {
            "name": _TEXT,
            "label": _TEXT,
            "about": _TEXT,
            "unit": _TEXT_OR_NULL,
            "good": {"enum": ["up", "down", None]},
            "kind": _TEXT,
            "time": _TEXT_OR_NULL,
            "answered": {**_FLAG, "description": "False: defined, but not answered by this version."},
            "definition": {**_TEXT, "description": "What it is computed from, in words."},
        }
    )
    dimension = _object(
        {
            "name": _TEXT,
            "field": _TEXT,
            "label": _TEXT,
            "about": _TEXT,
            "type": _TEXT_OR_NULL,
            "order": _list(_TEXT),
        }
    )
    dataset = _object(
        {
            "name": _TEXT,
            "row": _TEXT,
            "dimensions": _list(dimension),
            "joins": _list(_object({"name": _TEXT, "dataset": _TEXT})),
            "measures": _list(_object({"name": _TEXT, "aggregation": _TEXT})),
        }
    )
    shared = _object({"name": _TEXT, "paths": _map(_TEXT)})
    return {
        "Metric": metric,
        "Metrics": _object({"metrics": _list(ref("Metric"))}),
        "Dataset": dataset,
        "Datasets": _object({"datasets": _list(ref("Dataset")), "dimensions": _list(shared)}),
    }


def _dashboards() -> dict[str, Schema]:
    made = Document.model_json_schema(by_alias=True, mode="serialization", ref_template=BASE + "{model}")
    parts: dict[str, Schema] = {name: part for name, part in made.pop("$defs").items() if name != "Range"}
    made["properties"].pop("leadline")
    made["required"] = [name for name in made.get("required", []) if name != "leadline"]
    parts["Tile"]["properties"]["queries"] = _map(ref("Query"))
    listed = _object({"id": _TEXT, "title": _TEXT, "about": _TEXT_OR_NULL, "home": _FLAG})
    answer = _object({"dashboard": ref("Document"), "metrics": _map(ref("Metric")), "key": _TEXT})
    return {
        **parts,
        "Document": made,
        "DashboardAnswer": answer,
        "Dashboards": _object({"dashboards": _list(listed)}),
    }


def _health() -> dict[str, Schema]:
    part = _object(
        {"state": {"enum": ["ok", "down"]}, "needed": _FLAG, "why": _TEXT, "code": _TEXT, "fix": _TEXT},
        "code", "fix",
    )  # fmt: skip
    return {
        "Alive": _object({"status": {"const": "ok"}, "version": _TEXT}),
        "Ready": _object({"ready": _FLAG, "parts": _map(part)}),
    }


def components() -> dict[str, Schema]:
    """All schemas by name."""
    error = _object(
        {"code": {"enum": sorted(CODES)}, "why": _TEXT, "fix": _TEXT, "at": _TEXT},
        about="What went wrong, how to mend it, and where (a JSON pointer into the body).",
    )
    return {
        "Error": error,
        **query_schemas(BASE),
        **_result(),
        **_people(),
        **_streams(),
        **_catalog(),
        **_dashboards(),
        **_health(),
    }
