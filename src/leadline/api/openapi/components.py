"""The schemas of what goes in and out."""

from __future__ import annotations

from typing import get_args

from leadline.api.openapi.drilling import drilling_schemas
from leadline.api.openapi.result import result_schemas
from leadline.api.openapi.shapes import (
    BASE,
    FLAG,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    Schema,
    input_of,
    list_of,
    map_of,
    object_of,
    ref,
)
from leadline.core.errors import CODES
from leadline.core.viewer import ROLES
from leadline.dashboards.query_schema import query_schemas
from leadline.dashboards.schemas import CompareChoice, Document


def _result() -> dict[str, Schema]:
    return {
        **result_schemas(),
        "Unchanged": object_of({"unchanged": TEXT}, about="The answer with this key still holds."),
        "ResultOrUnchanged": {"anyOf": [ref("Result"), ref("Unchanged")]},
    }


def _people() -> dict[str, Schema]:
    viewer = object_of(
        {
            "org": TEXT,
            "email": TEXT,
            "role": {"enum": list(ROLES)},
            "name": TEXT,
            "locale": TEXT,
            "zone": TEXT_OR_NULL,
        }
    )
    product = object_of(
        {
            "company": TEXT,
            "currency": TEXT_OR_NULL,
            "zone": TEXT,
            "week_start": TEXT,
            "as_of": TEXT_OR_NULL,
            "version": TEXT,
        }
    )
    return {
        "Viewer": viewer,
        "Product": product,
        "SignIn": input_of({"email": TEXT, "password": TEXT}, "email", "password"),
        "SignedIn": object_of({"viewer": ref("Viewer")}),
        "Session": object_of({"viewer": ref("Viewer"), "product": ref("Product")}),
    }


def _streams() -> dict[str, Schema]:
    done = object_of({"done": {"const": True}, "queries": WHOLE, "ms": {"type": "number"}})
    index, tile = {"index": WHOLE}, {"tile": TEXT, "query": TEXT}
    result, error = {"result": ref("Result")}, {"error": ref("Error")}
    failed = object_of(error, about="The stream as a whole failed; nothing follows.")
    batch = [object_of(index | result), object_of(index | error), object_of(index | {"unchanged": TEXT})]
    data = [object_of(tile | result), object_of(tile | error)]
    grain = map_of(input_of({"grain": TEXT}))
    asked = {
        "range": ref("Range"),
        "compare": {"enum": list(get_args(CompareChoice))},
        "filters": list_of(ref("Filter")),
        "tiles": {**grain, "description": "By tile: what its switch was set to."},
        "only": {**list_of(TEXT), "description": "The tiles to answer; all where absent."},
    }
    return {
        "Batch": input_of({"queries": {**list_of(ref("Query")), "maxItems": 200}}, "queries"),
        "BatchLine": {"anyOf": [*batch, ref("StreamDone"), ref("StreamFailed")]},
        "DataRequest": input_of(asked),
        "DataLine": {"anyOf": [*data, ref("StreamDone"), ref("StreamFailed")]},
        "StreamDone": done,
        "StreamFailed": failed,
    }


def _catalog() -> dict[str, Schema]:
    metric = object_of(
        {
            "name": TEXT,
            "label": TEXT,
            "about": TEXT,
            "unit": TEXT_OR_NULL,
            "good": {"enum": ["up", "down", None]},
            "kind": TEXT,
            "time": TEXT_OR_NULL,
            "definition": {**TEXT, "description": "What it is computed from, in words."},
        }
    )
    dimension = object_of(
        {
            "name": TEXT,
            "field": TEXT,
            "label": TEXT,
            "about": TEXT,
            "type": TEXT_OR_NULL,
            "order": list_of(TEXT),
        }
    )
    dataset = object_of(
        {
            "name": TEXT,
            "row": TEXT,
            "dimensions": list_of(dimension),
            "joins": list_of(object_of({"name": TEXT, "dataset": TEXT})),
            "measures": list_of(object_of({"name": TEXT, "aggregation": TEXT})),
        }
    )
    shared = object_of({"name": TEXT, "paths": map_of(TEXT)})
    return {
        "Metric": metric,
        "Metrics": object_of({"metrics": list_of(ref("Metric"))}),
        "Dataset": dataset,
        "Datasets": object_of({"datasets": list_of(ref("Dataset")), "dimensions": list_of(shared)}),
    }


def _dashboards() -> dict[str, Schema]:
    made = Document.model_json_schema(by_alias=True, mode="serialization", ref_template=BASE + "{model}")
    parts: dict[str, Schema] = {name: part for name, part in made.pop("$defs").items() if name != "Range"}
    made["properties"].pop("leadline")
    made["required"] = [name for name in made.get("required", []) if name != "leadline"]
    parts["Tile"]["properties"]["queries"] = map_of(ref("Query"))
    listed = object_of({"id": TEXT, "title": TEXT, "about": TEXT_OR_NULL, "home": FLAG})
    answer = object_of({"dashboard": ref("Document"), "metrics": map_of(ref("Metric")), "key": TEXT})
    return {
        **parts,
        "Document": made,
        "DashboardAnswer": answer,
        "Dashboards": object_of({"dashboards": list_of(listed)}),
    }


def _health() -> dict[str, Schema]:
    part = object_of(
        {"state": {"enum": ["ok", "down"]}, "needed": FLAG, "why": TEXT, "code": TEXT, "fix": TEXT},
        "code", "fix",
    )  # fmt: skip
    return {
        "Alive": object_of({"status": {"const": "ok"}, "version": TEXT}),
        "Ready": object_of({"ready": FLAG, "parts": map_of(part)}),
    }


def components() -> dict[str, Schema]:
    """All schemas by name."""
    error = object_of(
        {"code": {"enum": sorted(CODES)}, "why": TEXT, "fix": TEXT, "at": TEXT},
        about="What went wrong, how to mend it, and where (a JSON pointer into the body).",
    )
    return {
        "Error": error,
        **query_schemas(BASE),
        **_result(),
        **drilling_schemas(),
        **_people(),
        **_streams(),
        **_catalog(),
        **_dashboards(),
        **_health(),
    }
