"""The description of the API: whole, sound, and the one that is published."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from leadline.api.openapi import document, text
from leadline.api.registry import ROUTES
from tests.support.models import REPOSITORY

FILE = REPOSITORY / "schemas" / "openapi.json"


def _walk(value: Any) -> Iterator[Any]:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from _walk(child)


def test_every_route_is_described() -> None:
    described = {(method.upper(), path) for path, of in document()["paths"].items() for method in of}
    assert described == {(route.method, route.path) for route in ROUTES}


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    whole = document()
    schemas = whole["components"]["schemas"]
    used = {part["$ref"] for part in _walk(whole) if isinstance(part, dict) and "$ref" in part}
    assert used == {f"#/components/schemas/{name}" for name in schemas}


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_every_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(document()["components"]["schemas"][name])


def test_every_operation_has_what_openapi_asks() -> None:
    seen: set[str] = set()
    for path, operations in document()["paths"].items():
        for operation in operations.values():
            seen.add(operation["operationId"])
            assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
            assert all(answer["description"] for answer in operation["responses"].values())
            named = {one["name"] for one in operation.get("parameters", ())}
            assert named == set(re.findall(r"{(\w+)}", path))
    assert len(seen) == len(ROUTES)


def test_the_published_document_is_the_present_one() -> None:
    published = FILE.read_text(encoding="utf-8")
    assert json.loads(published) == document(), "run: python -m leadline.api.openapi --write"
    assert published == text()
