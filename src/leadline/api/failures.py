"""Errors on their way out: always `{"code","why","fix","at"}`, with a log id where it is our fault."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException

from leadline.accounts.schemas import TooManyAttemptsError
from leadline.api.answers import Answer, Headers, json_answer
from leadline.core.errors import LeadlineError
from leadline.sources.postgres import SourceBusyError

_log = structlog.get_logger("leadline.api")


def internal(error: BaseException, **facts: Any) -> LeadlineError:
    """Our own mistake: written to the log with all that is known, told to the client with the id alone."""
    log_id = secrets.token_hex(6)
    _log.error("internal", log_id=log_id, exc_info=error, **facts)
    why = f"Something went wrong on our side (log id {log_id})."
    return LeadlineError("internal", why, "Try again; if it stays, give an admin the log id.")


def of_error(error: LeadlineError) -> Answer:
    """The answer to an error that has a code."""
    headers: Headers = ()
    if isinstance(error, TooManyAttemptsError | SourceBusyError):
        headers = (("retry-after", str(error.retry_after)),)
    if error.code == "not_signed_in":
        headers = (("www-authenticate", 'Bearer realm="leadline"'),)
    if error.status >= HTTPStatus.SERVICE_UNAVAILABLE:
        _log.warning("unavailable", code=error.code, why=error.why)
    return json_answer(error.to_json(), error.status, headers)


def of_http(error: HTTPException) -> Answer:
    """The answer where no route fits: 404, or 405 with what is allowed."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        wrong = LeadlineError("bad_request", "This address does not take this method.", f"Use {allowed}.")
        return json_answer(wrong.to_json(), 405, (("allow", allowed),))
    return of_error(not_found())


def not_found() -> LeadlineError:
    """The answer to an address that is none of ours."""
    return LeadlineError("not_found", "There is nothing at this address.", "See /openapi.json.")
