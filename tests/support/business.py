"""A small business for tests: tables of deals and reps, and a model over them made by hand."""

from __future__ import annotations

import psycopg

from leadline.core.calendar import Calendar
from leadline.semantic.expressions.parse import parse
from leadline.semantic.model import (
    Dataset,
    Dimension,
    Join,
    Measure,
    Model,
    Place,
    Refresh,
    Rollup,
    RollupColumn,
)

HERE = Place("model.yaml", 1)
ZONE = "America/Chicago"
TABLES = """
CREATE TABLE public.reps (id int PRIMARY KEY, name text, region text);
CREATE TABLE public.deals (
    id bigint PRIMARY KEY, rep_id int, status text, source text, amount numeric(12,2),
    opened_at timestamptz, closed_at timestamptz);
"""
# COUNT: how many deals
ROWS = """
INSERT INTO public.reps VALUES (1, 'Ann', 'East'), (2, 'Bob', 'West'), (3, 'Cy', NULL);
INSERT INTO public.deals
SELECT n, n % 5, (ARRAY['won', 'lost', 'open'])[n % 3 + 1], (ARRAY['referral', 'web', NULL])[n % 4 + 1],
       CASE WHEN n % 17 = 0 THEN NULL ELSE (n * 37 % 1000) + 0.25 END,
       timestamptz '2026-03-01 00:30+00' + n * interval '7 hours',
       CASE WHEN n % 11 = 0 THEN NULL ELSE timestamptz '2026-03-05 03:10+00' + n * interval '7 hours' END
  FROM generate_series(1, COUNT) AS n;
"""
REFERENCE = """
SELECT date_trunc('day', closed_at, 'America/Chicago') AS date, COUNT(*) AS deals_count,
       SUM(amount) AS total_revenue, AVG(amount) AS avg_deal_size,
       COUNT(*) FILTER (WHERE source = 'referral') AS referral_count
  FROM deals WHERE status = 'won' GROUP BY 1
"""
WON = parse("status = 'won'")


def fill(dsn: str, count: int = 600) -> None:
    """Creates the tables and their rows as the owner of the business."""
    with psycopg.connect(dsn) as connection:
        connection.execute(TABLES)
        connection.execute(ROWS.replace("COUNT", str(count)))


def _dimension(name: str, kind: str | None = None) -> Dimension:
    return Dimension(name, HERE, column=name, type=kind)


def _measure(name: str, aggregation: str, operand: str | None = None, where: str | None = None) -> Measure:
    return Measure(
        name,
        aggregation,
        HERE,
        operand=parse(operand) if operand else None,
        where=parse(where) if where else None,
    )


_REPS = Dataset(
    "reps", "public.reps", ("id",), HERE, dimensions={n: _dimension(n) for n in ("name", "region")}
)
_MEASURES = {
    "won_count": _measure("won_count", "count", where="status = 'won'"),
    "won_amount": _measure("won_amount", "sum", "amount", "status = 'won'"),
    "referral_count": _measure("referral_count", "count", where="status = 'won' and source = 'referral'"),
}
_DEALS = Dataset(
    "deals",
    "public.deals",
    ("id",),
    HERE,
    joins={"rep": Join("rep", "reps", (("rep_id", "id"),), HERE)},
    dimensions={
        "source": _dimension("source"),
        "opened_at": _dimension("opened_at", "time"),
        "closed_at": _dimension("closed_at", "time"),
    },
    measures=_MEASURES,
)
DAILY = Rollup(
    "daily_revenue_summary",
    "deals",
    (
        RollupColumn("date", time=True),
        RollupColumn("deals_count", measure=_MEASURES["won_count"]),
        RollupColumn("total_revenue", measure=_MEASURES["won_amount"]),
        RollupColumn("avg_deal_size", measure=_measure("avg_deal_size", "avg", "amount")),
        RollupColumn("referral_count", measure=_MEASURES["referral_count"]),
    ),
    HERE,
    time=("closed_at", "day"),
    where=WON,
    refresh=Refresh(every=300),
    index=(("date", True),),
)
BY_REGION = Rollup(
    "deals_by_region",
    "deals",
    (
        RollupColumn("closed_at", time=True),
        RollupColumn("region", dimension="rep.region"),
        RollupColumn("won_count", measure=_MEASURES["won_count"]),
        RollupColumn("won_amount", measure=_MEASURES["won_amount"]),
    ),
    HERE,
    time=("closed_at", "hour"),
    refresh=Refresh(cron="0 * * * *"),
)


def model(*rollups: Rollup, zone: str = ZONE, row_rules: bool = False) -> Model:
    """A model over the tables with these rollups."""
    return Model(
        "business",
        Calendar(zone=zone),
        datasets={"reps": _REPS, "deals": _DEALS},
        rollups={rollup.name: rollup for rollup in rollups},
        fingerprint="test",
    )


MODEL = """
leadline: 1
source: business
calendar: {zone: America/Chicago, week_start: monday, fiscal_year_start: february}
currency: USD
datasets:
  reps:
    table: public.reps
    row: one rep
    key: [id]
    dimensions: {name: {column: name}, region: {column: region}}
    measures: {people: {count: rows}}
  deals:
    table: public.deals
    row: one deal
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}}
    dimensions:
      source: {column: source}
      status: {column: status}
      opened_at: {column: opened_at, type: time}
      closed_at: {column: closed_at, type: time}
    measures:
      won_count: {count: rows, where: "status = 'won'", time: closed_at}
      won_amount: {sum: amount, where: "status = 'won'"}
      priced: {count: amount, where: "status = 'won'"}
      referral_count: {count: rows, where: "status = 'won' and source = 'referral'"}
metrics:
  revenue: {measure: deals.won_amount, time: closed_at, unit: currency, good: up}
  sales: {measure: deals.won_count}
  avg_deal_size: {ratio: [deals.won_amount, deals.priced], time: closed_at, unit: currency}
rollups:
  daily_revenue_summary:
    dataset: deals
    time: {closed_at: day}
    where: "status = 'won'"
    columns:
      date: time
      deals_count: won_count
      total_revenue: won_amount
      avg_deal_size: avg(amount)
      referral_count: referral_count
    refresh: {every: 5m, on_change: true}
    index: [date desc]
"""
RULES = """
row_rules:
  own: {when: "viewer.job = 'rep'", rows: {deals: "rep.name = viewer.name"}}
"""
