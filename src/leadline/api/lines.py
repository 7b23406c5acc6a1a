"""Answers as lines of a stream: the bytes of the cache between a head and an end, nothing decoded."""

from __future__ import annotations

import time

from leadline.api.answers import encode
from leadline.api.telemetry import Telemetry
from leadline.core.errors import LeadlineError
from leadline.engine.asking import Served

Pieces = list[bytes | memoryview]


def result_line(head: bytes, served: Served, ms: bytes) -> Pieces:
    """A line with an answer, in pieces. `head`: the line's beginning, up to the answer; `ms`: as JSON."""
    return [head, b'"result":', *served.entry.pieces(served.state, ms), b"}"]


def line(telemetry: Telemetry, head: bytes, outcome: Served | LeadlineError, have: object = None) -> bytes:
    """What became of one question: `result`, `error`, or `unchanged` where the asker has it already."""
    if isinstance(outcome, LeadlineError):
        return head + b'"error":' + encode(outcome.to_json()) + b"}"
    telemetry.query(outcome.layer, outcome.state)
    if have is not None and have == outcome.key:
        return head + b'"unchanged":' + encode(outcome.key) + b"}"
    return b"".join(result_line(head, outcome, encode(outcome.ms)))


def done(queries: int, began: float) -> bytes:
    """The last line of a stream."""
    return encode({"done": True, "queries": queries, "ms": round((time.perf_counter() - began) * 1000, 1)})
