"""Asking, and reading what was answered by the names of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import jsonschema

from leadline.api.openapi.document import document

Json = Mapping[str, Any]


def told(client: httpx.Client, path: str, body: object) -> Json:
    """The answer, which must be one; question and answer are as described."""
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text[:500]
    found: Json = answer.json()
    asked, answered = _DESCRIBED[path]
    _fits(asked).validate(body)
    _fits(answered).validate(found)
    return found


_DESCRIBED = {
    "query": ("Query", "Result"),
    "rows": ("Drill", "Rows"),
    "values": ("ValuesRequest", "Values"),
    "explain": ("ExplainRequest", "Explanation"),
}


@cache
def _fits(name: str) -> jsonschema.Draft202012Validator:
    """Judges by a component of the published description."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return jsonschema.Draft202012Validator(schema)


def refused(client: httpx.Client, path: str, body: object) -> tuple[int, str, str]:
    """Status, code and place of a refusal, which says why and what to do."""
    answer = client.post(f"/api/v1/{path}", json=body)
    error = answer.json()
    assert error["why"] and error["fix"], error
    return answer.status_code, error["code"], error["at"]


def column(answer: Json, name: str) -> list[Any]:
    """The values of a column."""
    names = [one["name"] for one in answer["columns"]]
    values: list[Any] = answer["data"][names.index(name)]
    return values


def there(answer: Json, name: str) -> list[Any]:
    """The values of a column that are not missing."""
    return [one for one in column(answer, name) if one is not None]


def total(answer: Json, name: str) -> Decimal:
    """The sum of a column."""
    return sum((Decimal(one) for one in there(answer, name)), Decimal(0))
