"""From a cell of an answer to its rows: those that the metric counts there, under the viewer's rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

from leadline.core.errors import LeadlineError
from leadline.core.limits import within_the_calendar
from leadline.core.ranges import when
from leadline.planner.bound import BoundModel
from leadline.planner.draft import Draft, Left, start
from leadline.planner.json_reader import near
from leadline.planner.parse_drill import Drill
from leadline.planner.pipeline import parts_of
from leadline.planner.plan import Extent, Plan
from leadline.planner.sql.build import Params
from leadline.planner.sql.drill import Counted, Drilled, drilled
from leadline.planner.sql.ranking import LEFT, LEFT_GROUPS, top_fields
from leadline.planner.sql.statement import left_out
from leadline.planner.steps.names import find_names
from leadline.planner.steps.scans import reading
from leadline.planner.steps.times import find_buckets, find_times, is_open
from leadline.planner.times import range_json
from leadline.planner.windows import Window

_OWN = ("cell", "metric", "dataset", "fields", "other")
"""Keys beside the query: errors there are no errors in the query."""


@dataclass(frozen=True, slots=True)
class RowsPlan:
    """How rows are read: `plan.rows` gives one more than asked. `key`: the columns that name a row."""

    plan: Plan
    dataset: str
    key: tuple[str, ...]


def make_rows_plan(drill: Drill, bound: BoundModel) -> RowsPlan:
    """The plan of a drill over a bound model. Raises LeadlineError before anything reaches a database."""
    try:
        with within_the_calendar():
            return _plan(drill, bound)
    except LeadlineError as error:
        raise _placed(error, drill) from None


def _placed(error: LeadlineError, drill: Drill) -> LeadlineError:
    """The error at its place in the body: in the cell, else in the query."""
    first = error.at.split("/")[1] if error.at else ""
    if first not in _OWN:
        return error.moved("/query" if drill.wrapped else "")
    at = error.at.removesuffix("/values") if first == "cell" else error.at
    return LeadlineError(error.code, error.why, error.fix, at)


def _plan(drill: Drill, bound: BoundModel) -> RowsPlan:
    draft = _of_metric(drill, _placed_in_time(drill, bound))
    dataset = _dataset(drill, draft)
    window = _window(drill, draft)
    params = Params()
    found = drilled(
        _for_rows(draft, drill),
        _counted(draft, dataset, window),
        drill,
        params,
        left_out(parts_of(_whole(drill, draft, bound)), params) if drill.other else {},
    )
    return RowsPlan(_as_plan(drill, draft, dataset, window, found), dataset, found.key)


# -- the question -----------------------------------------------------------------------------------


def _placed_in_time(drill: Drill, bound: BoundModel) -> Draft:
    """Names, times and buckets of the question; without a bucket the range is one."""
    timed = find_times(find_names(start(drill.query, bound, {})))
    if drill.time is None:
        return find_buckets(replace(timed, grain=None))
    at = when(drill.time, timed.zone, "/cell/time").instant
    first = timed.span.start
    at = max(at, first.instant) if first is not None else at  # the range may cut its first bucket
    return find_buckets(replace(timed, extent=Extent(at, at)))


def _of_metric(drill: Drill, draft: Draft) -> Draft:
    found = tuple(one for one in draft.metrics if one.name == drill.metric)
    return replace(draft, metrics=found)


def _whole(drill: Drill, draft: Draft, bound: BoundModel) -> Draft:
    """The question whose `top` says which members are left out. Of an open range all buckets are one."""
    found = start(drill.query, bound, {})
    if not is_open(find_times(find_names(found))):
        return found
    if drill.query.having:
        why = "Which members `top` leaves out of an open range, after having, is not known here."
        raise LeadlineError("not_supported", why, "Ask a range with both ends.", "/time/range")
    return replace(found, grain=None)


def _for_rows(draft: Draft, drill: Drill) -> Draft:
    """The draft in which rows are conditions only: nothing is grouped."""
    query = replace(draft.query, filters=(*draft.query.filters, *drill.members))
    left = Left(LEFT, LEFT_GROUPS, top_fields(draft)) if drill.other else None
    return replace(draft, query=query, grain=None, fields=(), every=frozenset(), left=left)


# -- the cell ---------------------------------------------------------------------------------------


def _dataset(drill: Drill, draft: Draft) -> str:
    """Whose rows: that asked, else the first one that the metric reads."""
    if drill.dataset is None:
        return draft.datasets[0]
    if drill.dataset not in draft.datasets:
        why = f"{drill.metric} reads no rows of {drill.dataset!r:.80}."
        raise LeadlineError("unknown_field", why, near(drill.dataset, draft.datasets), "/dataset")
    return drill.dataset


def _window(drill: Drill, draft: Draft) -> Window:
    """The cell's own stretch of time."""
    assert draft.buckets is not None  # noqa: S101  (found a step before)
    stretches = draft.buckets.own().stretches
    if drill.time is None:
        return Window(stretches, own=True)
    at = when(drill.time, draft.zone, "/cell/time").instant
    for one, bucket in zip(stretches, draft.buckets.starts, strict=True):
        if bucket.instant == at:
            return Window((one,), own=True)
    why = f"{drill.time!r:.80} is the first instant of no bucket of this range."
    raise LeadlineError("bad_range", why, "Use a value of the column time.", "/cell/time")


def _counted(draft: Draft, dataset: str, window: Window) -> tuple[Counted, ...]:
    """The metric's inputs over the dataset, each with how it is read in the cell."""
    [metric] = draft.metrics
    parts = (part for part in metric.kind.inputs(metric, draft.bound.model) if part.dataset == dataset)
    return tuple(Counted(part, reading(draft, part, window)) for part in parts)


def _as_plan(drill: Drill, draft: Draft, dataset: str, window: Window, found: Drilled) -> Plan:
    [stretch] = window.stretches
    span = (stretch.start, stretch.end) if stretch is not None else (None, None)
    return Plan(
        query=replace(drill.query, limit=drill.limit, offset=drill.offset),
        rows=found.statement,
        totals=None,
        columns=found.columns,
        range=range_json(*span, draft.zone),
        layer="base",
        moment=draft.moment,
        span=draft.span,
        buckets=(),
        tables=(draft.bound.model.datasets[dataset].table,),
        rules=() if draft.scope.everything else draft.scope.names,
    )
