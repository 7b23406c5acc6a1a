"""Questions over the small world, other ways to write each, and changes that make another question of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
_TEXTS: dict[str, list[Any]] = {
    "rep.region": ["East", "West", "(none)", ""],
    "deals.stage": ["new", "New", "x') OR 1=1--"],
}
_NUMBERS: dict[str, list[Any]] = {"deals.amount": [0, 12, "12.5", "-3.25", 10**30], "deals.units": [1, 7]}
_TIMES: dict[str, list[Any]] = {
    "deals.closed_at": ["2026-03-01", "2026-01-15T12:30"],
    "deals.logged_at": ["2026-02-01"],
}
_FIELDS = [*_TEXTS, *_NUMBERS, *_TIMES]
_DIMS = ["rep.region", "rep.name", "deals.stage", "rep.team.name"]
_METRICS = ["revenue", "sales", "opened", "mean_amount"]
_RANGES = [
    {"preset": "today"}, {"preset": "last_1_weeks"}, {"preset": "this_month"}, {"preset": "last_13_weeks"},
    {"from": "2026-01-05", "to": "2026-02-03"}, {"from": "2026-01-15T12:30"}, {"preset": "year_to_date"},
]  # fmt: skip
_COMPARES = [
    {"to": "previous_period"}, {"to": "previous_year", "as": "percent"}, {"to": "target", "pace": "days"},
    {"to": "previous_year", "align": "weekday"}, {"to": "previous_month", "cut": False},
    {"to": {"shift": "28 days"}}, {"to": {"shift": "1 year"}, "as": "change"},
    {"to": {"preset": "last_month"}, "as": "percent"}, {"to": {"from": "2025-01-01", "to": "2025-02-01"}},
    {"to": "total", "as": "share"},
]  # fmt: skip
_SPELLED = {
    "today": ["this_day"], "last_1_weeks": ["last_week", "last_001_weeks"], "last_month": ["last_1_months"],
    "28 days": ["28 day", "028 days"], "1 year": ["1 years"], "2026-01-05": ["2026-01-05T00:00:00"],
    "2026-01-15T12:30": ["2026-01-15T12:30:00", "2026-01-15T12:30:00-06:00", "2026-01-15T18:30:00Z"],
    "2026-03-01": ["2026-03-01T00:00"], "2025-01-01": ["2025-01-01T00:00:00-06:00"],
    "deals.stage": ["stage"], "deals.amount": ["amount"], "rep.region": ["deals.rep.region"],
}  # fmt: skip

# -- questions --------------------------------------------------------------------------------------


@st.composite
def _leaf(draw: st.DrawFn) -> Json:
    field = draw(st.sampled_from(_FIELDS))
    known: list[Any] = [*_TEXTS.get(field, []), *_NUMBERS.get(field, []), *_TIMES.get(field, [])]
    ops = ["eq", "ne", "in", "not_in", "lt", "gte", "between", "is_null"]
    op = draw(st.sampled_from(ops + (["contains", "starts_with"] if field in _TEXTS else [])))
    if op == "is_null":
        return {"field": field, "op": op}
    low, high = {"between": (2, 2), "in": (1, 3), "not_in": (1, 3), "contains": (1, 2)}.get(op, (1, 1))
    values = st.lists(st.sampled_from(known), min_size=low, max_size=high)
    return {"field": field, "op": op, "values": draw(values)}


def _group(key: str, inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.lists(inner, max_size=3).map(lambda found: {key: found})


def _filters(leaf: st.SearchStrategy[Json]) -> st.SearchStrategy[list[Json]]:
    group = st.recursive(
        leaf,
        lambda inner: st.one_of(
            _group("any", inner), _group("all", inner), inner.map(lambda found: {"not": found})
        ),
        max_leaves=4,
    )
    return st.lists(group, max_size=3)


def _columns(query: Json) -> st.SearchStrategy[Json]:
    numbers = st.sampled_from([1, "0.5", "-12.0"])
    return st.builds(
        lambda field, op, value: {"field": field, "op": op, "values": [value]},
        st.sampled_from(query["metrics"]),
        st.sampled_from(["eq", "gt", "in", "not_in"]),
        numbers,
    )


@st.composite
def questions(draw: st.DrawFn) -> Json:
    """A question of the grammar; each part is there or not."""
    query: Json = {
        "metrics": draw(st.lists(st.sampled_from(_METRICS), min_size=1, max_size=3, unique=True)),
        "dimensions": draw(st.lists(st.sampled_from(_DIMS), max_size=3, unique=True)),
        "filters": draw(_filters(_leaf())),
        "compare": draw(st.lists(st.sampled_from(_COMPARES), max_size=2, unique_by=str)),
        "totals": draw(st.booleans()),
    }
    query["time"] = draw(
        st.fixed_dictionaries(
            {}, optional={"grain": st.sampled_from(["day", "week"]), "range": st.sampled_from(_RANGES)}
        )
    )
    query["having"] = draw(_filters(_columns(query)))
    names = [*query["metrics"], *query["dimensions"]]
    query["sort"] = [
        {"by": name, "desc": draw(st.booleans())}
        for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    ]
    if query["dimensions"] and draw(st.booleans()):
        query["top"] = {"n": draw(st.integers(1, 9)), "other": draw(st.booleans())}
    if draw(st.booleans()):
        query["as_of"] = "2026-03-30T12:00:00-06:00"
    return copy.deepcopy(query)


# -- other ways to write them -----------------------------------------------------------------------


def _respelled(draw: st.DrawFn, value: Any, fields: bool) -> Any:
    """The same with other spellings of presets, shifts, bounds, numbers and (in filters) fields."""
    if isinstance(value, dict):
        return {key: _respelled(draw, one, fields) for key, one in value.items()}
    if isinstance(value, list):
        return [_respelled(draw, one, fields) for one in value]
    dotted = isinstance(value, str) and value in _TEXTS | _NUMBERS
    if isinstance(value, bool) or not isinstance(value, str | int) or (dotted and not fields):
        return value
    return draw(st.sampled_from([value, *_SPELLED.get(str(value), [])]))


def _renumbered(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    ways = {"12": ["12", "12.0", "0012"], "12.5": ["12.50"], "0": ["0", "-0", "0.00"], "0.5": ["0.500"]}
    return draw(st.sampled_from([value, *ways.get(str(value), [])]))


def _leaf_again(draw: st.DrawFn, one: Json) -> Json:
    other = {"eq": "in", "in": "eq", "ne": "not_in", "not_in": "ne"}.get(one["op"])
    values = one.get("values", [])
    if other and len(set(map(str, values))) == 1 and draw(st.booleans()):
        one, values = {**one, "op": other}, values[:1]
    if one["op"] in ("in", "not_in", "contains"):
        values = draw(st.permutations([*values, draw(st.sampled_from(values))]))
    if one["field"] not in _TEXTS:
        values = [_renumbered(draw, value) for value in values]
    return {**one, "values": values} if values else one


def _filter_again(draw: st.DrawFn, one: Json) -> Json:
    for key in ("any", "all"):
        if key in one:
            return {key: _filters_again(draw, one[key])}
    again = {"not": _filter_again(draw, one["not"])} if "not" in one else _leaf_again(draw, one)
    wraps: list[Callable[[Json], Json]] = [
        lambda x: x, lambda x: {"all": [x]}, lambda x: {"any": [x]}, lambda x: {"any": [x, x]},
    ]  # fmt: skip
    return draw(st.sampled_from(wraps))(again)


def _filters_again(draw: st.DrawFn, filters: list[Json]) -> list[Json]:
    again = [_filter_again(draw, one) for one in filters]
    doubled = bool(again) and draw(st.booleans())
    return draw(st.permutations([*again, *again[:1]] if doubled else again))


def _with_defaults(draw: st.DrawFn, query: Json) -> Json:
    """The same with defaults written out, or left out where they were."""
    top = query.get("top")
    written: Json = {
        "limit": 10_000,
        "offset": 0,
        "as_of": query.get("as_of"),
        "top": {"per": None, "of": query["dimensions"][0], **top} if top else None,
        "time": {"zone": "America/Chicago", "by": None, **query["time"]},
        "dimensions": [_dimension_with_defaults(one) for one in query["dimensions"]],
        "compare": [_compare_with_defaults(one) for one in query["compare"]],
        "sort": [*query["sort"], *({**one, "desc": not one["desc"]} for one in query["sort"])],
        "have": "the key of an answer",
    }
    if top and not query["sort"]:
        written["top"]["by"] = query["metrics"][0]
    return {**query, **{key: value for key, value in written.items() if draw(st.booleans())}}


def _dimension_with_defaults(one: str | Json) -> Json:
    return {"field": one, "all": False} if isinstance(one, str) else one


def _compare_with_defaults(one: Json) -> Json:
    """A growth has no other keys."""
    return one if "growth" in one else {"as": "value", "cut": True, "align": None, **one}


@st.composite
def rewritings(draw: st.DrawFn, query: Json) -> Json:
    """The same question in other words."""
    again = copy.deepcopy(query)
    for key in ("filters", "having"):
        again[key] = _filters_again(draw, again[key])
    if draw(st.booleans()):
        again["filters"] = [{"all": again["filters"]}]
    again = _with_defaults(draw, again)
    for key in ("filters", "time", "compare"):
        again[key] = _respelled(draw, again[key], fields=key == "filters")
    kept = [key for key in again if key == "metrics" or again[key] or draw(st.booleans())]
    return {key: again[key] for key in draw(st.permutations(kept))}


# -- other questions --------------------------------------------------------------------------------

_NEW = {"field": "deals.units", "op": "eq", "values": [987_654]}
_NEW_COLUMN = {"field": "revenue", "op": "gt", "values": [987_654]}


def _more(key: str, item: Any) -> Callable[[Json], Json]:
    return lambda query: {**query, key: [*query[key], item]}


def _set(key: str, value: Any) -> Callable[[Json], Json]:
    return lambda query: {**query, key: value}


def _timed(**more: Any) -> Callable[[Json], Json]:
    return lambda query: {**query, "time": {**query["time"], **more}}


def _negated(key: str) -> Callable[[Json], Json]:
    return lambda query: {**query, key: [{"not": {"all": [*query[key], _probe(key)]}}]}


def _probe(key: str) -> Json:
    return _NEW if key == "filters" else {**_NEW_COLUMN, "field": "sales"}


def _topped(**keys: Any) -> Callable[[Json], Json]:
    return lambda query: {
        **query,
        "dimensions": ["rep.grade", *query["dimensions"]],
        "top": {"n": 77, **keys},
    }


def _with_metric(name: str) -> Callable[[Json], Json]:
    return lambda query: {**query, "metrics": [*query["metrics"], name]}


CHANGES: dict[str, Callable[[Json], Json]] = {
    "metric": _with_metric("units"),
    "dimension": _more("dimensions", "rep.grade"),
    "all members": _more("dimensions", {"field": "rep.grade", "all": True}),
    "spelled column": _more("dimensions", "deals.rep.grade"),
    "filter": _more("filters", _NEW),
    "two filters": lambda query: {**query, "filters": [*query["filters"], _NEW, {**_NEW, "values": [1]}]},
    "either": _more("filters", {"any": [_NEW, {**_NEW, "values": [1]}]}),
    "value": _more("filters", {**_NEW, "values": ["987654.5"]}),
    "none": _more("filters", {**_NEW, "values": [None]}),
    "operator": _more("filters", {**_NEW, "op": "gt"}),
    "several": _more("filters", {**_NEW, "op": "in", "values": [1, 2]}),
    "between": _more("filters", {**_NEW, "op": "between", "values": [1, 2]}),
    "between back": _more("filters", {**_NEW, "op": "between", "values": [2, 1]}),
    "bare": _more("filters", {"field": "deals.units", "op": "not_null"}),
    "time in a range": _more(
        "filters", {"field": "deals.opened_at", "op": "range", "range": {"preset": "last_9_days"}}
    ),
    "time in another": _more(
        "filters", {"field": "deals.opened_at", "op": "range", "range": {"from": "2026-03-09"}}
    ),
    "field": _more("filters", {**_NEW, "field": "rep.grade"}),
    "not": _negated("filters"),
    "true": _set("filters", [{"not": {"any": [{"any": []}, {**_NEW, "values": [123_456]}]}}]),
    "month": _timed(grain="month"),
    "zone": _timed(zone="Asia/Kathmandu"),
    "by": _timed(by="deals.opened_at"),
    "range": _timed(range={"preset": "last_77_days"}),
    "bounds": _timed(range={"from": "2026-03-05", "to": "2026-03-07"}),
    "open end": _timed(range={"from": "2026-03-05"}),
    "comparison": _more("compare", {"to": "previous_quarter"}),
    "as percent": _more("compare", {"to": "previous_quarter", "as": "percent"}),
    "whole": _more("compare", {"to": "previous_quarter", "cut": False}),
    "aligned": _more("compare", {"to": "previous_quarter", "align": "weekday"}),
    "shift": _more("compare", {"to": {"shift": "91 days"}}),
    "shift in weeks": _more("compare", {"to": {"shift": "13 weeks"}}),
    "growth": lambda query: _timed(grain="week")(
        _more("compare", {"growth": "rolling", "periods": 9})(query)
    ),
    "other growth": lambda query: _timed(grain="week")(
        _more("compare", {"growth": "compound", "periods": 9})(query)
    ),
    "other range": _set("compare", [{"to": {"preset": "last_9_days"}, "as": "change"}]),
    "another range": _set("compare", [{"to": {"preset": "last_8_days"}, "as": "change"}]),
    "bounds of another": _set("compare", [{"to": {"from": "2024-01-01"}, "as": "change"}]),
    "having": lambda query: {**_with_metric("units")(query), "having": [{**_NEW_COLUMN, "field": "units"}]},
    "having less": lambda query: {
        **_with_metric("units")(query), "having": [{**_NEW_COLUMN, "field": "units", "op": "lt"}],
    },
    "sort": lambda query: {**query, "sort": [{"by": "time", "desc": True}, *query["sort"]]},
    "sort up": lambda query: {**query, "sort": [{"by": "time", "desc": False}, *query["sort"]]},
    "top": _topped(),
    "top other": _topped(other=True),
    "top of": lambda query: _more("dimensions", "rep.hired")(_topped(of="rep.hired")(query)),
    "top per": lambda query: {**_topped(per="rep.hired")(_more("dimensions", "rep.hired")(query))},
    "totals": lambda query: {**query, "totals": not query["totals"]},
    "subtotals": _set("totals", [[]]),
    "limit": _set("limit", 77),
    "offset": _set("offset", 7),
    "as_of": _set("as_of", "2025-12-01"),
}  # fmt: skip
"""Changes of any question, each into one that no other change makes of it."""
