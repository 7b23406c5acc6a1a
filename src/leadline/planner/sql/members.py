"""Members asked with `all: true`: those of the dimension's own dataset, with or without facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from leadline.planner.draft import Draft
from leadline.planner.query import Filter, leaves
from leadline.planner.sql.base_rows import BaseRows
from leadline.planner.sql.build import Params, group_value, named, not_null
from leadline.planner.sql.conditions import FieldSql, Filtering
from leadline.planner.sql.keys import member
from leadline.planner.sql.rows import base_rows
from leadline.semantic.resolve import FieldRef
from leadline.semantic.sql_tree import all_of, select


@dataclass(frozen=True, slots=True)
class Family:
    """Dimensions (by position) at the end of one path, whose members are taken together."""

    path: tuple[str, ...]
    positions: tuple[int, ...]


def families(draft: Draft) -> tuple[Family, ...]:
    """The paths at which all members are asked, with every asked dimension there."""
    by_path: dict[tuple[str, ...], list[int]] = {}
    wanted: set[tuple[str, ...]] = set()
    for position, name in enumerate(draft.fields):
        path = draft.field(draft.datasets[0], name).path
        by_path.setdefault(path, []).append(position)
        if draft.fields[position] in draft.every:
            wanted.add(path)
    return tuple(Family(path, tuple(found)) for path, found in by_path.items() if path in wanted)


def members_sql(draft: Draft, family: Family, params: Params) -> exp.Select:
    """The different members of a family, under those filters that its dataset can reach."""
    dataset = draft.datasets[0]
    end = draft.bound.end(dataset, family.path)
    rows = base_rows(draft, end, params)
    columns, present = [], []
    for position in family.positions:
        ref = draft.field(dataset, draft.fields[position])
        sql = rows.field(_under(ref, family.path))
        if draft.fields[position] in draft.every:
            present.append(not_null(sql.copy()))
        home = draft.bound.zone_of(dataset, ref.path, ref.name)
        value = group_value(sql, draft.bound.field_type(dataset, ref), home)
        columns.append(named(value, member(position)))
    where = all_of([*present, *_filters(draft, family, rows, params)])
    made = rows.from_(select(*columns).distinct(copy=False))
    return made.where(where, copy=False) if where is not None else made


def _under(ref: FieldRef, path: tuple[str, ...]) -> FieldRef:
    return FieldRef(ref.path[len(path) :], ref.dataset, ref.name, ref.part)


def _filters(draft: Draft, family: Family, rows: BaseRows, params: Params) -> Iterator[exp.Expr]:
    dataset = draft.datasets[0]

    def find(name: str) -> FieldSql:
        ref = draft.field(dataset, name)
        home = draft.bound.zone_of(dataset, ref.path, ref.name)
        return FieldSql(rows.field(_under(ref, family.path)), draft.bound.field_type(dataset, ref), home)

    where = Filtering(find, draft.moment, params)
    for one in draft.query.filters:
        if _reached(draft, one, family.path):
            yield where.sql(one)


def _reached(draft: Draft, one: Filter, path: tuple[str, ...]) -> bool:
    """Whether every field of the filter lies at the members' dataset or behind it."""
    dataset = draft.datasets[0]
    found = (draft.field(dataset, leaf.field) for leaf in leaves(one))
    return all(ref.path[: len(path)] == path for ref in found)
