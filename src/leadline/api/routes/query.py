"""Questions: one, or many in a stream."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any

from leadline.api.answers import NDJSON, Answer, Stream, closing, json_answer
from leadline.api.lines import done, line
from leadline.api.route import ApiRoute, Call, Described
from leadline.core.errors import LeadlineError
from leadline.planner.json_reader import Node

MOST_QUERIES = 200
QUERY_ERRORS = (
    "bad_json", "unknown_key", "unknown_metric", "unknown_field", "unknown_operator", "unknown_preset",
    "unknown_grain", "unknown_zone", "ambiguous_path", "unreachable_field", "wrong_value_type", "bad_range",
    "bad_as_of", "no_time", "grain_too_fine", "too_many_buckets", "not_comparable", "bad_top", "bad_limit",
    "no_rate", "not_supported", "forbidden_field", "model_invalid", "too_large", "too_many_requests",
    "source_unavailable", "source_login", "timeout",
)  # fmt: skip


async def ask(call: Call) -> Answer:
    """One question, one answer."""
    engine = call.services.engine
    prepared = engine.try_prepare(call.data, call.viewer)
    if isinstance(prepared, LeadlineError):
        raise prepared
    served = await engine.serve(prepared)
    call.telemetry.query(served.layer, served.state)
    have = call.data.get("have")
    if have is not None and have == served.key:
        return json_answer({"unchanged": served.key})
    return Answer(served.json())


async def batch(call: Call) -> Stream:
    """Many questions, answered in order of readiness."""
    node = Node(call.data).object(("queries",))
    queries = [item.value for item in node["queries"].items(MOST_QUERIES)]
    return Stream(_lines(call, queries))


async def _lines(call: Call, queries: list[Any]) -> AsyncGenerator[bytes]:
    began = time.perf_counter()
    engine = call.services.engine
    prepared = [engine.try_prepare(query, call.viewer) for query in queries]
    async with closing(engine.serve_many(prepared)) as answers:
        async for places, outcome in answers:
            for place in places:
                have = queries[place].get("have") if isinstance(queries[place], dict) else None
                yield line(call.telemetry, b'{"index":%d,' % place, outcome, have)
    yield done(len(queries), began)


ROUTES = (
    ApiRoute(
        "POST", "/api/v1/query", "query", "viewer", ask, "Ask one question",
        {200: Described("The answer, or {unchanged} where `have` still holds.", "ResultOrUnchanged")},
        request="Query", errors=QUERY_ERRORS, long=True,
    ),
    ApiRoute(
        "POST", "/api/v1/batch", "batch", "viewer", batch, "Ask many questions",
        {200: Described("One line a question in order of readiness, then {done}.", "BatchLine", NDJSON)},
        request="Batch", errors=("bad_json", "unknown_key", "too_large"), long=True,
    ),
)  # fmt: skip
