"""Row rules in SQL: each instance of a governed table is a sub-select of the rows that the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.core.viewer import Viewer
from leadline.core.zones import zone
from leadline.planner.bound import BoundModel
from leadline.planner.sql.base_rows import BaseRows, Instance, Names, bare
from leadline.planner.sql.build import Params, ident
from leadline.semantic.expressions.functions.kinds import UNKNOWN
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.expressions.sql import Scope
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.model import Dataset
from leadline.semantic.rules import RowScope
from leadline.semantic.sql_tree import Sql, any_of, select
from leadline.semantic.viewer_values import Typed, viewer_values

_TYPES = {
    "time": "timestamptz",
    "wall": "timestamp",
    "integer": "bigint",
    "decimal": "numeric",
    "float": "numeric",
}


def instance_for(bound: BoundModel, scope: RowScope, viewer: Viewer, params: Params) -> Instance:
    """How tables stand in FROM for a viewer: deny by default, the viewer's values as parameters."""

    def instance(dataset: Dataset, alias: str) -> exp.Expr:
        predicates = scope.rows.get(dataset.name)
        if scope.everything or predicates is None:
            return bare(dataset, alias)
        rows = _Governed(bound, dataset, viewer, params, f"{alias}_g")
        return exp.Subquery(this=rows.select(predicates), alias=exp.TableAlias(this=ident(alias)))

    return instance


@dataclass(frozen=True, slots=True)
class _Governed:
    """A table's rows under predicates, whose own joins are read without rules."""

    bound: BoundModel
    dataset: Dataset
    viewer: Viewer
    params: Params
    alias: str

    def select(self, predicates: tuple[Expression, ...]) -> exp.Select:
        utc = zone(self.bound.model.calendar.zone)
        rows = BaseRows(self.bound, self.dataset, utc, self.params, root=self.alias)
        names = Names(rows, (), None)
        allowed = any_of(predicate_sql(one, names, self.viewer, self.params) for one in predicates)
        every = exp.Column(this=exp.Star(), table=ident(self.alias))
        return rows.from_(select(every)).where(allowed, copy=False)


def predicate_sql(predicate: Expression, rows: Scope, viewer: Viewer, params: Params) -> Sql:
    """A predicate over rows; each value of the viewer is a parameter of the type that it needs there."""
    values = viewer_values(predicate, viewer, rows.type, rows.zone)
    return compile_sql(predicate, RuleNames(rows, values, params))


@dataclass(frozen=True, slots=True)
class RuleNames:
    """The names of a rule: fields of the rows, and the viewer's own values."""

    rows: Scope
    values: Mapping[str, Typed]
    params: Params

    @property
    def zone(self) -> str:
        """The model's zone."""
        return self.rows.zone

    def column(self, path: tuple[str, ...], name: str) -> Sql:
        """The SQL of a name; a value of the viewer is a parameter, one that is missing is null."""
        if path != (VIEWER,):
            return self.rows.column(path, name)
        value, type_ = self.values[name]
        if type_ == UNKNOWN:
            return exp.Null()
        return self.params.add(value, _TYPES.get(type_.kind, type_.kind), f"{VIEWER}.{name}")

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return self.rows.type(path, name) if path != (VIEWER,) else self.values[name][1]
