"""Scans in two steps: parts of the values by the smallest stretch needed (atoms), then merged by frame.

So a row is read once though it belongs to many frames (a running total), and rows of a rollup and of its
table become one value.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp

from leadline.core.zones import Bound
from leadline.planner.draft import Draft, Scan, TimeField
from leadline.planner.frames import Frames
from leadline.planner.sql.build import Params, column, ident, is_null, named, number, ordinals
from leadline.planner.sql.framing import FRAME, Edge, bound, edge_of, element, lateral, ordinal, past
from leadline.planner.sql.keys import BUCKET, member
from leadline.planner.sql.rows import Rows, base_rows, rollup_rows
from leadline.planner.sql.source import Source, counted, source_of
from leadline.planner.sql.time import TimeSql
from leadline.planner.sql.wanted import Wanted, counted_rows, stored
from leadline.semantic.aggregations import aggregation
from leadline.semantic.aggregations.base import Aggregation
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, any_of, call, cast, paren, select

_PLACE = "k"
_ATOMS = "a"


def atoms_sql(draft: Draft, scan: Scan, wanted: Wanted, params: Params) -> exp.Select:
    """The SELECT of a scan in two steps."""
    return Atoms(draft, scan, wanted, params).merged()


@dataclass(frozen=True, slots=True)
class Atoms:
    """One scan. `expanded`: its branches take a row once for each of its frames."""

    expanded: ClassVar[bool] = False

    draft: Draft
    scan: Scan
    wanted: Wanted
    params: Params

    # -- the parts ----------------------------------------------------------------------------------

    def _branches(self) -> Iterator[exp.Select]:
        if self.scan.rollup is None:
            yield self._branch(self._base())
            return
        rows = rollup_rows(self.draft, self.scan.rollup, self.params)
        whole = [self._untouched(rows.time(self._time()))] if self.scan.edge else []
        source = source_of(self.draft, self.scan, rows, self.params, also=whole)
        yield self._branch(source, some=counted(rows, self.scan.inputs))
        if self.scan.edge:
            yield self._branch(self._base())

    def _base(self) -> Source:
        """The rows of the table; beside a rollup only those that are not read from it."""
        dataset = self.draft.bound.model.datasets[self.scan.dataset]
        rows = base_rows(self.draft, dataset, self.params, at=self.scan.reading.time)
        some = counted(rows, self.scan.inputs)
        conditions = [some] if some is not None else []
        if self.scan.edge:
            conditions.append(self._touched(rows.time(self._time())))
        return source_of(self.draft, self.scan, rows, self.params, also=conditions)

    def _time(self) -> TimeField:
        assert isinstance(self.scan.reading.time, TimeField)  # noqa: S101  (states are read directly)
        return self.scan.reading.time

    def _branch(self, source: Source, some: Sql | None = None) -> exp.Select:
        place = self._place(source)
        keys = [*([named(place, _PLACE)] if place is not None else []), *self._members(source)]
        columns = [named(sql, name) for name, sql in self._parts(source.rows)]
        made = source.from_(select(*keys, *columns), expanded=self.expanded)
        if keys:
            made = made.group_by(*ordinals(len(keys)), copy=False)
        return made.having(some, copy=False) if some is not None and keys else made

    def _members(self, source: Source) -> list[Sql]:
        return [named(sql, name) for name, sql in source.members]

    def _parts(self, rows: Rows) -> Iterator[tuple[str, Sql]]:
        for part, name in self.wanted.values.items():
            for i, piece in enumerate(self._aggregation(part).parts):
                yield f"{name}p{i}", rows.stored_part(part, piece)
        for part, name in self.wanted.counts.items():
            yield name, counted_rows(rows, part)
        for part, name in self.wanted.missing.items():
            yield name, cast(rows.unconverted(part) or number(0), "numeric")

    def _aggregation(self, part: Input) -> Aggregation:
        return aggregation(self.draft.bound.measure(part).aggregation)

    # -- where they lie -----------------------------------------------------------------------------

    def _place(self, source: Source) -> Sql | None:
        """The frame, or the stretch between two bounds of frames that overlap; None: there is one frame."""
        if source.framing.series is None:
            return source.framing.position
        time = source.rows.time(self._time())
        return past(time, self._cuts().edges, self.params, "-infinity")

    def _frames(self) -> Frames:
        assert isinstance(self.scan.reading.read, Frames)  # noqa: S101  (as above)
        return self.scan.reading.read

    def _cuts(self) -> Cuts:
        time = self._time()
        kind = self.draft.bound.type(self.scan.dataset, time.path, time.name).kind
        return cuts(self._frames(), kind == "date")

    def _touched(self, time: TimeSql) -> Sql:
        """Whether a row of the table lies in a stored bucket that is not read from the rollup."""
        found = [is_null(time.edge()) for one in self.scan.edge if one is None]
        for start, end in _joined((one.start, one.end) for one in self.scan.edge if one is not None):
            low, high = (bound(edge_of(one, time.is_date), self.params) for one in (start, end))
            found.append(
                exp.And(
                    this=exp.GTE(this=time.edge(), expression=low),
                    expression=exp.LT(this=time.edge(), expression=high),
                )
            )
        return paren(any_of(found))

    def _untouched(self, time: TimeSql) -> Sql:
        """Whether a stored bucket is read from the rollup."""
        names = [one.name.isoformat() for one in self.scan.edge if one is not None]
        listed = self.params.add(names, "date[]" if time.is_date else "timestamptz[]")
        among = exp.EQ(this=time.edge(), expression=exp.Any(this=exp.Paren(this=listed)))
        gone: list[Sql] = [call("COALESCE", among, exp.false())]
        if None in self.scan.edge:
            gone.append(is_null(time.edge()))
        return exp.Not(this=paren(any_of(gone)))

    # -- the merge ----------------------------------------------------------------------------------

    def merged(self) -> exp.Select:
        """The values of each frame and member."""
        branches = list(self._branches())
        atoms: exp.Query = branches[0]
        for one in branches[1:]:
            atoms = exp.union(atoms, one, distinct=False, copy=False)
        buckets = [named(self._bucket(), BUCKET)] if self.draft.grain else []
        members = [column(member(i)) for i in range(len(self.draft.fields))]
        columns = [named(sql, name) for name, sql in self._merged_columns()]
        made = select(*buckets, *members, *columns)
        made = made.from_(exp.Subquery(this=atoms, alias=exp.TableAlias(this=ident(_ATOMS))), copy=False)
        if self._overlap():
            made.append("joins", lateral(self._series()))
        groups = len(buckets) + len(members)
        return made.group_by(*ordinals(groups), copy=False) if groups else made

    def _overlap(self) -> bool:
        return bool(self.draft.grain) and len(self._frames().ordinals) > 1 and self._frames().overlap

    def _bucket(self) -> Sql:
        place = column(FRAME, FRAME) if self._overlap() else column(_PLACE, _ATOMS)
        return ordinal(place, self._frames().ordinals, self.params)

    def _series(self) -> tuple[Sql, Sql]:
        """The frames of a stretch: looked up, since both ends of frames only ever rise."""
        found = self._cuts()
        place = column(_PLACE, _ATOMS)
        return (
            element(self.params.add(list(found.first), "integer[]"), place),
            element(self.params.add(list(found.last), "integer[]"), place.copy()),
        )

    def _merged_columns(self) -> Iterator[tuple[str, Sql]]:
        for part, name in self.wanted.values.items():
            found = self._aggregation(part)
            pieces = {piece: column(f"{name}p{i}", _ATOMS) for i, piece in enumerate(found.parts)}
            yield name, stored(self.draft, part, found.merge(pieces))
        for name in (*self.wanted.counts.values(), *self.wanted.missing.values()):
            yield name, call("SUM", column(name, _ATOMS))


@dataclass(frozen=True, slots=True)
class Cuts:
    """All bounds of frames that overlap; for each stretch between two, the first and last frame over it."""

    edges: tuple[Edge, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]


def cuts(frames: Frames, is_date: bool) -> Cuts:
    """The stretches of frames, whose bounds never fall."""
    lows = [None if one is None else edge_of(one, is_date) for one in frames.lows]
    highs = [None if one is None else edge_of(one, is_date) for one in frames.highs]
    known = sorted({one for one in (*lows, *highs) if one is not None})
    edges: list[Edge] = [*([None] if None in lows else []), *known]
    place = {edge: i for i, edge in enumerate(edges)}
    starts, ends = [place[one] for one in lows], [place[one] for one in highs]
    places = range(1, len(edges) + 1)
    return Cuts(
        tuple(edges),
        tuple(1 + bisect_left(ends, one) for one in places),
        tuple(bisect_left(starts, one) for one in places),
    )


def _joined(stretches: Iterable[tuple[Bound, Bound]]) -> Iterator[tuple[Bound, Bound]]:
    """Stretches that touch each other as one."""
    last: tuple[Bound, Bound] | None = None
    for start, end in sorted(stretches, key=lambda one: one[0].instant):
        if last is not None and start.instant <= last[1].instant:
            last = (last[0], end)
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
