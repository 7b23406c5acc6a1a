"""Random filters over the fields of the world."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.integration.planner.queries_time import ranges
from tests.integration.planner.spec import Spec

_VALUES: dict[str, list[Any]] = {
    "rep.name": ["Ann", "ann", "Zoë", "(none)"], "rep.region": ["East", "East ", "", "(none)"],
    "source": ["web", "Web", "", "(none)", "ärger"], "deals.stage": ["new", "", "(none)", "Zz"],
    "deals.size": ["small", "large"], "rep.team.name": ["Red", "(none)"],
    "stint.office": ["Nord", "(none)"], "rep.manager.name": ["Zoë", "(none)"],
    "deals.amount": [0, "12.5", "100.01", -5], "deals.share": ["0.1", "0.0000001", "33.3333333333333"],
    "deals.units": [0, 1, 7], "rep.grade": [3, "1"],
    "deals.closed_at": ["2026-03-01", "2026-03-08T03:00", "2026-03-31T20:32:00Z"],
    "deals.logged_at": ["2026-03-01", "2026-01-15T12:00"],
    "deals.closed_on": ["2026-03-01", "2026-03-31"], "rep.hired": ["2020-02-29", "2025-01-01"],
    "deals.closed_at.hour": [0, 1, 12], "deals.urgent": [True, False], "rep.active": [True, False],
}  # fmt: skip
_TEXTS = [
    "rep.name",
    "rep.region",
    "source",
    "rep.team.name",
    "deals.stage",
    "deals.size",
    "stint.office",
    "rep.manager.name",
]
_FLAGS = ["deals.urgent", "rep.active"]
_TIMES = ["deals.closed_at", "deals.logged_at", "deals.closed_on", "rep.hired"]
_OF_DEALS = ("deals.", "stint.")
_SETS = ("eq", "ne", "in", "not_in")
_ONE = ("eq", "ne", "lt", "lte", "gt", "gte")


def fields(spec: Spec, deals: bool, dated: bool) -> list[str]:
    """The fields by which all datasets asked can be filtered."""
    found = [one for one in _VALUES if deals or not one.startswith(_OF_DEALS)]
    stints = dated and "stint" in spec.datasets["deals"].links
    found = [one for one in found if "stint" not in one or stints]
    return [one for one in found if "manager" not in one or "manager" in spec.datasets["reps"].links]


@st.composite
def _condition(draw: st.DrawFn, spec: Spec, deals: bool, dated: bool) -> dict[str, Any]:
    field = draw(st.sampled_from(fields(spec, deals, dated)))
    ops = [*_SETS, "is_null", "not_null"]
    ops += [] if field in _FLAGS else ["lt", "lte", "gt", "gte", "between"]
    ops += ["contains", "not_contains", "starts_with", "ends_with"] if field in _TEXTS else []
    ops += ["range"] if field in _TIMES else []
    op = draw(st.sampled_from(ops))
    if op in ("is_null", "not_null"):
        return {"field": field, "op": op}
    if op == "range":
        return {"field": field, "op": op, "range": draw(ranges())}
    known = [*_VALUES[field], *([None] if op in _SETS else [])]
    count = 2 if op == "between" else 1 if op in _ONE else draw(st.integers(1, 3))
    return {"field": field, "op": op, "values": [draw(st.sampled_from(known)) for _ in range(count)]}


def nested(leaf: st.SearchStrategy[dict[str, Any]], most: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """A condition, or conditions in `any`, `all` and `not`."""
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda found: {"any": found}),
            st.lists(inner, min_size=1, max_size=2).map(lambda found: {"all": found}),
            inner.map(lambda found: {"not": found}),
        ),
        max_leaves=most,
    )


def filters(spec: Spec, deals: bool, dated: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Any filter. `deals`: only deals are asked; `dated`: and they have a time, by which joins hold."""
    return nested(_condition(spec, deals, dated))


def having(columns: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Conditions on columns of numbers."""
    values = st.sampled_from([0, 1, 2, 100, "0.5", "250.75"])
    field = st.sampled_from(columns)
    one = st.fixed_dictionaries(
        {"field": field, "op": st.sampled_from(_ONE), "values": st.tuples(values).map(list)}
    )
    many = st.fixed_dictionaries(
        {
            "field": field,
            "op": st.sampled_from(["in", "not_in"]),
            "values": st.lists(st.one_of(values, st.none()), min_size=1, max_size=2),
        }
    )
    bare = st.fixed_dictionaries({"field": field, "op": st.sampled_from(["is_null", "not_null"])})
    return nested(st.one_of(one, many, bare), 2)
