"""A row rule's predicate means the same in SQL, the viewer's values its parameters, as in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from leadline.core.schema import ColumnType
from leadline.core.viewer import Attribute, Viewer
from leadline.semantic.expressions.functions.kinds import UNKNOWN
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.python import compile as compile_python
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.viewer_values import Typed, expanded, viewer_values
from tests.integration.semantic.rows import NATIVES, TYPES, ZONE, Here, Row, rows_of

SQL_TYPES = {"time": "timestamptz", "wall": "timestamp", "decimal": "numeric", "integer": "bigint"}
GIVEN: tuple[tuple[str, Attribute | None], ...] = (
    ("n = viewer.x", "7"),
    ("n in (viewer.x)", ("7", "-3", "7")),
    ("n not in (viewer.x, 3)", ("7", "1")),
    ("q > viewer.x", "2.50"),
    ("f <= viewer.x", "7.5"),
    ("s = viewer.x", "a"),
    ("s < viewer.x or said = viewer.x", "abc"),
    ("e in (viewer.x)", ("sad", "Glad", "no such mood")),
    ("e = viewer.x", "none"),
    ("b = viewer.x", "yes"),
    ("b and viewer.x", True),
    ("d >= viewer.x", "2017-02-28"),
    ("ts >= viewer.x", "2017-11-05"),
    ("w >= viewer.x", "2017-03-12 02:30"),
    ("ts < viewer.x", "2017-11-05 01:30-06"),
    ("i > viewer.x", 3),
    ("lower(viewer.x) || s like 'aa_'", "A"),
    ("n = cast(viewer.x as bigint)", "7"),
    ("n = viewer.x", None),
    ("viewer.x is null", None),
    ("viewer.x is null", "a"),
    ("b or viewer.x", None),
    ("s in (viewer.x)", ()),
    ("not s in (viewer.x)", ()),
    ("coalesce(viewer.x, s) = s", None),
    ("viewer.email = 'ann@x' and s <> viewer.name", None),
)


class Ruled(Here):
    """The rows' columns, and the viewer's values: parameters in SQL, constants in Python."""

    def __init__(self, values: Mapping[str, Typed]) -> None:
        self.values = values

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """A typed parameter; what the viewer does not have is NULL."""
        if not path:
            return super().column(path, name)
        type_ = self.values[name][1]
        if type_ == UNKNOWN:
            return exp.Null()
        native = exp.DataType.build(SQL_TYPES.get(type_.kind, type_.kind), dialect="postgres")
        return exp.Cast(this=exp.Placeholder(this=name), to=native)

    def value(self, path: tuple[str, ...], name: str) -> Callable[[Row], Any]:
        """The row's or the viewer's value."""
        return (lambda row: self.values[name][0]) if path else super().value(path, name)

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return self.values[name][1] if path else super().type(path, name)


def _in_sql(connection: psycopg.Connection[Any], predicate: Expression, scope: Ruled, row: Row) -> Any:
    sql = compile_sql(predicate, scope).sql(dialect="postgres", identify=True)
    columns = ", ".join(f'%(column_{name})s::{native} AS "{name}"' for name, native in NATIVES.items())
    values = {f"column_{name}": row.get(name) for name in TYPES}
    given = {name: value for name, (value, _) in scope.values.items()}
    statement = f"SELECT {sql} FROM (SELECT {columns}) t"
    return connection.execute(statement.encode(), values | given).fetchone()


@pytest.mark.parametrize(("text", "attribute"), GIVEN)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_same_rows(
    session: psycopg.Connection[Any], text: str, attribute: Attribute | None, data: st.DataObject
) -> None:
    viewer = Viewer("acme", "ann@x", "viewer", "", () if attribute is None else (("x", attribute),))
    predicate = expanded(parse(text, viewer_names=True), viewer)
    scope = Ruled(viewer_values(predicate, viewer, lambda path, name: TYPES[name], ZONE))
    evaluate = compile_python(predicate, scope)

    for row in data.draw(rows_of(text)):
        assert _in_sql(session, predicate, scope, row) == (evaluate(row),), row
