"""Whether a rollup answers a scan exactly, rule by rule; each rule has the name of its rejection.

The names are those of the model reference ("Right means", 4). The order is from cheap and telling to dear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from leadline.core.grain import CLOCK_GRAINS
from leadline.core.result import Rejection
from leadline.core.zones import Bound, zone
from leadline.planner.draft import Draft, Edge, Scan, StateField, TimeField
from leadline.planner.frames import Frames, Instants, Read, begun
from leadline.planner.query import leaves
from leadline.planner.stored import Grid, Stored, grid_of
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.served import not_ended

MOST_EDGES = 400
"""More stored buckets than this are not read from the table beside the rollup: it is read as a whole then."""
_Rule = Callable[["Asked"], str | None]

_COVERS = {
    "minute": ("minute", "quarter_hour", "hour"),
    "quarter_hour": ("quarter_hour", "hour"),
    "hour": ("hour",),
    "day": (),
    "week": ("week",),
    "month": ("month", "quarter", "year", "fiscal_quarter", "fiscal_year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
    "fiscal_quarter": ("fiscal_quarter", "fiscal_year"),
    "fiscal_year": ("fiscal_year",),
    "retail_week": ("retail_week", "retail_month", "retail_quarter", "retail_year"),
    "retail_month": ("retail_month", "retail_quarter", "retail_year"),
    "retail_quarter": ("retail_quarter", "retail_year"),
    "retail_year": ("retail_year",),
}
"""Which grains are made of whole buckets of a stored one; of days all are that are no part of a day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One rollup beside one scan."""

    draft: Draft
    scan: Scan
    stored: Stored

    @property
    def time(self) -> TimeField | None:
        """The time by which the scan's rows are found: of states their begin."""
        time = self.scan.reading.time
        return TimeField((), time.start) if isinstance(time, StateField) else time

    @property
    def read(self) -> Read:
        """What is read of a rollup: of states those that have begun."""
        found = self.scan.reading.read
        return begun(found) if isinstance(found, Instants) else found

    @property
    def open(self) -> frozenset[str]:
        """The condition under which a state has no end, which all that a rollup holds of states must meet."""
        time = self.scan.reading.time
        return not_ended(time.end) if isinstance(time, StateField) else frozenset()

    def edges(self) -> tuple[Edge | None, ...]:
        """The stored buckets that must be read from the table: those that a bound cuts, or that changed."""
        grid = grid_of(self.stored, self.draft)
        if grid is None or not isinstance(self.read, Frames):
            return ()
        state = self.draft.states[self.stored.rollup.name]
        bounds = [one for one in (*self.read.lows, *self.read.highs) if one is not None]
        cut = _cut(grid, tuple(bounds))
        changed = (None if one is None else grid.of_stored(one) for one in state.touched)
        return tuple(dict.fromkeys([*cut, *(one for one in changed if self._reads(one))]))

    def _reads(self, edge: Edge | None) -> bool:
        """Whether a changed bucket lies where the scan reads at all."""
        frames = self.read
        assert isinstance(frames, Frames)  # noqa: S101  (asked by the caller)
        if edge is None:
            return not any((*frames.lows, *frames.highs)) and self.draft.grain is None
        if not frames.ordinals:
            return False  # all of its buckets begin after now
        low, high = frames.lows[0], frames.highs[-1]
        before = high is not None and edge.start.instant >= high.instant
        return not before and (low is None or edge.end.instant > low.instant)


@lru_cache(maxsize=200)
def _cut(grid: Grid, bounds: tuple[Bound, ...]) -> tuple[Edge, ...]:
    """The stored buckets that bounds cut; remembered, since many rollups have the same buckets."""
    return tuple(grid.holding(one) for one in bounds if not grid.is_edge(one))


def reason_against(asked: Asked) -> Rejection | None:
    """Why the rollup does not answer the scan exactly, or None where it does."""
    for name, rule in _RULES:
        detail = rule(asked)
        if detail is not None:
            return Rejection(asked.stored.rollup.name, name, detail)
    return None


