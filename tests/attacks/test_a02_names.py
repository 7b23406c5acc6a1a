"""A02: a name that is not in the model is refused in every place; nothing is sent to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.conftest import Asking
from tests.attacks.planning import refusal, revenue

NAMES = [
    "amount;drop table deals",
    "1,(select version())",
    'revenue" from deals --',
    "revenue) --",
    "(select 1)",
    "rep.__class__",
    "__proto__",
    "constructor",
    "pg_catalog.pg_user.usename",
    "deals.amount::text",
    "rep.name as x",
    "rep..name",
    ".",
    "",
    " revenue",
    "revenue ",
    "REVENUE",
    "revenue\n",
    "ｒevenue",
    "rеvenue",  # a Cyrillic e
    "revenue:previous_year:",
    "%s",
    "{{7*7}}",
    "../revenue",
    "r" * 499,
    "r" * 9_999,
    "r" * 200_000,
    "a.b." * 120,
    "revenue\0",
    "\ud800",
]
Ask = Callable[[str], dict[str, Any]]
BY_NAME = {"dimensions": ["rep.name"]}
PLACES: dict[str, Ask] = {
    "/metrics/0": lambda name: {"metrics": [name]},
    "/metrics/1": lambda name: {"metrics": ["revenue", name]},
    "/dimensions/0": lambda name: revenue(dimensions=[name]),
    "/dimensions/0/field": lambda name: revenue(dimensions=[{"field": name, "all": True}]),
    "/filters/0/field": lambda name: revenue(filters=[{"field": name, "op": "is_null"}]),
    "/filters/0/not/any/0/field": lambda name: revenue(
        filters=[{"not": {"any": [{"field": name, "op": "not_null"}]}}]
    ),
    "/filters/0/op": lambda name: revenue(filters=[{"field": "rep.name", "op": name, "values": ["x"]}]),
    "/having/0/field": lambda name: revenue(having=[{"field": name, "op": "gt", "values": [1]}]),
    "/having/0/op": lambda name: revenue(having=[{"field": "revenue", "op": name, "values": [1]}]),
    "/sort/0/by": lambda name: revenue(sort=[{"by": name}]),
    "/sort/1/by": lambda name: revenue(**BY_NAME, sort=[{"by": "rep.name"}, {"by": name, "desc": True}]),
    "/time/by": lambda name: revenue(time={"by": name}),
    "/time/grain": lambda name: revenue(time={"grain": name}),
    "/time/zone": lambda name: revenue(time={"zone": name}),
    "/time/range/preset": lambda name: revenue(time={"range": {"preset": name}}),
    "/compare/0/to": lambda name: revenue(compare=[{"to": name}]),
    "/compare/0/as": lambda name: revenue(compare=[{"to": "previous_year", "as": name}]),
    "/compare/0/align": lambda name: revenue(compare=[{"to": "previous_year", "align": name}]),
    "/compare/0/pace": lambda name: revenue(compare=[{"to": "target", "pace": name}]),
    "/compare/0/growth": lambda name: revenue(compare=[{"growth": name, "periods": 2}]),
    "/top/by": lambda name: revenue(**BY_NAME, top={"n": 1, "by": name}),
    "/top/of": lambda name: revenue(**BY_NAME, top={"n": 1, "of": name}),
    "/top/per": lambda name: revenue(**BY_NAME, top={"n": 1, "per": name}),
    "/totals/0/0": lambda name: revenue(**BY_NAME, totals=[[name]]),
}
CODES = {
    "unknown_metric", "unknown_field", "unknown_operator", "unknown_grain", "unknown_zone", "unknown_preset",
    "unreachable_field", "not_comparable", "bad_top", "bad_json",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a02_names_outside_the_model_are_refused_with_their_place(place: str) -> None:
    for name in NAMES:
        error = refusal(PLACES[place](name))
        assert error.code in CODES, (name[:80], error.code)
        assert error.at in (place, place.removesuffix("/field")), name[:80]


@pytest.mark.parametrize("place", PLACES)
def test_a02_over_http_nothing_is_sent(asking: Asking, place: str) -> None:
    with asking.api.signed_in() as client:
        for name in NAMES[:-1:4]:
            one = client.post("/api/v1/query", json=PLACES[place](name))
            assert one.status_code == 400, (name[:80], one.text[:300])
            assert set(one.json()) == {"code", "why", "fix", "at"}
        many = client.post("/api/v1/batch", json={"queries": [PLACES[place](name) for name in NAMES[:12]]})
        assert many.status_code == 200
        assert many.text.count('"error"') == 12
    assert not asking.engine.texts()


@pytest.mark.parametrize("name", [name for name in NAMES if "\0" not in name and "\ud800" not in name])
def test_a02_a_key_that_is_none_is_refused(name: str) -> None:
    for query in (
        revenue(**{name: 1}),
        revenue(time={name: 1}),
        revenue(filters=[{name: 1}]),
        revenue(compare=[{"to": {name: 1}}]),
        revenue(sort=[{"by": "revenue", name: 1}]),
    ):
        error = refusal(query)
        assert error.code == "unknown_key"
        assert len(error.at) < 300
