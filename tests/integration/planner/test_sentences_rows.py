"""Sentences of the query reference about rows, their order and who sees them, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.core.viewer import Viewer
from tests.integration.planner.spec import Spec
from tests.integration.planner.tiny import ask, cells, row, spec_with
from tests.integration.planner.world_parts import ADMIN, RULES

REPS = [
    row("reps", 1, name="Ann", team_id=1, region="East", email="ann1@example.com", manager_id=4),
    row("reps", 2, name="Bob", team_id=1, region="West", email="bob2@example.com", manager_id=4),
    row("reps", 3, name="Cid", region="West", email="cid3@example.com", manager_id=1),
    row("reps", 4, name="Zoë", team_id=2, region=None, email="zoë4@example.com"),
]
TEAMS = [row("teams", 1, name="Red"), row("teams", 2, name="Blue")]


def won(*amounts: tuple[int | None, str], **more: Any) -> list[dict[str, Any]]:
    """Deals of these sellers."""
    base = {"status": "won", "closed_at": "2026-03-05"} | more
    return [row("deals", n, rep_id=rep, amount=value, **base) for n, (rep, value) in enumerate(amounts, 1)]


DEALS = won((1, "10"), (1, "20"), (2, "25"), (3, "5"), (4, "1"), (None, "7"), (99, "2"))


def found(query: dict[str, Any], spec: Spec | None = None, viewer: Viewer = ADMIN, **data: Any) -> Any:
    tables = {"reps": REPS, "teams": TEAMS, "deals": DEALS, **data}
    return ask(
        {"metrics": ["revenue"], "as_of": "2026-06-01", **query}, spec or spec_with(), viewer, **tables
    )


def values(query: dict[str, Any], **more: Any) -> list[list[Any]]:
    return cells(found(query, **more))


# -- having, top, other, totals -------------------------------------------------------------------------


def test_top_ranks_the_members_and_none_ranks_like_any_other() -> None:
    top = {"dimensions": ["rep.name"], "top": {"n": 3}}
    assert values(top) == [["Ann", 30], ["Bob", 25], ["(none)", 9]]
    assert values({**top, "top": {"n": 2}}) == [["Ann", 30], ["Bob", 25]]


def test_those_left_out_are_one_member_after_all_others() -> None:
    answer = found({"dimensions": ["rep.name"], "top": {"n": 1, "other": True}, "sort": [{"by": "revenue"}]})
    assert cells(answer) == [["Ann", 30], ["(other)", 40]]
    assert answer.other == [1]


def test_the_metrics_of_the_others_are_computed_from_their_rows() -> None:
    query = {"metrics": ["mean_size", "sellers"], "dimensions": ["rep.name"], "top": {"n": 1, "other": True}}
    assert values(query) == [["Bob", 25, 1], ["(other)", 7.5, 4]]


def test_top_within_each_member_of_another_field() -> None:
    query = {"dimensions": ["rep.name", "rep.region"], "top": {"n": 1, "per": "rep.region", "other": True}}
    sort = [{"by": "rep.region"}, {"by": "revenue", "desc": True}]
    assert values({**query, "sort": sort}) == [
        ["Ann", "East", 30],
        ["Bob", "West", 25],
        ["(other)", "West", 5],
        ["(none)", "(none)", 9],
        ["(other)", "(none)", 1],
    ]


def test_ties_are_broken_by_the_member() -> None:
    lines = won((2, "5"), (1, "5"))
    assert values({"dimensions": ["rep.name"], "top": {"n": 1}}, deals=lines) == [["Ann", 5]]


def test_having_looks_at_finished_rows_before_top() -> None:
    query = {"dimensions": ["rep.name"], "having": [{"field": "revenue", "op": "lt", "values": [30]}]}
    assert values({**query, "top": {"n": 1}}) == [["Bob", 25]]
    totals = found({**query, "totals": True})
    assert totals.totals == {"revenue": 70}


def test_totals_and_subtotals_are_computed_anew() -> None:
    query = {
        "metrics": ["mean_size"],
        "dimensions": ["rep.name", "rep.region"],
        "totals": [["rep.region"], []],
    }
    answer = found(query, deals=won((1, "10"), (1, "20"), (2, "25"), (3, "5")))
    assert answer.totals is None
    assert answer.subtotals == [(["rep.region"], [["East", 15], ["West", 15]]), ([], [[15]])]
    whole = found({**query, "totals": True, "limit": 1})
    assert (whole.totals, whole.truncated) == ({"mean_size": 10}, True)


def test_a_share_is_of_the_total_of_the_range_or_of_the_bucket() -> None:
    lines = [*won((1, "10"), (2, "30")), *won((1, "5"), (2, "5"), closed_at="2026-04-05")]
    query = {"dimensions": ["rep.name"], "compare": [{"to": "total", "as": "share"}]}
    assert values(query, deals=lines) == [["Bob", 35, 0.7], ["Ann", 15, 0.3]]
    by_month = values({**query, "time": {"grain": "month"}}, deals=lines)
    assert [line[1:] for line in by_month] == [
        ["Bob", 30, 0.75],
        ["Ann", 10, 0.25],
        ["Ann", 5, 0.5],
        ["Bob", 5, 0.5],
    ]


def test_a_share_of_the_target_and_its_pace() -> None:
    targets = [row("targets", 0, rep_id=1, month_start="2026-03-01", amount="310")]
    time = {"range": {"preset": "month_to_date"}}
    compare = [{"to": "target", "as": "share"}, {"to": "target", "pace": "days"}]
    query = {"time": time, "compare": compare, "as_of": "2026-03-10"}
    assert values(query, targets=targets) == [[70, round(70 / 310, 10), 100]]


def test_all_members_are_there_with_or_without_rows() -> None:
    query = {"dimensions": [{"field": "rep.name", "all": True}], "sort": [{"by": "rep.name"}]}
    west = [{"field": "rep.region", "op": "eq", "values": ["West"]}]
    assert values({**query, "filters": west}, deals=won((2, "25"))) == [["Bob", 25], ["Cid", 0]]


# -- row rules ------------------------------------------------------------------------------------------


def rules(*names: str) -> Spec:
    return spec_with(rules={name: RULES[name] for name in names})


ANN = Viewer("org", "ann1@example.com", "viewer", "Ann", (("job", "rep"),))
ZOE = Viewer("org", "zoë4@example.com", "viewer", "Zoë", (("job", "manager"),))
NOBODY = Viewer("org", "nobody@example.com", "viewer")


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (ADMIN, [["Ann", 30], ["Bob", 25], ["(none)", 9], ["Cid", 5], ["Zoë", 1]]),
        (ANN, [["Ann", 30]]),
        (ZOE, [["Ann", 30], ["Bob", 25]]),  # those whose manager she is, two hops away
        (NOBODY, []),
    ],
)
def test_each_viewer_sees_the_rows_of_the_rules_that_fit(viewer: Viewer, expected: list[list[Any]]) -> None:
    spec = rules("own", "team")
    assert values({"dimensions": ["rep.name"]}, spec=spec, viewer=viewer) == expected
    total = sum(line[1] for line in expected)
    assert found({"totals": True}, spec, viewer).totals == {"revenue": total}


def test_a_partner_that_is_hidden_is_none() -> None:
    editor = Viewer("org", "e@example.com", "editor")
    lines = won((3, "600"), (4, "700"), (2, "100"))
    query = {"dimensions": ["rep.name"], "sort": [{"by": "rep.name"}]}
    assert values(query, spec=rules("big"), viewer=editor, deals=lines) == [["Cid", 600], ["(none)", 700]]
    team = {"dimensions": ["rep.team.name"]}  # the rule says nothing of teams: nobody sees them
    assert values(team, spec=rules("big"), viewer=editor, deals=lines) == [["(none)", 1300]]


def test_rules_hold_for_members_and_for_those_left_out() -> None:
    query = {"dimensions": [{"field": "rep.name", "all": True}], "top": {"n": 1, "other": True}}
    assert values(query, spec=rules("team"), viewer=ZOE, deals=DEALS[:2]) == [["Ann", 30], ["(other)", 0]]


def test_several_rules_show_the_rows_of_each() -> None:
    both = Viewer("org", "ann1@example.com", "viewer", "Ann", (("job", "rep"), ("region", "West")))
    found_ = values({}, spec=rules("own", "region"), viewer=both)
    assert found_ == [[30 + 25 + 5]]


def test_one_expression_shows_nothing_of_a_dataset_where_it_cannot_be_read() -> None:
    west = Viewer("org", "w@example.com", "viewer", "", (("region", "West"),))
    query = {"dimensions": ["rep.name"]}  # `rep.region` means nothing to reps themselves
    assert values(query, spec=rules("region"), viewer=west) == [["(none)", 30]]
