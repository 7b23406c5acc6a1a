"""`docs/reference/api.md` and the table of `docs/reference/errors.md`, from the registry and the codes."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.api.openapi.document import errors_of
from leadline.api.registry import ROUTES
from leadline.api.route import ApiRoute
from leadline.core.errors import CODES

_API = """# HTTP API

Made from the registry of routes by `python -m leadline.api.openapi --write`; do not edit. Schemas of bodies
and answers stand in [openapi.json](../../schemas/openapi.json), which a running product serves at
`/openapi.json`.

Sign in with `POST /api/v1/session`, which sets the cookie `leadline_session`, or send
`Authorization: Bearer KEY` (`leadline key add NAME`). With a key alone nothing else is needed. With the
cookie, requests by `POST` or `DELETE` must come from the product's own page (`Origin`, `Sec-Fetch-Site`) and
their body must be `application/json`.

A stream (`application/x-ndjson`) holds one JSON object a line, each sent as soon as it is ready, and ends
with `{"done": true, "queries": n, "ms": t}`. One question that fails is a line with `error`; a line with
`error` and nothing else says that the whole stream failed. Whoever closes the connection cancels what still
runs.

An error is `{"code", "why", "fix", "at"}`; see [errors](errors.md).
"""
_ERRORS = """# Errors

Made from the codes by `python -m leadline.api.openapi --write`; do not edit. Every error is
`{"code", "why", "fix", "at"}`: a permanent code, the cause, the way out, and where: a JSON pointer into the
body of a request, or `file:line`. The command line prints one line and ends with the exit status; with
`--format json` it prints the object on stderr.

| Code | HTTP | Exit |
| --- | --- | --- |
"""


def api_page() -> str:
    """The page about all routes."""
    return "\n".join([_API, *(line for route in ROUTES for line in _route(route))])


def _route(route: ApiRoute) -> Iterator[str]:
    yield f"## `{route.method} {route.path}`\n"
    yield f"{route.about}. For: {_WHO[route.policy]}.\n"
    if route.request:
        yield f"Body: `{route.request}`.\n"
    for status, answer in route.answers.items():
        schema = f" `{answer.schema}`" if isinstance(answer.schema, str) else ""
        media = f" ({answer.media})" if answer.schema and answer.media != "application/json" else ""
        yield f"- {status}{schema}{media}: {answer.about}"
    codes = sorted(errors_of(route), key=lambda code: (CODES[code].status, code))
    yield "- Errors: " + ", ".join(f"[`{code}`](../errors/{code}.md)" for code in codes) + ".\n"


_WHO = {"public": "anybody", "viewer": "whoever is signed in", "admin": "admins"}


def errors_page() -> str:
    """The page with all codes."""
    rows = (f"| [`{name}`](../errors/{name}.md) | {of.status} | {of.exit} |\n" for name, of in CODES.items())
    return _ERRORS + "".join(rows)
