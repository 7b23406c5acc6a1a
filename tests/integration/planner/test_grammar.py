"""The oracle has an answer, or a refusal with a code, for whatever the grammar can say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from leadline.core.viewer import Viewer
from tests.integration.planner.answered import ALL, using
from tests.integration.planner.oracle_answer import Expected, expected
from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.queries import queries
from tests.integration.planner.shards import run
from tests.integration.planner.spec import Spec
from tests.integration.planner.world import NOW
from tests.integration.planner.world_models import specs
from tests.integration.planner.world_parts import ADMIN, VIEWERS
from tests.integration.planner.world_rows import rows

_REFUSALS = {"not_comparable", "no_time", "grain_too_fine", "no_rate", "bad_range"}


@st.composite
def questions(draw: st.DrawFn) -> tuple[Spec, Viewer, dict[str, Any]]:
    """A model, a viewer and a question of the whole grammar."""
    with using(ALL):
        spec = draw(specs())
        viewer = draw(st.sampled_from(VIEWERS)) if spec.rules else ADMIN
        return spec, viewer, draw(queries(spec))


@pytest.mark.parametrize("shard", range(12))
def test_every_question_has_an_answer_or_a_code(shard: int) -> None:
    run(shard, questions(), _answer)


def _answer(asked: tuple[Spec, Viewer, dict[str, Any]]) -> None:
    spec, viewer, query = asked
    try:
        found = expected(Facts(spec, rows(1, 40, 25, 10), query, viewer, NOW))
    except RefusedError as error:
        assert error.code in _REFUSALS
        return
    _assert_whole(found)


def _assert_whole(found: Expected) -> None:
    """Every row has every column, and what is named is a row."""
    assert all(len(row) == len(found.names) for row in found.rows)
    assert set(found.partial) | set(found.immature) | set(found.other) <= set(range(len(found.rows)))
