"""Conversions: entities that go from one event to another in time.

Readings: an entity counts once above and below; events without an entity count in neither. The question's
dimensions and filters are those of the first events. `time.by` says where first events lie, not when they
were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.integration.planner.oracle_clock import instant, wall
from tests.integration.planner.oracle_facts import ALL, Facts, Input, Slice
from tests.integration.planner.oracle_frames import Frame
from tests.integration.planner.oracle_measures import Fact
from tests.integration.planner.oracle_moves import of_text
from tests.integration.planner.oracle_rows import as_instant
from tests.integration.planner.spec import Conversion


def inputs(facts: Facts, kind: Conversion) -> tuple[Input, Input]:
    """First events, where they are asked for, and second ones at their own time."""
    end = facts.input(kind.end, None, None, fixed=True)
    return facts.input(kind.start, None, None), replace(end, asked=False)


def counts(kind: Conversion, facts: Facts, frame: Frame, slice_: Slice) -> tuple[Fraction, Fraction]:
    """Entities that got there, and entities that set out."""
    start, end = inputs(facts, kind)
    begun = [fact for fact in facts.of(start, slice_) if frame.has(fact)]
    if kind.by == "cohort":
        reached = [fact for fact in begun if _reaches(kind, facts, fact, facts.of(end, ALL), frame)]
        return _entities(kind, facts, reached), _entities(kind, facts, begun)
    got = _reached_in(kind, facts, facts.of(start, slice_), end, frame)
    return _entities(kind, facts, got), _entities(kind, facts, begun)


def counted(kind: Conversion, facts: Facts, frame: Frame) -> Iterator[tuple[Input, Fact]]:
    """The first events in the frame, and by event those that reach a second one in it."""
    start, end = inputs(facts, kind)
    firsts = facts.facts(start)
    yield from ((start, fact) for fact in firsts if frame.has(fact))
    if kind.by == "event":
        yield from ((start, fact) for fact in _reached_in(kind, facts, firsts, end, frame))


def _reaches(kind: Conversion, facts: Facts, first: Fact, seconds: list[Fact], frame: Frame) -> bool:
    seen = [one for one in seconds if frame.limit is None or (one.time and frame.limit.after(one.time))]
    return any(_follows(kind, facts, first, one) for one in seen)


def _reached_in(kind: Conversion, facts: Facts, firsts: list[Fact], end: Input, frame: Frame) -> list[Fact]:
    """The first events that reach a second one in the frame."""
    seconds = [fact for fact in facts.facts(end) if frame.has(fact)]
    return [first for first in firsts if any(_follows(kind, facts, first, one) for one in seconds)]


def _follows(kind: Conversion, facts: Facts, first: Fact, second: Fact) -> bool:
    """Whether the second event lies in `[from, from + within)` of the first one's entity."""
    entity = _entity(kind, facts, first)
    if entity is None or entity != _entity(kind, facts, second):
        return False
    begun, got = (as_instant(one.own, facts.clock.zone) for one in (first, second))
    return begun is not None and got is not None and begun <= got < _end(kind, facts, begun)


def _end(kind: Conversion, facts: Facts, begun: datetime) -> datetime:
    """`from + within`, added on the wall clock of the asked zone."""
    zone = facts.clock.zone
    move = of_text(kind.within, facts.clock.calendar)
    return begun + move.delta if move.on_instants else instant(move.on(wall(begun, zone)), zone)


def _entity(kind: Conversion, facts: Facts, fact: Fact) -> Any:
    """A column or join of the dataset, else its key, where the other one's join leads here."""
    dataset = facts.spec.datasets[fact.dataset]
    if link := dataset.links.get(kind.entity):
        return fact.row[link.on[0]]
    return fact.row[kind.entity if kind.entity in dataset.columns else dataset.key]


def _entities(kind: Conversion, facts: Facts, found: list[Fact]) -> Fraction:
    return Fraction(len({_entity(kind, facts, fact) for fact in found} - {None}))


def is_immature(kind: Conversion, facts: Facts, end: datetime) -> bool:
    """Whether a cohort that ends there may still grow: its end + `within` is after now."""
    return _end(kind, facts, end) > facts.clock.now
