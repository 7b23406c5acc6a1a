"""What may be asked."""

from __future__ import annotations

from leadline.api.answers import Answer, json_answer
from leadline.api.catalog import dataset_facts, metric_facts
from leadline.api.route import MODEL_ERRORS, ApiRoute, Call, Described


async def metrics(call: Call) -> Answer:
    """All metrics of the model."""
    model = call.services.model()
    return json_answer({"metrics": [metric_facts(one, model) for one in model.metrics.values()]})


async def datasets(call: Call) -> Answer:
    """All datasets, and the dimensions that several of them share."""
    model = call.services.model()
    shared = [{"name": name, "paths": dict(paths)} for name, paths in model.shared.items()]
    found = [dataset_facts(one) for one in model.datasets.values()]
    return json_answer({"datasets": found, "dimensions": shared})


ROUTES = (
    ApiRoute(
        "GET", "/api/v1/metrics", "metrics", "viewer", metrics, "All metrics",
        {200: Described("With their definitions.", "Metrics")}, errors=MODEL_ERRORS, tag="catalog",
    ),
    ApiRoute(
        "GET", "/api/v1/datasets", "datasets", "viewer", datasets, "All datasets",
        {200: Described("With dimensions, joins and measures.", "Datasets")},
        errors=MODEL_ERRORS, tag="catalog",
    ),
)  # fmt: skip
