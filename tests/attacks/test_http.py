"""Attacks on the HTTP surface, each named after its case (docs/security.md)."""

from __future__ import annotations

import json
import socket

import httpx
import pytest

from leadline.api.registry import ROUTES
from tests.support.api import Running
from tests.support.logs import logged
from tests.support.state import PASSWORD, VIEWER
from tests.support.waiting import promptly

HOSTILE = [
    "x') OR 1=1--",
    "';select pg_sleep(5)--",
    "\x00",
    "{{''.__class__}}",
    "${7*7}",
    "%s%n",
    "\u202eevil",
    "\x1b[31m\r\nlog: forged",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "a" * 100_000,
    "\ud800",
]
SIGN_IN = "/api/v1/session"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a07_sign_in_withstands_hostile_text(api: Running, text: str) -> None:
    body = json.dumps({"email": text, "password": text}).encode()
    headers = {"content-type": "application/json"}
    answer = promptly(lambda: httpx.post(api.url + SIGN_IN, content=body, headers=headers), 3)
    assert answer.status_code in {400, 401}
    assert answer.json()["code"] in {"bad_json", "wrong_password"}
    assert "SELECT" not in answer.text and "psycopg" not in answer.text


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"", ""),
        (b"\xff\xfe\x00", "application/json"),
        (b"[" * 500_000, "application/json"),
        (b'{"email":{"$ne":null},"password":{"$ne":null}}', "application/json"),
        (b'{"__proto__":{"role":"admin"}}', "application/json"),
        (b"email=a&password=b", "application/x-www-form-urlencoded"),
        (b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>", "application/xml"),
    ],
    ids=range(7),
)
def test_a07_public_routes_withstand_hostile_bodies(api: Running, body: bytes, media: str) -> None:
    for route in (one for one in ROUTES if one.policy == "public" and one.request):
        answer = httpx.request(
            route.method, api.url + route.path, content=body, headers={"content-type": media}
        )
        assert 400 <= answer.status_code < 500
        assert set(answer.json()) == {"code", "why", "fix", "at"}


def test_a29_what_a_client_says_of_caches_decides_nothing(api: Running) -> None:
    with api.signed_in() as client:
        hints = {"if-none-match": "*", "cache-control": "only-if-cached", "x-request-id": "'; drop"}
        answer = client.post("/api/v1/query", json={"metrics": ["a"]}, headers=hints)
    assert answer.status_code == 200
    assert "etag" not in answer.headers


def test_a32_no_answer_may_be_kept_by_a_shared_cache(api: Running) -> None:
    with api.signed_in() as client:
        for path in ("/api/v1/session", "/api/v1/metrics", "/api/v1/dashboards", "/readyz"):
            assert client.get(path).headers["cache-control"] == "private, no-store"


def test_a36_a_foreign_id_looks_like_an_absent_one(api: Running) -> None:
    with api.signed_in() as client:
        answers = [
            client.get(f"/api/v1/dashboards/{name}") for name in ("none", "%00", "..", "executive%2f..")
        ]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    "extra", [{"org": "other"}, {"role": "admin"}, {"viewer": {}}, {"rls": []}, {"as": "x"}]
)
def test_a37_rights_cannot_be_put_into_a_body(api: Running, extra: dict[str, object]) -> None:
    with api.signed_in() as client:
        signed = client.post(SIGN_IN, json={"email": VIEWER.email, "password": PASSWORD, **extra})
        batch = client.post("/api/v1/batch", json={"queries": [], **extra})
    assert [(one.status_code, one.json()["code"]) for one in (signed, batch)] == [(400, "unknown_key")] * 2


