"""One question has one key however it is written; viewers share it only where they see the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.planner import BoundModel, Keys, bind, canonical, parse_query
from tests.integration.planner.answered import answers
from tests.integration.planner.oracle_answer import expected
from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.oracle_rows import Rows
from tests.integration.planner.queries import queries
from tests.integration.planner.shards import run
from tests.integration.planner.spec import Spec
from tests.integration.planner.world import NOW, loaded
from tests.integration.planner.world_models import specs
from tests.integration.planner.world_parts import ADMIN, VIEWERS
from tests.integration.planner.world_rows import rows
from tests.integration.planner.world_tables import schema

Query = dict[str, Any]


def _keys(bound: BoundModel, query: Query, viewer: Viewer) -> Keys | None:
    try:
        return canonical(parse_query(query, viewer=viewer, now=NOW, model=bound.model), bound)
    except LeadlineError:
        return None


# -- spelling -------------------------------------------------------------------------------------------


@st.composite
def _asked(draw: st.DrawFn) -> tuple[Spec, Query]:
    spec = draw(specs())
    return spec, draw(queries(spec))


def respelled(query: Query) -> Query:
    """The same question, written in another way."""
    time = {"zone": None, "grain": None, **query["time"]}
    time["range"] = _range(query["time"].get("range", {}))
    return {
        "offset": 0,
        "limit": 10_000,
        "having": [],
        **query,
        "time": {key: value for key, value in time.items() if value is not None},
        "dimensions": [
            one if isinstance(one, dict) else {"field": one, "all": False} for one in query["dimensions"]
        ],
        "filters": [{"all": [_filter(one) for one in reversed(query["filters"])]}]
        if query["filters"]
        else [],
        "compare": [
            one if "growth" in one else {"as": "value", "cut": True, **one} for one in query["compare"]
        ],
        "sort": [{"desc": False, **one} for one in query["sort"]],
    }


_PRESETS = {"today": "this_day", "last_month": "last_1_months", "last_year": "last_1_years"}


def _range(asked: Mapping[str, Any]) -> dict[str, Any]:
    if not asked:
        return {"preset": "all"}
    return (
        {**asked, "preset": _PRESETS.get(asked["preset"], asked["preset"])}
        if "preset" in asked
        else {**asked}
    )


def _filter(one: Mapping[str, Any]) -> dict[str, Any]:
    """Values in another order and twice; members of `any` and `all` in another order."""
    for word in ("any", "all"):
        if word in one:
            return {word: [_filter(inner) for inner in reversed(one[word])]}
    if "not" in one:
        return {"not": {"all": [_filter(one["not"])]}}
    if one["op"] in ("eq", "ne"):
        return {**one, "op": {"eq": "in", "ne": "not_in"}[one["op"]]}
    doubled = one["op"] in ("in", "not_in")
    return {**one, "values": [*reversed(one["values"]), one["values"][0]]} if doubled else {**one}


def _same_key(asked: tuple[Spec, Query]) -> None:
    spec, query = asked
    bound = bind(loaded(spec), schema())
    found = _keys(bound, query, ADMIN)
    assert found == _keys(bound, dict(reversed(query.items())), ADMIN)
    assert found == _keys(bound, respelled(query), ADMIN)


@pytest.mark.parametrize("shard", range(4))
def test_spelling_does_not_change_the_key(shard: int) -> None:
    run(shard, _asked(), _same_key)


# -- viewers --------------------------------------------------------------------------------------------


def scope(spec: Spec, viewer: Viewer, datasets: frozenset[str]) -> frozenset[tuple[str, ...]]:
    """What a viewer may see of some datasets: the predicates that hold, with the values that they read."""
    if viewer.role == "admin":
        return frozenset([("everything",)])
    seen = Rows(spec, {}, viewer, None)  # type: ignore[arg-type]  # no row is read
    return frozenset(
        (dataset, says.sql, *values)
        for rule in seen.fitting
        for dataset, says, values in _predicates(spec, seen, rule.name)
        if dataset in datasets
    )


def _predicates(spec: Spec, seen: Rows, name: str) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    rule = spec.rules[name]
    for dataset in spec.datasets:
        says = rule.rows.get(dataset) or rule.rows.get(None)
        limited = rule.datasets and dataset not in rule.datasets
        if says and not limited and not spec.datasets[dataset].open:
            words = says.sql.replace(",", " ").split()
            values = tuple(str(seen.says("", {}, None)(one)) for one in words if one.startswith("viewer."))
            yield dataset, says, values


def _touched(spec: Spec, query: Query, viewer: Viewer) -> frozenset[str]:
    """The datasets of which the oracle had to ask whether the viewer may see a row."""
    facts = Facts(spec, rows(1, 40, 25, 10), query, viewer, NOW)
    try:
        expected(facts)
    except RefusedError:
        return frozenset()
    return facts.rows.asked_for


def _share(asked: tuple[Spec, Query]) -> None:
    spec, query = asked
    if not spec.rules:
        return
    bound = bind(loaded(spec), schema())
    touched = frozenset[str]().union(*(_touched(spec, query, one) for one in VIEWERS))
    every = frozenset(spec.datasets)
    for one, other in combinations(VIEWERS, 2):
        mine, theirs = _keys(bound, query, one), _keys(bound, query, other)
        if scope(spec, one, touched) != scope(spec, other, touched):
            assert mine is None or mine != theirs, (one, other)
        if scope(spec, one, every) == scope(spec, other, every):
            assert mine == theirs, (one, other)


@pytest.mark.parametrize("shard", range(4))
def test_viewers_share_only_what_both_may_see(shard: int) -> None:
    if not answers("models", "rules"):
        pytest.skip("row rules are not answered yet: see answered.py")
    run(shard, _asked(), _share)
