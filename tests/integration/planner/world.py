"""A small business with every trap in it: its tables, its rows, its model, and a way to ask it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg

from leadline.core.calendar import Calendar
from leadline.core.schema import (
    BOOLEAN,
    DATE,
    INTEGER,
    TEXT,
    TIME,
    WALL,
    ColumnSchema,
    ColumnType,
    SourceSchema,
    TableSchema,
    decimal,
)
from leadline.core.viewer import Viewer
from leadline.planner import Answer, BoundModel, bind, make_plan, parse_query, read_answer
from leadline.planner.plan import Extent, Plan, Probe, RollupState, Statement
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.kinds.derived import Derived
from leadline.semantic.kinds.ratio import Ratio
from leadline.semantic.kinds.simple import Simple
from leadline.semantic.kinds.snapshot import Snapshot
from leadline.semantic.model import (
    Dataset,
    Dimension,
    Join,
    Measure,
    MeasureRef,
    Metric,
    Model,
    Place,
    Rollup,
    Target,
)
from tests.integration.planner.world_rows import STAGES, Rows, rows

HERE = Place("world.yaml", 1)
VIEWER = Viewer("org", "ada@example.com", "admin")
HOME = "America/Chicago"
NOW = datetime(2026, 3, 31, 20, 32, 7, tzinfo=UTC)
FLOAT = ColumnType("float", native="double precision")

COLUMNS: Mapping[str, Mapping[str, ColumnType]] = {
    "teams": {"id": INTEGER, "name": TEXT},
    "reps": {
        "id": INTEGER, "name": TEXT, "team_id": INTEGER, "region": TEXT, "active": BOOLEAN, "grade": INTEGER,
        "hired": DATE,
    },
    "leads": {"id": INTEGER, "rep_id": INTEGER, "source": TEXT, "created_at": TIME, "score": FLOAT},
    "deals": {
        "id": INTEGER, "rep_id": INTEGER, "lead_id": INTEGER, "status": TEXT, "stage": TEXT,
        "amount": decimal(2), "weight": decimal(None), "share": FLOAT, "units": INTEGER, "urgent": BOOLEAN,
        "opened_at": TIME, "closed_at": TIME, "opened_on": DATE, "closed_on": DATE, "logged_at": WALL,
    },
    "visits": {"id": INTEGER, "rep_id": INTEGER, "day": DATE, "note": TEXT},
    "targets": {"rep_id": INTEGER, "month_start": DATE, "amount": decimal(2)},
}  # fmt: skip
_NATIVE = {"decimal": "numeric", "wall": "timestamp", "time": "timestamptz", "float": "double precision"}


def _native(type_: ColumnType) -> str:
    if type_.kind == "decimal" and type_.scale is not None:
        return f"numeric(14,{type_.scale})"
    return _NATIVE.get(type_.kind, type_.native)


def tables_sql() -> str:
    """CREATE TABLE for all tables."""
    return ";\n".join(
        f"CREATE TABLE public.{name} ({', '.join(f'{one} {_native(kind)}' for one, kind in columns.items())})"
        for name, columns in COLUMNS.items()
    )


def schema() -> SourceSchema:
    """The tables as the planner sees them."""
    return SourceSchema(
        {
            f"public.{name}": TableSchema(
                f"public.{name}", {one: ColumnSchema(one, kind) for one, kind in columns.items()}
            )
            for name, columns in COLUMNS.items()
        }
    )


# -- the model --------------------------------------------------------------------------------------


def expression(text: str | None) -> Expression | None:
    """The expression of a text, if there is one."""
    return parse(text) if text else None


def measure(name: str, aggregation: str, operand: str | None = None, where: str | None = None) -> Measure:
    """A measure without a time of its own."""
    return Measure(name, aggregation, HERE, operand=expression(operand), where=expression(where))


def _dimensions(**types: str | None) -> dict[str, Dimension]:
    return {name: Dimension(name, HERE, column=name, type=kind) for name, kind in types.items()}


def _join(name: str, dataset: str) -> Join:
    return Join(name, dataset, ((f"{name}_id", "id"),), HERE)


def _dataset(
    name: str, joins: tuple[Join, ...], dimensions: dict[str, Dimension], *measures: Measure
) -> Dataset:
    return Dataset(
        name,
        f"public.{name}",
        ("id",),
        HERE,
        joins={one.name: one for one in joins},
        dimensions=dimensions,
        measures={one.name: one for one in measures},
    )


WON = "status = 'won'"


def _deals() -> Dataset:
    dimensions = _dimensions(
        status=None, units=None, amount=None, share=None, urgent=None, opened_at="time", closed_at="time",
        opened_on="date", closed_on="date", logged_at="time", weight=None,
    )  # fmt: skip
    dimensions["stage"] = Dimension("stage", HERE, column="stage", order=STAGES)
    dimensions["size"] = Dimension(
        "size",
        HERE,
        expr=parse("case when amount < 100 then 'small' when amount < 1000 then 'medium' else 'large' end"),
        order=("small", "medium", "large"),
    )
    return _dataset(
        "deals",
        (_join("rep", "reps"), _join("lead", "leads")),
        dimensions,
        measure("won_count", "count", where=WON),
        measure("won_amount", "sum", "amount", WON),
        measure("priced", "count", "amount", WON),
        measure("closed_count", "count", where="status in ('won', 'lost')"),
        measure("all_count", "count"),
        measure("value", "sum", "amount"),
        measure("weighted", "sum", "amount * weight"),
        measure("mean_amount", "avg", "amount", WON),
        measure("mean_units", "avg", "units"),
        measure("sellers", "distinct", "rep_id", WON),
        measure("least", "min", "amount"),
        measure("most", "max", "weight"),
        measure("heft", "sum", "weight"),
        measure("parts", "sum", "share"),
        measure("units", "sum", "units"),
        measure("last_close", "max", "closed_at"),
        measure("first_day", "min", "closed_on"),
        measure("last_log", "max", "logged_at"),
        measure("last_stage", "max", "stage"),
    )


def _datasets() -> dict[str, Dataset]:
    found = (
        _dataset("teams", (), _dimensions(name=None), measure("teams", "count")),
        _dataset(
            "reps",
            (_join("team", "teams"),),
            _dimensions(name=None, region=None, active=None, grade=None, hired="date"),
            measure("heads", "count"),
        ),
        _dataset(
            "leads",
            (_join("rep", "reps"),),
            _dimensions(source=None, created_at="time", score=None),
            measure("created", "count"),
            measure("scores", "sum", "score"),
            measure("mean_score", "avg", "score"),
        ),
        _deals(),
        _dataset(
            "visits", (_join("rep", "reps"),), _dimensions(day="date", note=None), measure("n", "count")
        ),
    )
    return {one.name: one for one in found}


def _simple(
    name: str, ref: str, time: str | None, where: str | None = None, unit: str | None = None
) -> Metric:
    return Metric(
        name, Simple(MeasureRef(*ref.split("."))), HERE, time=time, filter=expression(where), unit=unit
    )


def _ratio(name: str, above: str, below: str, time: str) -> Metric:
    return Metric(name, Ratio(MeasureRef(*above.split(".")), MeasureRef(*below.split("."))), HERE, time=time)


def _derived(name: str, text: str, *metrics: str) -> Metric:
    return Metric(name, Derived(parse(text), metrics), HERE)


def _metrics() -> dict[str, Metric]:
    simple = [
        _simple("revenue", "deals.won_amount", "closed_at", unit="currency"),
        _simple("sales", "deals.won_count", "closed_at"),
        _simple("opened", "deals.all_count", "opened_at"),
        _simple("mean_amount", "deals.mean_amount", "closed_at"),
        _simple("mean_units", "deals.mean_units", "closed_at"),
        _simple("sellers", "deals.sellers", "closed_at"),
        _simple("least", "deals.least", "closed_at"),
        _simple("most", "deals.most", "closed_at"),
        _simple("heft", "deals.heft", "closed_at"),
        _simple("parts", "deals.parts", "closed_at"),
        _simple("units", "deals.units", "closed_at"),
        _simple("last_close", "deals.last_close", "closed_at"),
        _simple("first_day", "deals.first_day", "closed_on"),
        _simple("last_log", "deals.last_log", "logged_at"),
        _simple("last_stage", "deals.last_stage", "closed_at"),
        _simple("leads", "leads.created", "created_at"),
        _simple("scores", "leads.scores", "created_at"),
        _simple("mean_score", "leads.mean_score", "created_at"),
        _simple("dated", "deals.won_amount", "closed_on"),
        _simple("logged", "deals.all_count", "logged_at"),
        _simple("east", "deals.won_amount", "closed_at", "rep.region = 'East'"),
        _simple("heads", "reps.heads", None),
        _simple("visits", "visits.n", "day"),
    ]
    others = [
        _ratio("win_rate", "deals.won_count", "deals.closed_count", "closed_at"),
        _ratio("mean_size", "deals.won_amount", "deals.priced", "closed_at"),
        _derived("conversion", "sales / leads", "sales", "leads"),
        _derived("gap", "revenue - 2 * sales", "revenue", "sales"),
        Metric("pipeline", Snapshot(MeasureRef("deals", "value"), "opened_at", "closed_at"), HERE),
        Metric("open_deals", Snapshot(MeasureRef("deals", "all_count"), "opened_on", "closed_on"), HERE),
    ]
    return {one.name: one for one in [*simple, *others]}


def model(*rollups: Rollup, calendar: Calendar | None = None) -> Model:
    """The model of the world, with rollups where given."""
    return Model(
        "world",
        calendar or Calendar(HOME),
        currency="USD",
        datasets=_datasets(),
        shared={"source": {"leads": "source", "deals": "lead.source"}},
        metrics=_metrics(),
        targets={
            "revenue": Target(
                "revenue", "public.targets", "month", "month_start", "amount", HERE, (("rep", "rep_id"),)
            ),
            "sales": Target("sales", "public.targets", "month", "month_start", "amount", HERE),
        },
        rollups={one.name: one for one in rollups},
        fingerprint="world",
    )


def fill(connection: psycopg.Connection[Any], data: Rows) -> None:
    """Creates the tables with these rows."""
    connection.execute(tables_sql().encode())
    for name, found in data.items():
        columns = list(COLUMNS[name])
        marks = ", ".join(f"%s::{_native(kind)}" for kind in COLUMNS[name].values())
        statement = f"INSERT INTO public.{name} ({', '.join(columns)}) VALUES ({marks})"
        with connection.cursor() as cursor:
            cursor.executemany(statement.encode(), [[row[one] for one in columns] for row in found])


# -- asking -----------------------------------------------------------------------------------------


class World:
    """A filled database, its rows, and a connection to ask it."""

    def __init__(
        self, connection: psycopg.Connection[Any], data: Rows, bound: BoundModel | None = None
    ) -> None:
        self.connection, self.data = connection, data
        self.bound = bound or bind(model(), schema())
        self.now = NOW

    def plan(self, query: Mapping[str, Any], states: Mapping[str, RollupState] | None = None) -> Plan:
        """The plan of a query."""
        asked = parse_query(query, viewer=VIEWER, now=self.now, model=self.bound.model)
        found = make_plan(asked, self.bound, states or {})
        if isinstance(found, Probe):
            first, last = self._rows(found.statement)[0]
            found = make_plan(asked, self.bound, states or {}, Extent(first, last))
        assert isinstance(found, Plan)
        return found

    def _rows(self, statement: Statement | None) -> list[tuple[Any, ...]]:
        if statement is None:
            return []
        return self.connection.execute(statement.sql.encode(), dict(statement.params)).fetchall()

    def read(self, plan: Plan) -> Answer:
        """What the database answers to a plan."""
        totals = self._rows(plan.totals)
        subtotals = [self._rows(one.rows) for one in plan.subtotals]
        return read_answer(plan, self._rows(plan.rows), totals[0] if totals else None, subtotals)

    def ask(self, query: Mapping[str, Any], states: Mapping[str, RollupState] | None = None) -> Answer:
        """The answer to a query."""
        return self.read(self.plan(query, states))


def table(answer: Answer) -> list[tuple[Any, ...]]:
    """An answer by rows."""
    return list(zip(*answer.data, strict=True)) if answer.rows else []


def by_name(answer: Answer) -> Iterator[dict[str, Any]]:
    """An answer as one dictionary a row."""
    for row in table(answer):
        yield {column.name: value for column, value in zip(answer.columns, row, strict=True)}


__all__ = ["World", "by_name", "fill", "model", "rows", "schema", "table"]
