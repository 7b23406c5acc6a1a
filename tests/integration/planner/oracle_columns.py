"""Comparison columns: what stands beside a metric, from its value, an earlier one, a plan or the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests.integration.planner.oracle_calendar import SECONDS
from tests.integration.planner.oracle_clock import instant, known
from tests.integration.planner.oracle_compare import Against, Earlier, Moved
from tests.integration.planner.oracle_facts import ALL, Facts, Slice
from tests.integration.planner.oracle_frames import Frame, before, before_cut, own
from tests.integration.planner.oracle_metrics import over, value
from tests.integration.planner.oracle_moves import of_unit
from tests.integration.planner.oracle_ranges import Bucket
from tests.integration.planner.oracle_targets import planned
from tests.integration.planner.spec import Metric


def suffix(one: Mapping[str, Any]) -> str:
    """What a comparison's columns have behind the metric's name: `previous_year:weekday:percent`."""
    if "growth" in one:
        return f"{one['growth']}:{one['periods']}"
    to, shape = one["to"], one.get("as", "value")
    shift = to.get("shift") if isinstance(to, Mapping) else None
    head = ["shift", shift.replace(" ", "_")] if shift else ["range" if isinstance(to, Mapping) else to]
    tail = [one.get("align"), one.get("pace"), None if one.get("cut", True) else "whole"]
    return ":".join(part for part in [*head, *tail, shape if shape != "value" else None] if part)


class Beside:
    """One comparison of a question. `suffix`: what its columns have behind the metric's name."""

    def __init__(self, facts: Facts, one: Mapping[str, Any], grain: str | None) -> None:
        self.facts, self.one, self.grain = facts, one, grain
        self.shape: str = one.get("as", "value")
        self.suffix = suffix(one)

    def cell(self, metric: Metric, slice_: Slice, frame: Frame, bucket: Bucket | None) -> Any:
        """The column's value."""
        raise NotImplementedError

    def frames(self, buckets: list[Bucket | None], frames: list[Frame]) -> Iterator[Frame]:
        """The frames in which a group must have a row to be a row of the answer."""
        return iter(())

    def rest(self, buckets: list[Bucket]) -> list[Frame]:
        """Where events without a partner bucket make a group a row all the same."""
        return []


class Period(Beside):
    """An earlier period."""

    def __init__(self, facts: Facts, one: Mapping[str, Any], grain: str | None) -> None:
        super().__init__(facts, one, grain)
        to = one["to"]
        custom = isinstance(to, Mapping) and "shift" not in to
        self.earlier: Earlier = (Against if custom else Moved)(facts, one, grain)

    def cell(self, metric: Metric, slice_: Slice, frame: Frame, bucket: Bucket | None) -> Any:
        """The earlier value, or the change to it with both sides up to the cut."""
        there = self.earlier.frame(bucket)
        other = value(self.facts, metric, there, slice_) if there else None
        if self.shape == "value":
            return other
        return shaped(self.shape, value(self.facts, metric, self.earlier.own(frame, bucket), slice_), other)

    def frames(self, buckets: list[Bucket | None], frames: list[Frame]) -> Iterator[Frame]:
        """Those of all partners."""
        return (found for one in buckets if (found := self.earlier.frame(one)))

    def rest(self, buckets: list[Bucket]) -> list[Frame]:
        """The whole earlier range."""
        return self.earlier.rest(buckets)


class Total(Beside):
    """The total of the range, or of the bucket."""

    def cell(self, metric: Metric, slice_: Slice, frame: Frame, bucket: Bucket | None) -> Any:
        """The total, or the share of it."""
        total = value(self.facts, metric, frame, ALL)
        return shaped(self.shape, value(self.facts, metric, frame, slice_), total)


class Plan(Beside):
    """The metric's target."""

    def cell(self, metric: Metric, slice_: Slice, frame: Frame, bucket: Bucket | None) -> Any:
        """The plan, or how the metric stands to it."""
        paced = self.one.get("pace") is not None
        plan = planned(self.facts, metric, slice_, bucket, paced=paced)
        return shaped(self.shape, value(self.facts, metric, frame, slice_), plan)


class Growth(Beside):
    """Growth over N buckets. Reading: the bucket that runs is compared to date, like every comparison."""

    def __init__(self, facts: Facts, one: Mapping[str, Any], grain: str | None) -> None:
        super().__init__(facts, one, grain)
        self.periods: int = one["periods"]
        self.cuts = Earlier(facts, {}, grain)

    def cell(self, metric: Metric, slice_: Slice, frame: Frame, bucket: Bucket | None) -> Any:
        """Null without buckets, and where the earlier value is 0 or null."""
        if bucket is None or (frame.future and value(self.facts, metric, frame, slice_) is None):
            return None
        now, then = (value(self.facts, metric, one, slice_) for one in self._pair(frame, bucket))
        ratio = over(now, then)
        if ratio is None or self.one["growth"] == "rolling":
            return None if ratio is None else ratio - 1
        return None if ratio < 0 else _root(ratio, self.periods) - 1

    def _pair(self, frame: Frame, bucket: Bucket) -> tuple[Frame, Frame]:
        clock, count = self.facts.clock, self.periods
        assert self.grain
        if self.one["growth"] == "compound":
            there = clock.back(self.grain, bucket, count)
            low, high = there.start, there.end
        else:
            begin = clock.back(self.grain, bucket, count - 1).start
            frame = replace(
                own(clock, begin, frame.high), point=frame.point, future=frame.future, unknown=frame.unknown
            )
            low, high = clock.back(self.grain, bucket, 2 * count - 1).start, begin
        at = self._at(self.grain)
        if not self.cuts._is_cut(bucket):
            return replace(frame, limit=clock.known), before(clock, low, high, known(at, clock.zone))
        return self.cuts.own(frame, bucket), before_cut(clock, low, high, at)

    def _at(self, grain: str) -> Any:
        """Now, N buckets back."""
        clock = self.facts.clock
        move = of_unit(grain, clock.calendar, self.periods)
        if grain in SECONDS:
            return clock.now - move.delta
        return instant(move.back(clock.here), clock.zone)

    def frames(self, buckets: list[Bucket | None], frames: list[Frame]) -> Iterator[Frame]:
        """Both sides of all buckets."""
        for bucket, frame in zip(buckets, frames, strict=True):
            if bucket is not None:
                yield from self._pair(frame, bucket)


def comparison(facts: Facts, one: Mapping[str, Any], grain: str | None) -> Beside:
    """The comparison that was asked for."""
    if "growth" in one:
        return Growth(facts, one, grain)
    kinds: Mapping[str, type[Beside]] = {"target": Plan, "total": Total}
    to = one["to"]
    return kinds.get(to if isinstance(to, str) else "", Period)(facts, one, grain)


def shaped(shape: str, mine: Any, other: Any) -> Any:
    """A value beside another: `value` is the other itself."""
    if shape == "value":
        return other
    if mine is None or other is None:
        return None
    if shape == "change":
        return mine - other
    return over(mine, other) if shape == "share" else over(mine - other, abs(other))


def _root(ratio: Fraction, count: int) -> Fraction:
    """The N-th root, to 40 digits."""
    with localcontext() as context:
        context.prec = 50
        number = Decimal(ratio.numerator) / Decimal(ratio.denominator)
        return Fraction(number ** (Decimal(1) / Decimal(count))) if number else Fraction(0)
