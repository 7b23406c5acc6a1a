"""Snapshots: the rows that hold at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

from tests.integration.planner.oracle_clock import Edge, earlier, midnight
from tests.integration.planner.oracle_facts import Facts, Input, Slice
from tests.integration.planner.oracle_frames import Frame
from tests.integration.planner.oracle_measures import Fact, aggregate
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.spec import Metric, Snapshot


def input_of(facts: Facts, metric: Metric, kind: Snapshot) -> Input:
    """The measure over rows that hold."""
    dataset, measure = facts.spec.measure(kind.measure)
    return Input(dataset, measure, None, metric.filter, kind.valid, own=measure.time or kind.valid[0])


def value(kind: Snapshot, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    """The state at the frame's end, at the end of its first day, or the mean over its days' ends."""
    if frame.unknown:
        return None
    one = input_of(facts, metric, kind)
    found = [_at(facts, one, edge, slice_) for edge in _edges(kind, facts, frame)]
    if kind.of != "avg":
        return found[0]
    values = [value for value in found if value is not None]
    return sum(values, Fraction(0)) / len(values) if values else None


def counted(kind: Snapshot, facts: Facts, metric: Metric, frame: Frame) -> Iterator[tuple[Input, Fact]]:
    """The rows that hold at any instant that is read."""
    one = input_of(facts, metric, kind)
    for edge in _edges(kind, facts, frame) if not frame.unknown else []:
        yield from ((one, fact) for fact in facts.facts(one) if _holds(facts, one, fact, edge))


def _at(facts: Facts, one: Input, edge: Edge, slice_: Slice) -> Any:
    found = [fact for fact in facts.of(one, slice_) if _holds(facts, one, fact, edge)]
    return aggregate(one.measure, found, facts.rows)


def _holds(facts: Facts, one: Input, fact: Fact, edge: Edge) -> bool:
    """`from < end` and (`to` null or `to >= end`)."""
    assert one.valid
    start, end = (facts.rows.value(facts.rows.field(one.dataset, name), fact.row, None) for name in one.valid)
    return start is not None and edge.after(start) and (end is None or not edge.after(end))


def _edges(kind: Snapshot, facts: Facts, frame: Frame) -> list[Edge]:
    if kind.of == "last":
        return [frame.state]
    if frame.low is None:
        raise RefusedError("bad_range")  # reading: a range without begin has no first day
    ends = _day_ends(facts, frame.low, frame)
    if kind.of == "avg":
        return ends
    found = earlier(_end_of_day(facts, frame.low, 1), frame.state)
    assert found
    return [found]


def _end_of_day(facts: Facts, low: Edge, count: int) -> Edge:
    return facts.clock.edge(midnight(low.local.date() + timedelta(days=count)))


def _day_ends(facts: Facts, low: Edge, frame: Frame) -> list[Edge]:
    """The days' ends up to the frame's end or now; the day that runs is counted there, no later one."""
    found: list[Edge] = []
    if low.instant >= frame.state.instant:
        return found
    while not found or found[-1].instant < frame.state.instant:
        end = earlier(_end_of_day(facts, low, len(found) + 1), frame.state)
        assert end
        found.append(end)
    return found
