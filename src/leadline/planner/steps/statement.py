"""The last step: drafts become statements, and the plan that the engine executes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leadline.core.result import Column
from leadline.planner.draft import Draft
from leadline.planner.plan import Plan, Statement
from leadline.planner.sql.build import Params, column, ident, named, statement_text, text
from leadline.planner.sql.merge import Merge
from leadline.planner.sql.output import MERGED, cell_sql, order
from leadline.planner.sql.scan import BUCKET, member
from leadline.planner.steps.columns import wire_scale, wire_type
from leadline.planner.times import range_json
from leadline.semantic.sql_tree import Sql, select


def to_plan(rows: Draft, totals: Draft | None) -> Plan:
    """The plan of finished drafts."""
    query = rows.query
    scans = [*rows.scans, *(totals.scans if totals else ())]
    rollups = tuple(dict.fromkeys(scan.rollup.name for scan in scans if scan.rollup))
    base = [scan for scan in scans if scan.rollup is None]
    span = range_json(rows.span.start, rows.span.end, rows.zone)
    return Plan(
        query=query,
        rows=_statement(rows, limited=True),
        totals=_statement(totals, limited=False) if totals else None,
        columns=(*_key_columns(rows), *(cell.column for cell in rows.cells)),
        range={**span, "partial": _is_partial(rows)},
        layer="base" if base else "rollup",
        rollups=rollups,
        tables=tuple(_tables(rows, totals)),
        rejected=rows.rejected,
        moment=rows.moment,
        span=rows.span,
        grain=rows.grain,
    )


def _is_partial(draft: Draft) -> bool:
    """Whether the range is not over yet."""
    end = draft.span.end
    return end is not None and (draft.span.to_date or end.instant > draft.moment.end.instant)


def _tables(rows: Draft, totals: Draft | None) -> Iterator[str]:
    seen: set[str] = set()
    for draft in (rows, totals):
        for scan in draft.scans if draft else ():
            table = rows.bound.model.datasets[scan.dataset].table
            if scan.rollup is None and table not in seen:
                seen.add(table)
                yield table


def _key_columns(draft: Draft) -> Iterator[Column]:
    if draft.grain:
        yield Column("time", "time", "time", draft.grain.capitalize(), grain=draft.grain)
    for name in draft.fields:
        dataset = draft.datasets[0]
        ref = draft.field(dataset, name)
        type_ = draft.bound.field_type(dataset, ref)
        found = draft.bound.dimension(dataset, ref.path, ref.name)
        label = (found.label if found else "") or ref.name
        shown = f"{label}, {ref.part.replace('_', ' ')}" if ref.part else label
        yield Column(name, name, wire_type(type_), shown, scale=wire_scale(type_))


def _statement(draft: Draft, *, limited: bool) -> Statement:
    params = Params()
    merge = Merge(draft, params)
    names = merge.build()
    keys = list(_keys(draft))
    cells = {cell.column.name: cell_sql(draft, cell, names) for cell in draft.cells}
    columns = [*(sql for _, sql in keys), *cells.values()]
    made = select(*[named(sql.copy(), f"c{i}") for i, sql in enumerate(columns)])
    made = made.from_(exp.Table(this=ident(MERGED)), copy=False)
    if limited:
        made = _ordered(draft, made, {**dict(keys), **cells})
    for name, cte in merge.ctes.items():
        made = made.with_(ident(name), cte, copy=False)
    return Statement(statement_text(made), params.values)


def _ordered(draft: Draft, made: exp.Select, shown: dict[str, Sql]) -> exp.Select:
    """The rows that were asked, and one more: it tells whether there are others."""
    keys = order(draft, shown)
    if keys:
        made = made.order_by(*keys, copy=False)
    return made.limit(draft.query.limit + 1, copy=False).offset(draft.query.offset, copy=False)


def _keys(draft: Draft) -> Iterator[tuple[str, Sql]]:
    """Bucket and dimensions by their names in the answer."""
    if draft.grain:
        local = column(BUCKET, MERGED)
        yield "time", exp.AtTimeZone(this=local, zone=text(draft.zone.key))
    for position, name in enumerate(draft.fields):
        yield name, column(member(position), MERGED)
