"""`having` in SQL: filters over the finished columns of the answer."""

from __future__ import annotations

from typing import cast

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType, Kind
from leadline.planner.draft import Draft
from leadline.planner.json_reader import near
from leadline.planner.sql.build import Params, column
from leadline.planner.sql.conditions import FieldSql, Filtering
from leadline.planner.sql.order import value
from leadline.semantic.sql_tree import Sql, all_of


def having_sql(draft: Draft, params: Params) -> Sql:
    """The condition that rows must meet."""

    def find(name: str) -> FieldSql:
        for i, cell in enumerate(draft.cells):
            if cell.column.name == name:
                kind = cast(Kind, cell.column.type)  # types on the wire are kinds of columns
                return FieldSql(column(value(i)), ColumnType(kind), draft.zone.key)
        fix = near(name, [cell.column.name for cell in draft.cells])
        raise LeadlineError("unknown_field", f"{name!r:.80} is no column of values.", fix, "/having")

    where = Filtering(find, draft.moment, params)
    return all_of(where.sql(one) for one in draft.query.having) or exp.true()
