"""From scans to one row per group: facts are aggregated first, then branches meet by UNION ALL and GROUP BY.

So no fact multiplies another, and groups without a text or a partner meet like any others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from leadline.core.grain import Step, step
from leadline.core.schema import INTEGER, ColumnType, decimal
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

_RANK = "k"
"""What a row of a branch does: it only adds values, it names a group, or it is a row of the answer."""
_ADDS, _NAMES, _IS = 0, 1, 2
_GROUPS = "groups"
_ROWS = "branches"
MAX_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class _Branch:
    """A CTE, the value columns that it holds, and its rank (None: each row's own)."""

    name: str
    held: tuple[str, ...]
    rank: int | None


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
    branches: list[_Branch] = field(default_factory=list)

    def build(self) -> Names:
        """Adds all CTEs, the last of them `MERGED`, and tells the names of its columns."""
        if self.draft.grain and self._bounded():
            self.ctes[BUCKETS] = self._fixed_buckets()
        for position, scan in enumerate(self.draft.scans):
            self._add_scan(f"s{position}", scan)
        self._merge()
        now = self._local(self.draft.moment.now) if self.present else exp.Null()
        return Names(self.values, self.targets, self.present, now)

    # -- branches -----------------------------------------------------------------------------------

    def _keys(self) -> list[str]:
        buckets = [BUCKET] if self.draft.grain else []
        return buckets + [member(i) for i in range(len(self.draft.fields))]

    def _add_scan(self, name: str, scan: Scan) -> None:
        own = scan.window.move is None
        columns = {part: f"v{len(self.values) + i}" for i, part in enumerate(scan.inputs)}
        flags = {part: f"n{column_}" for part, column_ in columns.items() if own and self._has_future()}
        self.values.update({(scan.window, part): found for part, found in columns.items()})
        self.present.update({(scan.window, part): found for part, found in flags.items()})
        self.types.update({found: self.draft.bound.input_type(part) for part, found in columns.items()})
        self.types.update(dict.fromkeys(flags.values(), INTEGER))
        self.ctes[name] = scan_sql(self.draft, scan, columns, flags, self.params)
        self.branches.append(_Branch(name, (*columns.values(), *flags.values()), _IS if own else _NAMES))

    def _planned(self) -> list[_Branch]:
        """The branches of the targets; they may join the buckets."""
        made: list[_Branch] = []
        for cell in self.draft.cells:
            if isinstance(cell, TargetCell) and key_of(cell) not in self.targets:
                made += self._target(cell)
        return made

    def _target(self, cell: TargetCell) -> list[_Branch]:
        if not is_reached(self.draft, cell):
            return []
        name = f"g{len(self.targets)}"
        self.targets[key_of(cell)] = f"{name}v"
        self.types[f"{name}v"] = decimal(None)
        self.ctes[name] = target_sql(self.draft, cell, f"{name}v", self.params)
        return [_Branch(name, (f"{name}v",), _ADDS)]

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
        series = self._series(self._local(first), self._local(last))
        wanted = exp.LT(this=column(BUCKET), expression=self._local(last))
        return select(column(BUCKET)).from_(series, copy=False).where(wanted, copy=False)

    def _bucket_of(self, bound: Bound) -> Bound:
        return self.draft.moment.floor(bound, self.draft.grain or "day")

    def _step(self) -> Step:
        return step(self.draft.grain or "day")

    def _series(self, first: Sql, last: Sql) -> exp.Expr:
        """`generate_series(first, last, one bucket) AS "buckets"("b")`."""
        function = call("generate_series", first, last, interval(self._step()))
        alias = exp.TableAlias(this=ident(BUCKETS), columns=[ident(BUCKET)])
        return exp.Table(this=function, alias=alias)

    def _open_buckets(self) -> exp.Select:
        """From the first bucket with a row, or of the range, to the last; at most one too many."""
        span = self.draft.span
        low = self._local(self._bucket_of(span.start)) if span.start else self._extreme("MIN")
        high = self._local(span.end) if span.end else self._extreme("MAX")
        most = exp.Add(this=low.copy(), expression=interval(self._step().times(MAX_BUCKETS)))
        made = select(column(BUCKET))
        too_far = exp.If(this=exp.GTE(this=high, expression=most), true=most.copy())
        far = exp.Case(ifs=[too_far], default=high.copy())  # without any row there is no end
        made = made.from_(self._series(low, far), copy=False)
        if span.end:
            made = made.where(exp.LT(this=column(BUCKET), expression=high.copy()), copy=False)
        return made

    def _local(self, bound: Bound) -> Sql:
        return self.params.add(bound.local, "timestamp")

    def _extreme(self, function: str) -> Sql:
        """The first or last bucket with a row of the answer."""
        made = select(exp.func(function, column(BUCKET))).from_(exp.Table(this=ident(_ROWS)), copy=False)
        made = made.where(equal(column(_RANK), number(_IS)), copy=False)
        return exp.Subquery(this=made.where(call("isfinite", column(BUCKET)), copy=False))

    # -- the merge ----------------------------------------------------------------------------------

    def _merge(self) -> None:
        asked = families(self.draft)
        planned = any(isinstance(cell, TargetCell) for cell in self.draft.cells)
        if len(self.branches) == 1 and not self.draft.grain and not asked and not planned:
            self.ctes[MERGED] = self.ctes.pop(self.branches[0].name)
            return
        self.ctes[_ROWS] = self._union([self._branch(one) for one in self.branches])
        if self.draft.grain and not self._bounded():
            self.ctes[BUCKETS] = self._open_buckets()
        seen = _Branch(_ROWS, tuple(self.types), None)
        self.ctes[MERGED] = self._grouped([seen, *self._spine(asked), *self._planned()])

    def _union(self, selects: list[exp.Select]) -> exp.Query:
        made: exp.Query = selects[0]
        for one in selects[1:]:
            made = exp.union(made, one, distinct=False, copy=False)
        return made

    def _branch(self, branch: _Branch) -> exp.Select:
        """A CTE with every value column, those that it lacks as NULL."""
        values = [
            named(column(one) if one in branch.held else null_of(type_), one)
            for one, type_ in self.types.items()
        ]
        keys = [column(key) for key in self._keys()]
        rank = column(_RANK) if branch.rank is None else named(number(branch.rank), _RANK)
        return select(*keys, *values, rank).from_(exp.Table(this=ident(branch.name)), copy=False)

    def _grouped(self, branches: list[_Branch]) -> exp.Select:
        """One row per group; at most one branch has each value, so the greatest is the value."""
        source = self._union([self._branch(one) for one in branches]).subquery("every", copy=False)
        keys = [column(key) for key in self._keys()]
        values = [named(self._only(one, type_), one) for one, type_ in self.types.items()]
        merged = select(*keys, *values).from_(source, copy=False)
        if not keys:
            return merged
        least = number(_IS if self.draft.grain else _NAMES)
        made = exp.GTE(this=exp.func("MAX", column(_RANK)), expression=least)
        return merged.group_by(*ordinals(len(keys)), copy=False).having(made, copy=False)

    @staticmethod
    def _only(name: str, type_: ColumnType) -> Sql:
        function = "BOOL_OR" if type_.kind == "boolean" else "MAX"
        return call(function, column(name))

    # -- groups without rows ------------------------------------------------------------------------

    def _spine(self, asked: tuple[Family, ...]) -> list[_Branch]:
        """Every group that must be there: all members asked, and every group in every bucket."""
        if not asked and not self.draft.grain:
            return []
        sources: list[str] = []
        if self.draft.fields:
            self.ctes[_GROUPS] = self._all_groups(asked)
            sources.append(_GROUPS)
        if self.draft.grain:
            sources.append(BUCKETS)
        self.ctes["spine"] = self._crossed(self._keys(), sources)
        return [_Branch("spine", (), _IS)]

    def _all_groups(self, asked: tuple[Family, ...]) -> exp.Query:
        seen = self._seen(range(len(self.draft.fields)))
        if not asked:
            return seen
        return exp.union(seen, self._members(asked), distinct=True, copy=False)

    def _members(self, asked: tuple[Family, ...]) -> exp.Select:
        """All members asked, with every combination of the other dimensions that rows have."""
        for i, family in enumerate(asked):
            self.ctes[f"members{i}"] = members_sql(self.draft, family, self.params)
        sources = [f"members{i}" for i in range(len(asked))]
        taken = {position for family in asked for position in family.positions}
        rest = [i for i in range(len(self.draft.fields)) if i not in taken]
        if rest:
            self.ctes["others"] = self._seen(rest)
            sources.append("others")
        return self._crossed([member(i) for i in range(len(self.draft.fields))], sources)

    @staticmethod
    def _crossed(keys: list[str], sources: list[str]) -> exp.Select:
        made = select(*[column(key) for key in keys]).from_(exp.Table(this=ident(sources[0])), copy=False)
        for source in sources[1:]:
            made.append("joins", exp.Join(this=exp.Table(this=ident(source)), kind="CROSS"))
        return made

    def _seen(self, positions: Sequence[int]) -> exp.Select:
        """The different groups that rows have, those of earlier periods among them."""
        made = select(*[column(member(i)) for i in positions]).distinct(copy=False)
        return made.from_(exp.Table(this=ident(_ROWS)), copy=False)
