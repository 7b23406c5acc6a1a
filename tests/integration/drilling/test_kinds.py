"""Rows behind numbers that a demo company has not: money, states over days, conversions by event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine import Engine, Models
from tests.integration.drilling.asking import column, there, total
from tests.support.databases import Database
from tests.support.sources import opened, settings_of

ADMIN = Viewer("o1", "ada@example.com", "admin")
TABLES = """
CREATE TABLE shops (id int, name text, since timestamptz, until timestamptz);
INSERT INTO shops VALUES (1, 'Old', '2026-01-01', '2026-02-01'), (1, 'New', '2026-02-01', 'infinity'),
    (2, '(none)', '2026-01-01', NULL);
CREATE TABLE orders (
    area text, number int, shop int, lane int, paid boolean, price numeric(10,2), money text,
    weight double precision, at timestamp, opened timestamptz, closed timestamptz,
    PRIMARY KEY (area, number));
INSERT INTO orders
SELECT chr(97 + n % 3), n, CASE WHEN n % 7 = 0 THEN NULL ELSE 1 + n % 2 END,
       CASE WHEN n % 5 = 0 THEN NULL ELSE n % 4 END, n % 3 = 0, n + 0.25,
       (ARRAY['USD', 'EUR', 'EUR'])[n % 3 + 1], n / 8.0,
       timestamp '2026-01-05 10:00' + n * interval '11 hours',
       timestamptz '2026-01-05 10:00Z' + n * interval '11 hours',
       CASE WHEN n % 4 = 0 THEN 'infinity' WHEN n % 4 = 1 THEN NULL
            ELSE timestamptz '2026-01-06Z' + n * interval '17 hours' END
  FROM generate_series(1, 120) AS n;
CREATE TABLE rates (day date, code text, per_usd numeric);
INSERT INTO rates VALUES ('2026-01-01', 'EUR', 0.8), ('2026-02-01', 'EUR', 0.5);
CREATE TABLE visits (id int PRIMARY KEY, who int, at timestamptz);
INSERT INTO visits
SELECT n, n % 40, timestamptz '2026-01-10Z' + n * interval '9 hours' FROM generate_series(1, 100) AS n;
CREATE TABLE buys (id int PRIMARY KEY, who int, at timestamptz);
INSERT INTO buys
SELECT n, n * 3 % 50, timestamptz '2026-01-12Z' + n * interval '13 hours' FROM generate_series(1, 60) AS n;
"""
MODEL = """
leadline: 1
source: test
calendar: {zone: Europe/Berlin}
currency: USD
currency_rates: {table: public.rates, date: day, currency: code, per_usd: per_usd}
datasets:
  shops:
    table: public.shops
    row: a shop
    key: [id]
    dimensions: {name: {column: name}, until: {column: until, type: time}}
  orders:
    table: public.orders
    row: an order
    key: [area, number]
    joins: {shop: {dataset: shops, on: {shop: id}, valid: [since, until]}}
    dimensions:
      lane: {column: lane}
      paid: {column: paid}
      at: {column: at, type: time}
      price: {column: price}
      opened: {column: opened, type: time}
      closed: {column: closed, type: time}
    measures:
      value: {sum: price, currency: money, time: at}
      heavy: {sum: weight, where: "paid", time: at}
      mean: {avg: price, time: at}
      last_price: {last: price, time: at}
      stock: {count: rows}
      begun: {count: rows, time: opened}
  visits:
    table: public.visits
    row: a visit
    key: [id]
    dimensions: {at: {column: at, type: time}, who: {column: who}}
    measures: {seen: {count: rows, time: at}}
  buys:
    table: public.buys
    row: a buy
    key: [id]
    dimensions: {at: {column: at, type: time}, who: {column: who}}
    measures: {bought: {count: rows, time: at}}
