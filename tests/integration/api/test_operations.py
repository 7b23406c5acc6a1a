"""Health, readiness, counters, addresses that are none, and the server's own life."""

from __future__ import annotations

import socket
from dataclasses import replace

import httpx
import pytest

from leadline.api.server import listen, url_of
from leadline.api.services import Probe
from leadline.core.errors import LeadlineError
from tests.support.api import Running, running
from tests.support.databases import Database


def test_it_lives_and_is_ready(api: Running) -> None:
    alive = httpx.get(f"{api.url}/healthz")
    assert (alive.status_code, alive.json()["status"]) == (200, "ok")
    ready = httpx.get(f"{api.url}/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "parts": {"state": {"state": "ok", "needed": True, "why": ""}}}


async def _away() -> str:
    raise LeadlineError("redis_unavailable", "Redis is away.", "Start it.")


async def _broken() -> str:
    raise ValueError("secret")


async def _fine() -> str:
    return "3 ms behind"


@pytest.mark.parametrize(("needed", "status"), [(True, 503), (False, 200)])
def test_a_part_that_is_down_is_named_with_its_cause(
    state_database: Database, needed: bool, status: int
) -> None:
    probes = {
        "redis": Probe(_away, needed=needed),
        "odd": Probe(_broken, needed=False),
        "replica": Probe(_fine),
    }
    with running(state_database, lambda services: replace(services, probes=probes)) as api:
        answer = httpx.get(f"{api.url}/readyz")
    assert answer.status_code == status
    assert answer.json()["ready"] is (status == 200)
    parts = answer.json()["parts"]
    assert parts["redis"] == {
        "state": "down",
        "needed": needed,
        "code": "redis_unavailable",
        "why": "Redis is away.",
        "fix": "Start it.",
    }
    assert parts["odd"]["state"] == "down" and "secret" not in str(parts["odd"])
    assert parts["replica"]["why"] == "3 ms behind"


def test_counters_name_routes_never_paths(api: Running) -> None:
    with api.signed_in() as client:
        client.post("/api/v1/query", json={"metrics": ["a"]})
        client.get("/api/v1/dashboards/executive")
        client.get("/nothing/4711")
        client.get("/api/v1/nothing/4711")
        client.request("PROPFIND", "/api/v1/query")
        text = client.get("/metrics").text
    assert 'leadline_http_requests_total{route="/api/v1/query",method="POST",status="200"}' in text
    assert 'route="/api/v1/dashboards/{id}"' in text
    assert 'leadline_queries_total{layer="base",cache="miss"}' in text
    assert 'leadline_http_request_seconds_bucket{route="/api/v1/query",le="+Inf"}' in text
    assert "process_resident_memory_bytes" in text
    assert "4711" not in text and "PROPFIND" not in text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("POST", "/api/v1/dashboards", 405, "bad_request"),
        ("GET", "/api/v1/query", 405, "bad_request"),
        ("DELETE", "/healthz", 405, "bad_request"),
        ("PUT", "/", 404, "not_found"),
        ("GET", "/api/v1/query/", 404, "not_found"),
    ],
)
def test_an_address_that_is_none_is_told_in_json(
    api: Running, method: str, path: str, status: int, code: str
) -> None:
    answer = httpx.request(method, api.url + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("allow" in answer.headers) == (status == 405)


def test_the_description_is_served(api: Running) -> None:
    assert httpx.get(f"{api.url}/openapi.json").json()["openapi"] == "3.1.0"


def test_without_a_web_app_the_page_says_so(api: Running) -> None:
    answer = httpx.get(api.url)
    assert answer.status_code == 503
    assert "not built" in answer.text


def test_head_answers_like_get_without_a_body(api: Running) -> None:
    answer = httpx.head(f"{api.url}/healthz")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(LeadlineError) as refused:
            listen(taken.getsockname()[1])
    assert (refused.value.code, refused.value.exit_status) == ("port_taken", 3)


def test_a_free_port_is_found() -> None:
    with listen(0) as bound:
        assert url_of(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"
