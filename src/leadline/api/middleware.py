"""Around every request: errors become answers, headers that protect, counts and times. Pure ASGI."""

from __future__ import annotations

import time
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leadline.api import failures
from leadline.api.answers import encode
from leadline.api.body import ClientLeftError
from leadline.api.telemetry import Telemetry
from leadline.core.errors import LeadlineError

_log = structlog.get_logger("leadline.api")
_CLIENT_LEFT = 499  # what proxies write down for it; never sent

CSP = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self'{styles}; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
)
"""`style-src-attr` alone allows inline style attributes: charts put their tooltips together with them."""

_HEADERS = (
    ("content-security-policy", CSP.format(scripts="", styles="")),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "private, no-store"),
)
_ENCODED = tuple((name.encode(), value.encode()) for name, value in _HEADERS)
_HSTS = (b"strict-transport-security", b"max-age=31536000")


class SafeHeaders:
    """Puts the protecting headers on every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(message.get("headers", ()), scope["scheme"] == "https")
            await send(message)

        await self._app(scope, receive, sending)


def completed(headers: Any, secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with the protecting ones that it does not set itself."""
    own = list(headers)
    names = {name.lower() for name, _ in own}
    own += [pair for pair in _ENCODED if pair[0] not in names]
    return [*own, _HSTS] if secure else own


class Observed:
    """Counts and times requests, and turns every exception into an answer and a line of the log."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app, self._telemetry = app, telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = _Sent(send)
        began = time.perf_counter()
        self._telemetry.in_flight += 1
        try:
            await self._app(scope, receive, sent)
        except ClientLeftError:
            sent.status = _CLIENT_LEFT
        except Exception as error:  # noqa: BLE001 - the edge: nothing may get past it
            await _told(error, scope, sent)
        finally:
            self._telemetry.in_flight -= 1
            self._done(scope, sent.status, time.perf_counter() - began)

    def _done(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("leadline.route", "(none)")
        self._telemetry.request(route, _method(scope), status, seconds)
        path = scope["path"][:200]
        _log.info("request", method=_method(scope), path=path, status=status, ms=round(seconds * 1000, 2))


def _method(scope: Scope) -> str:
    """The method, or `OTHER`: clients may make up as many as they like."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return scope["method"] if scope["method"] in known else "OTHER"


class _Sent:
    """`send`, remembering the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


async def _told(error: Exception, scope: Scope, sent: _Sent) -> None:
    """Answers an error; one in the middle of a stream is its last line."""
    if isinstance(error, HTTPException):
        answer = failures.of_http(error)
    else:
        known = (
            error if isinstance(error, LeadlineError) else failures.internal(error, path=scope["path"][:200])
        )
        if sent.status:
            await sent({"type": "http.response.body", "body": encode({"error": known.to_json()}) + b"\n"})
            return
        answer = failures.of_error(known)
    await answer.send(sent)
