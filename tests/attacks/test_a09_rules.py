"""A09: every instance of a governed table is a sub-select of the rows that the viewer may see.

Read from the tree of what would be sent, for every kind of statement and for random questions over random
models. The conditions are written down here by hand: nothing of the planner's own reading of rules is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.planner import BoundModel, bind, make_plan, parse_query
from leadline.planner.drill import make_rows_plan
from leadline.planner.parse_drill import parse_drill
from leadline.planner.plan import Plan, Probe, RollupState, Statement
from leadline.planner.values import make_values_plan, parse_values
from tests.attacks.governed_tree import instances, stored, tables
from tests.attacks.planning import statements
from tests.integration.planner.answered import ALL, using
from tests.integration.planner.queries import queries
from tests.integration.planner.shards import run
from tests.integration.planner.spec import Conversion, Cumulative, Dataset, Measure, Metric, Spec
from tests.integration.planner.tiny import WIDE
from tests.integration.planner.world import NOW, loaded
from tests.integration.planner.world_base import WON
from tests.integration.planner.world_models import with_rollups
from tests.integration.planner.world_parts import ADMIN, RULES, VIEWERS
from tests.integration.planner.world_tables import schema

GOVERNED = ("teams", "reps", "leads", "deals", "visits", "stints")
ANN, BOSS, EDITOR, EAST, NOBODY = VIEWERS[0], VIEWERS[3], VIEWERS[5], VIEWERS[6], VIEWERS[9]
_BY_REP = {"deals": "rep_id.", "leads": "rep_id."}


def conditions(rules: Mapping[str, Any], viewer: Viewer, table: str) -> frozenset[str]:
    """What a viewer's rows of a table must fulfil, one of them; `FALSE` where nothing is shown."""
    shown = frozenset(text for name, text in _shown(viewer, table) if name in rules)
    return shown or frozenset({"FALSE"})


def _shown(viewer: Viewer, table: str) -> Iterator[tuple[str, str]]:
    said = dict(viewer.attributes)
    if table in ("deals", "leads", "reps"):
        path = _BY_REP.get(table, "")
        if said.get("job") == "rep":
            yield "own", f"{path}email = '{viewer.email}'"
        if said.get("job") == "manager":
            yield "team", f"{path}manager_id.email = '{viewer.email}'"
    if "region" in said and table in ("deals", "leads", "visits"):
        yield "region", f"rep_id.region = '{said['region']}'"
    if viewer.role == "editor" and table in ("leads", "visits"):
        yield "grade", "rep_id.grade = 3"
    if viewer.role == "editor" and table in ("deals", "reps"):
        yield "big", {"deals": "amount > 500", "reps": "region IN ('East', 'West')"}[table]


def sent(bound: BoundModel, query: object, viewer: Viewer) -> Plan | Probe:
    """The plan of a question, all rollups usable."""
    states = {name: RollupState(name, True, False, 1) for name in bound.model.rollups}
    asked = parse_query(query, viewer=viewer, now=NOW, model=bound.model)
    return make_plan(asked, bound, states)


def check(found: object, spec: Spec, viewer: Viewer) -> list[str]:
    """The governed tables of all statements in FROM; each must stand under its rule."""
    seen = []
    for statement in statements(found):
        for one in instances(statement):
            if one.table not in GOVERNED or spec.datasets[one.table].open:
                continue
            assert one.governed, f"{one.table} stands bare in {statement.sql}"
            if not one.joined:
                assert one.conditions == conditions(spec.rules, viewer, one.table), statement.sql
                seen.append(one.table)
    return seen


# -- every kind of statement ----------------------------------------------------------------------------

CAME = Measure("came", "count", time="created_at")
WON_THEN = Measure("won_then", "count", where=WON, time="closed_at")


def _with(dataset: Dataset, measure: Measure) -> Dataset:
    return replace(dataset, measures={**dataset.measures, measure.name: measure})


SPEC = replace(
    WIDE,
    datasets={
        **WIDE.datasets,
        "leads": _with(WIDE.datasets["leads"], CAME),
        "deals": _with(WIDE.datasets["deals"], WON_THEN),
    },
    metrics={
        **WIDE.metrics,
        "so_far": Metric("so_far", Cumulative("sales", "running")),
        "won_by": Metric("won_by", Conversion("leads.came", "deals.won_then", "lead", "30 days")),
    },
    rules=RULES,
)
YEAR = {"range": {"preset": "this_year"}}
MONTHS = {"grain": "month", **YEAR}
BY_REGION: dict[str, Any] = {"metrics": ["revenue"], "dimensions": ["rep.region"], "time": YEAR}
EXAMPLES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "rows": ({"metrics": ["revenue"]}, ["deals"]),
    "partners": (BY_REGION, ["deals", "reps"]),
    "filters": (
        {"metrics": ["revenue"], "filters": [{"field": "lead.rep.team.name", "op": "is_null"}]},
        ["deals", "leads", "reps", "teams"],
    ),
    "several facts": ({"metrics": ["revenue", "leads"], "time": MONTHS}, ["deals", "leads"]),
    "comparison": ({**BY_REGION, "compare": [{"to": "previous_year"}]}, ["deals", "reps"] * 2),
    "totals": ({**BY_REGION, "totals": True}, ["deals", "reps", "deals"]),
    "subtotals": (
        {**BY_REGION, "dimensions": ["rep.region", "deals.stage"], "totals": [["rep.region"], []]},
        ["deals", "reps", "deals", "reps", "deals"],
    ),
    "share": ({**BY_REGION, "compare": [{"to": "total", "as": "share"}]}, ["deals", "reps", "deals"]),
    "top": ({**BY_REGION, "top": {"n": 1}}, ["deals", "reps"] * 2),
    "other": ({**BY_REGION, "top": {"n": 1, "other": True}}, ["deals", "reps"] * 3),
    "members": (
        {"metrics": ["revenue"], "dimensions": [{"field": "rep.region", "all": True}]},
        ["deals", "reps", "reps"],
    ),
    "extent": ({"metrics": ["revenue"], "time": {"grain": "day"}}, ["deals"]),
    "targets": ({**BY_REGION, "compare": [{"to": "target"}]}, ["deals", "reps", "reps"]),
    "states": ({"metrics": ["pipeline"], "time": MONTHS}, ["deals"]),
    "running": ({"metrics": ["so_far"], "time": MONTHS}, ["deals"]),
    "conversion": ({"metrics": ["won_by"], "time": YEAR}, ["leads", "deals"]),
}


