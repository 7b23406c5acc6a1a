"""Signing in and out over HTTP, with the cookie or a key."""

from __future__ import annotations

from http.cookies import SimpleCookie

import httpx
import pytest

from leadline.accounts.limits import MemoryCounter, Rate, SignInLimits
from tests.support.api import PRODUCT, Running, running
from tests.support.databases import Database
from tests.support.state import ADMIN, PASSWORD, VIEWER

PATH = "/api/v1/session"
GOOD = {"email": VIEWER.email, "password": PASSWORD}
VIC = {
    "org": "main",
    "email": "vic@example.com",
    "role": "viewer",
    "name": "Vic Viewer",
    "locale": "en-US",
    "zone": None,
}


def test_sign_in_who_am_i_sign_out(api: Running) -> None:
    with api.client() as client:
        nobody = client.get(PATH)
        assert (nobody.status_code, nobody.json()["code"]) == (401, "not_signed_in")
        signed = client.post(PATH, json=GOOD)
        assert (signed.status_code, signed.json()) == (200, {"viewer": VIC})
        assert client.get(PATH).json() == {"viewer": VIC, "product": PRODUCT.to_json()}
        token = client.cookies["leadline_session"]
        assert client.delete(PATH).status_code == 204
        assert "leadline_session" not in client.cookies
        client.cookies.set("leadline_session", token)
        assert client.get(PATH).status_code == 401


def test_a58_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api: Running) -> None:
    with api.client() as client:
        first = SimpleCookie(client.post(PATH, json=GOOD).headers["set-cookie"])["leadline_session"]
        second = SimpleCookie(client.post(PATH, json=GOOD).headers["set-cookie"])["leadline_session"]
        assert first["httponly"] and first["samesite"] == "Lax" and first["path"] == "/"
        assert not first["domain"] and not first["secure"]
        assert first.value != second.value
        client.cookies.clear()
        client.cookies.set("leadline_session", first.value)
        assert client.get(PATH).status_code == 401


def test_a58_a_token_that_was_set_before_sign_in_is_worth_nothing(api: Running) -> None:
    with api.client() as client:
        client.cookies.set("leadline_session", "fixed")
        assert client.post(PATH, json=GOOD, headers={"cookie": "leadline_session=fixed"}).status_code == 200
    with api.client() as other:
        other.cookies.set("leadline_session", "fixed")
        assert other.get(PATH).status_code == 401


def test_the_cookie_is_secure_where_the_product_is_known_under_https(state_database: Database) -> None:
    from dataclasses import replace

    https = frozenset({"https://bi.example.com"})
    with (
        running(state_database, lambda services: replace(services, origins=https)) as api,
        api.client() as client,
    ):
        headers = {"origin": "https://bi.example.com", "sec-fetch-site": "same-origin"}
        answer = client.post(PATH, json=GOOD, headers=headers)
        assert answer.status_code == 200
        assert SimpleCookie(answer.headers["set-cookie"])["leadline_session"]["secure"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": VIEWER.email, "password": "wrong"}, 401, "wrong_password"),
        ({"email": "nobody@example.com", "password": "wrong"}, 401, "wrong_password"),
        ({"email": VIEWER.email}, 400, "bad_json"),
        ({"email": VIEWER.email, "password": 1}, 400, "bad_json"),
        ({"email": VIEWER.email, "password": ["x"]}, 400, "bad_json"),
        ({**GOOD, "role": "admin"}, 400, "unknown_key"),
        ({"email": "x" * 1000, "password": "x"}, 400, "bad_json"),
        ([], 400, "bad_json"),
        ("text", 400, "bad_json"),
    ],
)
def test_a_wrong_sign_in_sets_no_cookie(api: Running, body: object, status: int, code: str) -> None:
    with api.client() as client:
        answer = client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "set-cookie" not in answer.headers


def test_a57_too_many_attempts_are_told_when_to_come_back(state_database: Database) -> None:
    limits = SignInLimits(MemoryCounter(), Rate(3, 30), Rate(1000, 30))
    with running(state_database, limits=limits) as api, api.client() as client:
        wrong = {"email": VIEWER.email, "password": "wrong"}
        statuses = [client.post(PATH, json=wrong).status_code for _ in range(4)]
        last = client.post(PATH, json=GOOD)
    assert statuses == [401, 401, 401, 429]
    assert (last.status_code, last.json()["code"], last.headers["retry-after"]) == (
        429,
        "too_many_requests",
        "30",
    )


def test_an_admin_is_told_from_a_viewer(api: Running) -> None:
    with api.signed_in(ADMIN.email) as client:
        assert client.get(PATH).json()["viewer"]["role"] == "admin"


@pytest.mark.parametrize(
    "value", ["Bearer", "bearer x", "Bearer x", "Bearer ll_x_y", "Basic dmljOng=", "ll_a_b"]
)
def test_a_wrong_key_is_nobody_whatever_the_cookie(api: Running, value: str) -> None:
    with api.signed_in() as client:
        answer = client.get(PATH, headers={"authorization": value})
    expected = 401 if value.lower().startswith("bearer") else 200
    assert answer.status_code == expected
    with api.client() as client:
        assert client.get(PATH, headers={"authorization": value}).status_code == 401


def test_the_challenge_names_the_way_in(api: Running) -> None:
    answer = httpx.get(api.url + PATH)
    assert answer.headers["www-authenticate"].startswith("Bearer")
