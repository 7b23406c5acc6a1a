"""Each bench once over a tiny company: its figures say nothing, but all of it runs and answers are right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.line import Line
from bench.scenarios import cold, herd, warm
from bench.stack.sizes import SIZES
from tests.support.servers import folder

TINY = SIZES["tiny"]
pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Where the benches of this module keep their company."""
    with folder("bench") as path:
        yield path


def by_metric(lines: Iterator[Line]) -> dict[str, Line]:
    """The lines by what they measure."""
    return {line.metric: line for line in lines}


@pytest.mark.slow
def test_cold_compares_both_sides_answers_and_times(place: Path) -> None:
    lines = by_metric(cold.measured(TINY, place, 2, goal=None))

    assert lines["dashboard_ms"].n == 2
    assert lines["dashboard_ms"].floor
    assert lines["cpu_ms"].value > 0
    assert lines["postgres_cpu_ms"].value > 0
    assert lines["first_plan_ms"].n == 23
    assert lines["known_plan_ms"].value < lines["first_plan_ms"].value


def test_warm_is_right_at_every_version_and_refuses_who_was_shut_out(place: Path) -> None:
    lines = by_metric(warm.measured(TINY, place, 1, 1.0, goals=False, sample_every=7))

    assert lines["dashboards_per_s"].ratio
    assert lines["one_load_ms"].floor
    seen = ("answers_right_at_their_version", "answers_right_between_versions")
    assert sum(lines[name].value for name in seen) > 0
    assert lines["revoked_refused_s"].value < 5


@pytest.mark.slow
def test_a_herd_at_an_expired_dashboard_is_counted_beside_one_viewer_of_each_scope(place: Path) -> None:
    lines = by_metric(herd.measured(TINY, place, 30, 1, holds=4.0))

    asked = lines["source_queries"]
    assert asked.floor is not None
    assert asked.floor >= 23 * 3
    # a machine that is busy otherwise may keep Redis waiting; then each process asks once
    most = asked.floor if lines["answers_read_without_redis"].value == 0 else 2 * asked.floor
    assert asked.floor <= asked.value <= most
