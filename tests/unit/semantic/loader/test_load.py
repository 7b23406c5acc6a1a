"""The format: the whole of it, its shorthands, and every mistake at its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.core.calendar import Calendar
from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue
from leadline.semantic.kinds.conversion import Conversion
from leadline.semantic.kinds.cumulative import Cumulative
from leadline.semantic.kinds.derived import Derived
from leadline.semantic.kinds.ratio import Ratio
from leadline.semantic.kinds.snapshot import Snapshot
from leadline.semantic.loader import Loaded, load
from leadline.semantic.model import MeasureRef, Model

BLOCK = Path(__file__).parents[1] / "block.yaml"
HEAD = "leadline: 1\nsource: crm\n"


@pytest.fixture(scope="module")
def block() -> Model:
    """The model of the design document."""
    model = load(BLOCK).model
    assert model is not None
    return model


def test_the_block_is_that_of_the_design(shared: Path) -> None:
    design = shared / "design" / "semantic.md"
    if not design.is_file():
        pytest.skip("no design document")
    block = design.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert block == BLOCK.read_text(encoding="utf-8")


def test_calendar_and_money(block: Model) -> None:
    assert block.source == "crm"
    assert block.calendar == Calendar("America/Chicago", 1, 2, None)
    assert block.currency == "USD"


def test_datasets(block: Model) -> None:
    deals = block.datasets["deals"]
    assert (deals.table, deals.row, deals.key) == ("public.deals", "one deal", ("id",))
    assert deals.joins["rep"].on == (("rep_id", "id"),)
    assert deals.dimensions["stage"].order == ("new", "qualified", "proposal", "negotiation")
    assert deals.dimensions["size"].expr is not None
    assert deals.dimensions["closed_at"].label == "Closed at"
    assert deals.dimensions["closed_at"].type == "time"
    assert deals.measures["won_count"].operand is None
    assert deals.measures["won_count"].time == "closed_at"
    assert deals.measures["priced"].operand is not None
    assert (deals.measures["cycle"].aggregation, deals.measures["cycle"].p) == ("percentile", "0.9")
    assert deals.measures["buyers"].aggregation == "distinct"


def test_metric_kinds(block: Model) -> None:
    kinds = {name: metric.kind for name, metric in block.metrics.items()}
    assert kinds["avg_deal_size"] == Ratio(MeasureRef("deals", "won_amount"), MeasureRef("deals", "priced"))
    assert isinstance(kinds["conversion_rate"], Derived)
    assert kinds["conversion_rate"].metrics == ("sales", "leads")
    assert kinds["revenue_ytd"] == Cumulative("revenue", "year_to_date", None, None)
    assert kinds["lead_to_sale"] == Conversion(
        MeasureRef("leads", "created"), MeasureRef("deals", "won_count"), "lead", "90 days", "cohort"
    )
    assert kinds["pipeline_value"] == Snapshot(MeasureRef("deals", "value"), "opened_at", "closed_at", "last")
    revenue = block.metrics["revenue"]
    assert (revenue.time, revenue.unit, revenue.good, revenue.label) == (
        "closed_at",
        "currency",
        "up",
        "Revenue",
    )
    assert block.metrics["avg_deal_size"].label == "Avg deal size"


def test_rollups(block: Model) -> None:
    daily = block.rollups["daily_revenue_summary"]
    assert [column.name for column in daily.columns] == [
        "date", "deals_count", "total_revenue", "avg_deal_size", "referral_count",
    ]  # fmt: skip
    assert daily.columns[0].time
    assert daily.columns[1].measure == block.datasets["deals"].measures["won_count"]
    own = daily.columns[3].measure
    assert own is not None
    assert (own.aggregation, own.operand and own.operand.text) == ("avg", "amount")
    assert daily.time == ("closed_at", "day")
    assert daily.refresh.every == 300.0
    assert daily.refresh.on_change
    assert daily.index == (("date", True),)
    hourly = block.rollups["deals_by_hour"]
    assert [(one.name, one.dimension) for one in hourly.columns[:4]] == [
        ("closed_at", None),
        ("rep", "rep.name"),
        ("region", "rep.region"),
        ("source", "lead.source"),  # the shared dimension, as in a query
    ]
    assert hourly.refresh.cron == "0 * * * *"


def test_the_rest(block: Model) -> None:
    assert block.shared == {"source": {"leads": "source", "deals": "lead.source"}}
    target = block.targets["revenue"]
    assert (target.table, target.period, target.by) == ("public.targets", "month", (("rep", "rep_id"),))
    own = block.row_rules["own"]
    assert set(own.rows) == {"deals", "leads", "reps"}
    assert block.place_of("metrics", "revenue", "time").line == 43
    assert block.place_of("metrics", "revenue").file.endswith("block.yaml")


SHORTHANDS = """
calendar: {week_start: Sunday, retail: {pattern: 4-5-4}}
currency_rates: {table: rates, date: d, currency: c, per_usd: r}
datasets:
  on:
    table: Orders
    key: [id, line]
    open: true
    joins: {off: {dataset: on, on: {parent: id}, valid: [from, to]}}
    dimensions:
      yes: {column: yes, order: [1, 2.50, true, no]}
      when: {column: "Order Date", type: time, zone: Asia/Tokyo}
    measures:
      n: {count: rows}
      one: {sum: 1, currency: cur}
      m: {count: amount}
