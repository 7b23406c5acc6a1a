"""One scan as a SELECT: bucket and dimensions, then one column for each input.

Mostly it is one aggregation. Where rows belong to several frames, or come from a rollup and from its table,
parts that can be put together are aggregated first (`atoms.py`) and merged after.
"""

from __future__ import annotations

from sqlglot import exp

from leadline.planner.draft import Draft, Scan
from leadline.planner.frames import Frames, Instants
from leadline.planner.sql.atoms import atoms_sql
from leadline.planner.sql.build import Params, column, ident, named, number, ordinals
from leadline.planner.sql.following import following_sql
from leadline.planner.sql.framing import FRAME, element, ordinal
from leadline.planner.sql.keys import BUCKET, member
from leadline.planner.sql.rows import base_rows, rollup_rows
from leadline.planner.sql.source import Source, counted, source_of
from leadline.planner.sql.standing import standing_sql
from leadline.planner.sql.wanted import Wanted, direct_columns
from leadline.semantic.aggregations import aggregation
from leadline.semantic.kinds.base import Input, quotient
from leadline.semantic.sql_tree import Sql, call, select


def scan_sql(draft: Draft, scan: Scan, wanted: Wanted, params: Params) -> exp.Query:
    """The SELECT of a scan: its keys, then the columns of `wanted`."""
    if scan.inputs[0].following is not None:
        return following_sql(draft, scan, wanted.values, params)
    if scan.ended:
        return standing_sql(draft, scan, wanted, params)
    if scan.edge or (_overlaps(scan) and _has_parts(draft, scan)):
        return atoms_sql(draft, scan, wanted, params)
    if isinstance(scan.reading.read, Instants) and scan.reading.read.mean:
        return _mean_sql(draft, scan, scan.reading.read, wanted, params)
    return _direct_sql(draft, scan, wanted, params)


def _overlaps(scan: Scan) -> bool:
    return isinstance(scan.reading.read, Frames) and scan.reading.read.overlap


def _has_parts(draft: Draft, scan: Scan) -> bool:
    measures = draft.bound.model.datasets[scan.dataset].measures
    return all(aggregation(measures[part.measure].aggregation).parts for part in scan.inputs)


def _direct_sql(draft: Draft, scan: Scan, wanted: Wanted, params: Params) -> exp.Select:
    """Everything in one aggregation."""
    source = _source(draft, scan, params)
    buckets = [named(_bucket(scan, source, params), BUCKET)] if draft.grain else []
    return _aggregated(draft, scan, wanted, source, buckets)


def _aggregated(draft: Draft, scan: Scan, wanted: Wanted, source: Source, buckets: list[Sql]) -> exp.Select:
    members = [named(sql, name) for name, sql in source.members]
    made = source.from_(
        select(*buckets, *members, *direct_columns(draft, wanted, source.rows)), expanded=True
    )
    groups = len(buckets) + len(members)
    if groups:
        made = made.group_by(*ordinals(groups), copy=False)
    some = counted(source.rows, scan.inputs) if scan.rollup and groups else None
    return made.having(some, copy=False) if some is not None else made


def _source(draft: Draft, scan: Scan, params: Params) -> Source:
    """The scan's rows; base rows that no input counts are left out."""
    if scan.rollup is not None:
        return source_of(draft, scan, rollup_rows(draft, scan.rollup, params), params)
    dataset = draft.bound.model.datasets[scan.dataset]
    rows = base_rows(draft, dataset, params, at=scan.reading.time)
    some = counted(rows, scan.inputs)
    return source_of(draft, scan, rows, params, also=[some] if some is not None else [])


def _bucket(scan: Scan, source: Source, params: Params) -> Sql:
    read = scan.reading.read
    assert read is not None and source.framing.position is not None  # noqa: S101  (a grain has frames)
    return ordinal(source.framing.position, read.ordinals, params)


# -- means over instants ----------------------------------------------------------------------------


def _mean_sql(draft: Draft, scan: Scan, read: Instants, wanted: Wanted, params: Params) -> exp.Select:
    """First each instant's value, then the mean over the instants of a bucket: a day without rows counts."""
    source = _source(draft, scan, params)
    position = source.framing.position or number(1)
    inner = _aggregated(draft, scan, wanted, source, [named(position, FRAME)])
    buckets = [named(ordinal(column(FRAME), read.ordinals, params), BUCKET)] if draft.grain else []
    members = [column(member(i)) for i in range(len(draft.fields))]
    means = [named(_mean(draft, part, name, read, params), name) for part, name in wanted.values.items()]
    others = [named(call("SUM", column(name)), name) for name in _others(wanted)]
    made = select(*buckets, *members, *means, *others)
    made = made.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=ident("a"))), copy=False)
    groups = len(buckets) + len(members)
    return made.group_by(*ordinals(groups), copy=False) if groups else made


def _others(wanted: Wanted) -> list[str]:
    return [*wanted.counts.values(), *wanted.missing.values()]


def _mean(draft: Draft, part: Input, name: str, read: Instants, params: Params) -> Sql:
    """An empty instant counts as its empty value: 0, or not at all where that is null."""
    if not aggregation(draft.bound.measure(part).aggregation).zero:
        return call("AVG", column(name))
    counts = [read.ordinals.count(i) for i in range(1, max(read.ordinals, default=1) + 1)]
    bucket = ordinal(column(FRAME), read.ordinals, params)
    many = element(params.add(counts, "integer[]"), call("MIN", bucket))
    return quotient(call("SUM", column(name)), many)
