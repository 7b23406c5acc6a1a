"""Asks the product whether it is ready, and understands what keeps it from being so."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from leadline.core.errors import CODES, LeadlineError

READY_SECONDS = 120
"""How long the processes may take to answer at all."""
PATIENCE_SECONDS = 15
"""How long a part that it needs may be down at the start."""
MODEL_SECONDS = 3
_MODEL = "model"

Parts = dict[str, dict[str, Any]]


def wait(url: str, look: Callable[[], None]) -> LeadlineError | None:
    """Waits until the product at `url` is ready. `look` is called meanwhile and may raise.

    A model that does not fit the source is no reason to stop: somebody may be about to import the tables. It
    is given back. Raises what is wrong with another part that stays down.
    """
    began = time.monotonic()
    while True:
        look()
        down = _down(url)
        waited = time.monotonic() - began
        if down == {}:
            return None
        if down is not None and down.keys() == {_MODEL} and waited > MODEL_SECONDS:
            return _error(down[_MODEL])
        if down and waited > PATIENCE_SECONDS and down.keys() != {_MODEL}:
            raise _error(next(part for name, part in down.items() if name != _MODEL))
        if waited > READY_SECONDS:
            raise LeadlineError(
                "process_failed", f"{url} does not answer", "Read the logs in the data directory."
            )
        time.sleep(0.05)


def first_page(url: str) -> None:
    """Gets the page once, as the first visitor will."""
    _get(url)


def _down(url: str) -> Parts | None:
    """The needed parts that are down; None where nothing sensible was answered."""
    try:
        said = json.loads(_get(f"{url}/readyz"))
        parts: Parts = said["parts"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return {name: part for name, part in parts.items() if part.get("needed") and part.get("state") != "ok"}


def _get(url: str) -> bytes:
    """The body of an answer, also of one that says no."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of our own
            return bytes(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read()


def _error(part: dict[str, Any]) -> LeadlineError:
    code = str(part.get("code", ""))
    return LeadlineError(
        code if code in CODES else "process_failed", str(part.get("why", "")), str(part.get("fix", ""))
    )
