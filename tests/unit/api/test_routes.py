"""The registry: every route declares its policy, and the application serves no other."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from leadline.api.app import create_app
from leadline.api.endpoint import Endpoint
from leadline.api.registry import ROUTES
from leadline.api.route import ApiRoute, Policy
from leadline.api.services import ApiServices
from leadline.core.errors import CODES

PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/openapi.json"),
    ("GET", "/metrics"),
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
}


def _served() -> list[Route]:
    nothing: Any = None
    app = create_app(ApiServices(nothing, nothing, nothing, nothing, nothing, nothing))
    assert isinstance(app, FastAPI)
    found = [route for route in app.routes if isinstance(route, Route)]
    assert len(found) == len(app.routes)
    return found


def test_a10_every_route_that_is_served_is_declared_with_a_policy() -> None:
    """A route that can reach a source without a declared policy fails here."""
    declared = {(route.method, route.path): route for route in ROUTES}
    assert len(declared) == len(ROUTES)
    for served in _served():
        methods = (served.methods or set()) - {"HEAD"}
        assert isinstance(served.endpoint, Endpoint), f"{served.path} is not from the registry"
        for method in methods:
            assert declared[(method, served.path)].policy in get_args(Policy)


def test_only_these_routes_are_public() -> None:
    assert {(route.method, route.path) for route in ROUTES if route.policy == "public"} == PUBLIC


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_describes_itself(route: ApiRoute) -> None:
    assert route.about and route.answers
    assert set(route.errors) <= set(CODES)
    assert (route.method in {"POST", "PUT", "PATCH"}) == (route.request is not None)
    assert all(f"{{{name}}}" in route.path for name in route.parameters)
