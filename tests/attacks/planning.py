"""An engine that goes the whole way of a question but the last step: what would reach a database is kept.

The parser, the keys and the planner are the real ones, over the shipped model and its tables.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from leadline.core.errors import LeadlineError
from leadline.core.result import Result, ServedBy
from leadline.core.schema import (
    DATE,
    INTEGER,
    TEXT,
    TIME,
    ColumnSchema,
    ColumnType,
    SourceSchema,
    TableSchema,
    decimal,
)
from leadline.core.viewer import Viewer
from leadline.engine.asking import Prepared, Served
from leadline.planner import bind, canonical, make_plan, parse_query
from leadline.planner.drill import make_rows_plan
from leadline.planner.parse_drill import parse_drill
from leadline.planner.plan import Statement
from leadline.planner.values import make_values_plan, parse_values
from tests.support.api import EchoEngine, served
from tests.support.models import sales_model

NOW = datetime(2026, 11, 17, 20, 32, 7, tzinfo=UTC)
ADA = Viewer("o1", "ada@example.com", "admin")
_MONEY = decimal(2)
_COLUMNS: dict[str, dict[str, ColumnType]] = {
    "reps": {
        "id": INTEGER, "name": TEXT, "email": TEXT, "region": TEXT, "manager": TEXT, "quota": _MONEY,
        "hired_on": DATE,
    },
    "leads": {
        "id": INTEGER, "created_at": TIME, "source": TEXT, "region": TEXT, "company": TEXT, "rep_id": INTEGER,
    },
    "appointments": {
        "id": INTEGER, "lead_id": INTEGER, "rep_id": INTEGER, "booked_at": TIME, "starts_at": TIME,
        "status": TEXT,
    },
    "deals": {
        "id": INTEGER, "lead_id": INTEGER, "rep_id": INTEGER, "source": TEXT, "product": TEXT, "status": TEXT,
        "stage": TEXT, "amount": _MONEY, "probability": decimal(3), "opened_at": TIME, "closed_at": TIME,
        "expected_close": DATE,
    },
    "stage_history": {
        "id": INTEGER, "deal_id": INTEGER, "stage": TEXT, "entered_at": TIME, "amount": _MONEY,
        "expected_close": DATE,
    },
    "targets": {"month_start": DATE, "rep_id": INTEGER, "amount": _MONEY},
}  # fmt: skip


def _table(name: str) -> TableSchema:
    return TableSchema(name, {one: ColumnSchema(one, kind) for one, kind in _COLUMNS[name].items()})


BOUND = bind(sales_model(), SourceSchema({f"public.{name}": _table(name) for name in _COLUMNS}))


def statements(value: object) -> Iterator[Statement]:
    """Every statement in a plan, wherever it stands."""
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from statements(one)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from statements(getattr(value, part.name))


def planned(data: object, viewer: Viewer = ADA) -> tuple[Statement, ...]:
    """The statements that a question would send. Raises LeadlineError."""
    query = parse_query(data, viewer=viewer, now=NOW, model=BOUND.model)
    canonical(query, BOUND)
    return tuple(statements(make_plan(query, BOUND, {})))


def sql(data: object, viewer: Viewer = ADA) -> tuple[str, ...]:
    """The texts of those statements."""
    return tuple(one.sql for one in planned(data, viewer))


def refusal(data: object) -> LeadlineError:
    """Why a question is refused: it must be, by a code of 400 or 413, with the cause and a way out."""
    try:
        planned(data)
    except LeadlineError as error:
        assert error.status in (400, 413) and error.why and error.fix
        assert len(json.dumps(error.to_json())) < 2_000
        return error
    raise AssertionError(f"this was planned: {str(data)[:500]}")


def holds(value: object, text: object) -> bool:
    """Whether a bound value is the text, or a list of values has it."""
    if isinstance(value, list | tuple):
        return any(holds(one, text) for one in value)
    return value == text


@dataclass
class PlanningEngine(EchoEngine):
    """Answers every question that can be planned with no rows; `sent` is what a database would have got."""

    sent: list[Statement] = field(default_factory=list)

    async def serve(self, prepared: Prepared, *, fresh_only: bool = False) -> Served:
        """An empty answer. Raises LeadlineError."""
        data, viewer = cast(Any, prepared.asked)
        self.sent += planned(data, viewer)
        now = "2026-11-17T14:32:07-06:00"
        return served(Result((), (), 0, now, now, None, ServedBy("base"), key="k"))

    async def rows(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """No rows. Raises LeadlineError."""
        drill = parse_drill(data, viewer=viewer, now=NOW, model=BOUND.model)
        self.sent += statements(make_rows_plan(drill, BOUND).plan)
        return {"rows": 0}

    async def values(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """No values. Raises LeadlineError."""
        self.sent += statements(make_values_plan(parse_values(data, viewer=viewer, now=NOW), BOUND))
        return {"values": []}

    async def explain(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """Nothing. Raises LeadlineError."""
        self.sent += planned(data, viewer)
        return {"definition": []}

    def texts(self) -> set[str]:
        """The texts sent so far, each once; forgets them."""
        found = {one.sql for one in self.sent}
        self.sent.clear()
        return found


def revenue(**more: Any) -> dict[str, Any]:
    """A question for revenue, with more."""
    return {"metrics": ["revenue"], **more}