metrics:
  value: {measure: orders.value, unit: currency}
  cheap: {measure: orders.value, filter: "price < 50"}
  heavy: {measure: orders.heavy}
  mean: {measure: orders.mean}
  last_price: {measure: orders.last_price}
  recent: {cumulative: heavy, window: {last: 28 days}}
  stock: {snapshot: orders.stock, valid: [opened, closed], of: last}
  stock_first: {snapshot: orders.stock, valid: [opened, closed], of: first}
  stock_mean: {snapshot: orders.stock, valid: [opened, closed], of: avg}
  by_cohort:
    conversion: {from: visits.seen, to: buys.bought, entity: who, within: 5 days, by: cohort}
  by_event:
    conversion: {from: visits.seen, to: buys.bought, entity: who, within: 5 days, by: event}
  begun: {measure: orders.begun}
  both: {derived: "heavy + begun"}
  share: {derived: "heavy / value"}
"""
SPAN = {"from": "2026-01-10", "to": "2026-03-01"}


@pytest.fixture
async def engine(database: Database, tmp_path: Path) -> AsyncIterator[Engine]:
    with psycopg.connect(database.business) as connection:
        connection.execute(TABLES.encode())
    (tmp_path / "model.yaml").write_text(MODEL)
    async with opened(settings_of(database)) as source:
        models = Models(tmp_path, source)
        await models.poll()
        yield Engine(source, None, models, Clock.from_as_of("2026-04-01", "Europe/Berlin"))


async def _cells(engine: Engine, query: dict[str, Any]) -> AsyncIterator[tuple[Any, Any]]:
    """The value of each cell with the rows behind it."""
    answer = (await engine.ask(query, ADMIN)).to_json()
    names = [one["name"] for one in answer["columns"][:-1]]
    for place in range(answer["rows"]):
        cell = {name: answer["data"][i][place] for i, name in enumerate(names)}
        body: dict[str, Any] = {"query": query, "cell": cell, "limit": 1000}
        if answer["other_rows"]:
            body["other"] = place in answer["other_rows"]
        yield answer["data"][-1][place], await engine.rows(body, ADMIN)


async def test_sums_by_members_of_every_type(engine: Engine) -> None:
    fields = ("lane", "paid", "price", "shop.name", "at.weekday", "at", "closed.hour")
    for metric, field in [("heavy", one) for one in fields] + [("value", "shop.name"), ("cheap", "lane")]:
        name = "heavy" if metric == "heavy" else "value"
        query = {"metrics": [metric], "dimensions": [field], "time": {"range": SPAN}}
        found = [(Decimal(value), total(rows, name)) async for value, rows in _cells(engine, query)]
        assert found and sum(value for value, _ in found)
        for value, made in found:
            assert abs(value - made) < Decimal("0.000001"), (metric, field)


async def test_the_others_of_a_number(engine: Engine) -> None:
    for field in ("lane", "paid", "shop.name"):
        query = {
            "metrics": ["heavy"],
            "dimensions": [field],
            "time": {"range": SPAN, "grain": "month"},
            "top": {"n": 1, "other": True},
        }
        found = [(Decimal(value), total(rows, "heavy")) async for value, rows in _cells(engine, query)]
        assert len(found) >= 2
        assert all(value == made for value, made in found), field


async def test_money_is_shown_as_counted_and_as_recorded(engine: Engine) -> None:
    rows = await engine.rows({"query": {"metrics": ["value"], "time": {"range": SPAN}}, "limit": 1000}, ADMIN)
    for value, recorded, code, at in zip(
        *(column(rows, name) for name in ("value", "value:recorded", "value:currency", "at")), strict=True
    ):
        rate = {"USD": Decimal(1), "EUR": Decimal("0.8") if at < "2026-02" else Decimal("0.5")}[code]
        assert Decimal(value) == Decimal(recorded) / rate
    assert rows["key"] == ["area", "number"]
    assert [one["unit"] for one in rows["columns"] if "unit" in one] == ["USD"]


async def test_a_window_and_means(engine: Engine) -> None:
    by_month = {"range": SPAN, "grain": "month"}
    async for value, rows in _cells(engine, {"metrics": ["recent"], "time": by_month}):
        assert Decimal(value) == total(rows, "heavy") > 0
    async for value, rows in _cells(engine, {"metrics": ["mean"], "time": by_month}):
        assert abs(Decimal(value) - total(rows, "mean") / len(there(rows, "mean"))) < Decimal("0.000001")
    async for value, rows in _cells(engine, {"metrics": ["last_price"], "time": by_month}):
        assert there(rows, "last_price")[0] == value  # the latest comes first


async def test_states(engine: Engine, database: Database) -> None:
    time = {"range": SPAN, "grain": "month"}
    for metric in ("stock", "stock_first"):
        async for value, rows in _cells(engine, {"metrics": [metric], "time": time}):
            assert rows["rows"] == value > 0
    days = """SELECT d AT TIME ZONE 'Europe/Berlin' AS e
                FROM generate_series(timestamp '2026-02-02', '2026-03-01', '1 day') AS d"""
    held = f"""SELECT count(*) FROM orders WHERE EXISTS
                 (SELECT FROM ({days}) AS q WHERE opened < e AND (closed IS NULL OR closed >= e))"""
    with psycopg.connect(database.reader) as connection:
        [(known,)] = connection.execute(held.encode()).fetchall()
    cell = {"time": "2026-02-01T00:00:00+01:00"}
    body = {"query": {"metrics": ["stock_mean"], "time": time}, "cell": cell, "limit": 1000}
    rows = await engine.rows(body, ADMIN)
    assert rows["rows"] == known > 0
    assert None in column(rows, "closed")  # what never ends is no instant


@pytest.mark.parametrize("metric", ["by_cohort", "by_event"])
async def test_conversions_tell_who_went_on(engine: Engine, metric: str) -> None:
    query = {"metrics": [metric], "time": {"range": SPAN, "grain": "week"}}
    seen = 0
    async for value, rows in _cells(engine, query):
        pairs = list(zip(column(rows, "who"), column(rows, "converted"), column(rows, "at"), strict=True))
        span = rows["range"]
        first = {who for who, _, at in pairs if at >= span["from"][:10]}
        met = {who for who, went, _ in pairs if went}
        seen += len(met)
        if value is not None:
            assert round(Decimal(len(met)) / Decimal(len(first)), 10) == Decimal(value)
    assert seen > 5


async def test_two_inputs_of_one_dataset_keep_their_rows_apart(engine: Engine) -> None:
    query = {"metrics": ["share"], "time": {"range": SPAN, "grain": "month"}}
    async for value, rows in _cells(engine, query):
        assert abs(Decimal(value) - total(rows, "heavy") / total(rows, "value")) < Decimal("0.000001")


async def test_rows_by_two_times(engine: Engine) -> None:
    query = {"metrics": ["both"], "time": {"range": SPAN, "grain": "month"}}
    async for value, rows in _cells(engine, query):
        assert Decimal(value) == total(rows, "heavy") + total(rows, "begun")
    with pytest.raises(LeadlineError, match="not_supported"):
        await engine.rows({"query": {**query, "dimensions": ["shop.name"]}}, ADMIN)


async def test_values_of_every_type(engine: Engine) -> None:
    lanes = await engine.values({"field": "orders.lane"}, ADMIN)
    assert (lanes["values"], lanes["none"], lanes["min"], lanes["max"]) == ([0, 1, 2, 3], True, 0, 3)
    paid = await engine.values({"field": "orders.paid"}, ADMIN)
    assert (paid["values"], paid["none"]) == ([False, True], False)
    names = await engine.values({"field": "shops.name"}, ADMIN)
    assert (names["values"], names["none"]) == (["New", "Old"], True)  # that text is the name of no value
    ends = await engine.values({"field": "shops.until"}, ADMIN)
    assert (ends["values"], ends["none"]) == (["2026-02-01T01:00:00+01:00"], True)
    prices = await engine.values({"field": "orders.price", "limit": 1}, ADMIN)
    assert (prices["values"], prices["max"], prices["scale"]) == (["1.25"], "120.25", 2)
    with pytest.raises(LeadlineError, match="no_time"):
        await engine.values({"field": "orders.shop.name"}, ADMIN)
