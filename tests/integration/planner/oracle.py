"""A slow second opinion: reads all rows and computes an answer by the text of the query reference, in Python.

It shares no code with the planner. Where the reference leaves a choice, the reading is said beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.planner.oracle_data import (
    HOME,
    MEASURES,
    METRICS,
    ZERO,
    Field,
    Fields,
    Measure,
    Row,
    add_months,
    aggregate,
    clock,
    instant,
    local,
    number,
)

NONE = "(none)"
TICK = timedelta(microseconds=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}


class NotComparableError(Exception):
    """The oracle holds the comparison to be none."""


@dataclass(frozen=True)
class Edge:
    """An end of a range: rows with an instant lie before it or not, dates before `day` or not."""

    instant: datetime
    day: date
    local: datetime


@dataclass(frozen=True)
class Move:
    """How far an earlier period lies back."""

    months: int = 0
    delta: timedelta = timedelta()
    on_instants: bool = False

    def back(self, at: datetime) -> datetime:
        return add_months(at, -self.months) - self.delta

    def on(self, at: datetime) -> datetime:
        return add_months(at, self.months) + self.delta


@dataclass(frozen=True)
class Range:
    """A range in the asked zone; `whole`: the end of the unit of a to-date range."""

    start: Edge | None = None
    end: Edge | None = None
    whole: Edge | None = None
    period: Move | None = None
    to_date: bool = False


def floor(at: datetime, grain: str) -> datetime:
    """The start of the bucket that holds a wall clock."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain in DAYS:
        return day if grain == "day" else day - timedelta(days=day.weekday())
    size = MONTHS[grain]
    return day.replace(day=1, month=(day.month - 1) // size * size + 1)


def unit(grain: str) -> Move:
    """One bucket."""
    return Move(MONTHS[grain]) if grain in MONTHS else Move(delta=timedelta(days=DAYS[grain]))


@dataclass
class Oracle:
    """One question to the rows."""

    data: Mapping[str, list[dict[str, Any]]]
    query: Mapping[str, Any]
    clock_now: datetime
    zone: ZoneInfo = field(init=False)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        time = self.query.get("time", {})
        self.zone = ZoneInfo(time.get("zone", HOME.key))
        self.grain: str | None = time.get("grain")
        self.by: str | None = time.get("by")
        self.fields = Fields(self.data, self.zone)
        asked = self.query.get("as_of")
        if asked is None:
            self.now = self.clock_now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        elif "T" in asked:
            self.now = datetime.fromisoformat(asked)
        else:
            self.now = instant(datetime.fromisoformat(asked) + timedelta(days=1), HOME) - TICK
        self.range = self._range(time.get("range", {"preset": "all"}))
        self.dims = [
            one if isinstance(one, dict) else {"field": one} for one in self.query.get("dimensions", [])
        ]

    # -- times --------------------------------------------------------------------------------------

    @property
    def here(self) -> datetime:
        """Now on the wall clock."""
        return local(self.now, self.zone)

    def edge(self, at: datetime) -> Edge:
        midnight = at == datetime(at.year, at.month, at.day)
        return Edge(instant(at, self.zone), at.date() if midnight else at.date() + timedelta(days=1), at)

    def up_to(self, at: datetime) -> Edge:
        """The end of what is known at an instant: its last microsecond counts, dates count wholly."""
        end = at + TICK if at.microsecond == 999_999 else at
        day = local(at, self.zone).date() + timedelta(days=1)
        return Edge(end, day, local(end, self.zone))

    def _range(self, asked: Mapping[str, Any]) -> Range:
        preset = asked.get("preset")
        if preset is None:
            return self._absolute(asked)
        if preset == "all":
            return Range()
        if many := re.fullmatch(r"last_(\d+)_(\w+)s", preset):
            return self._last(int(many[1]), many[2])
        name = {"today": "this_day"}.get(preset, preset)
        one = name.removeprefix("this_").removesuffix("_to_date")
        start = floor(self.here, one)
        whole = self.edge(unit(one).on(start))
        end = self.up_to(self.now) if name.endswith("_to_date") else whole
        return Range(self.edge(start), end, whole, unit(one), name.endswith("_to_date"))

    def _last(self, count: int, name: str) -> Range:
        if name == "hour":
            past = timedelta(
                minutes=self.here.minute, seconds=self.here.second, microseconds=self.here.microsecond
            )
            end = self.now - past
            start = end - timedelta(hours=count)
            edges = [
                Edge(at, self.edge(local(at, self.zone)).day, local(at, self.zone)) for at in (start, end)
            ]
            return Range(edges[0], edges[1], edges[1], Move(delta=timedelta(hours=count), on_instants=True))
        one = unit(name)
        after = floor(self.here, name)
        length = Move(one.months * count, one.delta * count)
        return Range(self.edge(length.back(after)), self.edge(after), self.edge(after), length)

    def _absolute(self, asked: Mapping[str, Any]) -> Range:
        edges = [
            self.edge(datetime.fromisoformat(asked[key])) if key in asked else None for key in ("from", "to")
        ]
        return Range(edges[0], edges[1], edges[1], self._length(edges[0], edges[1]))

    @staticmethod
    def _length(start: Edge | None, end: Edge | None) -> Move | None:
        if start is None or end is None or start.local == end.local:
            return None
        first, after = start.local, end.local
        if all(at == datetime(at.year, at.month, 1) for at in (first, after)):
            return Move((after.year - first.year) * 12 + after.month - first.month)
        return Move(delta=after - first)

    def holds_now(self) -> bool:
        """Whether the range holds the moment of the question."""
        begun = self.range.start is None or self.range.start.instant <= self.now
        return begun and (self.range.to_date or self.range.end is None or self.now < self.range.end.instant)

    # -- rows ---------------------------------------------------------------------------------------

    def time_of(self, measure: Measure) -> str | None:
        if self.by and self.by.split(".")[0] == measure.dataset:
            return self.by.split(".")[1]
        return measure.time

    @staticmethod
    def before(value: Any, edge: Edge) -> bool:
        """Whether a time lies before an edge."""
        if not isinstance(value, datetime):
            return bool(value < edge.day)
        return (value if value.tzinfo else instant(value, HOME)) < edge.instant

    def within(self, value: Any, start: Edge | None, end: Edge | None) -> bool:
        if value is None:
            return start is None and end is None and self.grain is None
        return (start is None or not self.before(value, start)) and (end is None or self.before(value, end))

    @cached_property
    def kept(self) -> dict[str, list[Row]]:
        """The rows of each dataset that pass the filters."""
        found = {}
        for name in {
            MEASURES[part].dataset for metric in self.query["metrics"] for part in METRICS[metric][0]
        }:
            found[name] = [
                row for row in self.data[name]
                if all(self.passes(one, row, name) for one in self.query.get("filters", []))
            ]  # fmt: skip
        return found

    def passes(self, one: Mapping[str, Any], row: Row, dataset: str) -> bool:
        if "not" in one:
            return not self.passes(one["not"], row, dataset)
        for word, join in (("any", any), ("all", all)):
            if word in one:
                return join(self.passes(inner, row, dataset) for inner in one[word])
        found = self.fields.find(dataset, one["field"])
        return self.compares(found, found.get(row), one)

    def compares(self, found: Field, value: Any, one: Mapping[str, Any]) -> bool:
        op = one["op"]
        if op.startswith("not_") and op != "not_null":
            return not self.compares(found, value, {**one, "op": op.removeprefix("not_")})
        if op in ("is_null", "not_null"):
            return (value is None) == (op == "is_null")
        if op == "ne":
            return not self.compares(found, value, {**one, "op": "in"})
        if op in ("eq", "in"):
            return any(self.equals(found, value, other) for other in one["values"])
        if value is None:
            return False
        if op == "range":
            span = self._range(one["range"])
            return self.within(value, span.start, span.end)
        if found.kind == "text" and op in _TEXTS:
            return any(_TEXTS[op](value, other) for other in one["values"])
        mine, *others = (self.plain(found, each) for each in (value, *one["values"]))
        if op == "between":
            return bool(others[0] <= mine <= others[1])
        return bool(_ORDERS[op](mine, others[0]))

    def equals(self, found: Field, value: Any, other: Any) -> bool:
        if value is None:
            return other is None or (other == NONE and found.kind == "text")
        return other is not None and bool(self.plain(found, value) == self.plain(found, other))

    def plain(self, found: Field, value: Any) -> Any:
        """A value or what was written of it, in a form that compares."""
        if found.kind == "number":
            return number(value)
        if found.kind in ("time", "wall"):
            at = datetime.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(value, str):
                return at if at.tzinfo else instant(at, self.zone)
            return at if at.tzinfo else instant(at, HOME)
        if found.kind == "date":
            return date.fromisoformat(value) if isinstance(value, str) else value
        return value.encode("utf-32-be") if isinstance(value, str) else value

    def group(self, row: Row, dataset: str) -> tuple[Any, ...]:
        return tuple(self.member(self.fields.find(dataset, one["field"]), row) for one in self.dims)

    def member(self, found: Field, row: Row) -> Any:
        value = found.get(row)
        if found.kind == "text":
            return NONE if value is None else value
        if found.kind == "wall" and value is not None:
            return instant(value, HOME)
        return number(value) if found.kind == "number" else value

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
        found = []
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

    # -- targets ------------------------------------------------------------------------------------

    def planned(
        self, metric: str, compare: Mapping[str, Any], group: tuple[Any, ...], bucket: datetime | None
    ) -> Any:
        dataset = MEASURES[METRICS[metric][0][0]].dataset
        names = [one["field"] for one in self.dims] + list(self._filtered())
        by_rep = metric == "revenue"
        if any(not (self.fields.find(dataset, name).under_rep and by_rep) for name in names):
            return None
        values = [
            found
            for row in self.data["targets"]
            if (found := self._plan_row(row, compare, group, bucket)) is not None
        ]
        return sum(values, Fraction(0)) if values else None

    def _filtered(self) -> Iterator[str]:
        waiting = list(self.query.get("filters", []))
        while waiting:
            one = waiting.pop()
            waiting += [*one.get("any", []), *one.get("all", []), *([one["not"]] if "not" in one else [])]
            if "field" in one:
                yield one["field"]

    def _plan_row(
        self, row: Row, compare: Mapping[str, Any], group: tuple[Any, ...], bucket: datetime | None
    ) -> Any:
        if self.dims and self.group(row, "deals") != group:
            return None
        if not all(self.passes(one, row, "deals") for one in self.query.get("filters", [])):
            return None
        first = datetime(row["month_start"].year, row["month_start"].month, row["month_start"].day)
        after = add_months(first, 1)
        low, high = self._asked_part(bucket)
        if (low and after <= low) or (high and first >= high):
            return None
        amount = number(row["amount"])
        if "pace" not in compare or amount is None:
            return amount
        days = [first + timedelta(days=n) for n in range((after - first).days)]
        due = [
            day for day in days
            if (not low or day + timedelta(days=1) > low) and (not high or day < high) and day < self._due()
        ]  # fmt: skip
        return amount * len(due) / len(days)

    def _due(self) -> datetime:
        """A day that has begun is due."""
        midnight = datetime(self.here.year, self.here.month, self.here.day)
        return midnight if self.here == midnight else midnight + timedelta(days=1)

    def _asked_part(self, bucket: datetime | None) -> tuple[datetime | None, datetime | None]:
        low = self.range.start.local if self.range.start else None
        high = self.range.whole.local if self.range.whole else None
        if bucket is None or self.grain is None:
            return low, high
        after = unit(self.grain).on(bucket)
        return max(bucket, low) if low else bucket, min(after, high) if high else after

    # -- members ------------------------------------------------------------------------------------

    def members(self, seen: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        """All members asked; those of the other dimensions as rows have them."""
        dataset = MEASURES[METRICS[self.query["metrics"][0]][0][0]].dataset
        families: dict[str, list[int]] = {}
        for i, one in enumerate(self.dims):
            families.setdefault(self._path(one["field"], dataset), []).append(i)
        parts: list[tuple[list[int], set[tuple[Any, ...]]]] = []
        rest: list[int] = []
        for path, positions in families.items():
            if any(self.dims[i].get("all") for i in positions):
                parts.append((positions, self._all_members(path, positions)))
            else:
                rest += positions
        if not parts:
            return set()
        if rest:
            parts.append((rest, {tuple(group[i] for i in rest) for group in seen}))
        found = set()
        for chosen in product(*(members for _, members in parts)):
            group: list[Any] = [None] * len(self.dims)
            for (positions, _), values in zip(parts, chosen, strict=True):
                for i, value in zip(positions, values, strict=True):
                    group[i] = value
            found.add(tuple(group))
        return found

    @staticmethod
    def _path(name: str, dataset: str) -> str:
        full = {"source": "lead.source" if dataset == "deals" else "leads.source"}.get(name, name)
        path = full.split(".")[:-1]
        if path and path[-1] in ("closed_at", "hired", "opened_at"):
            path = path[:-1]
        return ".".join(path[1:] if path[:1] == [dataset] else path)

    def _all_members(self, path: str, positions: list[int]) -> set[tuple[Any, ...]]:
        end = {"": "deals", "rep": "reps", "lead": "leads", "rep.team": "teams"}[path]
        prefix = f"{path}." if path else ""
        found = set()
        for row in self.data[end]:
            reached = [
                one for one in self.query.get("filters", [])
                if all(name.startswith(prefix) or (not prefix) for name in self._names_in(one))
            ]  # fmt: skip
            if not all(self.passes(self._under(one, prefix), row, end) for one in reached):
                continue
            fields = [self.fields.find(end, self.dims[i]["field"].removeprefix(prefix)) for i in positions]
            if all(one.get(row) is not None for one in fields):
                found.add(tuple(self.member(one, row) for one in fields))
        return found

    def _names_in(self, one: Mapping[str, Any]) -> Iterator[str]:
        if "field" in one:
            yield one["field"]
        for inner in [*one.get("any", []), *one.get("all", []), *([one["not"]] if "not" in one else [])]:
            yield from self._names_in(inner)

    def _under(self, one: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        if "field" in one:
            return {**one, "field": one["field"].removeprefix(prefix)}
        if "not" in one:
            return {"not": self._under(one["not"], prefix)}
        word = "any" if "any" in one else "all"
        return {word: [self._under(inner, prefix) for inner in one[word]]}


_TEXTS = {
    "contains": lambda value, other: other in value,
    "starts_with": lambda value, other: value.startswith(other),
    "ends_with": lambda value, other: value.endswith(other),
}
_ORDERS = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
__all__ = ["ZERO", "NotComparableError", "Oracle", "Range", "floor", "unit"]