def test_a38_answers_hold_no_secrets(api: Running) -> None:
    with api.signed_in() as client:
        texts = [
            client.get(route.path).text for route in ROUTES if route.method == "GET" and "{" not in route.path
        ]
        texts.append(client.post(SIGN_IN, json={"email": VIEWER.email, "password": PASSWORD}).text)
    whole = "".join(texts)
    for secret in (
        "$argon2",
        PASSWORD,
        client.cookies["leadline_session"],
        "postgresql://",
        "ada@example.com",
    ):
        assert secret not in whole


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.method != "GET"], ids=lambda r: f"{r.method} {r.path}"
)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
    ],
    ids=lambda headers: "-".join(headers.values()),
)
def test_a59_no_other_site_can_make_a_signed_in_browser_act(
    api: Running, route: object, headers: dict[str, str]
) -> None:
    assert hasattr(route, "method") and hasattr(route, "path")
    with api.signed_in() as client:
        asked = len(api.engine.asked)
        url = route.path.replace("{id}", "executive")
        sent = {"content-type": "application/json", **headers}
        answer = client.request(route.method, url, content=b'{"metrics":["a"],"queries":[]}', headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
        assert "set-cookie" not in answer.headers
        assert len(api.engine.asked) == asked
        assert client.get(SIGN_IN).status_code == 200


def test_a59_our_own_page_and_programs_without_a_page_may_act(api: Running) -> None:
    with api.signed_in() as client:
        for headers in (
            {"origin": api.url, "sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
            {"content-type": "application/json; charset=utf-8"},
            {},
        ):
            answer = client.post("/api/v1/query", json={"metrics": ["a"]}, headers=headers)
            assert answer.status_code == 200, headers


def test_a59_get_changes_nothing(api: Running) -> None:
    with api.signed_in() as client:
        for route in ROUTES:
            if route.method == "GET":
                client.get(route.path.replace("{id}", "executive"))
        assert client.get(SIGN_IN).status_code == 200


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "/%5cevil.example", "/..%2f%5cevil.example"]
)
def test_a60_nothing_redirects(api: Running, path: str) -> None:
    answer = httpx.get(api.url + path, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_a61_headers_of_a_proxy_that_is_none_are_ignored(api: Running) -> None:
    forged = {
        "x-forwarded-for": "10.9.9.9",
        "x-forwarded-proto": "https",
        "x-forwarded-user": "ada@example.com",
    }
    answer = httpx.get(api.url + SIGN_IN, headers={**forged, "x-remote-user": "ada@example.com"})
    assert answer.status_code == 401
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/..%2f..%2fetc/passwd", "/%252e%252e/etc/passwd", "/..\\..\\etc\\passwd", "/%00", "/assets/..%2findex"],
)
def test_a66_no_path_leads_out_of_the_web_app(api: Running, path: str) -> None:
    with socket.create_connection(api.url.removeprefix("http://").split(":")) as raw:  # type: ignore[arg-type]
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.split(b" ")[1] in {b"404", b"400"}
    assert b"root:" not in answer


def test_a54_a72_a73_every_answer_carries_the_protecting_headers(api: Running) -> None:
    expected = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
    }
    with api.signed_in() as client:
        answers = [
            client.get("/"),
            client.get("/nothing"),
            client.get("/api/v1/metrics"),
            client.get("/api/v1/nothing"),
            client.post("/api/v1/query", json={"metrics": ["a"]}),
            client.post("/api/v1/query", json={"metrics": ["bug"]}),
            client.post("/api/v1/batch", json={"queries": []}),
            client.post("/api/v1/query", content=b"x" * 1_100_000),
        ]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in expected} == expected
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy and "script-src 'self';" in policy
        assert "permissions-policy" in answer.headers
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_a73_json_is_told_as_json(api: Running) -> None:
    with api.signed_in() as client:
        answer = client.post("/api/v1/query", json={"metrics": ["<script>alert(1)</script>"]})
    assert answer.headers["content-type"] == "application/json"


def test_a75_one_line_of_the_log_each_and_no_secrets(api: Running) -> None:
    with logged() as text, api.client() as client:
        client.get("/x%0a%0dfake%1b[31m?token=geheim", headers={"authorization": "Bearer ll_ab_geheim"})
        client.post(SIGN_IN, json={"email": "a\nb\x1b[0m", "password": "geheim"})
        client.get("/api/v1/metrics", headers={"cookie": "leadline_session=geheim"})
    records = [json.loads(line) for line in text().splitlines()]
    assert len([one for one in records if one["event"] == "request"]) == 3
    assert "geheim" not in text() and "\x1b" not in text()


@pytest.mark.parametrize("told", [True, False])
def test_a78_a_large_body_is_refused_before_it_is_read(api: Running, told: bool) -> None:
    def parts() -> object:
        for _ in range(50):
            yield b" " * 1_000_000

    with api.signed_in() as client:
        headers = {"content-type": "application/json"}
        body = b" " * 50_000_000 if told else parts()
        try:
            answer = client.post("/api/v1/query", content=body, headers=headers)  # type: ignore[arg-type]
        except (httpx.WriteError, httpx.ReadError):
            return  # refused and closed while it was still being sent
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a78_a_thousand_questions_and_deep_nesting_are_refused(api: Running) -> None:
    deep: object = []
    for _ in range(100):
        deep = [deep]
    with api.signed_in() as client:
        many = client.post("/api/v1/batch", json={"queries": [{"metrics": ["a"]}] * 1000})
        nested = client.post("/api/v1/query", json={"metrics": deep})
    assert (many.status_code, nested.status_code) == (413, 413)


def test_a77_many_idle_sockets_do_not_keep_others_out(api: Running) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port))) for _ in range(200)]
    try:
        for one in idle:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert promptly(lambda: httpx.get(f"{api.url}/healthz"), 1).status_code == 200
    finally:
        for one in idle:
            one.close()