metrics:
  a: {measure: on.n}
  b: {cumulative: a, window: {last: 28 days}, mean: day}
  c: {cumulative: a, window: running}
  d: {snapshot: on.n, valid: [x, y]}
rollups:
  r: {dataset: on, columns: {n: n, all: count(*), rows: "count(rows)", p: max( amount * 2 ), f: off.yes}}
  q: {dataset: on, measures: [n], refresh: {cron: "*/5 8-18 * * 1-5", zone: Europe/Berlin}}
row_rules: {all: {when: viewer.role = 'viewer', rows: x = viewer.name, datasets: [on]}}
"""


def test_shorthands_and_words(load_text: Callable[[str], Loaded]) -> None:
    model = load_text(HEAD + SHORTHANDS).model
    assert model is not None
    assert model.calendar == Calendar("UTC", 7, 1, "4-5-4")
    dataset = model.datasets["on"]
    assert (dataset.table, dataset.key, dataset.open) == ("public.Orders", ("id", "line"), True)
    assert dataset.joins["off"].valid == ("from", "to")
    assert dataset.dimensions["yes"].order == ("1", "2.50", "true", "no")
    assert dataset.dimensions["when"].zone == "Asia/Tokyo"
    assert dataset.measures["one"].operand is not None
    assert model.metrics["b"].kind == Cumulative("a", "last", "28 days", "day")
    columns = {one.name: one for one in model.rollups["r"].columns}
    assert columns["all"].measure is not None
    assert columns["all"].measure.operand is None
    assert columns["rows"].measure is not None
    assert columns["rows"].measure.operand is None
    assert columns["f"].dimension == "off.yes"
    assert model.rollups["q"].refresh.zone == "Europe/Berlin"
    assert list(model.row_rules["all"].rows) == [None]


WRONG = """leadline: 1
sorce: crm                                            # ! unknown_key
source: crm
calendar:
  zone: Mars/Base                                     # ! wrong_value
  week_start: someday                                 # ! wrong_value
currency: usd                                         # ! wrong_value
datasets:
  deals:
    table: public.deals
    key: [id]
    joins:
      rep: {dataset: reps, on: {rep_id: id}, valid: [a]}     # ! wrong_value
    dimensions:
      a: {colum: x}                                   # ! unknown_key
      b: {column: x, expr: y}                         # ! wrong_value
      c: {column: 5}                                  # ! wrong_type
      d:
        label: D
        expr: "count(*)"                              # ! bad_expression
      9x: {column: d}                                 # ! bad_name
    measures:
      m1: {sums: amount}                              # ! unknown_key
      m2: {sum: amount, count: rows}                  # ! wrong_value
      m3: {percentile: amount}                        # ! wrong_value
      m4: {percentile: amount, p: 2}                  # ! wrong_value
      m5: {sum: [a]}                                  # ! wrong_value
      m6: 5                                           # ! wrong_type
      m7:                                             # ! wrong_type
      m8: {sum: amount, p: 0.5}                       # ! wrong_value
  reps:
    table: a.b.c                                      # ! bad_name
    key: id                                           # ! wrong_type
  viewer: {table: x, key: [id]}                       # ! bad_name
  keyless: {table: x}                                 # ! missing_key
