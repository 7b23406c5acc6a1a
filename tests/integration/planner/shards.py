"""Random examples in small independent runs, so that none is a small change of the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SIZE = 10
"""Hypothesis begins to vary what it has made after ten examples."""


def seldom(draw: st.DrawFn, times: int) -> bool:
    """True once for each `times` that it is False; False in the simplest example."""
    return draw(st.integers(0, times)) == times


def run(shard: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> None:
    """Ten examples of a strategy, always the same ones for a shard; the first that fails is shown smaller."""

    @seed(shard)
    @settings(
        max_examples=SIZE,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(example: Any) -> None:
        check(example)

    each()
