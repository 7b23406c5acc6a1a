"""The steps from a question to a plan: pure, each in its file. Their order matters and is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from leadline.core.limits import within_the_calendar
from leadline.planner.bound import BoundModel
from leadline.planner.draft import Draft, Left, TotalCell, start
from leadline.planner.plan import Extent, Plan, Probe, RollupState
from leadline.planner.query import Query, ranked_by
from leadline.planner.sql.extent import extent_sql
from leadline.planner.sql.ranking import LEFT, LEFT_GROUPS, top_fields
from leadline.planner.sql.statement import Parts
from leadline.planner.steps.columns import choose_columns
from leadline.planner.steps.names import find_names
from leadline.planner.steps.rollups import choose_rollups
from leadline.planner.steps.scans import gather_scans
from leadline.planner.steps.statement import Drafts, to_plan
from leadline.planner.steps.times import find_buckets, find_times, is_open

STEPS: tuple[Callable[[Draft], Draft], ...] = (
    find_names,
    find_times,
    find_buckets,
    choose_columns,
    gather_scans,
    choose_rollups,
)


def make_plan(
    query: Query,
    model: BoundModel,
    states: Mapping[str, RollupState],
    extent: Extent | None = None,
    told: Callable[[str], None] | None = None,
) -> Plan | Probe:
    """The plan of a query over a bound model, given what is known of its rollups in the snapshot to be read.

    Buckets of an open range depend on the rows there are: without their `extent` the answer is the probe
    that asks for it. `told` learns the name of each step when it is done. Raises LeadlineError for every
    question that cannot be answered, before anything reaches a database.
    """
    draft = start(query, model, states, extent)
    with within_the_calendar():
        return _made(draft if told is None else replace(draft, told=told), extent)


def _made(draft: Draft, extent: Extent | None) -> Plan | Probe:
    if extent is None and is_open(timed := find_times(find_names(draft))):
        return Probe(extent_sql(timed))
    made = to_plan(_drafts(draft))
    draft.told("statement")
    return made


def _through(draft: Draft) -> Draft:
    for step in STEPS:
        draft = step(draft)
        draft.told(step.__name__)
    return draft


def _drafts(draft: Draft) -> Drafts:
    """The drafts of a question. What is computed anew over fewer dimensions goes through the same steps."""
    query = draft.query
    sums = (Parts(_through(_summed(draft, ()))),) if query.totals else ()
    subtotals = tuple(_with_total(_through(_summed(draft, fields))) for fields in query.subtotals)
    return Drafts(parts_of(draft), sums[0] if sums else None, subtotals)


def parts_of(draft: Draft) -> Parts:
    """The drafts of a question's rows, through all steps; with `top` the ranking and those left out."""
    rows = _through(draft)
    parts = _with_total(rows)
    if draft.query.top is None:
        return parts
    fields = top_fields(rows)
    ranking = _through(_ranking(draft, fields))
    other = _through(_left(draft, fields)) if draft.query.top.other else None
    return replace(parts, ranking=ranking, other=other)


def _with_total(rows: Draft) -> Parts:
    """Shares need all groups together, bucket by bucket."""
    shares = rows.fields and any(isinstance(cell, TotalCell) for cell in rows.cells)
    return Parts(rows, _through(_fresh(rows, fields=(), prefix="t_")) if shares else None)


def _summed(draft: Draft, fields: tuple[str, ...]) -> Draft:
    """All rows by some of the dimensions, without buckets."""
    query = replace(draft.query, sort=())
    return replace(draft, query=query, grain=None, fields=fields, every=draft.every & frozenset(fields))


def _ranking(draft: Draft, fields: tuple[str, ...]) -> Draft:
    """The members that `top` ranks, over the whole range, with the one column that ranks them."""
    by = ranked_by(draft.query).by
    metric, *suffix = by.split(":", 1)
    compare = tuple(one for one in draft.query.compare if suffix == [one.suffix])
    query = replace(draft.query, metrics=(metric,), compare=compare)
    every = draft.every & frozenset(fields)
    return replace(draft, query=query, grain=None, fields=fields, every=every, prefix="r_")


def _left(draft: Draft, fields: tuple[str, ...]) -> Draft:
    """The members left out as one group: its numbers come from their rows."""
    of = fields[-1]
    kept = tuple(name for name in draft.fields if name != of)
    return replace(draft, fields=kept, every=frozenset(), prefix="o_", left=Left(LEFT, LEFT_GROUPS, fields))


def _fresh(draft: Draft, *, fields: tuple[str, ...], prefix: str) -> Draft:
    """The draft of the same question by other dimensions, before any step."""
    return replace(draft, fields=fields, every=frozenset(), prefix=prefix, rejected=())
