"""Random models: calendars, measures, metrics of every kind, targets, rules, rollups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.integration.planner.answered import answers
from tests.integration.planner.shards import seldom
from tests.integration.planner.spec import (
    Conversion,
    Cumulative,
    Dataset,
    Derived,
    Dim,
    Measure,
    Metric,
    Ratio,
    Simple,
    Snapshot,
    Spec,
    Target,
)
from tests.integration.planner.world_base import AMOUNT, BASE, METRICS, col, divided
from tests.integration.planner.world_parts import (
    DEALS_KEYS,
    DEALS_NUMBERS,
    DEALS_WHERE,
    LEADS_KEYS,
    LEADS_NUMBERS,
    LEADS_WHERE,
    RULES,
    TIMES,
    wide,
)

_NUMBERS = ("sum", "avg", "min", "max")
_ENDS = ("first", "last")
_WINDOWS = ("running", "year_to_date", "month_to_date", "quarter_to_date", "week_to_date")
_WITHINS = ("30 days", "1 month", "90 days", "12 hours", "1 year")
_TIMED = (AMOUNT, col("deals", "units"), col("deals", "stage"))
_NAMED = [one for one in METRICS if one.name in ("revenue", "sales", "leads", "win_rate")]
"""Metrics of the base that every model has: targets and ranges are made for them."""


def _of(dataset: str, deals: Any, leads: Any) -> Any:
    return deals if dataset == "deals" else leads


@st.composite
def _measures(draw: st.DrawFn, dataset: str, prefix: str) -> Measure:
    """A measure over deals or leads."""
    aggregates = ["count", "distinct", *_NUMBERS]
    aggregates += ["median", "percentile"] if answers("quantiles") else []
    aggregates += _ENDS if answers("ends") and dataset == "deals" else []
    aggregate = draw(st.sampled_from(aggregates))
    operands: Sequence[Any] = _of(dataset, DEALS_NUMBERS, LEADS_NUMBERS)
    if aggregate == "count":
        operands = (None, None, AMOUNT) if dataset == "deals" else (None,)
    if aggregate == "distinct":
        operands = _of(dataset, DEALS_KEYS, LEADS_KEYS)
    if aggregate in _ENDS:
        operands = _TIMED
    operand = draw(st.sampled_from(operands))
    where = draw(st.sampled_from(_of(dataset, DEALS_WHERE, LEADS_WHERE)))
    p = draw(st.sampled_from(["0.9", "0.5", "0.25"])) if aggregate == "percentile" else None
    foreign = answers("currency") and operand is AMOUNT and aggregate in ("sum", "avg", "max")
    currency = "currency" if foreign and draw(st.booleans()) else None
    return Measure(prefix, aggregate, operand, where, None, currency, p)


@st.composite
def _with_measures(draw: st.DrawFn, dataset: Dataset, count: int) -> Dataset:
    found = [draw(_measures(dataset.name, f"m{i}")) for i in range(count)]
    more = {one.name: one for one in found}
    return replace(dataset, measures={**dataset.measures, **more})


@st.composite
def _simple(draw: st.DrawFn, datasets: Mapping[str, Dataset]) -> list[Metric]:
    """One metric for each random measure."""
    made = []
    for name in ("deals", "leads"):
        for measure in datasets[name].measures:
            if not measure.startswith("m") or not measure[1:].isdigit():
                continue
            time = draw(st.sampled_from(TIMES[name]))
            ends = datasets[name].measures[measure].aggregate in _ENDS
            time = "closed_at" if ends and time == "logged_at" else time
            where = draw(st.sampled_from([None, None, *_of(name, DEALS_WHERE, LEADS_WHERE)]))
            made.append(Metric(f"{name[0]}_{measure}", Simple(f"{name}.{measure}"), time, where))
    return made


@st.composite
def _composed(draw: st.DrawFn, datasets: Mapping[str, Dataset]) -> list[Metric]:
    """Ratios, derived metrics, snapshots."""
    counts = ["won_count", "closed_count", "all_count", "priced", "won_amount", "value", "sellers"]
    pair = [f"deals.{draw(st.sampled_from(counts))}" for _ in range(2)]
    time = draw(st.sampled_from(TIMES["deals"]))
    made = [
        Metric("ratio", Ratio(*pair), time, draw(st.sampled_from([None, *DEALS_WHERE]))),
        Metric("quotient", Derived("revenue / sales", ("revenue", "sales"), divided, 10)),
        Metric("per_lead", Derived("sales / leads", ("sales", "leads"), divided, 10)),
    ]
    ofs = ["last", "first", "avg"] if answers("states") else ["last"]
    for name, valid in (("open", ("opened_at", "closed_at")), ("open_on", ("opened_on", "closed_on"))):
        measure = draw(st.sampled_from(["value", "all_count", "sellers"]))
        made.append(Metric(name, Snapshot(f"deals.{measure}", valid, draw(st.sampled_from(ofs)))))
    return made


@st.composite
def _over_time(draw: st.DrawFn, simple: list[Metric]) -> list[Metric]:
    """Cumulative metrics and conversions."""
    made: list[Metric] = []
    if answers("cumulative"):
        parts = [one.name for one in [*simple, *_NAMED]]
        fiscal = ["fiscal_year_to_date"] if answers("fiscal") else []
        retail = ["retail_month_to_date", "retail_year_to_date"] if answers("retail") else []
        window = draw(st.sampled_from([*_WINDOWS, *fiscal, *retail]))
        made.append(Metric("sum_up", Cumulative(draw(st.sampled_from(parts)), window)))
        last = draw(st.sampled_from(["28 days", "7 days", "1 month", "3 months", "2 weeks"]))
        numbers = ["revenue", "sales", "leads"]
        mean = draw(st.booleans())
        part = draw(st.sampled_from(numbers if mean else parts))
        made.append(Metric("lately", Cumulative(part, "last", last, mean)))
    if answers("conversion"):
        by, within = draw(st.sampled_from(["cohort", "event"])), draw(st.sampled_from(_WITHINS))
        made.append(Metric("won_of_leads", Conversion("leads.came", "deals.won_then", "lead", within, by)))
    if answers("conversion", "conversion_entity"):
        by, within = draw(st.sampled_from(["cohort", "event"])), draw(st.sampled_from(_WITHINS))
        start = draw(st.sampled_from(["leads.came", "deals.opened_then"]))
        made.append(Metric("of_accounts", Conversion(start, "deals.won_then", "account_id", within, by)))
    return made


_EVENTS = {
    "leads": {"came": Measure("came", "count", time="created_at")},
    "deals": {
        "won_then": Measure("won_then", "count", where=DEALS_WHERE[2], time="closed_at"),
        "opened_then": Measure("opened_then", "count", time="opened_at"),
    },
}


@st.composite
def _calendars(draw: st.DrawFn, spec: Spec) -> Spec:
    if not answers("calendar"):
        return spec
    return replace(
        spec,
        zone=draw(st.sampled_from([spec.zone, "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])),
        week_start=draw(st.sampled_from([1, 1, 7, 3])),
        fiscal=draw(st.sampled_from([1, 2, 4, 10])),
        retail=draw(st.sampled_from(["4-5-4", "4-4-5", "5-4-4"])),
    )


@st.composite
def _datasets(draw: st.DrawFn) -> dict[str, Dataset]:
    found = wide()
    for name, count in (("deals", 3), ("leads", 1)):
        found[name] = draw(_with_measures(found[name], count))
        found[name] = replace(found[name], measures={**found[name].measures, **_EVENTS[name]})
    if answers("calendar") and draw(st.booleans()):
        zone = draw(st.sampled_from(["Asia/Tokyo", "Europe/Berlin"]))
        logged = Dim("logged_at", "wall", zone=zone)
        found["deals"] = replace(found["deals"], dims={**found["deals"].dims, "logged_at": logged})
    return found


def _rollup(draw: st.DrawFn, name: str) -> dict[str, Any]:
    time, grain = draw(
        st.sampled_from(
            [("closed_at", "day"), ("closed_at", "hour"), ("closed_at", "month"), ("closed_on", "day")]
        )
    )
    by = draw(st.sets(st.sampled_from(["rep.region", "lead.source", "stage", "rep.name"]), max_size=3))
    measures = draw(
        st.sets(
            st.sampled_from(
                ["won_count", "won_amount", "priced", "closed_count", "all_count", "least", "units"]
            ),
            min_size=2,
        )
    )
    where = {"where": "status = 'won'"} if seldom(draw, 3) else {}
    columns = {one.replace(".", "_"): one for one in sorted(by)}
    said = {"dataset": "deals", "time": {time: grain}, "by": columns, "measures": sorted(measures)}
    return said | where


def _standing(draw: st.DrawFn) -> dict[str, Any]:
    """A rollup of deals that have not ended."""
    time, grain, end = draw(
        st.sampled_from(
            [
                ("opened_at", "day", "closed_at"),
                ("opened_at", "hour", "closed_at"),
                ("opened_at", "month", "closed_at"),
                ("opened_on", "day", "closed_on"),
            ]
        )
    )
    by = draw(st.sets(st.sampled_from(["rep.region", "lead.source", "stage", "rep.name"]), max_size=3))
    columns = {one.replace(".", "_"): one for one in sorted(by)}
    said = {"dataset": "deals", "time": {time: grain}, "by": columns, "measures": ["all_count", "value"]}
    return said | {"where": f"{end} is null"}


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """A random model over the tables of the world."""
    if not answers("models"):
        return BASE
    datasets = draw(_datasets())
    simple = draw(_simple(datasets))
    metrics = [*_NAMED, *simple, *draw(_composed(datasets)), *draw(_over_time(simple))]
    spec = draw(_calendars(replace(BASE, datasets=datasets)))
    targets = {
        "revenue": Target("month", ("rep",)),
        "leads": Target(draw(st.sampled_from(["month", "quarter"]))),
    }
    spec = replace(spec, metrics={one.name: one for one in metrics}, targets=targets)
    return draw(_ruled(spec))


@st.composite
def _ruled(draw: st.DrawFn, spec: Spec) -> Spec:
    """With row rules now and then; targets are asked without them."""
    if not answers("rules") or not draw(st.booleans()):
        return spec
    names = draw(st.sets(st.sampled_from(sorted(RULES)), min_size=1))
    teams = replace(spec.datasets["teams"], open=draw(st.booleans()))
    targets = spec.targets if answers("rules_targets") else {}
    rules = {name: RULES[name] for name in sorted(names)}
    return replace(spec, datasets={**spec.datasets, "teams": teams}, rules=rules, targets=targets)


@st.composite
def with_rollups(draw: st.DrawFn) -> Spec:
    """A random model with one to three rollups."""
    spec = draw(specs())
    count = draw(st.integers(1, 3))
    rollups = {f"rollup_{i}": _rollup(draw, f"rollup_{i}") for i in range(count)}
    standing = {f"standing_{i}": _standing(draw) for i in range(draw(st.integers(0, 2)))}
    return replace(spec, rollups=rollups | standing)
