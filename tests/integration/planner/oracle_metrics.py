"""What each kind of metric is worth in a frame, and which facts it counts there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch
from typing import Any

from tests.integration.planner import oracle_conversion as conversion
from tests.integration.planner import oracle_states as states
from tests.integration.planner.oracle_clock import Edge, midnight
from tests.integration.planner.oracle_facts import Facts, Input, Slice
from tests.integration.planner.oracle_frames import Frame
from tests.integration.planner.oracle_measures import ZERO, Fact, aggregate, type_of
from tests.integration.planner.oracle_moves import of_text
from tests.integration.planner.spec import (
    Conversion,
    Cumulative,
    Derived,
    Kind,
    Metric,
    Ratio,
    Simple,
    Snapshot,
    Spec,
)

Counted = Iterator[tuple[Input, Fact]]


def value(facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    """The metric's value over the facts of a slice in a frame."""
    return _value(metric.kind, facts, metric, frame, slice_)


def counted(facts: Facts, metric: Metric, frame: Frame) -> Counted:
    """The facts that the metric counts in a frame; of a conversion its first events and those reached."""
    return _counted(metric.kind, facts, metric, frame)


def leaves(facts: Facts, metric: Metric) -> list[Input]:
    """The inputs of a metric, also of those that it is made of."""
    kind = metric.kind
    names = kind.metrics if isinstance(kind, Derived) else ()
    names = (kind.metric,) if isinstance(kind, Cumulative) else names
    inner = [one for name in names for one in leaves(facts, facts.spec.metrics[name])]
    return [*inputs(facts, metric), *inner]


def events(facts: Facts, metric: Metric) -> list[Input]:
    """The inputs that are read where their events lie: no states, and nothing over a window."""
    kind = metric.kind
    if isinstance(kind, Derived):
        return [one for name in kind.metrics for one in events(facts, facts.spec.metrics[name])]
    return [] if isinstance(kind, Cumulative | Snapshot) else inputs(facts, metric)


def inputs(facts: Facts, metric: Metric) -> list[Input]:
    """The inputs of a metric that is made of measures alone."""
    kind = metric.kind
    if isinstance(kind, Simple):
        return [facts.input(kind.measure, metric.time, metric.filter)]
    if isinstance(kind, Ratio):
        return [
            facts.input(ref, _time(facts, metric, ref), metric.filter) for ref in (kind.above, kind.below)
        ]
    if isinstance(kind, Conversion):
        return [conversion.inputs(facts, kind)[0]]
    return [states.input_of(facts, metric, kind)] if isinstance(kind, Snapshot) else []


def _time(facts: Facts, metric: Metric, ref: str) -> str | None:
    """The metric's time, where the measure's dataset has it."""
    dataset = facts.spec.datasets[ref.partition(".")[0]]
    return metric.time if metric.time in dataset.dims else None


def over(above: Any, below: Any) -> Any:
    """A quotient; null where there is none."""
    return None if above is None or not below else Fraction(above) / Fraction(below)


# -- values -----------------------------------------------------------------------------------------


@singledispatch
def _value(kind: Kind, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    raise NotImplementedError(kind)


@_value.register
def _(kind: Simple, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    (one,) = inputs(facts, metric)
    return _measured(facts, one, frame, slice_)


def _measured(facts: Facts, one: Input, frame: Frame, slice_: Slice) -> Any:
    found = [fact for fact in facts.of(one, slice_) if frame.has(fact)]
    if frame.future and not found and one.measure.aggregate in ZERO:
        return None
    return aggregate(one.measure, found, facts.rows)


@_value.register
def _(kind: Ratio, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    return over(*(_measured(facts, one, frame, slice_) for one in inputs(facts, metric)))


@_value.register
def _(kind: Derived, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    parts = [value(facts, facts.spec.metrics[name], frame, slice_) for name in kind.metrics]
    return None if None in parts else kind.of(*parts)


@_value.register
def _(kind: Cumulative, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    if frame.unknown:
        return None
    window = _window(kind, facts, frame)
    found = value(facts, facts.spec.metrics[kind.metric], window, slice_)
    if not kind.mean or found is None:
        return found
    assert window.low
    return found / (frame.upto.local - window.low.local).days


def _window(kind: Cumulative, facts: Facts, frame: Frame) -> Frame:
    clock, low = facts.clock, None
    if kind.last:
        back = of_text(kind.last, clock.calendar).back
        there = clock.edge(back(frame.upto.local))
        low = Edge(there.instant, back(midnight(frame.upto.day)).date(), there.local)
    elif kind.window != "running":
        unit = kind.window.removesuffix("_to_date")
        low = clock.edge(midnight(clock.calendar.floor(unit, frame.point.date())))
    return replace(frame, low=low, high=frame.upto)


@_value.register
def _(kind: Snapshot, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    return states.value(kind, facts, metric, frame, slice_)


@_value.register
def _(kind: Conversion, facts: Facts, metric: Metric, frame: Frame, slice_: Slice) -> Any:
    return over(*conversion.counts(kind, facts, frame, slice_))


# -- what is counted --------------------------------------------------------------------------------


@singledispatch
def _counted(kind: Kind, facts: Facts, metric: Metric, frame: Frame) -> Counted:
    for one in inputs(facts, metric):
        yield from ((one, fact) for fact in facts.facts(one) if frame.has(fact))


@_counted.register
def _(kind: Derived, facts: Facts, metric: Metric, frame: Frame) -> Counted:
    for name in kind.metrics:
        yield from counted(facts, facts.spec.metrics[name], frame)


@_counted.register
def _(kind: Cumulative, facts: Facts, metric: Metric, frame: Frame) -> Counted:
    if not frame.unknown:
        yield from counted(facts, facts.spec.metrics[kind.metric], _window(kind, facts, frame))


@_counted.register
def _(kind: Snapshot, facts: Facts, metric: Metric, frame: Frame) -> Counted:
    yield from states.counted(kind, facts, metric, frame)


@_counted.register
def _(kind: Conversion, facts: Facts, metric: Metric, frame: Frame) -> Counted:
    yield from conversion.counted(kind, facts, frame)


# -- types ------------------------------------------------------------------------------------------


def value_type(spec: Spec, metric: Metric) -> tuple[str, int | None]:
    """The type and the digits of a metric's value; None: not stated, or each value has its own."""
    kind = metric.kind
    if isinstance(kind, Simple):
        return type_of(spec.measure(kind.measure)[1])
    if isinstance(kind, Snapshot) and kind.of != "avg":
        return type_of(spec.measure(kind.measure)[1])
    if isinstance(kind, Derived):
        return "decimal", kind.scale
    if isinstance(kind, Cumulative) and not kind.mean:
        return value_type(spec, spec.metrics[kind.metric])
    return "decimal", 10
