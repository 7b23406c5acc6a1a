"""The whole document, from the registry."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from leadline import __version__
from leadline.api.gate import COOKIE
from leadline.api.openapi.components import components
from leadline.api.openapi.shapes import ref
from leadline.api.registry import ROUTES
from leadline.api.route import ApiRoute, Described
from leadline.core.errors import CODES

_TAGS = {
    "session": "Signing in and out.",
    "data": "Questions and their answers.",
    "dashboards": "Dashboards are documents.",
    "catalog": "What may be asked.",
    "health": "For operators.",
}
_POLICY_ERRORS = {
    "public": (),
    "viewer": ("not_signed_in", "state_unavailable"),
    "admin": ("not_signed_in", "forbidden", "state_unavailable"),
}
_ANY = ("internal",)
_UNSAFE = ("wrong_origin",)
_BODY = ("bad_json", "too_large")


def document() -> dict[str, Any]:
    """OpenAPI 3.1 of all routes."""
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for route in ROUTES:
        paths[route.path][route.method.lower()] = operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leadline",
            "version": __version__,
            "summary": "A live view of the business for its leadership",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "paths": dict(paths),
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: leadline key add NAME",
                },
            },
        },
    }


def operation(route: ApiRoute) -> dict[str, Any]:
    """One operation."""
    made: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.about,
        "tags": [route.tag],
        "security": [{"session": []}, {"key": []}] if route.policy != "public" else [],
        "x-policy": route.policy,
        "responses": {**_answers(route), **_failures(route)},
    }
    if route.parameters:
        made["parameters"] = [
            {"name": name, "in": "path", "required": True, "description": about, "schema": {"type": "string"}}
            for name, about in route.parameters.items()
        ]
    if route.request:
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": ref(route.request)}},
        }
    return made


def errors_of(route: ApiRoute) -> tuple[str, ...]:
    """All codes that a route may answer with."""
    unsafe = _UNSAFE if route.method != "GET" else ()
    body = _BODY if route.request else ()
    found = (*route.errors, *_POLICY_ERRORS[route.policy], *unsafe, *body, *_ANY)
    return tuple(dict.fromkeys(found))


def _answers(route: ApiRoute) -> dict[str, Any]:
    return {str(status): _answer(described) for status, described in route.answers.items()}


def _answer(described: Described) -> dict[str, Any]:
    made: dict[str, Any] = {"description": described.about}
    if described.schema is not None:
        named = isinstance(described.schema, str)
        schema = ref(str(described.schema)) if named else described.schema
        made["content"] = {described.media: {"schema": schema}}
    return made


def _failures(route: ApiRoute) -> dict[str, Any]:
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for code in errors_of(route):
        by_status[CODES[code].status].append(code)
    return {
        str(status): {
            "description": ", ".join(f"`{code}`" for code in sorted(codes)),
            "content": {"application/json": {"schema": ref("Error")}},
        }
        for status, codes in sorted(by_status.items())
        if status not in route.answers
    }


def text() -> str:
    """The file's text."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
