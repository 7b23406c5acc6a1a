"""One scan as a SELECT: bucket and dimensions, then one aggregate for each input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlglot import exp

from leadline.core.grain import Step
from leadline.planner.draft import Draft, Scan, StateField, TimeField
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import (
    Params,
    as_stored,
    equal,
    group_value,
    interval,
    named,
    not_null,
    number,
    ordinals,
)
from leadline.planner.sql.conditions import FieldSql, Filtering
from leadline.planner.sql.rollup_rows import RollupRows
from leadline.planner.sql.time import TimeSql, between, bucket, holding
from leadline.semantic.kinds.base import Input
from leadline.semantic.resolve import FieldRef
from leadline.semantic.sql_tree import Sql, all_of, any_of, cast, paren, select

BUCKET = "b"


class Rows(Protocol):
    """What a scan reads: the dataset's own rows, or those of a rollup."""

    def field(self, ref: FieldRef) -> Sql: ...

    def time(self, where: TimeField | StateField, name: str | None = None) -> TimeSql: ...

    def aggregate(self, part: Input) -> Sql: ...

    def row_count(self, part: Input) -> Sql: ...

    def from_(self, select: exp.Select) -> exp.Select: ...


def member(position: int) -> str:
    """The name of the dimension at a position, inside the statement."""
    return f"d{position}"


def scan_sql(
    draft: Draft, scan: Scan, names: dict[Input, str], flags: dict[Input, str], params: Params
) -> exp.Select:
    """The SELECT of a scan; `names` gives each input's column, `flags` one that is null without its rows."""
    rows: BaseRows | RollupRows
    if scan.rollup is None:
        rows = BaseRows(draft.bound, draft.bound.model.datasets[scan.dataset], draft.zone, params)
    else:
        rows = RollupRows(draft.bound, scan.rollup, draft.zone)
    groups = _groups(draft, scan, rows)
    values = [named(_stored(draft, part, rows), name) for part, name in names.items()]
    values += [named(_flag(part, rows), name) for part, name in flags.items()]
    where = all_of([*_in_window(draft, scan, rows, params), *filters(draft, scan.dataset, rows, params)])
    counted = _counted(scan, rows)
    made = select(*[named(sql, name) for name, sql in groups], *values)
    if groups:
        made = made.group_by(*ordinals(len(groups)), copy=False)
    return _placed(rows.from_(made), where, counted, isinstance(rows, RollupRows), bool(groups))


def _placed(
    made: exp.Select, where: Sql | None, counted: Sql | None, stored: bool, grouped: bool
) -> exp.Select:
    """Base rows that no input counts are left out; of a rollup, groups without any counted row."""
    if where is not None:
        made = made.where(where, copy=False)
    if counted is None:
        return made
    if not stored:
        return made.where(paren(counted), copy=False)
    return made.having(counted, copy=False) if grouped else made


def _groups(draft: Draft, scan: Scan, rows: Rows) -> list[tuple[str, Sql]]:
    groups = [(BUCKET, _bucket(draft, scan, rows))] if draft.grain else []
    for position, name in enumerate(draft.fields):
        ref = draft.field(scan.dataset, name)
        home = draft.bound.zone_of(scan.dataset, ref.path, ref.name)
        value = group_value(rows.field(ref), draft.bound.field_type(scan.dataset, ref), home)
        groups.append((member(position), value))
    return groups


def _bucket(draft: Draft, scan: Scan, rows: Rows) -> Sql:
    """The bucket that a row answers: its own, or as much later as the window lies earlier."""
    assert isinstance(scan.time, TimeField) and draft.grain  # noqa: S101  (refused by the steps otherwise)
    own = bucket(rows.time(scan.time), draft.grain, draft.zone, draft.bound.model.calendar)
    move = scan.window.move
    if move is None:
        return own
    there = exp.Add(this=own, expression=interval(move))
    return _with_partner(own, there, move) if draft.grain in ("day", "week") and move.months else there


def _with_partner(own: Sql, there: Sql, move: Step) -> Sql:
    """No bucket for the 29th to 31st of a month where the later month is shorter."""
    back = exp.Sub(this=paren(there.copy()), expression=interval(move))
    return exp.Case(ifs=[exp.If(this=equal(paren(back), own.copy()), true=there)])


def _stored(draft: Draft, part: Input, rows: Rows) -> Sql:
    return as_stored(rows.aggregate(part), draft.bound.input_type(part), draft.bound.input_zone(part))


def _flag(part: Input, rows: Rows) -> Sql:
    return cast(exp.func("NULLIF", rows.row_count(part), number(0)), "numeric")


def _in_window(draft: Draft, scan: Scan, rows: Rows, params: Params) -> Sequence[Sql]:
    window = scan.window
    if isinstance(scan.time, StateField):
        ends = (rows.time(scan.time, scan.time.start), rows.time(scan.time, scan.time.end))
        return list(holding(*ends, window.at, params))
    if scan.time is None or (draft.grain is None and window.start is None and window.end is None):
        return []
    time = rows.time(scan.time)
    found = list(between(time, window.start, window.end, window.gap, params))
    if draft.grain and window.start is None and window.end is None:
        found.append(not_null(time.sql.copy()))  # no bound drops the rows that are in no bucket
    return found


def filters(draft: Draft, dataset: str, rows: Rows, params: Params) -> list[Sql]:
    """The query's filters over the rows of a dataset."""

    def find(name: str) -> FieldSql:
        ref = draft.field(dataset, name)
        home = draft.bound.zone_of(dataset, ref.path, ref.name)
        return FieldSql(rows.field(ref), draft.bound.field_type(dataset, ref), home)

    where = Filtering(find, draft.moment, params)
    return [where.sql(one) for one in draft.query.filters]


def _counted(scan: Scan, rows: BaseRows | RollupRows) -> Sql | None:
    """The rows that at least one input counts; None where some input counts all."""
    conditions = [rows.counted(part) for part in scan.inputs]
    return (
        None
        if any(one is None for one in conditions)
        else any_of(dict.fromkeys(one for one in conditions if one))
    )
