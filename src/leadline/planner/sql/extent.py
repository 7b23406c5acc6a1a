"""The first and last instant of the rows of an open range, as one statement before the question's own."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leadline.planner.draft import Draft, StateField, TimeField
from leadline.planner.plan import Statement
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import Params, column, ident, named, statement_text
from leadline.planner.sql.rows import base_rows
from leadline.planner.sql.source import counted, filters
from leadline.planner.sql.time import between
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, all_of, call, select

_LOW, _HIGH = "low", "high"


def extent_sql(draft: Draft) -> Statement:
    """One row: the first and the last instant at which a row of any metric lies, under the filters."""
    params = Params()
    branches = [_branch(draft, part, time, params) for part, time in draft.times.items() if time is not None]
    source: exp.Query = branches[0]
    for one in branches[1:]:
        source = exp.union(source, one, distinct=False, copy=False)
    ends = [call("MIN", column(_LOW)), call("MAX", column(_HIGH))]
    made = select(*ends).from_(exp.Subquery(this=source, alias=exp.TableAlias(this=ident("e"))), copy=False)
    return Statement(statement_text(made), params.values)


def _branch(draft: Draft, part: Input, time: TimeField | StateField, params: Params) -> exp.Select:
    rows = base_rows(draft, draft.bound.model.datasets[part.dataset], params, at=time)
    low, high = _ends(draft, rows, time, params)
    conditions = [*filters(draft, part.dataset, rows, params), *_bounds(draft, rows, time, params)]
    some = counted(rows, [part])
    made = select(named(_finite("MIN", low), _LOW), named(_finite("MAX", high), _HIGH))
    where = all_of([*conditions, *([some] if some is not None else [])])
    made = rows.from_(made)
    return made.where(where, copy=False) if where is not None else made


def _ends(draft: Draft, rows: BaseRows, time: TimeField | StateField, params: Params) -> tuple[Sql, Sql]:
    """First and last instant of a row: a state lasts until it ends, or until now."""
    if isinstance(time, TimeField):
        at = rows.time(time).moment(draft.zone)
        return at, at
    start, end = (rows.time(time, name).moment(draft.zone) for name in (time.start, time.end))
    now = params.add(draft.moment.now.instant, "timestamptz")
    return start, call("COALESCE", end, now)


def _finite(function: str, value: Sql) -> Sql:
    finite = exp.Where(this=call("isfinite", value.copy()))
    return exp.Filter(this=call(function, value), expression=finite)


def _bounds(draft: Draft, rows: BaseRows, time: TimeField | StateField, params: Params) -> Iterator[Sql]:
    """Rows of the range, where it has an end; states that began before its end."""
    span = draft.span
    if isinstance(time, TimeField):
        yield from between(rows.time(time), span.start, span.end, params)
    else:
        yield from between(rows.time(time, time.start), None, span.end, params)
