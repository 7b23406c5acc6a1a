"""Questions to a world, made by hypothesis: everything that is answered, in any mixture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.integration.planner.answered import answers
from tests.integration.planner.oracle_columns import suffix
from tests.integration.planner.oracle_metrics import value_type
from tests.integration.planner.oracle_rows import NUMBERS
from tests.integration.planner.queries_filters import filters, having
from tests.integration.planner.queries_time import (
    SHORT,
    compares,
    nows,
    ranges_for,
    short,
    units,
    whole_ranges,
    zones,
)
from tests.integration.planner.shards import seldom
from tests.integration.planner.spec import Conversion, Cumulative, Derived, Ratio, Simple, Snapshot, Spec
from tests.integration.planner.world_base import BASE

SHARED_DIMS = [
    "rep.name", "rep.region", "rep.team.name", "rep.active", "rep.grade", "rep.hired", "rep.hired.month",
    "source",
]  # fmt: skip
DEAL_DIMS = [
    *SHARED_DIMS, "deals.stage", "deals.size", "deals.urgent", "deals.units", "deals.share",
    "deals.closed_on",
    "deals.closed_at.hour", "deals.closed_at.weekday", "deals.opened_at.week_of_year", "lead.rep.region",
    "deals.logged_at", "deals.opened_at.day_of_year", "deals.closed_on.quarter",
]  # fmt: skip


def datasets_of(spec: Spec, name: str) -> frozenset[str]:
    """The datasets that a field must reach, to be asked with the metric."""
    kind = spec.metrics[name].kind
    if isinstance(kind, Derived):
        return frozenset(one for part in kind.metrics for one in datasets_of(spec, part))
    if isinstance(kind, Cumulative):
        return datasets_of(spec, kind.metric)
    refs = {
        Simple: ("measure",),
        Snapshot: ("measure",),
        Ratio: ("above", "below"),
        Conversion: ("start", "end"),
    }
    names = refs[type(kind)]
    if isinstance(kind, Conversion) and kind.by == "cohort":
        names = ("start",)
    return frozenset(getattr(kind, one).split(".")[0] for one in names)


def is_state(spec: Spec, name: str) -> bool:
    """Whether a metric is a snapshot, or made of one."""
    kind = spec.metrics[name].kind
    return isinstance(kind, Snapshot)


def families(spec: Spec) -> dict[str, list[str]]:
    """The metrics by what can be asked together."""
    found: dict[str, list[str]] = {"deals": [], "leads": [], "both": [], "states": [], "plan": []}
    for name in spec.metrics:
        sets = datasets_of(spec, name)
        if is_state(spec, name):
            found["states"].append(name)
        elif sets <= {"deals"}:
            found["deals"].append(name)
        elif sets <= {"leads", "deals"}:
            found["leads" if sets == {"leads"} else "both"].append(name)
    found["both"] += [one for one in ("revenue", "leads") if one in spec.metrics] if found["both"] else []
    found["states"] += [one for one in ("revenue", "sales") if one in spec.metrics] if found["states"] else []
    found["plan"] += [one for one in spec.targets if one in spec.metrics]
    return {family: names for family, names in found.items() if names}


def _metrics(spec: Spec, families_: Mapping[str, list[str]]) -> st.SearchStrategy[tuple[str, list[str]]]:
    weighted = [name for name in families_ for _ in range(3 if name == "deals" else 1)]
    return st.sampled_from(weighted).flatmap(
        lambda family: st.lists(st.sampled_from(families_[family]), min_size=1, max_size=3, unique=True).map(
            lambda names: (family, names)
        )
    )


@st.composite
def queries(draw: st.DrawFn, spec: Spec = BASE) -> dict[str, Any]:
    """A question of the grammar that the planner answers or refuses."""
    family, metrics = draw(_metrics(spec, families(spec)))
    deals = all(datasets_of(spec, name) == {"deals"} for name in metrics)
    query: dict[str, Any] = {"metrics": metrics}
    dated = deals and not any(is_state(spec, name) for name in metrics)  # joins valid in time need a time
    dims = draw(st.lists(st.sampled_from(_dims(spec, deals, dated)), max_size=2, unique=True))
    query["dimensions"] = [_with_all(draw, one) for one in dims]
    query["time"] = draw(_times(spec, metrics, deals))
    most = draw(st.sampled_from([0, 0, 1, 1, 2]))
    query["filters"] = draw(st.lists(filters(spec, deals, dated), max_size=most))
    _add_compares(draw, spec, query, family == "plan")
    query["totals"] = draw(st.booleans())
    if seldom(draw, 2):
        query["as_of"] = draw(st.sampled_from(nows()))
    if (dims or "grain" in query["time"]) and seldom(draw, 4):
        query |= {"limit": draw(st.integers(1, 9)), "offset": draw(st.integers(0, 3))}
    _add_rest(draw, spec, query, dims)
    columns = [*metrics, *(f"{metrics[0]}:{suffix(one)}" for one in query["compare"])]
    names = [*dims, *columns, *(["time"] if "grain" in query["time"] else [])]
    names = names if "top" not in query else [*dims, *metrics]  # whether a top goes by others is not said
    sort = st.fixed_dictionaries({"by": st.sampled_from(names), "desc": st.booleans()})
    query["sort"] = draw(st.lists(sort, max_size=2))
    return query


def _dims(spec: Spec, deals: bool, dated: bool) -> list[str]:
    found = list(DEAL_DIMS if deals else SHARED_DIMS)
    found += ["stint.office"] if dated and "stint" in spec.datasets["deals"].links else []
    return found + (["rep.manager.name"] if "manager" in spec.datasets["reps"].links else [])


def _with_all(draw: st.DrawFn, name: str) -> str | dict[str, Any]:
    whole = name.startswith("rep.") or name == "deals.stage"
    return {"field": name, "all": True} if whole and seldom(draw, 3) else name


@st.composite
def _times(draw: st.DrawFn, spec: Spec, metrics: list[str], deals: bool) -> dict[str, Any]:
    states = [name for name in metrics if is_state(spec, name)]
    time: dict[str, Any] = {}
    if (not states or answers("states")) and draw(st.booleans()):
        time["grain"] = draw(st.sampled_from([*units(), *short()]))
        dates = bool(states)
        time["grain"] = "day" if dates and time["grain"] in SHORT else time["grain"]
    closed = bool(states and "grain" in time) or any(_is_daily(spec, name) for name in states)
    if closed or time.get("grain") in (*SHORT, "day") or draw(st.booleans()):
        time["range"] = draw(ranges_for(time.get("grain"), closed))
    if seldom(draw, 2):
        time["zone"] = draw(st.sampled_from(zones()))
    if deals and not states and seldom(draw, 3):
        more = ["lead.created_at"] if answers("by_path") else []
        time["by"] = draw(st.sampled_from(["deals.closed_on", "deals.opened_at", "deals.logged_at", *more]))
    return time


def _is_daily(spec: Spec, name: str) -> bool:
    """Whether a metric reads the ends of days."""
    kind = spec.metrics[name].kind
    return isinstance(kind, Snapshot) and kind.of != "last"


def _are_numbers(spec: Spec, metrics: list[str]) -> bool:
    return all(value_type(spec, spec.metrics[name])[0] in NUMBERS for name in metrics)


def _add_compares(draw: st.DrawFn, spec: Spec, query: dict[str, Any], planned: bool) -> None:
    grain, metrics = query["time"].get("grain"), query["metrics"]
    one = compares(grain, planned, _are_numbers(spec, metrics))
    found = draw(st.lists(one, max_size=2))
    if not _is_closed(query):
        found = [each for each in found if isinstance(each["to"], str) or "shift" in each["to"]]
    query["compare"] = list({suffix(each): each for each in found}.values())


def _is_closed(query: Mapping[str, Any]) -> bool:
    """Whether a range has both ends."""
    asked = query["time"].get("range", {"preset": "all"})
    return asked["preset"] != "all" if "preset" in asked else {"from", "to"} <= set(asked)


def _add_rest(draw: st.DrawFn, spec: Spec, query: dict[str, Any], dims: list[str]) -> None:
    """What stands beside metrics, dimensions, time and filters, each now and then."""
    numbers = _are_numbers(spec, query["metrics"])
    columns = [*query["metrics"], *(f"{query['metrics'][0]}:{suffix(one)}" for one in query["compare"])]
    if dims and numbers and answers("top") and seldom(draw, 2):
        query["top"] = draw(_tops(dims, query["metrics"]))
    elif numbers and answers("having") and (dims or "grain" in query["time"]) and seldom(draw, 2):
        query["having"] = [draw(having(columns))]
    if dims and answers("subtotals") and seldom(draw, 3):
        query["totals"] = [dims[:1], []]
        query["dimensions"] = dims
    grain = query["time"].get("grain")
    if grain and numbers and answers("growth") and seldom(draw, 4):
        _add_growth(draw, spec, query, grain)


def _add_growth(draw: st.DrawFn, spec: Spec, query: dict[str, Any], grain: str) -> None:
    if any(not isinstance(spec.metrics[name].kind, Simple | Ratio) for name in query["metrics"]):
        return
    query["totals"] = False
    query["time"]["range"] = draw(whole_ranges(grain)) if grain not in SHORT else query["time"]["range"]
    kind, periods = draw(st.sampled_from(["compound", "rolling"])), draw(st.integers(1, 3))
    query["compare"] = [{"growth": kind, "periods": periods}]
    query.pop("having", None)


@st.composite
def _tops(draw: st.DrawFn, dims: list[str], metrics: list[str]) -> dict[str, Any]:
    top: dict[str, Any] = {"n": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        top["by"] = draw(st.sampled_from(metrics))
    if draw(st.booleans()):
        top["of"] = draw(st.sampled_from(dims))
    rest = [one for one in dims if one != top.get("of", dims[0])]
    if draw(st.booleans()) and rest:
        top["per"] = rest[0]
    return {**top, "other": True} if answers("other") and draw(st.booleans()) else top