def _disabled(asked: Asked) -> str | None:
    state = asked.draft.states.get(asked.stored.rollup.name)
    return None if state is not None and state.usable else "It is not built yet."


def _not_additive(asked: Asked) -> str | None:
    for part in asked.scan.inputs:
        if part.following is not None:
            return "Entities that follow one event with another are counted anew from the rows."
        if asked.draft.bound.measure(part).currency is not None:
            return f"{part.dataset}.{part.measure} is converted at each row's own rate."
        found, _ = asked.stored.parts(part)
        if not found.parts:
            return f"{part.dataset}.{part.measure} ({found.name}) cannot be put together from parts."
    return None


def _filter(asked: Asked) -> str | None:
    stored = asked.stored
    for part in asked.scan.inputs:
        missing = " and ".join(sorted(stored.base() - stored.counted(part) - asked.open))
        if missing:
            return f"It holds only rows where {missing}; {part.dataset}.{part.measure} counts others too."
    return None


def _members(asked: Asked) -> str | None:
    draft, stored = asked.draft, asked.stored
    for name in _fields(draft):
        if stored.field(draft.field(asked.scan.dataset, name)) is None:
            return f"It does not store {name}."
    for part in asked.scan.inputs:
        _, columns = stored.parts(part)
        if None in columns.values():
            return f"It does not store {part.dataset}.{part.measure}."
        if (draft.grain or draft.fields) and not stored.counts_rows(part):
            return f"It does not count the rows of {part.dataset}.{part.measure}."
    return _valid_joins(asked) or _time_member(asked)


def _fields(draft: Draft) -> Iterator[str]:
    yield from draft.fields
    yield from draft.left.fields if draft.left else ()
    for one in draft.query.filters:
        for leaf in leaves(one):
            yield leaf.field


def _valid_joins(asked: Asked) -> str | None:
    """A partner of the fact's time is stored for the rollup's own time only."""
    for name in _fields(asked.draft):
        ref = asked.draft.field(asked.scan.dataset, name)
        for i in range(len(ref.path)):
            join = asked.draft.bound.end(asked.scan.dataset, ref.path[:i]).joins[ref.path[i]]
            if join.valid:
                return f"{name} lies behind a join that is valid in time."
    return None


def _time_member(asked: Asked) -> str | None:
    if isinstance(asked.scan.reading.time, StateField) and not _holds_states(asked):
        return "A state at an instant needs the rows themselves, or a rollup of just what has not ended."
    if asked.time is None or not _is_timed(asked):
        return None
    held = asked.stored.rollup.time
    if held is None or asked.time.path or held[0] != asked.time.name:
        return f"Its time is not {asked.time.name}."
    return None


def _holds_states(asked: Asked) -> bool:
    """Whether it holds what has not ended and nothing else, and values at instants, not their means."""
    read = asked.scan.reading.read
    single = isinstance(read, Instants) and bool(read.at) and not read.mean
    return single and asked.open <= asked.stored.base()


def _is_timed(asked: Asked) -> bool:
    read = asked.read
    bounded = isinstance(read, Frames) and any((*read.lows, *read.highs))
    return asked.draft.grain is not None or bounded


def _grain(asked: Asked) -> str | None:
    grain, held = asked.draft.grain, asked.stored.rollup.time
    if grain is None or held is None:
        return None
    covered = grain not in CLOCK_GRAINS if held[1] in (*CLOCK_GRAINS, "day") else False
    if covered or grain in _COVERS.get(held[1], ()):
        return None
    return f"A {grain} is not made of whole buckets of a {held[1]}."


_ALIGNED = {"minute": 60, "quarter_hour": 900, "hour": 3600}
"""By how many seconds another zone may lie off the rollup's own."""


