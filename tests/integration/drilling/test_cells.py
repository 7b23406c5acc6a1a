"""The rows behind a cell make its number: for any metric, cell, viewer and filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.drilling.asking import Json, column, there, told, total
from tests.integration.drilling.conftest import ADMIN, EDITOR, MANAGER, NOBODY, OTHER_REP, REP, SignIn

Value = Decimal | None
Drill = Callable[[str | None], Json]


def _share(above: Decimal | int, below: Decimal | int) -> Value:
    return round(Decimal(above) / Decimal(below), 10) if below else None


# From the rows of a cell (by dataset, where there are several) to the number that they must make.
MADE: Mapping[str, Callable[[Drill], Value]] = {
    "leads": lambda rows: Decimal(len(there(rows(None), "created"))),
    "appointments": lambda rows: Decimal(len(there(rows(None), "planned"))),
    "revenue": lambda rows: total(rows(None), "won_amount"),
    "sales": lambda rows: Decimal(len(there(rows(None), "won_count"))),
    "products": lambda rows: Decimal(len(set(there(rows(None), "products")))),
    "win_rate": lambda rows: _share(
        len(there(rows(None), "won_count")), len(there(rows(None), "closed_count"))
    ),
    "revenue_per_lead": lambda rows: _share(
        total(rows("deals"), "won_amount"), len(there(rows("leads"), "created"))
    ),
    "revenue_ytd": lambda rows: total(rows(None), "won_amount"),
    "open_deals": lambda rows: Decimal(len(there(rows(None), "count"))),
    "lead_to_sale": lambda rows: _share(sum(column(rows(None), "converted")), rows(None)["rows"]),
}
FIELDS = {
    "leads": ["source", "rep.region", "rep.name"],
    "appointments": ["lead.source", "rep.region", "status"],
    "revenue": ["source", "product", "rep.region", "lead.source", "closed_at.weekday"],
    "revenue_per_lead": ["rep.region", "rep.name"],
    "lead_to_sale": ["source", "rep.region"],
}
FILTERS = [
    {"field": "rep.region", "op": "in", "values": ["East", "(none)"]},
    {"field": "rep.region", "op": "ne", "values": ["West"]},
    {"not": {"field": "rep.name", "op": "contains", "values": ["a"]}},
]
SPANS = [
    {"preset": "last_13_weeks"},
    {"preset": "month_to_date"},
    {"from": "2026-03-01", "to": "2026-09-15"},
    {"from": "2026-08-01"},
]


@st.composite
def _questions(draw: st.DrawFn) -> dict[str, Any]:
    metric = draw(st.sampled_from(sorted(MADE)))
    known = FIELDS.get(metric, FIELDS["revenue"])
    fields: list[str] = draw(st.lists(st.sampled_from(known), max_size=2, unique=True))
    grain = draw(st.sampled_from([None, "day", "week", "month", "quarter"]))
    time = {"range": draw(st.sampled_from(SPANS)), "zone": draw(st.sampled_from([None, "Asia/Kathmandu"]))}
    if metric in ("revenue", "sales", "win_rate", "products"):
        time["by"] = draw(st.sampled_from([None, "deals.opened_at"]))
    query: dict[str, Any] = {
        "metrics": [metric],
        "dimensions": fields,
        "time": {key: value for key, value in {**time, "grain": grain}.items() if value},
        "filters": draw(st.lists(st.sampled_from(FILTERS), max_size=1)),
    }
    if fields and draw(st.sampled_from([True, False])):
        query["top"] = {"n": draw(st.integers(1, 3)), "other": draw(st.sampled_from([True, True, False]))}
    return query


def _cell(answer: Json, place: int) -> dict[str, Any]:
    """The keys of a row of an answer."""
    names = [one["name"] for one in answer["columns"][:-1]]
    return {name: answer["data"][i][place] for i, name in enumerate(names)}


@pytest.mark.parametrize("viewers", [(ADMIN, MANAGER), (REP, OTHER_REP, EDITOR, NOBODY)], ids=len)
def test_the_rows_of_a_cell_make_its_number(as_: SignIn, viewers: tuple[str, ...]) -> None:

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_questions(), st.sampled_from(viewers), st.integers(0, 10_000))
    def check(query: dict[str, Any], viewer: str, place: int) -> None:
        client = as_(viewer)
        answer = told(client, "query", query)
        if not answer["rows"]:
            return
        place %= answer["rows"]
        body = {"query": query, "cell": _cell(answer, place), "limit": 1000}
        if place in answer.get("other_rows", []):
            body["other"] = True

        def rows(dataset: str | None) -> Json:
            found = told(client, "rows", {**body, **({"dataset": dataset} if dataset else {})})
            assert not found["truncated"]
            return found

        value = answer["data"][-1][place]
        if value is None and query["metrics"] == ["open_deals"]:
            return  # of a bucket that has not begun
        assert MADE[query["metrics"][0]](rows) == (None if value is None else Decimal(value)), body

    check()
