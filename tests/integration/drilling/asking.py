"""Asking, and reading what was answered by the names of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx

Json = Mapping[str, Any]


def told(client: httpx.Client, path: str, body: object) -> Json:
    """The answer, which must be one."""
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text[:500]
    found: Json = answer.json()
    return found


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
