"""Asks one query of a running product over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from leadline import settings
from leadline.cli.place import Place
from leadline.core.errors import CODES, LeadlineError
from leadline.embedded import status

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Told:
    """The Result (JSON), and how it came about where that was asked."""

    result: dict[str, Any]
    explanation: Mapping[str, Any] | None = None


def over_http(place: Place, query: Any, *, explain: bool = False) -> Told:
    """The Result (JSON) of the product that runs. Raises what it answers, or `not_running`."""
    result = _post(place, "query", query)
    return Told(result, _post(place, "explain", query) if explain else None)


def _post(place: Place, path: str, query: Any) -> dict[str, Any]:
    url, key = _address(place)
    try:
        answer = httpx.post(
            f"{url}/api/v1/{path}",
            content=json.dumps(query, allow_nan=False),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            timeout=_PATIENCE,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = f"{url} does not answer ({type(error).__name__})"
        raise LeadlineError("not_running", why, "Start it: leadline demo, or leadline up.") from None
    except ValueError:
        raise LeadlineError("bad_json", "NaN and infinity are no JSON values", "Send a number.") from None
    try:
        body = answer.json()
    except ValueError:
        why = f"{url} answers {answer.status_code} and no JSON"
        raise LeadlineError("not_running", why, "Is it the address of a Leadline?") from None
    if answer.is_success and isinstance(body, dict):
        return body
    raise _told(body)


def _address(place: Place) -> tuple[str, str]:
    """Address and key: as set in the environment, else those in the data directory's status."""
    known = settings.load(data_dir=place.data_dir)
    if place.data_dir is None and known.url and known.api_key:
        return known.url.rstrip("/"), known.api_key
    found = status.read(known.data_dir)
    return found["url"], found["api_key"]


def _told(body: Any) -> LeadlineError:
    facts = body if isinstance(body, dict) else {}
    code = facts.get("code")
    known = code if code in CODES else "internal"
    return LeadlineError(
        known, str(facts.get("why", body)), str(facts.get("fix", "")), str(facts.get("at") or "")
    )