metrics:
  x: {meassure: deals.m1}                             # ! missing_key
  y:
    measure: deals                                    # ! wrong_value
    tiem: closed_at                                   # ! unknown_key
    good: sideways                                    # ! wrong_value
  z: {ratio: [deals.a]}                               # ! wrong_value
  w: {cumulative: x, window: century_to_date}         # ! wrong_value
  w2: {cumulative: x, window: year}                   # ! wrong_value
  v: {cumulative: x, window: {last: 28}}              # ! wrong_type
  u: [1]                                              # ! missing_key
  t: {conversion: {from: a.b, within: 3 parsecs}}     # ! missing_key missing_key wrong_value
  s: {derived: "a / b", filter: "c = 1"}              # ! unknown_key
  r: {snapshot: deals.m, valid: [a, b], time: a}      # ! unknown_key
rollups:
  r: {dataset: deals, columns: {a: "lower(x)"}, by: {a: b}}      # ! wrong_value
  s: {dataset: deals, time: {closed_at: fortnight}, measures: [a]}    # ! wrong_value
  t: {dataset: deals, measures: [a], refresh: {cron: "0 * * * *", every: 5m}}      # ! wrong_value
  u: {dataset: deals, measures: [a], refresh: {every: 5 fortnights}}      # ! wrong_value
  v: {dataset: deals, measures: [a], refresh: {cron: "x"}, index: ["a b c"]}      # ! wrong_value wrong_value
  w: {dataset: deals}                                 # ! missing_key
  x: {dataset: deals, time: {a: day, b: day}, measures: [m]}    # ! wrong_value
row_rules:
  a:
    when: "viewer.job = "                             # ! bad_expression
    rows: {deals: "a = 1", b: [1]}                    # ! wrong_value
targets: 5                                            # ! wrong_type
"""


def test_every_mistake_is_told_at_its_line(
    load_text: Callable[[str], Loaded], as_marked: Callable[[str, SourceSchema | None], tuple[Issue, ...]]
) -> None:
    loaded = load_text(WRONG)
    assert loaded.model is None
    assert loaded.partial is not None
    as_marked(WRONG, None)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("sorce: crm", "Did you mean source?"),
        ("metrics: {x: {meassure: a.b}}", "Did you mean measure?"),
        ("metrics: {x: {measure: a.b, tiem: c}}", "Did you mean time?"),
        ("datasets: {d: {table: t, key: [id], dimension: {}}}", "Did you mean dimensions?"),
        ("datasets: {d: {table: t, key: [id], measures: {m: {summ: x}}}}", "Did you mean sum?"),
        ("rollups: {r: {dataset: d, measure: [a]}}", "Did you mean measures?"),
        ("datasets: {d: {table: t, key: [id], dimensions: {a: {expr: 'lowr(x)'}}}}", "Did you mean lower?"),
    ],
)
def test_what_was_probably_meant(load_text: Callable[[str], Loaded], text: str, fix: str) -> None:
    assert any(fix in issue.fix for issue in load_text(HEAD + text).issues)


@pytest.mark.parametrize(
    "text", ["", "# nothing", "- 1", "5", "leadline: 2\nsource: a", "source: a", "leadline: yes"]
)
def test_a_file_that_is_no_model(load_text: Callable[[str], Loaded], text: str) -> None:
    loaded = load_text(text)
    assert loaded.model is None
    assert loaded.issues


def test_a_folder_is_merged_and_each_name_stands_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        HEAD + "datasets:\n  d: {table: t, key: [id], measures: {n: {count: rows}}}\n"
    )
    (tmp_path / "b.yml").write_text("leadline: 1\nmetrics:\n  x: {measure: d.n}\n")
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "c.yaml").write_text("not a model")
    (tmp_path / "notes.txt").write_text("not a model")
    loaded = load(tmp_path)
    assert loaded.model is not None
    assert loaded.model.metrics["x"].place.file.endswith("b.yml")
    (tmp_path / "c.yaml").write_text("leadline: 1\nsource: other\nmetrics:\n\n  x: {measure: d.n}\n")
    issues = load(tmp_path).issues
    assert [(issue.code, issue.place.line) for issue in issues] == [
        ("duplicate_key", 2),
        ("duplicate_key", 5),
    ]
    assert "b.yml:3" in issues[1].why
    (tmp_path / "c.yaml").write_text("metrics: {}\n")
    assert "leadline: 1 is missing" in load(tmp_path).issues[0].why


def test_there_is_nothing_there(tmp_path: Path) -> None:
    assert load(tmp_path).issues[0].code == "unreadable"
    assert load(tmp_path / "none").issues[0].code == "unreadable"


def test_shipped_models_are_sound() -> None:
    root = Path(__file__).parents[4]
    for folder in ("models/sales", "examples/crm"):
        assert load(root / folder).model is not None, load(root / folder).issues
