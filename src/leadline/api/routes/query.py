"""Questions: one, or many in a stream."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any

from leadline.api.answers import NDJSON, Answer, Stream, closing, encode, json_answer
from leadline.api.route import ApiRoute, Call, Described
from leadline.core.errors import LeadlineError
from leadline.core.result import Result
from leadline.planner.json_reader import Node

MOST_QUERIES = 200
_ERRORS = (
    "bad_json", "unknown_key", "unknown_metric", "unknown_field", "unknown_operator", "unknown_preset",
    "unknown_grain", "unknown_zone", "ambiguous_path", "unreachable_field", "wrong_value_type", "bad_range",
    "bad_as_of", "no_time", "grain_too_fine", "too_many_buckets", "not_comparable", "bad_top", "bad_limit",
    "no_rate", "not_supported", "forbidden_field", "model_invalid", "too_large", "too_many_requests",
    "source_unavailable", "source_login", "timeout",
)  # fmt: skip


def outcome(call: Call, answer: Result | LeadlineError, have: object = None) -> dict[str, Any]:
    """What became of one question: `result`, `error`, or `unchanged` where the asker has it already."""
    if isinstance(answer, LeadlineError):
        return {"error": answer.to_json()}
    call.telemetry.query(answer.served_by.layer, answer.served_by.cache)
    if have is not None and have == answer.key:
        return {"unchanged": answer.key}
    return {"result": answer.to_json()}


async def ask(call: Call) -> Answer:
    """One question, one answer."""
    answer = await call.services.engine.ask(call.data, call.viewer)
    told = outcome(call, answer, call.data.get("have"))
    return json_answer(told.get("result", told))


async def batch(call: Call) -> Stream:
    """Many questions, answered in order of readiness."""
    node = Node(call.data).object(("queries",))
    queries = [item.value for item in node["queries"].items(MOST_QUERIES)]
    return Stream(_lines(call, queries))


async def _lines(call: Call, queries: list[Any]) -> AsyncGenerator[bytes]:
    began = time.perf_counter()
    tagged = [(str(index), query) for index, query in enumerate(queries)]
    async with closing(call.services.engine.ask_many(tagged, call.viewer)) as answers:
        async for tag, answer in answers:
            query = queries[int(tag)]
            have = query.get("have") if isinstance(query, dict) else None
            yield encode({"index": int(tag), **outcome(call, answer, have)})
    yield done(len(queries), began)


def done(queries: int, began: float) -> bytes:
    """The last line of a stream."""
    return encode({"done": True, "queries": queries, "ms": round((time.perf_counter() - began) * 1000, 1)})


ROUTES = (
    ApiRoute(
        "POST", "/api/v1/query", "query", "viewer", ask, "Ask one question",
        {200: Described("The answer, or {unchanged} where `have` still holds.", "ResultOrUnchanged")},
        request="Query", errors=_ERRORS, long=True,
    ),
    ApiRoute(
        "POST", "/api/v1/batch", "batch", "viewer", batch, "Ask many questions",
        {200: Described("One line a question in order of readiness, then {done}.", "BatchLine", NDJSON)},
        request="Batch", errors=("bad_json", "unknown_key", "too_large"), long=True,
    ),
)  # fmt: skip
