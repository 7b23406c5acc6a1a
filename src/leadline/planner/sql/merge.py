"""From scans to one row per group: facts are aggregated first, then branches meet by UNION ALL and GROUP BY.

So no fact multiplies another, and groups without a text or a partner meet like any others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from leadline.core.schema import INTEGER, ColumnType, decimal
from leadline.planner.draft import Draft, Reading, Scan, TargetCell
from leadline.planner.sql.build import Params, column, ident, named, null_of, number, ordinals
from leadline.planner.sql.keys import BUCKET, keys_of, member
from leadline.planner.sql.members import Family, families, members_sql
from leadline.planner.sql.scan import scan_sql
from leadline.planner.sql.targets import BUCKETS, TargetKey, buckets_sql, is_reached, key_of, target_sql
from leadline.planner.sql.wanted import Wanted
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, call, select

_RANK = "k"
"""What a row of a branch does: it only adds values, it names a group, or it is a row of the answer."""
_ADDS, _NAMES, _IS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Names:
    """Which merged column of `table` holds what. `present`: how many rows are behind the metrics' own values,
    where buckets may lie after now; `missing`: how many values had no rate."""

    table: str
    values: dict[tuple[Reading, Input], str] = field(default_factory=dict)
    present: dict[tuple[Reading, Input], str] = field(default_factory=dict)
    missing: dict[tuple[Reading, Input], str] = field(default_factory=dict)
    targets: dict[TargetKey, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Branch:
    """A CTE, the value columns that it holds, and its rank (None: each row's own)."""

    name: str
    held: tuple[str, ...]
    rank: int | None


@dataclass(slots=True)
class Merge:
    """A draft's part of the statement: adds its CTEs to `ctes`, the last of them `Names.table`."""

    draft: Draft
    params: Params
    ctes: dict[str, exp.Query]
    types: dict[str, ColumnType] = field(default_factory=dict)
    branches: list[_Branch] = field(default_factory=list)
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names(self._cte("m"))

    def build(self) -> Names:
        """Adds all CTEs and tells the names of the columns."""
        for position, scan in enumerate(self.draft.scans):
            self._add_scan(self._cte(f"s{position}"), scan)
        self._merge()
        return self.names

    def _cte(self, name: str) -> str:
        return self.draft.prefix + name

    # -- branches -----------------------------------------------------------------------------------

    def _add_scan(self, name: str, scan: Scan) -> None:
        wanted = self._wanted(scan)
        for found in (wanted.counts, wanted.missing):
            self.types.update(dict.fromkeys(found.values(), INTEGER))
        for part, one in wanted.values.items():
            self.types[one] = self.draft.bound.input_type(part)
        self.ctes[name] = scan_sql(self.draft, scan, wanted, self.params)
        held = (*wanted.values.values(), *wanted.counts.values(), *wanted.missing.values())
        self.branches.append(_Branch(name, held, _IS if scan.own else _NAMES))

    def _wanted(self, scan: Scan) -> Wanted:
        """Names for the columns of a scan."""
        values = {part: f"v{len(self.names.values) + i}" for i, part in enumerate(scan.inputs)}
        counts = {part: f"n{one}" for part, one in values.items() if self._is_counted(scan, part)}
        missing = {part: f"x{one}" for part, one in values.items() if self._is_converted(part)}
        for known, found in (
            (self.names.values, values),
            (self.names.present, counts),
            (self.names.missing, missing),
        ):
            known.update({(scan.reading, part): one for part, one in found.items()})
        return Wanted(values, counts, missing)

    def _is_counted(self, scan: Scan, part: Input) -> bool:
        """Whether it must be known if a bucket has rows: one after now is empty only if it has none."""
        return scan.own and part.following is None and bool(self.draft.grain) and self._has_future()

    def _has_future(self) -> bool:
        end = self.draft.span.end
        return end is None or end.instant > self.draft.moment.end.instant

    def _is_converted(self, part: Input) -> bool:
        return part.following is None and self.draft.bound.measure(part).currency is not None

    def _planned(self) -> list[_Branch]:
        """The branches of the targets."""
        made: list[_Branch] = []
        for cell in self.draft.cells:
            if isinstance(cell, TargetCell) and key_of(cell) not in self.names.targets:
                made += self._target(cell)
        return made

    def _target(self, cell: TargetCell) -> list[_Branch]:
        if not is_reached(self.draft, cell):
            return []
        name = self._cte(f"g{len(self.names.targets)}")
        value = f"{name}v"
        self.names.targets[key_of(cell)] = value
        self.types[value] = decimal(None)
        if self.draft.grain and self._cte(BUCKETS) not in self.ctes:
            self.ctes[self._cte(BUCKETS)] = buckets_sql(self.draft, self.params)
        self.ctes[name] = target_sql(self.draft, cell, value, self.params)
        return [_Branch(name, (value,), _ADDS)]

    # -- the merge ----------------------------------------------------------------------------------

    def _merge(self) -> None:
        asked = families(self.draft)
        planned = any(isinstance(cell, TargetCell) for cell in self.draft.cells)
        beside = asked or planned or (self.draft.left and keys_of(self.draft))
        if len(self.branches) == 1 and not self.draft.grain and not beside:
            self.ctes[self.names.table] = self.ctes.pop(self.branches[0].name)
            return
        self.ctes[self._cte("branches")] = self._union(self.branches)
        seen = _Branch(self._cte("branches"), tuple(self.types), None)
        self.ctes[self.names.table] = self._grouped([seen, *self._spine(asked), *self._planned()])

    def _union(self, branches: Iterable[_Branch]) -> exp.Query:
        first, *others = branches
        made: exp.Query = self._branch(first, self._first_values(first), named(self._rank(first), _RANK))
        for one in others:
            values = [column(name) if name in one.held else exp.Null() for name in self.types]
            made = exp.union(made, self._branch(one, values, self._rank(one)), distinct=False, copy=False)
        return made

    def _first_values(self, branch: _Branch) -> list[Sql]:
        """All value columns, those that it lacks as NULL: the first branch gives their names and types."""
        return [
            column(one) if one in branch.held else named(null_of(type_), one)
            for one, type_ in self.types.items()
        ]

    def _branch(self, branch: _Branch, values: list[Sql], rank: Sql) -> exp.Select:
        keys = [column(key) for key in keys_of(self.draft)]
        return select(*keys, *values, rank).from_(exp.Table(this=ident(branch.name)), copy=False)

    def _rank(self, branch: _Branch) -> Sql:
        return column(_RANK) if branch.rank is None else number(branch.rank)

    def _grouped(self, branches: list[_Branch]) -> exp.Select:
        """One row per group; at most one branch has each value, so the greatest is the value."""
        source = self._union(branches).subquery("every", copy=False)
        keys = [column(key) for key in keys_of(self.draft)]
        values = [named(self._only(one, type_), one) for one, type_ in self.types.items()]
        merged = select(*keys, *values).from_(source, copy=False)
        if not keys:
            return merged
        least = number(_IS if self.draft.grain else _NAMES)
        made = exp.GTE(this=call("MAX", column(_RANK)), expression=least)
        return merged.group_by(*ordinals(len(keys)), copy=False).having(made, copy=False)

    @staticmethod
    def _only(name: str, type_: ColumnType) -> Sql:
        function = "BOOL_OR" if type_.kind == "boolean" else "MAX"
        return call(function, column(name))

    # -- groups without rows ------------------------------------------------------------------------

    def _spine(self, asked: tuple[Family, ...]) -> list[_Branch]:
        """Every group that must be there: all members asked, and every group in every bucket."""
        left = [_Branch(self.draft.left.groups, (), _IS)] if self.draft.left and keys_of(self.draft) else []
        if not asked and not self.draft.grain:
            return left
        sources: list[str] = []
        if self.draft.fields:
            self.ctes[self._cte("groups")] = self._all_groups(asked)
            sources.append(self._cte("groups"))
        if self.draft.grain:
            self.ctes[self._cte("every_bucket")] = self._every_bucket()
            sources.append(self._cte("every_bucket"))
        self.ctes[self._cte("spine")] = self._crossed(keys_of(self.draft), sources)
        return [_Branch(self._cte("spine"), (), _IS), *left]

    def _every_bucket(self) -> exp.Select:
        """The places of all buckets."""
        series = call("generate_series", number(1), number(self.draft.count))
        alias = exp.TableAlias(this=ident("places"), columns=[ident(BUCKET)])
        return select(column(BUCKET)).from_(exp.Table(this=series, alias=alias), copy=False)

    def _all_groups(self, asked: tuple[Family, ...]) -> exp.Query:
        seen = self._seen(range(len(self.draft.fields)))
        if not asked:
            return seen
        return exp.union(seen, self._members(asked), distinct=True, copy=False)

    def _members(self, asked: tuple[Family, ...]) -> exp.Select:
        """All members asked, with every combination of the other dimensions that rows have."""
        sources = [self._cte(f"members{i}") for i in range(len(asked))]
        for name, family in zip(sources, asked, strict=True):
            self.ctes[name] = members_sql(self.draft, family, self.params)
        taken = {position for family in asked for position in family.positions}
        rest = [i for i in range(len(self.draft.fields)) if i not in taken]
        if rest:
            self.ctes[self._cte("others")] = self._seen(rest)
            sources.append(self._cte("others"))
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
        return made.from_(exp.Table(this=ident(self._cte("branches"))), copy=False)
