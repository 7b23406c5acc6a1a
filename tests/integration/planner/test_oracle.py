"""Whatever is asked, PostgreSQL answers the planner's SQL as the slow oracle answers from the rows."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, given, settings

from leadline.core.errors import LeadlineError
from leadline.planner import Answer
from tests.integration.planner.oracle import Oracle
from tests.integration.planner.oracle_answer import Table, alike, came, expected
from tests.integration.planner.oracle_times import NotComparableError
from tests.integration.planner.queries import queries
from tests.integration.planner.world import World

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.([0-9]+))?")


def check(world: World, query: dict[str, Any]) -> None:
    """The planner and the oracle agree, also on what cannot be compared."""
    oracle = Oracle(world.data, query, world.now)
    try:
        plan = world.plan(query)
    except LeadlineError as error:
        assert error.code == "not_comparable", error
        assert _refuses(oracle, query), f"the oracle would answer: {error}"
        return
    answer = world.read(plan)
    assert_digits(answer)
    wanted = expected(oracle, plan.columns)  # with the digits that types state, before any row is seen
    assert alike(came(answer), wanted)


def _refuses(oracle: Oracle, query: dict[str, Any]) -> bool:
    try:
        Table(oracle, oracle.grain, True)
        if query.get("totals"):
            Table(oracle, None, False)
    except NotComparableError:
        return True
    return False


def assert_digits(answer: Answer) -> None:
    """A decimal is a text with just its column's digits."""
    for column, values in zip(answer.columns, answer.data, strict=True):
        for value in values:
            if column.type == "decimal" and value is not None:
                found = _NUMBER.fullmatch(str(value))
                assert found and len(found[3] or "") == column.scale, (column, value)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=queries())
def test_any_question(world: World, query: dict[str, Any]) -> None:
    check(world, query)
