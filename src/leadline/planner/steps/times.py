"""Step 2: the range, the time of every input, and the buckets of the answer."""

from __future__ import annotations

from dataclasses import replace

from leadline.core.errors import LeadlineError
from leadline.core.grain import CLOCK_GRAINS
from leadline.core.ranges import Span, resolve
from leadline.core.zones import MICROSECOND, Bound
from leadline.planner.draft import Draft, StateField, TimeField
from leadline.planner.windows import buckets
from leadline.semantic.kinds.base import Input, StateTime

TIMES = ("time", "wall", "date")


def find_times(draft: Draft) -> Draft:
    """The span of the query, and where each input's rows lie in time."""
    span = resolve(draft.query.time.range, draft.moment, "/time/range")
    inputs = {
        part: _time_of(draft, part)
        for metric in draft.metrics
        for part in metric.kind.inputs(metric, draft.bound.model)
    }
    _check_by(draft, inputs)
    found = replace(draft, span=span, times=inputs)
    for part in inputs:
        _check_fine(found, part)
    return found


def is_open(draft: Draft) -> bool:
    """Whether the buckets of the answer depend on which rows there are."""
    return draft.grain is not None and (draft.span.start is None or draft.span.end is None)


def find_buckets(draft: Draft) -> Draft:
    """Step 3: the buckets; those of an open range reach as far as its rows do. Raises `too_many_buckets`."""
    span = _closed(draft) if is_open(draft) else draft.span
    return replace(draft, span=span, buckets=buckets(draft.moment, span, draft.grain))


def _closed(draft: Draft) -> Span:
    """The range from its first to its last row; without any row it is empty."""
    span, extent = draft.span, draft.extent
    nothing = Bound.of_instant(draft.query.as_of, draft.zone)
    if extent is None or extent.first is None or extent.last is None:
        start = span.start or span.end or nothing
        return Span(start, start, span.period, start)
    first = span.start or draft.moment.floor(Bound.of_instant(extent.first, draft.zone), draft.grain or "day")
    last = span.end or Bound.of_instant(extent.last + MICROSECOND, draft.zone)
    return _ended(draft, span, first, last)


def _ended(draft: Draft, span: Span, first: Bound, last: Bound) -> Span:
    """An open end stops with the bucket of the last row, which is whole."""
    if span.end is None:
        edges = buckets(draft.moment, Span(first, last), draft.grain).edges
        last = edges[-1] if edges else first
    return Span(first, last, span.period, span.whole or last, span.to_date)


def _check_fine(draft: Draft, part: Input) -> None:
    """What has only a day is in no hour."""
    time = draft.times[part]
    if draft.grain not in CLOCK_GRAINS or time is None:
        return
    for path, name in _columns(time):
        if draft.bound.type(part.dataset, path, name).kind == "date":
            why = f"{name} has only a day, so it is in no {draft.grain}."
            raise LeadlineError("grain_too_fine", why, "Ask by day or coarser.", "/time/grain")


def _columns(time: TimeField | StateField) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(time, TimeField):
        return [(time.path, time.name)]
    return [((), time.start), ((), time.end)]


def _time_of(draft: Draft, part: Input) -> TimeField | StateField | None:
    if isinstance(part.time, StateTime):
        return StateField(part.time.start, part.time.end)
    by = draft.query.time.by
    if by is not None and (found := _by(draft, part.dataset, by)):
        return found
    if part.time.field is None:
        if draft.grain or part.time.reach:
            why = f"{part.dataset}.{part.measure} has no time."
            fix = "Ask without a grain, or name a time in time.by."
            raise LeadlineError("no_time", why, fix, "/time/grain")
        return None
    return TimeField((), part.time.field)


def _by(draft: Draft, dataset: str, name: str) -> TimeField | None:
    try:
        ref = draft.field(dataset, name)
    except LeadlineError as error:
        if error.code == "unreachable_field":
            return None
        raise LeadlineError(error.code, error.why, error.fix, "/time/by") from None
    if ref.part or draft.bound.field_type(dataset, ref).kind not in TIMES:
        raise LeadlineError(
            "unknown_field", f"{name!r:.80} is no time.", "Name a time dimension.", "/time/by"
        )
    return TimeField(ref.path, ref.name)


def _check_by(draft: Draft, inputs: dict[Input, TimeField | StateField | None]) -> None:
    by = draft.query.time.by
    if by is not None and not any(_by(draft, part.dataset, by) for part in inputs):
        why = f"{by!r:.80} is reached by no metric that was asked."
        raise LeadlineError("unreachable_field", why, "Name a time of a metric's dataset.", "/time/by")
