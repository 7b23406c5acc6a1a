"""How an answer comes about."""

from __future__ import annotations

from leadline.api.answers import Answer, json_answer
from leadline.api.route import ApiRoute, Call, Described
from leadline.api.routes.query import QUERY_ERRORS


async def explain(call: Call) -> Answer:
    """Definition, statement, plan, rollups, rules, cache and times of a question."""
    return json_answer(await call.services.engine.explain(call.data, call.viewer))


ROUTES = (
    ApiRoute(
        "POST", "/api/v1/explain", "explain", "viewer", explain, "How an answer comes about",
        {200: Described("SQL and plan for editors and admins only.", "Explanation")},
        request="ExplainRequest", errors=(*QUERY_ERRORS, "forbidden"), long=True,
    ),
)  # fmt: skip
