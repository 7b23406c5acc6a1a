"""The model that stays the same: its datasets and the metrics that tests name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.integration.planner.spec import (
    At,
    Dataset,
    Derived,
    Dim,
    Link,
    Measure,
    Metric,
    Ratio,
    Says,
    Simple,
    Snapshot,
    Spec,
    Target,
)
from tests.integration.planner.world_rows import STAGES
from tests.integration.planner.world_tables import COLUMNS


def equal(one: Any, other: Any) -> bool | None:
    """SQL's `=`."""
    return None if one is None or other is None else bool(one == other)


def col(table: str, name: str) -> Says:
    """A column as an expression."""
    kind = COLUMNS[table][name]
    return Says(name, lambda at: at(name), kind.kind, kind.scale)


def is_(name: str, *values: str) -> Says:
    """`name in (values)`, or `name = value`."""
    quoted = ", ".join(f"'{value}'" for value in values)
    sql = f"{name} = {quoted}" if len(values) == 1 else f"{name} in ({quoted})"
    return Says(sql, lambda at: None if at(name) is None else at(name) in values)


def times(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """SQL's `*`."""
    return None if one is None or other is None else one * other


def _size(at: At) -> str:
    amount = at("amount")
    if amount is not None and amount < 100:
        return "small"
    return "medium" if amount is not None and amount < 1000 else "large"


SIZES = ("small", "medium", "large")
SIZE = Says(
    "case when amount < 100 then 'small' when amount < 1000 then 'medium' else 'large' end", _size, "text"
)


def dims(table: str, *names: str) -> dict[str, Dim]:
    """Dimensions that are columns."""
    return {name: Dim(name, COLUMNS[table][name].kind, COLUMNS[table][name].scale) for name in names}


def links(*pairs: tuple[str, str]) -> dict[str, Link]:
    """Joins by `<name>_id`."""
    return {name: Link(name, dataset, (f"{name}_id", "id")) for name, dataset in pairs}


def dataset(
    name: str, dims_: dict[str, Dim], links_: dict[str, Link] | None = None, *measures: Measure
) -> Dataset:
    """A dataset over the table of its name."""
    return Dataset(name, tuple(COLUMNS[name]), dims_, links_ or {}, {one.name: one for one in measures})


WON = is_("status", "won")
AMOUNT, WEIGHT, SHARE, UNITS = (col("deals", name) for name in ("amount", "weight", "share", "units"))
WEIGHTED = Says("amount * weight", lambda at: times(at("amount"), at("weight")), "decimal")
DEALS_DIMS = {
    **dims(
        "deals", "status", "units", "amount", "share", "urgent", "opened_at", "closed_at", "opened_on",
        "closed_on", "logged_at", "weight",
    ),
    "stage": Dim("stage", "text", order=STAGES),
    "size": Dim("size", "text", expr=SIZE, order=SIZES),
}  # fmt: skip
DEALS_MEASURES = (
    Measure("won_count", "count", where=WON),
    Measure("won_amount", "sum", AMOUNT, WON),
    Measure("priced", "count", AMOUNT, WON),
    Measure("closed_count", "count", where=is_("status", "won", "lost")),
    Measure("all_count", "count"),
    Measure("value", "sum", AMOUNT),
    Measure("weighted", "sum", WEIGHTED),
    Measure("mean_amount", "avg", AMOUNT, WON),
    Measure("mean_units", "avg", UNITS),
    Measure("sellers", "distinct", col("deals", "rep_id"), WON),
    Measure("least", "min", AMOUNT),
    Measure("most", "max", WEIGHT),
    Measure("heft", "sum", WEIGHT),
    Measure("parts", "sum", SHARE),
    Measure("units", "sum", UNITS),
    Measure("last_close", "max", col("deals", "closed_at")),
    Measure("first_day", "min", col("deals", "closed_on")),
    Measure("last_log", "max", col("deals", "logged_at")),
    Measure("last_stage", "max", col("deals", "stage")),
)
DATASETS = {
    one.name: one
    for one in (
        dataset("teams", dims("teams", "name"), None, Measure("teams", "count")),
        dataset(
            "reps", dims("reps", "name", "region", "active", "grade", "hired"), links(("team", "teams")),
            Measure("heads", "count"),
        ),
        dataset(
            "leads", dims("leads", "source", "created_at", "score"), links(("rep", "reps")),
            Measure("created", "count"), Measure("scores", "sum", col("leads", "score")),
            Measure("mean_score", "avg", col("leads", "score")),
        ),
        dataset("deals", DEALS_DIMS, links(("rep", "reps"), ("lead", "leads")), *DEALS_MEASURES),
        dataset("visits", dims("visits", "day", "note"), links(("rep", "reps")), Measure("n", "count")),
    )
}  # fmt: skip


def _closed(*names: str) -> list[Metric]:
    return [Metric(name, Simple(f"deals.{name}"), "closed_at") for name in names]


def divided(above: Fraction, below: Fraction) -> Fraction | None:
    """SQL's `/`, null by 0."""
    return Fraction(above) / Fraction(below) if below else None


def _metric(name: str, ref: str, time: str | None, **more: Any) -> Metric:
    return Metric(name, Simple(ref), time, **more)


def _derived(name: str, sql: str, parts: tuple[str, ...], of: Callable[..., Any], scale: int) -> Metric:
    return Metric(name, Derived(sql, parts, of, scale))


METRICS = [
    _metric("revenue", "deals.won_amount", "closed_at", unit="currency"),
    _metric("sales", "deals.won_count", "closed_at"),
    _metric("opened", "deals.all_count", "opened_at"),
    *_closed("mean_amount", "mean_units", "sellers", "least", "most", "heft", "parts", "units", "last_close"),
    _metric("first_day", "deals.first_day", "closed_on"),
    _metric("last_log", "deals.last_log", "logged_at"),
    *_closed("last_stage"),
    _metric("leads", "leads.created", "created_at"),
    _metric("scores", "leads.scores", "created_at"),
    _metric("mean_score", "leads.mean_score", "created_at"),
    _metric("dated", "deals.won_amount", "closed_on"),
    _metric("logged", "deals.all_count", "logged_at"),
    _metric("east", "deals.won_amount", "closed_at", filter=is_("rep.region", "East")),
    _metric("heads", "reps.heads", None),
    _metric("visits", "visits.n", "day"),
    Metric("win_rate", Ratio("deals.won_count", "deals.closed_count"), "closed_at"),
    Metric("mean_size", Ratio("deals.won_amount", "deals.priced"), "closed_at"),
    _derived("conversion", "sales / leads", ("sales", "leads"), divided, 10),
    _derived("gap", "revenue - 2 * sales", ("revenue", "sales"), lambda a, b: a - 2 * b, 2),
    Metric("pipeline", Snapshot("deals.value", ("opened_at", "closed_at"))),
    Metric("open_deals", Snapshot("deals.all_count", ("opened_on", "closed_on"))),
]
BASE = Spec(
    DATASETS,
    {one.name: one for one in METRICS},
    {"source": {"leads": "source", "deals": "lead.source"}},
    {"revenue": Target("month", ("rep",)), "sales": Target("month")},
)
