"""Reading what comes in: a body of bounded size, JSON of bounded depth without surprises."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.types import Receive

from leadline.core.errors import LeadlineError

LARGEST_BODY = 1_000_000
DEEPEST = 64
_WHOLE = 2**63


class ClientLeftError(Exception):
    """The client has gone; nobody waits for the answer."""


async def read_body(receive: Receive, headers: dict[bytes, bytes], largest: int = LARGEST_BODY) -> bytes:
    """The whole body. Raises `too_large` before reading more than `largest` bytes."""
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and len(told) < 20 and int(told) > largest:
        raise _too_large(largest)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientLeftError
        part = message.get("body", b"")
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_large(largest: int) -> LeadlineError:
    why = f"The body of a request has at most {largest:,} bytes."
    return LeadlineError("too_large", why, "Ask for less at once.")


def read_json(body: bytes) -> Any:
    """The value of a JSON text. Raises `bad_json`, or `too_large` where it is nested too deeply."""
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.MsgspecError, ValueError) as error:
        why = f"The body is no JSON: {str(error)[:200]}."
        raise LeadlineError(
            "bad_json", why, "Send a JSON value in UTF-8; NaN and Infinity are none."
        ) from None
    _check(value)
    return value


def _too_deep() -> LeadlineError:
    return LeadlineError("too_large", f"The JSON is nested more than {DEEPEST} levels deep.", "Nest less.")


def _check(value: Any) -> None:
    """No NUL in texts (no database keeps them), no numbers past 64 bits, no endless nesting."""
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            _check_scalar(one)
            if isinstance(one, dict):
                below += one.keys()
                below += one.values()
            elif isinstance(one, list):
                below += one
        if not below:
            return
        level = below
    raise _too_deep()


def _check_scalar(value: Any) -> None:
    if isinstance(value, str) and "\0" in value:
        raise LeadlineError("bad_json", "A text holds the character NUL.", "Leave it out.")
    if isinstance(value, int) and not -_WHOLE <= value < _WHOLE:
        raise LeadlineError(
            "bad_json", "A number is out of range.", "Use at most 64 bits, or write it as text."
        )
