"""The web app's files: known by name, cached by their kind, compressed, safe."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from leadline.api.answers import Answer
from leadline.api.web import WebApp
from tests.support.api import web_folder

ASSET = "/assets/index-AbCd1234.js"


def _get(web: WebApp, path: str, method: str = "GET", **headers: str) -> Answer:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": encoded}
    return web.answer(scope)


@pytest.fixture
def web(tmp_path: Path) -> WebApp:
    return WebApp(web_folder(tmp_path / "web"))


@pytest.mark.parametrize(
    "path", ["/", "/explore", "/signin", "/status", "/dashboards", "/dashboards/executive", "/dashboards/a/b"]
)
def test_the_pages_routes_are_the_one_document(web: WebApp, path: str) -> None:
    answer = _get(web, path)
    headers = dict(answer.headers)
    assert (answer.status, answer.media) == (200, "text/html")
    assert answer.body.startswith(b"<!doctype html>")
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/nothing", "/assets/none.js", "/admin", "/index.html/", "/explore/x"])
def test_another_address_is_404(web: WebApp, path: str) -> None:
    assert _get(web, path).status == 404


def test_inline_scripts_are_allowed_by_their_hash_alone(web: WebApp) -> None:
    policy = dict(_get(web, "/").headers)["content-security-policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["script-src"].startswith("'self' 'sha256-")
    assert "unsafe" not in parts["script-src"] + parts["default-src"] + parts["style-src"]
    assert parts["frame-ancestors"] == parts["object-src"] == parts["base-uri"] == "'none'"


def test_hashed_assets_stay_for_ever_others_are_asked_for(web: WebApp) -> None:
    assert "immutable" in dict(_get(web, ASSET).headers)["cache-control"]
    assert dict(_get(web, "/favicon.svg").headers)["cache-control"] == "no-cache"
    assert _get(web, "/favicon.svg").media == "image/svg+xml"
    assert _get(web, ASSET).media == "text/javascript"


def test_an_etag_saves_the_body(web: WebApp) -> None:
    etag = dict(_get(web, ASSET).headers)["etag"]
    again = _get(web, ASSET, if_none_match=f'W/"x", {etag}')
    assert (again.status, again.body) == (304, b"")


def test_texts_are_compressed_for_those_who_take_it(web: WebApp, tmp_path: Path) -> None:
    plain, packed = _get(web, ASSET), _get(web, ASSET, accept_encoding="deflate, gzip;q=0.8")
    assert gzip.decompress(packed.body) == plain.body
    assert dict(packed.headers)["content-encoding"] == "gzip"
    assert dict(packed.headers)["vary"] == "accept-encoding"
    beside = tmp_path / "web" / "assets" / "index-AbCd1234.js.br"
    beside.write_bytes(b"brotli")
    built_anew = WebApp(tmp_path / "web")
    assert _get(built_anew, ASSET, accept_encoding="gzip, br").body == b"brotli"
    assert _get(built_anew, f"{ASSET}.br").status == 404


def test_what_is_not_built_says_so(tmp_path: Path) -> None:
    for web in (WebApp(None), WebApp(tmp_path / "none")):
        answer = _get(web, "/")
        assert answer.status == 503
        assert b"make setup" in answer.body


def test_a_new_build_is_seen(web: WebApp, tmp_path: Path) -> None:
    page = tmp_path / "web" / "index.html"
    assert _get(web, "/").status == 200
    page.write_text("<!doctype html>new", encoding="utf-8")
    os.utime(page, ns=(1, page.stat().st_mtime_ns + 1_000_000))
    assert _get(web, "/").body == b"<!doctype html>new"


def test_a66_no_text_of_a_client_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = web_folder(tmp_path / "web")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    web = WebApp(folder)
    assert _get(web, "/").status == 200
    for path in (
        "/../secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt",
        "//etc/passwd",
        "/..\\secret.txt", "/assets/..%5c..%5csecret.txt", "/link.txt", "/secret.txt\x00.js", "/etc/passwd",
        "/assets/%252e%252e/secret.txt", str(tmp_path / "secret.txt"),
    ):  # fmt: skip
        answer = _get(web, path)
        assert answer.status == 404, path
        assert b"secret" not in answer.body
