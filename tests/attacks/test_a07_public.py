"""A07: what may be asked without a login withstands anything: no 500, no word of SQL, no hang."""

from __future__ import annotations

import json
from functools import partial

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.api.registry import ROUTES
from leadline.api.route import ApiRoute
from tests.attacks.conftest import Asking
from tests.support.waiting import promptly

PUBLIC = [route for route in ROUTES if route.policy == "public"]
WORDS = ["SELECT", "psycopg", "Traceback", "sqlalchemy", "syntax error", "pg_catalog", "relation "]
HOSTILE = [
    "x') OR 1=1--", "';select pg_sleep(5)--", "\x00", "\ud800", "${jndi:ldap://x}", "{{7*7}}", "%00",
    "\u202e", "é" * 50_000, "../../etc/passwd",
]  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE))
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=8,
)
_SIGN_IN = st.fixed_dictionaries({}, optional={"email": _JSON, "password": _JSON, "org": _JSON})
_BODIES = st.one_of(
    st.binary(max_size=200), st.one_of(_JSON, _SIGN_IN).map(lambda one: json.dumps(one).encode())
)


def calm(answer: httpx.Response) -> None:
    assert answer.status_code < 500 or answer.request.url.path == "/readyz", answer.text[:300]
    if answer.request.url.path not in ("/metrics", "/openapi.json"):
        assert not any(word in answer.text for word in WORDS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_BODIES)
def test_a07_any_body_is_answered_calmly(asking: Asking, body: bytes) -> None:
    with asking.api.client() as client:
        for route in PUBLIC:
            headers = {"content-type": "application/json"}
            calm(client.request(route.method, route.path, content=body, headers=headers))
    assert not asking.engine.texts()


@pytest.mark.parametrize("route", PUBLIC, ids=lambda route: f"{route.method} {route.path}")
def test_a07_queries_and_headers_are_answered_calmly(asking: Asking, route: ApiRoute) -> None:
    with asking.api.client() as client:
        for text in HOSTILE:
            written = text.encode("utf-8", "surrogatepass")[:2_000]
            address = httpx.URL(route.path, query=b"x=" + written.hex().encode())
            headers = {
                b"x-request-id": written.replace(b"\x00", b"?"),
                b"cookie": b"leadline_session=" + written[:80],
            }
            try:
                ask = partial(client.request, route.method, address, headers=list(headers.items()))
                calm(promptly(ask, 3))
            except httpx.LocalProtocolError:
                continue  # no header can carry it
            except httpx.RemoteProtocolError:
                continue  # refused by the server's own reading of HTTP


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a07_every_other_route_asks_for_a_login_first(asking: Asking, route: ApiRoute) -> None:
    if route.policy == "public":
        return
    with asking.api.client() as client:
        url = route.path.replace("{id}", "executive")
        body = b'{"metrics": ["revenue"]}' if route.request else None
        headers = {"content-type": "application/json"}
        answer = client.request(route.method, url, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert not asking.engine.texts()
