"""Step 2: the range, the time of every input, and the window of the metrics' own values."""

from __future__ import annotations

from dataclasses import replace

from leadline.core.errors import LeadlineError
from leadline.core.grain import BUCKET_GRAINS, step
from leadline.core.ranges import Moment, Span, resolve
from leadline.core.zones import Bound
from leadline.planner.draft import Draft, StateField, TimeField, Window
from leadline.semantic.kinds.base import Input, StateTime

TIMES = ("time", "wall", "date")
MAX_BUCKETS = 10_000


def find_times(draft: Draft) -> Draft:
    """The span of the query, and where each input's rows lie in time."""
    time = draft.query.time
    _check_grain(draft)
    span = resolve(time.range, draft.moment, "/time/range")
    inputs = {
        part: _time_of(draft, part)
        for metric in draft.metrics
        for part in metric.kind.inputs(metric, draft.bound.model)
    }
    _check_by(draft, inputs)
    _check_count(draft, span)
    return replace(draft, span=span, times=inputs, main=own_window(span, draft.moment))


def own_window(span: Span, moment: Moment) -> Window:
    """The window of a span itself."""
    return Window(span.start, span.end, state_at(span.end, moment))


def state_at(end: Bound | None, moment: Moment) -> tuple[Bound, bool]:
    """When a state is counted: at the end of the range, or now if that is earlier."""
    if end is not None and end.instant <= moment.now.instant:
        return end, True
    return moment.now, False


def _check_grain(draft: Draft) -> None:
    grain = draft.grain
    if grain is not None and grain not in BUCKET_GRAINS:
        why = f"Buckets by {grain} are not answered yet."
        fix = "Ask by " + ", ".join(BUCKET_GRAINS) + "."
        raise LeadlineError("not_supported", why, fix, "/time/grain")


def _time_of(draft: Draft, part: Input) -> TimeField | StateField | None:
    if isinstance(part.time, StateTime):
        if draft.grain:
            why = "A state by bucket is not answered yet."
            raise LeadlineError("not_supported", why, "Ask it without a grain.", "/time/grain")
        return StateField(part.time.start, part.time.end)
    by = draft.query.time.by
    if by is not None and (found := _by(draft, part.dataset, by)):
        return found
    if part.time.field is None:
        if draft.grain:
            why = f"{part.dataset}.{part.measure} has no time."
            raise LeadlineError(
                "no_time", why, "Ask without a grain, or name a time in time.by.", "/time/grain"
            )
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


def _check_count(draft: Draft, span: Span) -> None:
    if draft.grain is None or span.start is None or span.end is None:
        return
    first = draft.moment.floor(span.start, draft.grain).local
    try:
        after = step(draft.grain).times(MAX_BUCKETS).forward(first)
    except (OverflowError, ValueError):
        return  # so many buckets end beyond the year 9999
    if after < span.end.local:
        raise too_many_buckets()


def too_many_buckets() -> LeadlineError:
    """The refusal of a range with too many buckets."""
    return LeadlineError(
        "too_many_buckets",
        f"The range has more than {MAX_BUCKETS:,} buckets.",
        "Ask a coarser grain or a shorter range.",
        "/time",
    )
