"""States from a rollup of what has not ended, and from the table what else holds at an instant.

That is: rows that end, but not before the first instant, found by an index on the end; and rows without an
end in buckets of the edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlglot import exp

from leadline.planner.draft import Draft, Reading, Scan, StateField, TimeField
from leadline.planner.frames import Frames, Instants, begun
from leadline.planner.sql.atoms import Atoms
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import Params, is_null
from leadline.planner.sql.framing import outlasting
from leadline.planner.sql.rows import base_rows, rollup_rows
from leadline.planner.sql.source import Source, counted, source_of
from leadline.planner.sql.wanted import Wanted
from leadline.semantic.sql_tree import Sql


def standing_sql(draft: Draft, scan: Scan, wanted: Wanted, params: Params) -> exp.Select:
    """The SELECT of a scan of states that a rollup answers."""
    return _Standing(draft, scan, wanted, params).merged()


@dataclass(frozen=True, slots=True)
class _Standing(Atoms):
    expanded: ClassVar[bool] = True

    def _branches(self) -> Iterator[exp.Select]:
        yield self._of_rollup()
        if self.scan.edge:
            yield self._branch(self._of_table(self._in_edge))
        yield self._branch(self._of_table(self._ended))

    def _of_rollup(self) -> exp.Select:
        """What has begun and has no end, as events up to each instant."""
        assert self.scan.rollup is not None  # noqa: S101  (asked by the caller)
        rows = rollup_rows(self.draft, self.scan.rollup, self.params)
        scan = replace(self.scan, reading=Reading(self._time(), self._frames()))
        whole = [self._untouched(rows.time(self._time()))] if self.scan.edge else []
        source = source_of(self.draft, scan, rows, self.params, also=whole)
        return self._branch(source, some=counted(rows, self.scan.inputs))

    def _of_table(self, where: Callable[[BaseRows], list[Sql]]) -> Source:
        dataset = self.draft.bound.model.datasets[self.scan.dataset]
        rows = base_rows(self.draft, dataset, self.params, at=self.scan.reading.time)
        some = counted(rows, self.scan.inputs)
        conditions = [*([some] if some is not None else []), *where(rows)]
        source = source_of(self.draft, self.scan, rows, self.params, also=conditions)
        begun, _ = source.framing.where  # what is said of the end here says more, and an index finds it
        return replace(source, where=(begun, *source.where[len(source.framing.where) :]))

    def _in_edge(self, rows: BaseRows) -> list[Sql]:
        state = self._state()
        return [is_null(rows.time(state, state.end).edge()), self._touched(rows.time(state, state.start))]

    def _ended(self, rows: BaseRows) -> list[Sql]:
        state = self._state()
        return [outlasting(self._instants(), rows.time(state, state.end), self.params)]

    # -- where they lie -----------------------------------------------------------------------------

    def _state(self) -> StateField:
        assert isinstance(self.scan.reading.time, StateField)  # noqa: S101  (as above)
        return self.scan.reading.time

    def _instants(self) -> Instants:
        assert isinstance(self.scan.reading.read, Instants)  # noqa: S101  (as above)
        return self.scan.reading.read

    def _time(self) -> TimeField:
        return TimeField((), self._state().start)

    def _frames(self) -> Frames:
        return begun(self._instants())

    def _place(self, source: Source) -> Sql | None:
        """The frame: rows are there once for each of theirs."""
        return source.framing.position

    def _overlap(self) -> bool:
        return False
