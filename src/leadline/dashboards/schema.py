"""The published JSON Schema of dashboards: `python -m leadline.dashboards.schema --write FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from leadline.dashboards.query_schema import query_schemas
from leadline.dashboards.schemas import Document

FILE = Path("schemas") / "dashboard.schema.json"


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one document."""
    made = Document.model_json_schema(by_alias=True)
    parts: dict[str, Any] = made.pop("$defs")
    queries = query_schemas("#/$defs/")
    parts |= queries
    parts["Bar"]["properties"]["range"] = {"$ref": "#/$defs/Range"}
    parts["Tile"]["properties"]["queries"] = _queries()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://leadline.dev/schemas/dashboard.schema.json",
        "title": "Leadline dashboard",
    }
    return head | {key: value for key, value in made.items() if key != "title"} | {"$defs": parts}


def _queries() -> dict[str, Any]:
    query = {"$ref": "#/$defs/Query"}
    return {
        "type": "object",
        "required": ["main"],
        "additionalProperties": query,
        "properties": {"main": query},
    }


def text() -> str:
    """The file's text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m leadline.dashboards.schema --write   (in the repository's folder)")
    FILE.write_text(text(), encoding="utf-8")
