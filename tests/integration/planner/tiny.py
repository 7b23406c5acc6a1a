"""A few rows and one question, for examples that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.viewer import Viewer
from tests.integration.planner.answered import ALL, using
from tests.integration.planner.oracle_answer import Expected, expected
from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.spec import Measure, Metric, Simple, Spec
from tests.integration.planner.world import NOW
from tests.integration.planner.world_base import AMOUNT, BASE
from tests.integration.planner.world_parts import ADMIN, wide
from tests.integration.planner.world_tables import COLUMNS

CHICAGO = ZoneInfo("America/Chicago")
with using(ALL):
    WIDE = replace(BASE, datasets=wide())


def at(text: str) -> datetime:
    """A wall clock in Chicago (its first time, where it exists twice) as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def row(table: str, number: int, **more: Any) -> dict[str, Any]:
    """A row: what is not named is NULL; texts are made times and dates where the column is one."""
    kinds = {name: kind.kind for name, kind in COLUMNS[table].items()}
    made = {name: _as(kinds[name], value) for name, value in more.items()}
    return {**dict.fromkeys(kinds), **({"id": number} if "id" in kinds else {}), **made}


def _as(kind: str, value: Any) -> Any:
    forms = {"time": at, "date": date.fromisoformat, "wall": datetime.fromisoformat}
    return forms[kind](value) if kind in forms and isinstance(value, str) else value


def deals(*days: str, **more: Any) -> list[dict[str, Any]]:
    """A deal won for 10 on each day."""
    base = {"status": "won", "amount": "10", **more}
    return [row("deals", n, **{"closed_at": day, **base}) for n, day in enumerate(days, 1)]


def spec_with(*metrics: Metric, measures: Mapping[str, Measure] | None = None, **more: Any) -> Spec:
    """The wide model with more metrics, and more measures by `dataset.measure`."""
    found = dict(WIDE.datasets)
    for ref, measure in (measures or {}).items():
        dataset = found[ref.partition(".")[0]]
        found[dataset.name] = replace(dataset, measures={**dataset.measures, measure.name: measure})
    named = {one.name: one for one in metrics}
    return replace(WIDE, datasets=found, metrics={**WIDE.metrics, **named}, **more)


def with_measure(measure: Measure) -> Spec:
    """The wide model with a metric `it` of this measure of deals, by the close."""
    ref = f"deals.{measure.name}"
    return spec_with(Metric("it", Simple(ref), measure.time or "closed_at"), measures={ref: measure})


def amount(aggregate: str, **more: Any) -> Measure:
    """A measure of the amount."""
    return Measure("found", aggregate, AMOUNT, **more)


def ask(
    query: Mapping[str, Any], spec: Spec = WIDE, viewer: Viewer = ADMIN, **data: list[dict[str, Any]]
) -> Expected:
    """The oracle's answer over just these rows."""
    tables = {name: data.get(name, []) for name in COLUMNS}
    return expected(Facts(spec, tables, query, viewer, NOW))


def cells(found: Expected) -> list[list[Any]]:
    """The rows, numbers as they are read best: whole ones whole, others as floats; times as in Chicago."""
    return [[_plain(value) for value in line] for line in found.rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else round(float(value), 10)
    return value.astimezone(CHICAGO).isoformat() if isinstance(value, datetime) else value
