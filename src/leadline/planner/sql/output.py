"""The columns of the answer over the merged rows, and their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType
from leadline.planner.draft import Cell, ComparedCell, Draft, MetricCell, TargetCell, Window
from leadline.planner.json_reader import near, pointer
from leadline.planner.sql.build import NONE, by_code_point, column, equal, interval, not_null, number, text
from leadline.planner.sql.scan import BUCKET, member
from leadline.planner.sql.targets import TargetKey, key_of
from leadline.planner.steps.scans import effective
from leadline.semantic.aggregations import aggregation
from leadline.semantic.kinds.base import Input, as_number, quotient
from leadline.semantic.model import Metric
from leadline.semantic.sql_tree import Sql, cast, paren

MERGED = "m"


@dataclass(frozen=True, slots=True)
class Names:
    """Which merged column holds what. `present`: flags of the rows behind the metrics' own values, where
    buckets may lie after `now` (a wall clock)."""

    values: Mapping[tuple[Window, Input], str]
    targets: Mapping[TargetKey, str]
    present: Mapping[tuple[Window, Input], str]
    now: Sql


def cell_sql(draft: Draft, cell: Cell, names: Names) -> Sql:
    """The value of one column."""
    own = _value(draft, cell.metric, _own(cell), names)
    if isinstance(cell, MetricCell):
        return _shown(draft, cell, own)
    if isinstance(cell, TargetCell):
        other: Sql = _target(cell, names)
    else:
        other = _partnered(draft, cell, _value(draft, cell.metric, cell.other, names))
    return _shown(draft, cell, _FORMS[cell.compare.as_](own, other))


def _own(cell: Cell) -> Window:
    return cell.window if isinstance(cell, MetricCell) else cell.own


def _target(cell: TargetCell, names: Names) -> Sql:
    name = names.targets.get(key_of(cell))
    return column(name, MERGED) if name else cast(exp.Null(), "numeric")


_FORMS: Mapping[str, Callable[[Sql, Sql], Sql]] = {
    "value": lambda own, other: other,
    "change": lambda own, other: exp.Sub(this=as_number(own), expression=as_number(other)),
    "percent": lambda own, other: quotient(
        exp.Sub(this=as_number(own), expression=as_number(other)), exp.func("ABS", as_number(other.copy()))
    ),
    "share": quotient,
}


def _value(draft: Draft, metric: Metric, window: Window, names: Names) -> Sql:
    """A metric's value in a window, over its inputs with their empty values."""
    inputs = {
        part: _input(draft, part, window, names) for part in metric.kind.inputs(metric, draft.bound.model)
    }
    return metric.kind.value(metric, draft.bound.model, inputs)


def _input(draft: Draft, part: Input, window: Window, names: Names) -> Sql:
    read = effective(draft.times[part], window)
    value = column(names.values[(read, part)], MERGED)
    measure = draft.bound.model.datasets[part.dataset].measures[part.measure]
    if not aggregation(measure.aggregation).zero:
        return value
    filled = exp.func("COALESCE", value, number(0))
    flag = names.present.get((read, part))
    return _unless_future(filled, flag, names.now) if flag else filled


def _unless_future(value: Sql, flag: str, now: Sql) -> Sql:
    """Nothing is known of a bucket that begins after now, unless it has rows."""
    known = exp.Or(
        this=exp.LTE(this=column(BUCKET, MERGED), expression=now.copy()),
        expression=not_null(column(flag, MERGED)),
    )
    return exp.Case(ifs=[exp.If(this=known, true=value)])


def _partnered(draft: Draft, cell: ComparedCell, value: Sql) -> Sql:
    """A bucket without a partner (29 February, the 31st) has no earlier value."""
    move = cell.other.move
    if draft.grain not in ("day", "week") or move is None or not move.months:
        return value
    bucket = column(BUCKET, MERGED)
    there = paren(exp.Sub(this=bucket, expression=interval(move)))
    back = exp.Add(this=there, expression=interval(move))
    return exp.Case(ifs=[exp.If(this=exp.EQ(this=back, expression=bucket.copy()), true=value)])


