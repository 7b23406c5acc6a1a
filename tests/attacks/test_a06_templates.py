"""A06: signs of templates and of placeholders are plain text in names, labels, filters and the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from leadline.planner import bind, make_plan, parse_query
from leadline.planner.plan import Plan
from leadline.semantic.expressions.parse import parse
from tests.attacks.planning import ADA, BOUND, NOW, holds, revenue, statements

SIGNS = [
    "{{''.__class__}}", "{% for x in y %}", "${7*7}", "#{7*7}", "%s", "%(p0)s", "%%", "%", "$1", ":p0", "?",
    "{0}", "<%= 7*7 %>", "\\N{BULLET}",
]  # fmt: skip


def _plan(metric: Any, data: dict[str, Any]) -> Plan:
    """The plan over the shipped model with another `revenue`."""
    model = replace(BOUND.model, metrics={**BOUND.model.metrics, "revenue": metric})
    bound = bind(model, BOUND.schema)
    found = make_plan(parse_query(data, viewer=ADA, now=NOW, model=model), bound, {})
    assert isinstance(found, Plan)
    return found


@pytest.mark.parametrize("text", SIGNS)
def test_a06_a_label_is_shown_as_it_is_written(text: str) -> None:
    metric = replace(BOUND.model.metrics["revenue"], label=text)
    found = _plan(metric, revenue())
    assert found.columns[0].label == text
    assert not any(text in one.sql for one in statements(found) if len(text) > 2)


@pytest.mark.parametrize("text", SIGNS)
def test_a06_a_text_of_the_model_is_a_literal(text: str) -> None:
    """Every per cent sign that is no parameter of ours is doubled, as the driver needs it."""
    metric = replace(BOUND.model.metrics["revenue"], filter=parse(f"source = '{text}'"))
    for one in statements(_plan(metric, revenue())):
        literal = text.replace("%", "%%")
        assert (
            f"'{literal}'" in one.sql or f"E'{literal}'" in one.sql or holds(list(one.params.values()), text)
        )
        rendered = one.sql % dict.fromkeys(one.params, "0")
        assert text in rendered or holds(list(one.params.values()), text)


@pytest.mark.parametrize("text", SIGNS)
def test_a06_a_value_of_a_filter_is_a_value(text: str) -> None:
    data = revenue(filters=[{"field": "rep.region", "op": "contains", "values": [text]}])
    for one in statements(_plan(BOUND.model.metrics["revenue"], data)):
        assert holds(list(one.params.values()), text)
        assert one.sql % dict.fromkeys(one.params, "0")
