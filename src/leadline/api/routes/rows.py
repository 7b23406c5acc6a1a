"""The rows behind a number."""

from __future__ import annotations

from leadline.api.answers import Answer, json_answer
from leadline.api.route import ApiRoute, Call, Described
from leadline.api.routes.query import QUERY_ERRORS


async def rows(call: Call) -> Answer:
    """A page of the rows that a metric counts in a cell."""
    return json_answer(await call.services.engine.rows(call.data, call.viewer))


ROUTES = (
    ApiRoute(
        "POST", "/api/v1/rows", "rows", "viewer", rows, "Rows behind a cell of an answer",
        {200: Described("A page of rows, the latest first.", "Rows")},
        request="Drill", errors=QUERY_ERRORS, long=True,
    ),
)  # fmt: skip
