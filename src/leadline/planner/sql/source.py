"""The rows of a scan with all that does not depend on what is aggregated: frames, members, conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from leadline.planner.draft import Draft, Scan, StateField, TimeField
from leadline.planner.frames import Frames, Instants
from leadline.planner.sql.build import Params, not_null
from leadline.planner.sql.conditions import FieldSql, Filtering
from leadline.planner.sql.framing import Framed, framed, held, lateral
from leadline.planner.sql.keys import is_left, members_of
from leadline.planner.sql.rows import Rows
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, all_of, any_of, paren


@dataclass(frozen=True, slots=True)
class Source:
    """Rows under their conditions. `framing` says where their frames are."""

    rows: Rows
    framing: Framed
    members: list[tuple[str, Sql]]
    where: tuple[Sql, ...]

    def from_(self, select: exp.Select, *, expanded: bool) -> exp.Select:
        """Adds FROM, joins and WHERE; `expanded`: each row once for each of its frames."""
        made = self.rows.from_(select)
        if expanded and self.framing.series is not None:
            made.append("joins", lateral(self.framing.series))
        where = all_of(self.where)
        return made.where(where, copy=False) if where is not None else made


def source_of(draft: Draft, scan: Scan, rows: Rows, params: Params, *, also: Sequence[Sql] = ()) -> Source:
    """The rows of a scan; `also`: further conditions."""
    framing = framing_of(draft, scan, rows, params)
    members = members_of(draft, scan.dataset, rows)
    left = is_left(draft, scan.dataset, rows)
    conditions = [*framing.where, *filters(draft, scan.dataset, rows, params), *rows.own(), *also]
    return Source(rows, framing, members, (*conditions, *([left] if left is not None else [])))


def framing_of(draft: Draft, scan: Scan, rows: Rows, params: Params) -> Framed:
    """Where the frames of a scan's rows are."""
    read, time = scan.reading.read, scan.reading.time
    grained = draft.grain is not None
    if isinstance(read, Instants):
        assert isinstance(time, StateField)  # noqa: S101  (the step that read it made both)
        return held(read, rows.time(time, time.start), rows.time(time, time.end), grained, params)
    if isinstance(read, Frames) and time is not None:
        return _events(read, rows, time, grained, params)
    return Framed(None)


def _events(read: Frames, rows: Rows, time: TimeField | StateField, grained: bool, params: Params) -> Framed:
    asked = any((*read.lows, *read.highs)) or grained
    if not asked:
        return Framed(None)
    return framed(read, rows.time(time), grained, params)


def filters(draft: Draft, dataset: str, rows: Rows, params: Params) -> list[Sql]:
    """The query's filters over the rows of a dataset."""

    def find(name: str) -> FieldSql:
        ref = draft.field(dataset, name)
        home = draft.bound.zone_of(dataset, ref.path, ref.name)
        return FieldSql(rows.field(ref), draft.bound.field_type(dataset, ref), home)

    where = Filtering(find, draft.moment, params)
    return [where.sql(one) for one in draft.query.filters]


def counted(rows: Rows, inputs: Sequence[Input]) -> Sql | None:
    """The rows that at least one input counts; None where some input counts all."""
    conditions = [rows.counted(part) for part in inputs]
    if any(one is None for one in conditions):
        return None
    return paren(any_of(dict.fromkeys(one for one in conditions if one is not None)))


def has_time(rows: Rows, time: StateField) -> Sql:
    """That a state has a start at all."""
    return not_null(rows.time(time, time.start).sql.copy())