def _zone(asked: Asked) -> str | None:
    home = asked.draft.bound.model.calendar.zone
    held = asked.stored.rollup.time
    if held is None or not _is_timed(asked) or asked.draft.zone.key == home:
        return None
    if asked.draft.bound.type(asked.scan.dataset, (), held[0]).kind == "date":
        return None
    unit = _ALIGNED.get(held[1])
    if unit is not None and all(_offset(asked, one, home) % unit == 0 for one in _ends(asked)):
        return None
    return f"Its buckets are in {home}, the question is in {asked.draft.zone.key}."


def _ends(asked: Asked) -> list[Bound]:
    """Every bound that is read."""
    read = asked.read
    found = (*read.lows, *read.highs) if isinstance(read, Frames) else ()
    return [one for one in found if one is not None]


def _offset(asked: Asked, bound: Bound, home: str) -> int:
    """How many seconds the asked zone's clock is ahead of the home zone's at an instant."""
    there = Bound.of_instant(bound.instant, zone(home)).local
    here = Bound.of_instant(bound.instant, asked.draft.zone).local
    return round((here - there) / timedelta(seconds=1))


def _range(asked: Asked) -> str | None:
    """Whether any whole stored bucket is read at all, and not too many are cut or changed."""
    edges = asked.edges()
    if len(edges) > MOST_EDGES:
        return f"{len(edges)} of its buckets are cut by the range or changed since it was refreshed."
    grid = grid_of(asked.stored, asked.draft)
    if grid is None or not edges or not isinstance(asked.read, Frames):
        return None
    whole = frozenset(one.start.instant for one in edges if one is not None)
    frames = asked.read
    if any(low is None or high is None for low, high in zip(frames.lows, frames.highs, strict=True)):
        return None
    pairs = zip(frames.lows, frames.highs, strict=True)
    if any(low and high and grid.any_whole(low, high, whole) for low, high in pairs):
        return None
    return "The range lies within buckets that it cuts, or that changed since it was refreshed."


def _stale(asked: Asked) -> str | None:
    state = asked.draft.states[asked.stored.rollup.name]
    if state.stale:
        return "Its tables changed since it was refreshed."
    if state.touched and grid_of(asked.stored, asked.draft) is None:
        return "Its tables changed since it was refreshed, and it has no time to say where."
    if state.touched and asked.time is not None and not _shares_time(asked):
        return "Its tables changed since it was refreshed, in buckets of another time."
    if state.touched and not isinstance(asked.read, Frames):
        return "Its tables changed since it was refreshed."
    return None


def _shares_time(asked: Asked) -> bool:
    held = asked.stored.rollup.time
    assert asked.time is not None  # noqa: S101  (asked by the caller)
    return held is not None and not asked.time.path and held[0] == asked.time.name


def _rules(asked: Asked) -> str | None:
    """A governed viewer's predicates must be stored: of the rows, and of every partner that is read."""
    scope = asked.draft.scope
    if scope.everything:
        return None
    for path in _paths(asked):
        dataset = asked.draft.bound.end(asked.scan.dataset, path)
        for predicate in scope.rows.get(dataset.name, ()):
            for name in names(predicate):
                if name.path != (VIEWER,) and not _is_stored(asked, (*path, *name.path), name.name):
                    read = ".".join((*path, *name.path, name.name))
                    return f"A row rule reads {read}, which it does not store."
    return None


def _paths(asked: Asked) -> Iterator[tuple[str, ...]]:
    """The paths of every dataset whose rows the answer shows."""
    yield ()
    for name in _fields(asked.draft):
        path = asked.draft.field(asked.scan.dataset, name).path
        for i in range(1, len(path) + 1):
            yield path[:i]


def _is_stored(asked: Asked, path: tuple[str, ...], name: str) -> bool:
    return asked.stored.column_of((*path, name)) is not None


_RULES: tuple[tuple[str, _Rule], ...] = (
    ("disabled", _disabled),
    ("not_additive", _not_additive),
    ("filter_not_covered", _filter),
    ("missing_member", _members),
    ("rule_needs_column", _rules),
    ("grain_not_derivable", _grain),
    ("zone_differs", _zone),
    ("stale", _stale),
    ("range_not_covered", _range),
)