@pytest.fixture(scope="module")
def bound() -> BoundModel:
    """The model of the examples."""
    return bind(loaded(SPEC), schema())


@pytest.mark.parametrize("viewer", [ANN, BOSS, EDITOR, EAST, NOBODY], ids=lambda one: one.email)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a09_every_kind_of_statement(name: str, viewer: Viewer, bound: BoundModel) -> None:
    query, read = EXAMPLES[name]
    assert Counter(read) <= Counter(check(sent(bound, query, viewer), SPEC, viewer))


@pytest.mark.parametrize("viewer", [ANN, EDITOR, NOBODY], ids=lambda one: one.email)
def test_a09_the_rows_behind_a_number_and_the_values_of_a_field(viewer: Viewer, bound: BoundModel) -> None:
    drill = parse_drill(BY_REGION, viewer=viewer, now=NOW, model=bound.model)
    assert "deals" in check(make_rows_plan(drill, bound).plan, SPEC, viewer)
    values = parse_values({"field": "rep.region", "metric": "revenue"}, viewer=viewer, now=NOW)
    assert check(make_values_plan(values, bound), SPEC, viewer)


def test_a09_a_viewer_whom_no_rule_fits_is_shown_nothing(bound: BoundModel) -> None:
    assert all(conditions(RULES, NOBODY, table) == {"FALSE"} for table in GOVERNED)
    found = sent(bound, BY_REGION, NOBODY)
    assert [one.conditions for statement in statements(found) for one in instances(statement)] == [
        frozenset({"FALSE"}), frozenset({"FALSE"}),
    ]  # fmt: skip


def test_a09_a_rollup_shows_the_rows_of_a_viewer_too() -> None:
    said = {
        "dataset": "deals",
        "time": {"closed_at": "day"},
        "by": {"region": "rep.region"},
        "measures": ["won_count", "won_amount"],
    }
    bound = bind(loaded(replace(SPEC, rollups={"by_region": said})), schema())
    for viewer, conditions_ in ((EAST, frozenset({"region = 'East'"})), (ADMIN, frozenset())):
        found = sent(bound, {**BY_REGION, "totals": True}, viewer)
        read = [one for statement in statements(found) for one in stored(statement)]
        assert read and all(_timeless(one) == conditions_ for one in read)


def _timeless(found: frozenset[str]) -> frozenset[str]:
    """Without the conditions of the range."""
    return frozenset(one for one in found if "closed_at" not in one)


def test_a09_an_admin_and_a_model_without_rules_read_tables_as_they_are(bound: BoundModel) -> None:
    free = bind(loaded(replace(SPEC, rules={})), schema())
    for found in (sent(bound, BY_REGION, ADMIN), sent(free, BY_REGION, NOBODY)):
        assert not any(one.governed for statement in statements(found) for one in instances(statement))


# -- random questions over random models ----------------------------------------------------------------


@st.composite
def asked(draw: st.DrawFn) -> tuple[Spec, dict[str, Any], Viewer]:
    """A model with rules, a question, and somebody who is no admin."""
    with using(ALL):
        spec = draw(with_rollups())
        names = draw(st.sets(st.sampled_from(sorted(RULES)), min_size=1))
        spec = replace(spec, rules={name: RULES[name] for name in sorted(names)})
        query = draw(queries(spec))
    return spec, query, draw(st.sampled_from([one for one in VIEWERS if one.role != "admin"]))


def _check(example: tuple[Spec, dict[str, Any], Viewer]) -> None:
    spec, query, viewer = example
    model = bind(loaded(spec), schema())
    try:
        found = sent(model, query, viewer)
    except LeadlineError as error:
        assert error.status == 400
        return
    read = [name for statement in statements(found) for name in _known(statement)]
    assert check(found, spec, viewer) or not set(read) & set(GOVERNED)
    assert set(read) <= {*GOVERNED, "targets", "rates"}


def _known(statement: Statement) -> Iterator[str]:
    for place, name in tables(statement):
        if place == "public":
            yield name


@pytest.mark.parametrize("shard", range(6))
def test_a09_random_questions_over_random_models(shard: int) -> None:
    run(shard, asked(), _check)
