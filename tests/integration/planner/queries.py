"""Questions to the world, made by hypothesis: everything that is answered, in any mixture."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

DEALS = [
    "revenue", "sales", "opened", "mean_amount", "mean_units", "sellers", "least", "most", "heft", "parts",
    "units", "last_close", "first_day", "last_log", "dated", "logged", "win_rate", "mean_size", "gap",
]  # fmt: skip
LEADS = ["leads", "scores", "mean_score"]
STATES = ["pipeline", "open_deals"]
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
ZONES = ["America/Chicago", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Auckland"]
UNITS = ["day", "week", "month", "quarter", "year"]
NOWS = [
    "2026-03-31", "2026-02-28", "2026-03-31T12:00:00-05:00", "2026-02-28T15:30:00-06:00", "2024-02-29",
    "2026-03-08T03:30:00-05:00", "2025-12-31T23:59:59-06:00", "2026-03-01T00:00:00-06:00",
]  # fmt: skip


def _ranges() -> st.SearchStrategy[dict[str, Any]]:
    presets = st.one_of(
        st.sampled_from(["all", "today"]),
        st.sampled_from(UNITS).map("this_{}".format),
        st.sampled_from(UNITS).map("{}_to_date".format),
        st.tuples(st.integers(1, 5), st.sampled_from([*UNITS, "hour"])).map(lambda x: f"last_{x[0]}_{x[1]}s"),
    )
    dates = st.sampled_from(
        [
            "2024-02-28",
            "2025-03-01",
            "2025-11-01",
            "2025-12-15",
            "2026-01-01",
            "2026-01-31T06:00",
            "2026-03-08",
        ]
    )
    later = st.sampled_from(
        ["2026-03-09", "2026-03-31", "2026-04-01", "2026-03-31T15:32", "2026-05-01", "2026-03-08T02:30"]
    )
    absolute = st.fixed_dictionaries({}, optional={"from": dates, "to": later})
    return st.one_of(presets.map(lambda name: {"preset": name}), absolute)


def _values(field: str) -> list[Any]:
    known: dict[str, list[Any]] = {
        "rep.name": ["Ann", "ann", "Zoë", "(none)"], "rep.region": ["East", "East ", "", "(none)"],
        "source": ["web", "Web", "", "(none)", "ärger"], "deals.stage": ["new", "", "(none)", "Zz"],
        "deals.size": ["small", "large"], "rep.team.name": ["Red", "(none)"],
        "deals.amount": [0, "12.5", "100.01", -5], "deals.share": ["0.1", "0.0000001", "33.3333333333333"],
        "deals.units": [0, 1, 7], "rep.grade": [3, "1"],
        "deals.closed_at": ["2026-03-01", "2026-03-08T03:00", "2026-03-31T20:32:00Z"],
        "deals.logged_at": ["2026-03-01", "2026-01-15T12:00"],
        "deals.closed_on": ["2026-03-01", "2026-03-31"], "rep.hired": ["2020-02-29", "2025-01-01"],
        "deals.closed_at.hour": [0, 1, 12], "deals.urgent": [True, False], "rep.active": [True, False],
    }  # fmt: skip
    return known[field]


_TEXT = ["rep.name", "rep.region", "source", "rep.team.name"]
_DEAL_TEXT = ["deals.stage", "deals.size"]
_PLAIN = ["rep.grade", "rep.hired"]
_DEAL_PLAIN = [
    "deals.amount", "deals.share", "deals.units", "deals.closed_at", "deals.logged_at", "deals.closed_on",
    "deals.closed_at.hour",
]  # fmt: skip
_TIMES = ["deals.closed_at", "deals.logged_at", "deals.closed_on", "rep.hired"]


@st.composite
def _condition(draw: st.DrawFn, deals: bool) -> dict[str, Any]:
    texts = _TEXT + (_DEAL_TEXT if deals else [])
    plain = _PLAIN + (_DEAL_PLAIN if deals else [])
    flags = ["rep.active"] + (["deals.urgent"] if deals else [])
    field = draw(st.sampled_from(texts + plain + flags))
    ops = ["eq", "ne", "in", "not_in", "is_null", "not_null"]
    ops += [] if field in flags else ["lt", "lte", "gt", "gte", "between"]
    ops += ["contains", "not_contains", "starts_with", "ends_with"] if field in texts else []
    ops += ["range"] if field in _TIMES else []
    op = draw(st.sampled_from(ops))
    if op in ("is_null", "not_null"):
        return {"field": field, "op": op}
    if op == "range":
        return {"field": field, "op": op, "range": draw(_ranges())}
    known = _values(field)
    if op in ("eq", "ne", "in", "not_in"):
        known = [*known, None]
    count = (
        2
        if op == "between"
        else 1
        if op in ("eq", "ne", "lt", "lte", "gt", "gte")
        else draw(st.integers(1, 3))
    )
    return {"field": field, "op": op, "values": [draw(st.sampled_from(known)) for _ in range(count)]}


def _filters(deals: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        _condition(deals),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda found: {"any": found}),
            st.lists(inner, min_size=1, max_size=2).map(lambda found: {"all": found}),
            inner.map(lambda found: {"not": found}),
        ),
        max_leaves=3,
    )


@st.composite
def _compare(draw: st.DrawFn, planned: bool, numbers: bool) -> dict[str, Any]:
    shapes = ["value", "change", "percent"] if numbers else ["value"]
    if planned and draw(st.booleans()):
        found: dict[str, Any] = {"to": "target", "as": draw(st.sampled_from([*shapes, "share"]))}
        return {**found, "pace": "days"} if draw(st.booleans()) else found
    to = draw(st.sampled_from(["previous_period", *(f"previous_{unit}" for unit in UNITS)]))
    found = {"to": to, "as": draw(st.sampled_from(shapes))}
    return {**found, "cut": False} if draw(st.integers(0, 3)) == 0 else found


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """A question of the grammar that the planner answers or refuses as not comparable."""
    family = draw(st.sampled_from(["deals", "deals", "deals", "leads", "both", "states", "plan"]))
    metrics = {
        "deals": st.lists(st.sampled_from(DEALS), min_size=1, max_size=3, unique=True),
        "leads": st.lists(st.sampled_from(LEADS), min_size=1, max_size=2, unique=True),
        "both": st.sampled_from([["conversion"], ["leads", "revenue"], ["revenue", "conversion", "leads"]]),
        "states": st.lists(
            st.sampled_from([*STATES, "revenue", "sales"]), min_size=1, max_size=3, unique=True
        ),
        "plan": st.sampled_from([["revenue"], ["sales"], ["revenue", "sales"]]),
    }
    query: dict[str, Any] = {"metrics": draw(metrics[family])}
    deals = family not in ("leads", "both")
    dims = draw(st.lists(st.sampled_from(DEAL_DIMS if deals else SHARED_DIMS), max_size=2, unique=True))
    query["dimensions"] = [_with_all(draw, one) for one in dims]
    time: dict[str, Any] = {}
    if draw(st.booleans()):
        time["range"] = draw(_ranges())
    if not set(query["metrics"]) & set(STATES) and draw(st.booleans()):
        time["grain"] = draw(st.sampled_from(UNITS))
    if draw(st.integers(0, 2)) == 0:
        time["zone"] = draw(st.sampled_from(ZONES))
    if deals and draw(st.integers(0, 3)) == 0:
        time["by"] = draw(st.sampled_from(["deals.closed_on", "deals.opened_at", "deals.logged_at"]))
    query["time"] = time
    query["filters"] = draw(st.lists(_filters(deals), max_size=2))
    numbers = not set(query["metrics"]) & {"last_close", "first_day", "last_log"}
    compares = draw(st.lists(_compare(family == "plan", numbers), max_size=2))
    query["compare"] = list({_name(one): one for one in compares}.values())
    query["totals"] = draw(st.booleans())
    if draw(st.integers(0, 2)) == 0:
        query["as_of"] = draw(st.sampled_from(NOWS))
    query |= draw(
        st.fixed_dictionaries({}, optional={"limit": st.integers(1, 9), "offset": st.integers(0, 5)})
    )
    names = [*dims, *query["metrics"], *(["time"] if "grain" in time else [])]
    sort = st.fixed_dictionaries({"by": st.sampled_from(names), "desc": st.booleans()})
    query["sort"] = draw(st.lists(sort, max_size=2))
    return query


def _with_all(draw: st.DrawFn, name: str) -> str | dict[str, Any]:
    whole = name.startswith("rep.") or name == "deals.stage"
    return {"field": name, "all": True} if whole and draw(st.integers(0, 3)) == 0 else name


def _name(compare: dict[str, Any]) -> str:
    return ":".join(str(compare.get(key)) for key in ("to", "as", "cut", "pace"))
