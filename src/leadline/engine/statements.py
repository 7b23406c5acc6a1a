"""The statements of a plan as they may be shown: SQL, parameters, and what the source makes of them.

Only editors and admins see them. What a rule reads of a viewer is shown by its name alone; estimates count
the rows of others too, so whoever sees only some rows is told no costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from leadline.planner.plan import Plan, Statement
from leadline.sources.postgres import Reader

Json = dict[str, Any]
NO_STATEMENT: Json = {"part": "rows", "sql": None, "params": None, "plan": None}
_SEE_SQL = ("admin", "editor")


async def explained(reader: Reader, plan: Plan, *, analyze: bool) -> list[Json]:
    """Each statement with its plan, that of the rows first; none for those who may not see them."""
    viewer = plan.query.viewer
    if viewer.role not in _SEE_SQL:
        return []
    options = "ANALYZE, BUFFERS" if analyze else "COSTS" if viewer.is_admin else "COSTS OFF"
    return [await _explained(reader, part, one, options) for part, one in _statements(plan)]


def _statements(plan: Plan) -> Iterator[tuple[str, Statement]]:
    """The statements of a plan, each with the part of the answer that it gives."""
    if plan.rows is not None:
        yield "rows", plan.rows
    if plan.totals is not None:
        yield "totals", plan.totals
    for one in plan.subtotals:
        yield f"subtotals by {', '.join(one.by) or 'nothing'}", one.rows


async def _explained(reader: Reader, part: str, statement: Statement, options: str) -> Json:
    asked = replace(statement, sql=f"EXPLAIN ({options}) {statement.sql}")
    lines = await reader.fetch(asked)
    shown = {name: _value(value) for name, value in statement.params.items()}
    return {
        "part": part,
        "sql": statement.sql,
        "params": {**shown, **statement.origins},
        "plan": [_hidden(str(line), statement) for (line,) in lines],
    }


def _hidden(line: str, statement: Statement) -> str:
    """A line of a plan with the names of a viewer's values in place of them."""
    for name, origin in statement.origins.items():
        quoted = str(statement.params[name]).replace("'", "''")
        line = line.replace(f"'{quoted}'", origin)
    return line


def _value(value: object) -> Any:
    """A parameter as JSON."""
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
