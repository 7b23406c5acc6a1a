"""Rows behind a number as one SELECT: what the inputs count, in order, a page of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.result import Column
from leadline.planner.draft import Draft, Reading, Scan, StateField
from leadline.planner.parse_drill import Drill
from leadline.planner.plan import Statement
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import Params, ident, named, number, statement_text
from leadline.planner.sql.drill_columns import Columns, Shown
from leadline.planner.sql.following import converted
from leadline.planner.sql.keys import is_left
from leadline.planner.sql.rows import base_rows
from leadline.planner.sql.source import filters, framing_of
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, all_of, any_of, paren, select


@dataclass(frozen=True, slots=True)
class Counted:
    """An input of the metric, and how it is read in the cell."""

    part: Input
    reading: Reading


@dataclass(frozen=True, slots=True)
class Drilled:
    """The statement of a page of rows, its columns, and those among them that name a row."""

    statement: Statement
    columns: tuple[Column, ...]
    key: tuple[str, ...]


def drilled(
    draft: Draft, counted: Sequence[Counted], drill: Drill, params: Params, ctes: Mapping[str, exp.Query]
) -> Drilled:
    """The rows of one dataset that any of the inputs counts. `ctes`: what their conditions read."""
    made = _Rows(draft, tuple(counted), params)
    shown = made.shown(drill)
    query: exp.Query = made.select(shown, drill)
    for name, cte in ctes.items():
        query = query.with_(ident(name), cte, copy=False)
    statement = Statement(statement_text(query), params.values)
    return Drilled(statement, tuple(one.column for one in shown.all), shown.key)


@dataclass
class _Rows:
    draft: Draft
    counted: tuple[Counted, ...]
    params: Params

    @cached_property
    def rows(self) -> BaseRows:
        """The rows of the dataset that the viewer may see."""
        dataset = self.draft.bound.model.datasets[self.counted[0].part.dataset]
        return base_rows(self.draft, dataset, self.params, at=self.counted[0].reading.time)

    # -- conditions -----------------------------------------------------------------------------------

    @cached_property
    def holds(self) -> dict[Counted, Sql | None]:
        """Whether a row counts for each input; None: every one does."""
        return {one: all_of(self._conditions(one)) for one in self.counted}

    def _conditions(self, one: Counted) -> Iterator[Sql]:
        counts = self.rows.counted(one.part)
        if counts is not None:
            yield paren(counts)
        following = one.part.following
        if following is not None and following.met:
            yield converted(self.draft, self._scan(one), one.part, self.rows, self.params)
        if following is None or not following.met or following.by == "cohort":
            yield from self._framed(one)  # else the first event may lie anywhere before

    def _framed(self, one: Counted) -> Iterator[Sql]:
        framing = framing_of(self.draft, self._scan(one), self.rows, self.params)
        yield from (paren(where) for where in framing.where)
        if framing.series is not None:  # a state may fall between two of the instants
            first, last = framing.series
            yield exp.LTE(this=paren(first), expression=paren(last))

    def _scan(self, one: Counted) -> Scan:
        return Scan(one.part.dataset, one.reading, (one.part,), own=True)

    def _where(self) -> Sql | None:
        draft, dataset = self.draft, self.rows.dataset.name
        left = is_left(draft, dataset, self.rows)
        some = self._some()
        return all_of(
            [
                *([some] if some is not None else []),
                *filters(draft, dataset, self.rows, self.params),
                *([left] if left is not None else []),
            ]
        )

    def _some(self) -> Sql | None:
        """That at least one input counts the row."""
        found = [sql for one, sql in self.holds.items() if not _is_implied(one)]
        if any(one is None for one in found):
            return None
        return paren(any_of(dict.fromkeys(paren(one.copy()) for one in found if one is not None)))

    def _check_joins(self) -> None:
        """A join valid in time goes by the fact's time: of two times there would be two partners."""
        times = {one.reading.time for one in self.counted}
        if len(times) > 1 and any(self.rows.is_timed(path) for path in self.rows.joined):
            why = "The rows count by more than one time, and a join that is valid in time is asked."
            raise LeadlineError("not_supported", why, "Ask a metric with one time, or name time.by.")

    # -- columns and order ----------------------------------------------------------------------------

    def shown(self, drill: Drill) -> Shown:
        """The columns, as asked."""
        holds = {one.part: sql for one, sql in self.holds.items()}
        return Columns(self.draft, drill, self.rows, holds).shown()

    def select(self, shown: Shown, drill: Drill) -> exp.Select:
        """A page of the rows: the latest first, then by key."""
        columns = [named(one.sql, f"c{i}") for i, one in enumerate(shown.all)]
        where, order = self._where(), self._order(shown)  # before FROM: they may need joins
        self._check_joins()
        made = self.rows.from_(select(*columns, exp.false(), number(0)))
        made = made.where(where, copy=False) if where is not None else made
        made = made.order_by(*order, copy=False)
        return made.limit(drill.limit + 1, copy=False).offset(drill.offset, copy=False)

    def _order(self, shown: Shown) -> Iterator[exp.Ordered]:
        time = self.counted[0].reading.time
        if time is not None:
            name = time.start if isinstance(time, StateField) else None
            yield exp.Ordered(this=self.rows.time(time, name).edge(), desc=True, nulls_first=False)
        yield from (exp.Ordered(this=one, nulls_first=False) for one in shown.order)


def _is_implied(one: Counted) -> bool:
    """Whether another input counts all of its rows: of a cohort, those that convert are some."""
    return one.part.following is not None and one.part.following.met and one.part.following.by == "cohort"
