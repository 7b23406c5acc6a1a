"""The key is the same for every way to write a question, and another for every other question."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leadline.planner import Keys, bind, canonical, parse_query
from tests.integration.planner.world import VIEWER, model, schema
from tests.unit.planner.canonical_queries import CHANGES, questions, rewritings

BOUND = bind(model(), schema())
NOW = datetime(2026, 3, 31, 17, 0, 7, tzinfo=UTC)


def keys(data: dict[str, Any]) -> Keys:
    return canonical(parse_query(data, viewer=VIEWER, now=NOW, model=BOUND.model), BOUND)


@given(st.data())
def test_every_way_to_write_a_question_has_its_key(data: st.DataObject) -> None:
    query = data.draw(questions())
    assert keys(data.draw(rewritings(query))) == keys(query)


@given(questions(), st.sampled_from(sorted(CHANGES)), st.sampled_from(sorted(CHANGES)))
def test_every_change_of_meaning_has_its_own_key(query: dict[str, Any], one: str, other: str) -> None:
    changed = keys(CHANGES[one](query))
    assert changed.live != keys(query).live
    assert changed.cache != keys(query).cache
    if one != other:
        second = keys(CHANGES[other](query))
        assert changed.live != second.live
        assert changed.cache != second.cache


@given(questions(), st.sampled_from(sorted(CHANGES)), st.data())
def test_a_change_is_told_however_it_is_written(
    query: dict[str, Any], change: str, data: st.DataObject
) -> None:
    changed = data.draw(rewritings({**query, "metrics": query["metrics"]}))
    assert keys(changed) != keys(CHANGES[change](query))
