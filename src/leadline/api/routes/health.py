"""Whether it lives, whether it is ready, what it can do, what it has done."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import structlog

from leadline import __version__
from leadline.api.answers import Answer, encode, json_answer
from leadline.api.route import ApiRoute, Call, Described
from leadline.api.services import Probe
from leadline.api.telemetry import MEDIA
from leadline.core.errors import LeadlineError

_PATIENCE = 2.0
_log = structlog.get_logger("leadline.api")


async def alive(_: Call) -> Answer:
    """The process answers."""
    return json_answer({"status": "ok", "version": __version__})


async def ready(call: Call) -> Answer:
    """Every part with its cause; 503 where a needed one is down."""
    probes = call.services.probes
    states = await asyncio.gather(*(_state(name, probe) for name, probe in probes.items()))
    parts = dict(zip(probes, states, strict=True))
    is_ready = not any(part["needed"] and part["state"] == "down" for part in states)
    return json_answer({"ready": is_ready, "parts": parts}, 200 if is_ready else 503)


async def _state(name: str, probe: Probe) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_PATIENCE):
            note = await probe.check()
    except LeadlineError as error:
        return {
            "state": "down",
            "needed": probe.needed,
            "code": error.code,
            "why": error.why,
            "fix": error.fix,
        }
    except TimeoutError:
        why = f"It did not answer within {_PATIENCE:.0f} s."
        return {"state": "down", "needed": probe.needed, "code": "timeout", "why": why, "fix": ""}
    except Exception as error:  # noqa: BLE001 - a probe that breaks is a part that is down
        _log.warning("probe_failed", part=name, exc_info=error)
        return {
            "state": "down",
            "needed": probe.needed,
            "code": "internal",
            "why": type(error).__name__,
            "fix": "",
        }
    return {"state": "ok", "needed": probe.needed, "why": note}


async def openapi(_: Call) -> Answer:
    """The description of this API."""
    return Answer(_openapi())


@cache
def _openapi() -> bytes:
    from leadline.api.openapi import document  # noqa: PLC0415 - it reads the registry, which reads this file

    return encode(document())


async def telemetry(call: Call) -> Answer:
    """Counters as Prometheus text."""
    return Answer(call.telemetry.text().encode(), media=MEDIA)


ROUTES = (
    ApiRoute(
        "GET", "/healthz", "alive", "public", alive, "Whether the process lives",
        {200: Described("It does.", "Alive")}, tag="health",
    ),
    ApiRoute(
        "GET", "/readyz", "ready", "public", ready, "Whether every needed part works",
        {200: Described("Ready.", "Ready"), 503: Described("A needed part is down.", "Ready")}, tag="health",
    ),
    ApiRoute(
        "GET", "/openapi.json", "openapi", "public", openapi, "The description of this API",
        {200: Described("OpenAPI 3.1.", {"type": "object"})}, tag="health",
    ),
    ApiRoute(
        "GET", "/metrics", "telemetry", "public", telemetry, "Counters for Prometheus",
        {200: Described("Prometheus text.", {"type": "string"}, "text/plain")}, tag="health",
    ),
)  # fmt: skip
