"""Dashboards: which there are, the document of one, and the data of all its tiles in one stream."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncGenerator, Iterator

from leadline.api.answers import NDJSON, Answer, Stream, closing, encode, json_answer
from leadline.api.catalog import metric_facts
from leadline.api.lines import done, line
from leadline.api.questions import Composed
from leadline.api.route import MODEL_ERRORS, ApiRoute, Call, Described
from leadline.dashboards.service import Document

_ID = {"id": "The dashboard's id"}


async def listed(call: Call) -> Answer:
    """All dashboards, home first."""
    dashboards = call.services.dashboards
    home = await dashboards.home()
    found = [
        {"id": one.dashboard, "title": one.title, "about": one.about, "home": one.dashboard == home}
        for one in await dashboards.all()
    ]
    return json_answer({"dashboards": found})


async def one(call: Call) -> Answer:
    """One document with its defaults filled in, and what its metrics mean."""
    document = await call.services.dashboards.get(call.params["id"])
    model = call.services.model()
    shown = document.to_json()
    names = dict.fromkeys(_metrics(document))
    metrics = {name: metric_facts(model.metrics[name], model) for name in names if name in model.metrics}
    key = hashlib.sha256(encode([shown, model.fingerprint])).hexdigest()[:32]
    return json_answer({"dashboard": shown, "metrics": metrics, "key": key})


def _metrics(document: Document) -> Iterator[str]:
    for section in document.sections:
        for tile in section.tiles:
            for query in tile.queries.values():
                yield from query.get("metrics", ())


async def data(call: Call) -> Stream:
    """Bar and tiles composed into queries, answered in order of readiness."""
    return Stream(_lines(call, await call.questions.of(call.params["id"], call.body, call.viewer)))


async def _lines(call: Call, composed: Composed) -> AsyncGenerator[bytes]:
    began = time.perf_counter()
    async with closing(call.services.engine.serve_many(composed.questions)) as answers:
        async for places, outcome in answers:
            for place in places:
                yield line(call.telemetry, composed.heads[place], outcome)
    yield done(len(composed.questions), began)


ROUTES = (
    ApiRoute(
        "POST", "/api/v1/dashboards/{id}/data", "dashboard_data", "viewer", data, "The data of a dashboard",
        {200: Described("One line a query in order of readiness, then {done}.", "DataLine", NDJSON)},
        request="DataRequest", parameters=_ID, long=True,
        errors=("bad_json", "unknown_key", "bad_range", "unknown_preset", "unknown_grain", "not_found",
                "too_large", *MODEL_ERRORS),
    ),
    ApiRoute(
        "GET", "/api/v1/dashboards", "dashboards", "viewer", listed, "All dashboards",
        {200: Described("Home first.", "Dashboards")}, errors=MODEL_ERRORS, tag="dashboards",
    ),
    ApiRoute(
        "GET", "/api/v1/dashboards/{id}", "dashboard", "viewer", one, "One dashboard",
        {200: Described("The document, and what its metrics mean.", "DashboardAnswer")},
        parameters=_ID, errors=("not_found", *MODEL_ERRORS), tag="dashboards",
    ),
)  # fmt: skip
