"""How figures become lines."""

from __future__ import annotations

from bench.line import at_most, beside


def test_a_figure_beside_its_floor_is_the_ratio_of_the_medians() -> None:
    line = beside("b", "m", [30.0, 10.0, 20.0], [10.0, 40.0, 5.0], "ms", most=1.5)

    assert (line.value, line.floor, line.ratio) == (20.0, 10.0, 2.0)
    assert (line.goal, line.ok, line.n, line.spread) == ("<= 1.5 x", False, 3, 1.0)


def test_more_than_a_share_of_the_floor_is_good() -> None:
    assert beside("b", "m", [6.0], [10.0], "1/s", least=0.5).ok is True
    assert beside("b", "m", [4.0], [10.0], "1/s", least=0.5).ok is False


def test_without_a_goal_a_figure_is_only_told() -> None:
    assert beside("b", "m", [1.0], [2.0], "ms").ok is None
    assert at_most("b", "m", [1.0], "ms").ok is None
