"""The last step: drafts become statements, and the plan that the engine executes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from leadline.core.ranges import Moment
from leadline.core.result import Column
from leadline.core.zones import Bound, iso
from leadline.planner.draft import Draft, MetricCell, TargetCell
from leadline.planner.frames import length
from leadline.planner.plan import Bucket, Plan, Subtotal
from leadline.planner.sql.statement import Parts, statement_of
from leadline.planner.steps.columns import wire_scale, wire_type
from leadline.planner.times import range_json
from leadline.semantic.kinds.base import Following


@dataclass(frozen=True, slots=True)
class Drafts:
    """Everything that a question needs: its rows, the one row of totals, and subtotals."""

    rows: Parts
    totals: Parts | None = None
    subtotals: tuple[Parts, ...] = ()

    def all(self) -> Iterator[Draft]:
        """Every draft."""
        for parts in (self.rows, *([self.totals] if self.totals else []), *self.subtotals):
            for draft in (parts.rows, parts.total, parts.ranking, parts.other):
                if draft is not None:
                    yield draft


def to_plan(drafts: Drafts) -> Plan:
    """The plan of finished drafts."""
    rows = drafts.rows.rows
    scans = [scan for draft in drafts.all() for scan in draft.scans]
    rollups = tuple(dict.fromkeys(scan.rollup.name for scan in scans if scan.rollup))
    empty = rows.grain is not None and not rows.count
    span = range_json(rows.span.start, rows.span.end, rows.zone)
    return Plan(
        query=rows.query,
        rows=None if empty else statement_of(drafts.rows, limited=True),
        totals=statement_of(drafts.totals, limited=False) if drafts.totals else None,
        columns=_columns(rows),
        range={**span, "partial": _is_partial(rows)},
        layer=_layer(drafts),
        rollups=rollups,
        tables=tuple(_tables(drafts)),
        edges=tuple(dict.fromkeys(scan.rollup.name for scan in scans if scan.rollup and scan.beside)),
        aside=any(_reads_aside(draft) for draft in drafts.all()),
        rejected=rows.rejected,
        moment=rows.moment,
        span=rows.span,
        buckets=tuple(_buckets(rows)),
        immature=_immature(rows),
        subtotals=tuple(_subtotal(parts) for parts in drafts.subtotals),
        rules=() if rows.scope.everything else rows.scope.names,
    )


def _columns(draft: Draft) -> tuple[Column, ...]:
    return (*_key_columns(draft), *(cell.column for cell in draft.cells))


def _subtotal(parts: Parts) -> Subtotal:
    return Subtotal(parts.rows.fields, _columns(parts.rows), statement_of(parts, limited=False))


def _layer(drafts: Drafts) -> str:
    """Where the answer comes from: rollups alone, with the newest rows beside them, or tables."""
    scans = [scan for draft in drafts.all() for scan in draft.scans]
    if any(scan.rollup is None for scan in scans):
        return "base"
    return "rollup+edge" if any(scan.beside for scan in scans) else "rollup"


def _reads_aside(draft: Draft) -> bool:
    """Whether tables are read for members without facts, planned values, or states that have ended."""
    planned = any(isinstance(cell, TargetCell) for cell in draft.cells)
    return bool(draft.every) or planned or any(scan.ended for scan in draft.scans)


def _is_partial(draft: Draft) -> bool:
    """Whether the range is not over yet."""
    end = draft.span.end
    return end is not None and (draft.span.to_date or end.instant > draft.moment.end.instant)


def _tables(drafts: Drafts) -> Iterator[str]:
    seen: set[str] = set()
    for draft in drafts.all():
        for scan in draft.scans:
            table = draft.bound.model.datasets[scan.dataset].table
            if (scan.rollup is None or scan.beside) and table not in seen:
                seen.add(table)
                yield table


def _key_columns(draft: Draft) -> Iterator[Column]:
    if draft.grain:
        yield Column("time", "time", "time", draft.grain.replace("_", " ").capitalize(), grain=draft.grain)
    for name in draft.fields:
        dataset = draft.datasets[0]
        ref = draft.field(dataset, name)
        type_ = draft.bound.field_type(dataset, ref)
        found = draft.bound.dimension(dataset, ref.path, ref.name)
        label = (found.label if found else "") or ref.name
        shown = f"{label}, {ref.part.replace('_', ' ')}" if ref.part else label
        yield Column(name, name, wire_type(type_), shown, scale=wire_scale(type_))


# -- buckets ----------------------------------------------------------------------------------------


def _buckets(draft: Draft) -> Iterator[Bucket]:
    if not draft.grain or draft.buckets is None:
        return
    for start, end in pairwise(draft.buckets.edges):
        yield Bucket(iso(start.instant, draft.zone), _is_cut(draft, start, end))


def _is_cut(draft: Draft, start: Bound, end: Bound) -> bool:
    """Whether a bucket has begun but is not over, or is cut by the range."""
    span, moment = draft.span, draft.moment
    low, high = span.start, span.end
    cut = (low is not None and low.instant > start.instant) or (
        high is not None and high.instant < end.instant
    )
    running = start.instant <= moment.now.instant < end.instant and moment.end.instant < end.instant
    return cut or running


def _immature(draft: Draft) -> frozenset[int]:
    """The buckets (from 1) whose cohorts may still convert; without a grain the range is the one bucket."""
    own = next(cell.window for cell in draft.cells if isinstance(cell, MetricCell))
    lengths = {one.within for one in _cohorts(draft)}
    moment = draft.moment
    return frozenset(
        i
        for i, one in enumerate(own.stretches, 1)
        if one is not None and any(_is_young(one.end, within, moment) for within in lengths)
    )


def _cohorts(draft: Draft) -> Iterator[Following]:
    for metric in draft.metrics:
        for part in metric.kind.inputs(metric, draft.bound.model):
            if part.following is not None and part.following.by == "cohort":
                yield part.following


def _is_young(end: Bound | None, within: str, moment: Moment) -> bool:
    """Whether a cohort that ends there has time left after now."""
    if end is None:
        return True
    left = length(within)
    if left.seconds:
        return (moment.back(moment.now, left)).instant < end.instant
    return moment.bound(left.forward(end.local)).instant > moment.now.instant
