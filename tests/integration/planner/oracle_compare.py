"""Earlier periods: the frame that each bucket, or the whole range, is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.integration.planner.oracle_calendar import SECONDS
from tests.integration.planner.oracle_clock import Edge, earlier, edge_at, instant, known, later
from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.oracle_frames import Frame, before, before_cut, cut, earlier_bucket
from tests.integration.planner.oracle_moves import (
    Move,
    RefusedError,
    by_weekday,
    for_buckets,
    of_text,
    of_unit,
)
from tests.integration.planner.oracle_ranges import Bucket
from tests.integration.planner.spec import Snapshot


class Earlier:
    """What all comparisons with an earlier period share. `cuts`: to date against to date."""

    def __init__(self, facts: Facts, one: Mapping[str, Any], grain: str | None) -> None:
        self.facts, self.clock, self.range, self.grain = facts, facts.clock, facts.range, grain
        self.cuts: bool = one.get("cut", True)
        self.holds = self.cuts and self.clock.holds_now(self.range)

    def own(self, frame: Frame, bucket: Bucket | None) -> Frame:
        """The present side of a change: up to now where there is a cut."""
        if not self.cuts:
            return frame
        if self.range.to_date or not self._is_cut(bucket):
            return replace(frame, limit=self.clock.known)
        return cut(self.clock, frame)

    def _is_cut(self, bucket: Bucket | None) -> bool:
        return self.holds and (bucket is None or self._runs(bucket))

    def _runs(self, bucket: Bucket) -> bool:
        return bucket.start.instant <= self.clock.now < bucket.end.instant

    def frame(self, bucket: Bucket | None) -> Frame | None:
        """The earlier frame of a bucket (None: of the range); None where it has no partner."""
        raise NotImplementedError

    def rest(self, buckets: list[Bucket]) -> list[Frame]:
        """All of the earlier range, but for what the cut leaves out."""
        raise NotImplementedError

    def _all_but_cut(
        self, low: Edge | None, high: Edge | None, at: datetime | None, partner: Bucket | None
    ) -> list[Frame]:
        whole = before(self.clock, low, high, None)
        if at is None or partner is None:
            return [whole]
        end = known(at, self.clock.zone)
        return [replace(whole, high=earlier(high, end)), replace(whole, low=later(low, partner.end))]


class Moved(Earlier):
    """The period that lies a fixed move back: `previous_period`, `previous_U`, `{shift}`."""

    def __init__(self, facts: Facts, one: Mapping[str, Any], grain: str | None) -> None:
        super().__init__(facts, one, grain)
        move = self._move(one["to"])
        move = by_weekday(move) if one.get("align") else move
        self.move = for_buckets(move, grain) if grain else move

    def _move(self, to: Any) -> Move:
        if to == "previous_period":
            if self.range.period is None:
                raise RefusedError("not_comparable")
            return self.range.period
        if self.grain is None and self.range.is_all and not self._has_states():
            raise RefusedError("not_comparable")
        if isinstance(to, Mapping):
            return of_text(to["shift"], self.clock.calendar)
        return of_unit(to.removeprefix("previous_"), self.clock.calendar)

    def _has_states(self) -> bool:
        metrics = self.facts.spec.metrics
        return any(isinstance(metrics[name].kind, Snapshot) for name in self.facts.query["metrics"])

    def _edge(self, one: Edge | None) -> Edge | None:
        if one is None:
            return None
        if self.move.on_instants:
            return edge_at(one.instant - self.move.delta, self.clock.zone)
        return self.clock.edge(self.move.back(one.local))

    @cached_property
    def at(self) -> datetime:
        """Now, moved back like the range."""
        if self.move.on_instants:
            return self.clock.now - self.move.delta
        return instant(self.move.back(self.clock.here), self.clock.zone)

    def _high(self) -> Edge | None:
        """The end of the earlier range."""
        if self.holds and (self.grain is None or self.range.to_date):
            return known(self.at, self.clock.zone)
        return self._edge(self.range.end if self.cuts else self.range.whole)

    def frame(self, bucket: Bucket | None) -> Frame | None:
        """The range or the bucket, moved back; cut where it holds now."""
        low, high = self._edge(self.range.start), self._high()
        if bucket is not None:
            partner = self.partner(bucket)
            if partner is None:
                return None
            low, high = later(low, partner.start), earlier(high, partner.end)
        if self._is_cut(bucket):
            return before_cut(self.clock, low, high, self.at)
        if high is None:  # windows and states end at now moved back, though no row is left out
            return replace(before_cut(self.clock, low, None, self.at), high=None, limit=None)
        whole = before if bucket is None else earlier_bucket
        return whole(self.clock, low, high, known(self.at, self.clock.zone) if self.cuts else None)

    def partner(self, bucket: Bucket) -> Bucket | None:
        """The bucket that begins just where this one does, moved back; and that moves on to it."""
        assert self.grain
        start = self._edge(bucket.start)
        assert start
        found = self.clock.bucket(self.grain, start.instant if self.grain in SECONDS else start.local.date())
        if self.move.on_instants:
            return found if found.start.instant == start.instant else None
        again = self.clock.edge(self.move.on(start.local))
        same = found.start.local == start.local  # a doubled hour has the partner of its clock
        return found if same and again.local == bucket.start.local else None

    def rest(self, buckets: list[Bucket]) -> list[Frame]:
        """All of the earlier range; of the bucket that runs only the part up to now."""
        if not buckets:
            return []
        running = next((one for one in buckets if self._runs(one)), None)
        at = self.at if self.holds and not self.range.to_date else None
        partner = self.partner(running) if running else None
        low = self._edge(self.range.start or buckets[0].start)  # an open range ends with its buckets
        high = self._high() or self._edge(buckets[-1].end)
        return self._all_but_cut(low, high, at, partner)


class Against(Earlier):
    """Another range: its i-th bucket is the partner of the i-th.

    Reading: where the present is cut, the other one is cut as far from its own begin.
    """

    def __init__(self, facts: Facts, one: Mapping[str, Any], grain: str | None) -> None:
        super().__init__(facts, one, grain)
        self.other = self.clock.range(one["to"])
        self.holds = self.holds and self.range.start is not None and self.other.start is not None

    @cached_property
    def _pairs(self) -> dict[Bucket, Bucket]:
        assert self.grain
        lists = (list(self.clock.buckets(one, self.grain, [])) for one in (self.range, self.other))
        return dict(zip(*lists, strict=False))

    @cached_property
    def _seen(self) -> datetime:
        """Now, behind the bucket beside the last one that has begun; so far an earlier cohort sees."""
        begins = [(one.start, other.start) for one, other in self._pairs.items()]
        begun = [pair for pair in begins if pair[0].instant <= self.clock.now]
        return self._at(*(begun[-1] if begun else begins[0]))

    def _at(self, start: Edge, there: Edge) -> datetime:
        """Now, as far behind the other begin as it is behind this one."""
        return instant(there.local + (self.clock.here - start.local), self.clock.zone)

    def frame(self, bucket: Bucket | None) -> Frame | None:
        """The other range, or its bucket."""
        low, high = self.other.start, self.other.end
        start = self.range.start
        if bucket is not None:
            if bucket not in self._pairs:
                return None
            partner = self._pairs[bucket]
            start, low, high = bucket.start, later(low, partner.start), earlier(high, partner.end)
        if start is None or low is None:
            return before(self.clock, low, high, None)
        at = self._at(start, low if bucket is None else self._pairs[bucket].start)
        if self._is_cut(bucket) and (high is None or at < high.instant):
            to_come = bucket is not None and self._pairs[bucket].start.instant > self.clock.now
            return replace(before_cut(self.clock, low, high, at), unknown=to_come)
        whole = before if bucket is None else earlier_bucket
        seen = at if bucket is None else self._seen
        return whole(self.clock, low, high, known(seen, self.clock.zone) if self.cuts else None)

    def rest(self, buckets: list[Bucket]) -> list[Frame]:
        """All of the other range; of the partner of the bucket that runs only the part up to now."""
        running = next((one for one in buckets if self._runs(one)), None)
        partner = self._pairs.get(running) if running else None
        at = self._at(running.start, partner.start) if self.holds and running and partner else None
        return self._all_but_cut(self.other.start, self.other.end, at, partner)
