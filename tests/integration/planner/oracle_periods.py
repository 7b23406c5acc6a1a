"""The oracle's periods: the rows of a metric now, up to now, and in the earlier period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.integration.planner.oracle_data import HOME, MEASURES, METRICS, Measure, Row, clock, instant, local
from tests.integration.planner.oracle_filters import Filters
from tests.integration.planner.oracle_times import DAYS, MONTHS, Edge, Move, NotComparableError, floor, unit


class Periods(Filters):
    """The rows that each column reads."""

    # -- comparisons --------------------------------------------------------------------------------

    def move(self, compare: Mapping[str, Any], grain: str | None) -> Move:
        if compare["to"] == "previous_period":
            if self.range.period is None:
                raise NotComparableError
            move = self.range.period
        else:
            move = unit(compare["to"].removeprefix("previous_"))
            states = any(MEASURES[p].state for m in self.query["metrics"] for p in METRICS[m][0])
            if not grain and not self.range.start and not self.range.end and not states:
                raise NotComparableError
        return self._for_buckets(move, grain) if grain else move

    @staticmethod
    def _for_buckets(move: Move, grain: str) -> Move:
        if grain == "week" and move == Move(12):
            return Move(delta=timedelta(days=364))
        whole_days = move.delta == timedelta(days=move.delta.days)
        if grain in MONTHS:
            fits = not move.delta and move.months % MONTHS[grain] == 0
        else:
            fits = whole_days and move.delta.days % DAYS[grain] == 0 and (grain == "day" or not move.months)
        if not fits:
            raise NotComparableError
        return move

    def moved(self, edge: Edge | None, move: Move) -> Edge | None:
        if edge is None:
            return None
        if move.on_instants:
            return self.edge_at(edge.instant - move.delta)
        return self.edge(move.back(edge.local))

    def edge_at(self, at: datetime) -> Edge:
        return Edge(at, self.edge(local(at, self.zone)).day, local(at, self.zone))

    def cut_point(self, move: Move) -> Edge:
        """Now, moved back like the range."""
        if move.on_instants:
            return self.up_to(self.now - move.delta)
        return self.up_to(instant(move.back(self.here), self.zone))

    # -- values -------------------------------------------------------------------------------------

    def state(self, rows: list[Row], measure: Measure, end: Edge | None, at: datetime) -> list[Row]:
        """The rows that hold at the end of a range, or at an instant."""
        assert measure.state
        first, last = measure.state
        found = []
        for row in rows:
            if row[first] is None:
                continue
            if end is not None:
                begun, ended = (
                    self.before(row[first], end),
                    row[last] is not None and self.before(row[last], end),
                )
            else:
                begun = self.instant_of(row[first]) <= at
                ended = row[last] is not None and self.instant_of(row[last]) <= at
            if begun and not ended:
                found.append(row)
        return found

    def instant_of(self, value: Any) -> datetime:
        """A date holds from its midnight in the asked zone."""
        if isinstance(value, datetime):
            return value if value.tzinfo else instant(value, HOME)
        return instant(datetime(value.year, value.month, value.day), self.zone)

    def own_rows(self, measure: Measure) -> list[Row]:
        rows = self.kept[measure.dataset]
        if measure.state:
            end = self.range.end
            over = end is not None and end.instant <= self.now
            return self.state(rows, measure, end if over else None, self.now)
        time = self.time_of(measure)
        if time is None:
            return rows
        return [row for row in rows if self.within(row[time], self.range.start, self.range.end)]

    def up_to_now(self, measure: Measure, rows: list[Row], grain: str | None) -> list[Row]:
        """The metric's own rows as a change takes them."""
        time = self.time_of(measure)
        if measure.state or time is None or self.range.to_date or not self.holds_now():
            return rows
        edge = self.up_to(self.now)
        if grain is None:
            return [row for row in rows if row[time] is not None and self.before(row[time], edge)]
        running = floor(self.here, grain)
        return [
            row for row in rows
            if self.before(row[time], edge) or self.bucket(row[time], grain) != running
        ]  # fmt: skip

    def bucket(self, value: Any, grain: str) -> datetime:
        at = clock(value, self.zone)
        assert at is not None
        return floor(at, grain)

    def earlier_rows(
        self, measure: Measure, compare: Mapping[str, Any], grain: str | None
    ) -> list[tuple[datetime | None, Row]]:
        """The rows of the earlier period with the bucket that they answer (None: no bucket)."""
        move, cut = self.move(compare, grain), compare.get("cut", True)
        rows = self.kept[measure.dataset]
        if measure.state:
            return [(None, row) for row in self._earlier_state(rows, measure, move, cut)]
        time = self.time_of(measure)
        if time is None:
            return [(None, row) for row in rows]
        start = self.moved(self.range.start, move)
        whole = self.range.whole if self.range.whole else self.range.end
        end = self.moved(self.range.end if cut else whole, move)
        holds = cut and self.holds_now()
        if holds and (grain is None or self.range.to_date):
            end = self.cut_point(move)
        found: list[tuple[datetime | None, Row]] = []
        for row in rows:
            if not self.within(row[time], start, end):
                continue
            if grain is None:
                found.append((None, row))
                continue
            there = self.bucket(row[time], grain)
            bucket = move.on(there)
            partner = move.back(bucket) == there
            running = partner and bucket == floor(self.here, grain)
            if holds and running and not self.before(row[time], self.cut_point(move)):
                continue
            found.append((bucket if partner else None, row))
        return found

    def _earlier_state(self, rows: list[Row], measure: Measure, move: Move, cut: bool) -> list[Row]:
        end = self.range.end if cut else self.range.whole
        if end is None or (cut and self.holds_now()):
            at = self.now - move.delta if move.on_instants else instant(move.back(self.here), self.zone)
            return self.state(rows, measure, None, at)
        back = self.moved(end, move)
        assert back
        over = back.instant <= self.now
        return self.state(rows, measure, back if over else None, self.now)
