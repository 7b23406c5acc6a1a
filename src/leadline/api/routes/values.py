"""The values of a field, for a filter."""

from __future__ import annotations

from leadline.api.answers import Answer, json_answer
from leadline.api.route import ApiRoute, Call, Described
from leadline.api.routes.query import QUERY_ERRORS


async def values(call: Call) -> Answer:
    """The members of a field that the viewer may see."""
    return json_answer(await call.services.engine.values(call.data, call.viewer))


ROUTES = (
    ApiRoute(
        "POST", "/api/v1/values", "values", "viewer", values, "Values of a field",
        {200: Described("Its members by code point, those of numbers and times in order.", "Values")},
        request="ValuesRequest", errors=QUERY_ERRORS, long=True,
    ),
)  # fmt: skip
