"""From scans to one row per group: facts are aggregated first, then branches meet by UNION ALL and GROUP BY.

So no fact multiplies another, and groups without a text or a partner meet like any others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from leadline.core.grain import step
from leadline.core.schema import ColumnType, decimal
from leadline.core.zones import Bound
from leadline.planner.draft import Draft, Scan, TargetCell, Window
from leadline.planner.sql.build import (
    Params,
    call,
    column,
    equal,
    ident,
    interval,
    named,
    null_of,
    number,
    ordinals,
)
from leadline.planner.sql.members import Family, families, members_sql
from leadline.planner.sql.output import MERGED, Names
from leadline.planner.sql.scan import BUCKET, member, scan_sql
from leadline.planner.sql.targets import BUCKETS, TargetKey, is_reached, key_of, target_sql
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, select

_MAKES = "k"
"""Flag of a branch whose groups are rows of the answer (targets only add to them)."""
_GROUPS = "groups"
_ROWS = "branches"
MAX_BUCKETS = 10_000


@dataclass(slots=True)
class Merge:
    """The statement in the making: its CTEs by name, and which column holds what."""

    draft: Draft
    params: Params
    ctes: dict[str, exp.Query] = field(default_factory=dict)
    types: dict[str, ColumnType] = field(default_factory=dict)
    values: dict[tuple[Window, Input], str] = field(default_factory=dict)
    present: dict[tuple[Window, Input], str] = field(default_factory=dict)
    targets: dict[TargetKey, str] = field(default_factory=dict)
    branches: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)

    def build(self) -> Names:
        """Adds all CTEs, the last of them `MERGED`, and tells the names of its columns."""
        if self.draft.grain and self._bounded():
            self.ctes[BUCKETS] = self._fixed_buckets()
        for position, scan in enumerate(self.draft.scans):
            self._add_scan(f"s{position}", scan)
        for cell in self.draft.cells:
            if isinstance(cell, TargetCell):
                self._add_target(cell)
        self._merge()
        now = self.params.add(self.draft.moment.now.local, "timestamp")
        return Names(self.values, self.targets, self.present, now)

    # -- branches -----------------------------------------------------------------------------------

    def _keys(self) -> list[str]:
        buckets = [BUCKET] if self.draft.grain else []
        return buckets + [member(i) for i in range(len(self.draft.fields))]

    def _add_scan(self, name: str, scan: Scan) -> None:
        columns: dict[Input, str] = {}
        for part in scan.inputs:
            columns[part] = f"v{len(self.values)}"
            self.values[scan.window, part] = columns[part]
            self.types[columns[part]] = self.draft.bound.input_type(part)
        made = scan_sql(self.draft, scan, columns, self.params)
        held = tuple(columns.values())
        if self._has_future() and scan.window.move is None:
            flag = f"n_{name}"
            made = made.select(named(number(1), flag), copy=False)
            self.types[flag] = ColumnType("integer")
            self.present.update({(scan.window, part): flag for part in scan.inputs})
            held = (*held, flag)
        self.ctes[name] = made
        self.branches.append((name, held, True))

    def _add_target(self, cell: TargetCell) -> None:
        key = key_of(cell)
        if key in self.targets or not is_reached(self.draft, cell):
            return
        name = f"g{len(self.targets)}"
        self.targets[key] = f"{name}v"
        self.types[f"{name}v"] = decimal(None)
        self.ctes[name] = target_sql(self.draft, cell, f"{name}v", self.params)
        self.branches.append((name, (f"{name}v",), False))

    # -- buckets ------------------------------------------------------------------------------------

    def _bounded(self) -> bool:
        return self.draft.span.start is not None and self.draft.span.end is not None

    def _has_future(self) -> bool:
        end = self.draft.span.end
        return bool(self.draft.grain) and (end is None or end.instant > self.draft.moment.end.instant)

    def _fixed_buckets(self) -> exp.Select:
        span = self.draft.span
        assert span.start and span.end  # noqa: S101  (asked by the caller)
        first, last = self._bucket_of(span.start), span.end
        series = self._series(
            self.params.add(first.local, "timestamp"), self.params.add(last.local, "timestamp")
        )
        wanted = exp.LT(this=column(BUCKET), expression=self.params.add(last.local, "timestamp"))
        return select(column(BUCKET)).from_(series, copy=False).where(wanted, copy=False)

    def _bucket_of(self, bound: Bound) -> Bound:
        return self.draft.moment.floor(bound, self.draft.grain or "day")

    def _series(self, first: Sql, last: Sql) -> exp.Expr:
        """`generate_series(first, last, one bucket) AS "buckets"("b")`."""
        function = call("generate_series", first, last, interval(step(self.draft.grain or "day")))
        alias = exp.TableAlias(this=ident(BUCKETS), columns=[ident(BUCKET)])
        return exp.Table(this=function, alias=alias)

    def _open_buckets(self) -> exp.Select:
        """From the first bucket with a row, or of the range, to the last; at most one too many."""
        span = self.draft.span
        low = (
            self.params.add(self._bucket_of(span.start).local, "timestamp")
            if span.start
            else self._extreme("MIN")
        )
        high = self.params.add(span.end.local, "timestamp") if span.end else self._extreme("MAX")
        made = select(column(BUCKET)).from_(self._series(low, high), copy=False)
        if span.end:
            made = made.where(exp.LT(this=column(BUCKET), expression=high.copy()), copy=False)
        return made.limit(MAX_BUCKETS + 1, copy=False)

    def _extreme(self, function: str) -> Sql:
        rows = select(exp.func(function, column(BUCKET))).from_(exp.Table(this=ident(_ROWS)), copy=False)
        return exp.Subquery(this=rows.where(equal(column(_MAKES), number(1)), copy=False))

    # -- the merge ----------------------------------------------------------------------------------

    def _merge(self) -> None:
        families_ = families(self.draft)
        if len(self.branches) == 1 and not self.draft.grain and not families_:
            self.ctes[MERGED] = self.ctes.pop(self.branches[0][0])
            return
        self.ctes[_ROWS] = self._union([self._branch(*branch) for branch in self.branches])
        if self.draft.grain and not self._bounded():
            self.ctes[BUCKETS] = self._open_buckets()
        spine = self._spine()
        rows = exp.Table(this=ident(_ROWS))
        if spine is not None:
            self.ctes["spine"] = spine
            everything = self._union(
                [select(exp.Star()).from_(rows, copy=False), self._branch("spine", (), True)]
            )
            source: exp.Expr = everything.subquery("every", copy=False)
        else:
            source = rows
        self.ctes[MERGED] = self._grouped(source)

    def _union(self, selects: list[exp.Select]) -> exp.Query:
        made: exp.Query = selects[0]
        for one in selects[1:]:
            made = exp.union(made, one, distinct=False, copy=False)
        return made

    def _branch(self, name: str, held: tuple[str, ...], makes: bool) -> exp.Select:
        """A CTE with every value column, those that it lacks as NULL."""
        values = [
            named(column(one) if one in held else null_of(type_), one) for one, type_ in self.types.items()
        ]
        keys = [column(key) for key in self._keys()]
        flag = named(number(int(makes)), _MAKES)
        return select(*keys, *values, flag).from_(exp.Table(this=ident(name)), copy=False)

    def _grouped(self, source: exp.Expr) -> exp.Select:
        """One row per group; at most one branch has each value, so the greatest is the value."""
        keys = [column(key) for key in self._keys()]
        values = [named(self._only(one, type_), one) for one, type_ in self.types.items()]
        merged = select(*keys, *values).from_(source, copy=False)
        if not keys:
            return merged
        made = exp.GTE(this=exp.func("MAX", column(_MAKES)), expression=number(1))
        return merged.group_by(*ordinals(len(keys)), copy=False).having(made, copy=False)

    @staticmethod
    def _only(name: str, type_: ColumnType) -> Sql:
        function = "BOOL_OR" if type_.kind == "boolean" else "MAX"
        return call(function, column(name))

    # -- groups without rows ------------------------------------------------------------------------

    def _spine(self) -> exp.Select | None:
        """Every group that must be there: all members asked, in every bucket."""
        asked = families(self.draft)
        if not asked and not self.draft.grain:
            return None
        sources = list(self._group_sources(asked))
        made = select(*[column(key) for key in self._keys()]).from_(sources[0], copy=False)
        for source in sources[1:]:
            made.append("joins", exp.Join(this=source, kind="CROSS"))
        return made

    def _group_sources(self, asked: tuple[Family, ...]) -> Iterator[exp.Expr]:
        taken: set[int] = set()
        for i, family in enumerate(asked):
            self.ctes[f"members{i}"] = members_sql(self.draft, family, self.params)
            taken.update(family.positions)
            yield exp.Table(this=ident(f"members{i}"))
        rest = [i for i in range(len(self.draft.fields)) if i not in taken]
        if rest:
            self.ctes[_GROUPS] = self._seen(rest)
            yield exp.Table(this=ident(_GROUPS))
        if self.draft.grain:
            yield exp.Table(this=ident(BUCKETS))

    def _seen(self, positions: list[int]) -> exp.Select:
        """The different groups that rows of the answer have."""
        rows = select(*[column(member(i)) for i in positions]).distinct(copy=False)
        made = rows.from_(exp.Table(this=ident(_ROWS)), copy=False)
        return made.where(equal(column(_MAKES), number(1)), copy=False)