def _shown(draft: Draft, cell: Cell, value: Sql) -> Sql:
    """Decimals of a known scale are rounded to it, half away from zero."""
    scale = cell.column.scale
    if cell.column.type != "decimal" or scale is None:
        return value
    return exp.func("ROUND", cast(paren(value), "numeric"), number(scale))


# -- order ------------------------------------------------------------------------------------------


def order(draft: Draft, shown: Mapping[str, Sql]) -> list[exp.Ordered]:
    """The total order of the rows; `shown` gives every column of the answer by its name."""
    keys = [*_asked(draft, shown)] if draft.query.sort else [*_usual(draft, shown)]
    keys += [_ordered(column(BUCKET, MERGED), False)] if draft.grain and draft.query.sort else []
    for position in range(len(draft.fields)):
        keys += _by_member(draft, position, False, in_model_order=False)
    return keys


def _asked(draft: Draft, shown: Mapping[str, Sql]) -> Iterator[exp.Ordered]:
    for i, one in enumerate(draft.query.sort):
        if one.by not in shown:
            fix = near(one.by, shown)
            why = f"{one.by!r:.80} is no column of this answer."
            raise LeadlineError("unknown_field", why, fix, f"/sort/{i}" + pointer("by"))
        if one.by in draft.fields:
            yield from _by_member(draft, draft.fields.index(one.by), one.desc, in_model_order=True)
        else:
            yield _by_value(draft, one.by, shown[one.by], one.desc)


def _by_value(draft: Draft, name: str, sql: Sql, desc: bool) -> exp.Ordered:
    texts = {cell.column.name for cell in draft.cells if cell.column.type == "text"}
    return _ordered(_by_code_point(sql) if name in texts else sql.copy(), desc)


def _usual(draft: Draft, shown: Mapping[str, Sql]) -> Iterator[exp.Ordered]:
    if draft.grain:
        yield _ordered(column(BUCKET, MERGED), False)
    for position in range(len(draft.fields)):
        if listed := _model_order(draft, position):
            value = column(member(position), MERGED)
            yield _ordered(equal(value, text(NONE)), False)
            yield _ordered(_place(value.copy(), listed), False)
    first = draft.cells[0].column.name
    if draft.fields:
        yield _by_value(draft, first, shown[first], True)


def _model_order(draft: Draft, position: int) -> tuple[str, ...]:
    ref = draft.field(draft.datasets[0], draft.fields[position])
    if ref.part:
        return ()
    found = draft.bound.dimension(draft.datasets[0], ref.path, ref.name)
    return found.order if found else ()


def _by_member(draft: Draft, position: int, desc: bool, in_model_order: bool) -> Iterator[exp.Ordered]:
    """The keys of a dimension: "(none)" last either way, the model's order, then the value."""
    value = column(member(position), MERGED)
    if _member_type(draft, position).kind not in ("text", "other"):
        yield _ordered(value, desc)
        return
    yield _ordered(equal(value, text(NONE)), False)
    listed = _model_order(draft, position) if in_model_order else ()
    if listed:
        yield _ordered(_place(value, listed), desc)
    yield _ordered(_by_code_point(value), desc)


def _place(value: Sql, listed: tuple[str, ...]) -> Sql:
    ifs = [exp.If(this=equal(value.copy(), text(one)), true=number(i)) for i, one in enumerate(listed)]
    return exp.Case(ifs=ifs, default=number(len(listed)))


def _member_type(draft: Draft, position: int) -> ColumnType:
    dataset = draft.datasets[0]
    return draft.bound.field_type(dataset, draft.field(dataset, draft.fields[position]))


def _by_code_point(sql: Sql) -> Sql:
    return by_code_point(sql.copy())


def _ordered(sql: Sql, desc: bool) -> exp.Ordered:
    return exp.Ordered(this=sql, desc=desc, nulls_first=False)
