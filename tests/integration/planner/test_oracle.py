"""Whatever is asked, PostgreSQL answers the planner's SQL as the slow oracle answers from the rows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner import Answer
from tests.integration.planner.answered import answers
from tests.integration.planner.oracle_answer import came, column_types, difference, expected
from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.queries import queries
from tests.integration.planner.shards import run
from tests.integration.planner.spec import Spec
from tests.integration.planner.world import World
from tests.integration.planner.world_base import BASE

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.([0-9]+))?")


def check(world: World, query: dict[str, Any], spec: Spec = BASE) -> None:
    """The planner and the oracle agree, also on what is refused."""
    facts = Facts(spec, world.data, query, world.viewer, world.now)
    try:
        plan = world.plan(query)
        answer = world.read(plan)
    except LeadlineError as error:
        assert error.code == refusal(facts), error
        return
    assert_digits(answer)
    if not answer.rows and not answers("empty_refusals") and refusal(facts) == "not_comparable":
        return
    wanted = expected(facts, plan.columns)  # with the digits that types state, before any row is seen
    found = difference(came(answer), wanted)
    assert not found, found
    assert_types(facts, answer)


def refusal(facts: Facts) -> str | None:
    """The code with which the oracle refuses a question."""
    try:
        expected(facts)
    except RefusedError as error:
        return error.code
    return None


def assert_digits(answer: Answer) -> None:
    """A decimal is a text with just its column's digits."""
    for column, values in zip(answer.columns, answer.data, strict=True):
        for value in values:
            if column.type == "decimal" and value is not None:
                found = _NUMBER.fullmatch(str(value))
                assert found and len(found[3] or "") == column.scale, (column, value)


def assert_types(facts: Facts, answer: Answer) -> None:
    """Each column of a metric has the type and the digits that the reference states."""
    types = column_types(facts)
    for column, (name, type_, scale) in zip(answer.columns[-len(types) :], types, strict=True):
        assert column.name == name
        assert type_ in ("", column.type), column
        assert scale in (None, column.scale), column


@pytest.mark.parametrize("shard", range(8))
def test_any_question(world: World, shard: int) -> None:
    run(shard, queries(), lambda query: check(world, query))


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(100, 140))
def test_many_questions(world: World, shard: int) -> None:
    run(shard, queries(), lambda query: check(world, query))
