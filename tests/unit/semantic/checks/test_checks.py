"""Each check with a model that breaks it, to the line; and the model of the design, which breaks none."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from leadline.core.schema import SourceSchema
from leadline.semantic import checks
from leadline.semantic.checks import check, registry
from leadline.semantic.issues import CODES, Issue
from leadline.semantic.loader import load
from tests.support.models import REPOSITORY, sales_model

AsMarked = Callable[[str, SourceSchema | None], tuple[Issue, ...]]

BASE = """leadline: 1
source: crm
currency: USD
datasets:
  reps:
    table: reps
    key: [id]
    dimensions: {name: {column: name}, region: {column: region}}
    measures: {people: {count: rows}}
  leads:
    table: leads
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}}
    dimensions: {source: {column: source}, created_at: {column: created_at, type: time}}
    measures: {created: {count: rows, time: created_at}}
  deals:
    table: deals
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}, lead: {dataset: leads, on: {lead_id: id}}}
    dimensions:
      stage: {column: stage}
      opened_at: {column: opened_at, type: time}
      closed_at: {column: closed_at, type: time}
    measures:
      won: {count: rows, where: "status = 'won'", time: closed_at}
      amount: {sum: amount, where: "status = 'won'", time: closed_at}
      value: {sum: amount}
metrics:
  sales: {measure: deals.won}
  revenue: {measure: deals.amount}
  leads: {measure: leads.created}
"""


def test_every_file_of_the_folder_is_a_check() -> None:
    files = {one.stem for one in (REPOSITORY / "src/leadline/semantic/checks").glob("*.py")}
    assert len(registry()) == len(files - {"__init__", "data"})
    assert checks.check is check


def test_the_design_passes_without_a_word(schema: SourceSchema) -> None:
    model = load(REPOSITORY / "tests/unit/semantic/block.yaml").model
    assert model is not None
    assert check(model) == ()
    assert check(model, schema) == ()


def test_the_shipped_models_pass() -> None:
    assert check(sales_model()) == ()
    crm = load(REPOSITORY / "examples/crm").model
    assert crm is not None
    assert [issue for issue in check(crm) if issue.severity == "error"] == []


def test_the_base_of_these_tests_passes(as_marked: AsMarked, schema: SourceSchema) -> None:
    as_marked(BASE, None)
    as_marked(BASE, schema)


MODELS = {
    "joins": """
datasets:
  a:
    table: deals
    key: [id]
    joins:
      gone:
        dataset: nobody                               # ! unknown_dataset
        on: {rep_id: id}
      b: {dataset: c, on: {rep_id: id}}               # ? misleading_name
      loose: {dataset: b, on: {rep_id: name}}         # ? join_not_by_key
      timed: {dataset: b, on: {rep_id: name}, valid: [x, y]}
      self: {dataset: a, on: {id: id}}
  b: {table: reps, key: [id], joins: {a: {dataset: a, on: {id: id}}}}
  c: {table: reps, key: [id]}
""",
    "references": """
datasets:
  deals: {table: deals, key: [id], measures: {won: {count: rows}}}
metrics:
  a: {measure: deals.wno}                             # ! unknown_measure
  b:
    label: B
    ratio: [deals.won, dals.won]                      # ! unknown_measure
  c: {derived: "sales / 2"}                           # ! unknown_metric
  d: {cumulative: rvenue, window: running}            # ! unknown_metric
  e: {derived: "1 + 2"}                               # ! unknown_metric
  f: {derived: "g + 1"}                               # ! metric_cycle
  g: {derived: "h * 2"}                               # ! metric_cycle
  h: {cumulative: f, window: running}                 # ! metric_cycle
  i: {derived: "f / good"}
  j: {derived: "j"}                                   # ! metric_cycle
  good: {measure: deals.won}
  k: {derived: "deals.won"}                           # ! unknown_metric
  l: {derived: "good > 5"}                            # ! wrong_type
  m: {derived: "lower(good)"}                         # ! bad_expression
""",
    "shared": """
datasets:
  deals: {table: deals, key: [id], joins: {lead: {dataset: leads, on: {lead_id: id}}}}
  leads: {table: leads, key: [id], dimensions: {source: {column: source}}, measures: {n: {count: rows}}}
dimensions:
  source:
    leads: source
    deals: lead.source
  bad:
    leads: sorce                                      # ! unknown_field
    deals: led.source                                 # ! unknown_field
    nobody: x                                         # ! unknown_dataset
  n: {leads: source}                                  # ! name_taken
  time: {leads: source}                               # ! name_taken name_taken
metrics:
  n: {measure: leads.n}
  time: {measure: leads.n}                            # ! name_taken
rollups:
  change_mark: {dataset: leads, by: {source: source}, measures: [n]}       # ! name_taken
  by_source: {dataset: leads, by: {source: source}, measures: [n]}
  by_source__rows: {dataset: leads, by: {source: source}, measures: [n]}   # ! name_taken
  a__new: {dataset: leads, by: {source: source}, measures: [n]}            # ! name_taken
""",
    "times": """
datasets:
  deals:
    table: deals
    key: [id]
    joins: {lead: {dataset: leads, on: {lead_id: id}}}
    dimensions:
      stage: {column: stage, type: text}
      closed_at: {column: closed_at, type: time}
      free: {column: whatever}
    measures:
      a: {count: rows, time: stage}                   # ! wrong_type
      b:
        count: rows
        time: lead.created_at                         # ! unknown_field
      c: {count: rows, time: clsed_at}                # ? unknown_field
      d: {count: rows, time: free}
      e: {count: rows}
  leads: {table: leads, key: [id], measures: {n: {count: rows}}}
metrics:
  a: {measure: deals.e, time: stage}                  # ! wrong_type
  b: {measure: deals.e}                               # ? no_time
  c: {ratio: [deals.e, deals.d]}                      # ? no_time
  d: {measure: leads.n}
  e: {snapshot: deals.e, valid: [closed_at, stage]}   # ! wrong_type
  f: {derived: "b / d"}
  g:                                                  # ? no_time
    conversion: {from: deals.e, to: leads.n, entity: lead, within: 3 days}    # ! no_time no_time
""",
    "expressions": """
datasets:
  deals:
    table: deals
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}}
    dimensions:
      clean: {expr: "lower(clean)"}
      a: {expr: "b + 1"}                              # ! bad_expression
      b: {expr: "c * 2"}                              # ! bad_expression
      c: {expr: "a - 3"}                              # ! bad_expression
      far: {expr: "rp.region"}                        # ! unknown_field
      near: {expr: "rep.region || rep.anything"}
    measures:
      x:
        count: rows
        where: "boss.name = 'Ann'"                    # ! unknown_field
      y: {sum: boss.amount}                           # ! unknown_field
      z: {count: rows}
  reps: {table: reps, key: [id], dimensions: {region: {column: region}}}
metrics:
  m: {measure: deals.z, filter: "boss.name = 'Ann'"}  # ! unknown_field
rollups:
  r:                                                  # ? unused_rollup
    dataset: deals
    where: "boss.x = 1"                               # ! unknown_field
    columns:
      z: z
      s: sum(boss.amount)                             # ! unknown_field
""",
    "targets": BASE
    + """  people: {measure: reps.people}
targets:
  revenue:
    table: targets
    period: month
    start: month_start
    value: amount
    by:
      rep: rep_id
      team: team_id                                   # ! unknown_join
  profit: {table: targets, period: month, start: month_start, value: amount}      # ! unknown_metric
""",
    "rollups": BASE
    + """rollups:
  good: {dataset: deals, time: {closed_at: day}, by: {rep: rep.name}, measures: [won, amount]}
  finer:                                              # ? unused_rollup
    {dataset: deals, time: {closed_at: day}, where: "'won' = status", columns: {d: time, n: won}}
  same: {dataset: deals, time: {closed_at: day}, where: "status='won'", columns: {d: time, n: count(rows)}}
  gone:
    time: {x: day}
    dataset: dals                                     # ! unknown_dataset
    measures: [a]
  slips:
    dataset: deals
    time: {closed_at: day}
    index: [n desc, x]                                # ! unknown_column
    columns:
      d: time
      n: wno                                          # ! unknown_field
      r: rep.nme                                      # ! unknown_field
      m: closed_at.month                              # ! unknown_field
  no_bucket: {dataset: deals, time: {closed_at: day}, columns: {n: won}}          # ! missing_key
  no_time: {dataset: deals, columns: {d: time, n: won}}                           # ! missing_key
  twice:
    {dataset: deals, time: {closed_at: day}, by: {closed_at: stage}, measures: [won]}    # ! duplicate_key
  other_time: {dataset: deals, time: {opened_at: day}, measures: [won]}           # ? unused_rollup
  other_rows:                                         # ? unused_rollup
    {dataset: deals, time: {closed_at: day}, where: "stage = 'x'", measures: [won]}
  no_measure: {dataset: deals, time: {closed_at: day}, columns: {d: time, s: stage}}       # ? unused_rollup
""",
    "snapshots": BASE
    + """  open_value: {snapshot: deals.value, valid: [opened_at, closed_at]}
  open_won: {snapshot: deals.amount, valid: [opened_at, closed_at]}               # ? snapshot_of_today
  open_new:                                                                       # ? snapshot_of_today
    snapshot: deals.value
    valid: [opened_at, closed_at]
    filter: "stage = 'new'"
  open_east: {snapshot: deals.value, valid: [opened_at, closed_at], filter: "rep.region = 'East'"}
  twice: {derived: "open_won + open_new"}
""",
    "row_rules": BASE.replace("  reps:", "  reps:   # ? hidden_dataset")
    + """row_rules:
  own:
    when: "job = 'rep'"                               # ! unknown_field
    rows:
      deals: "rep.email = viewer.email"
      dels: "x = 1"                                   # ! unknown_dataset
      leads: "boss.email = viewer.email"              # ! unknown_field
  team:
    when: "viewer.job = 'boss'"
    rows: "rep.name = viewer.name"
    datasets: [deals, ladies]                         # ! unknown_dataset
  none: {when: "viewer.job = 'x'", rows: "a.b.c = 1"}                             # ! unknown_field
""",
    "names": """
datasets:
  deals:
    table: deals
    key: [id]
    dimensions: {closed_at: {column: closed_at, type: time}}
    measures: {n: {sum: amount, currency: cur, time: closed_at}}      # ! no_currency_rates
metrics:
  a:
    measure: deals.n
    unit: currency                                    # ? no_currency
""",
}


@pytest.mark.parametrize("name", MODELS)
def test_each_check_tells_its_mistakes_to_the_line(as_marked: AsMarked, name: str) -> None:
    text = MODELS[name]
    as_marked(text if text.startswith("leadline") else f"leadline: 1\nsource: crm{text}", None)


SCHEMED = {
    "tables": """
datasets:
  gone: {table: dealz, key: [id]}                     # ! unknown_table
  deals:
    table: deals
    key: [idd]                                        # ! unknown_column
    joins:
      rep: {dataset: reps, on: {rep: id}}             # ! unknown_column
      lead: {dataset: leads, on: {lead_id: idd}}      # ! unknown_column ? join_not_by_key
    dimensions:
      stage:
        label: Stage
        column: stge                                  # ! unknown_column
  reps: {table: reps, key: [id]}
  leads: {table: leads, key: [id]}
""",
    "types": """
datasets:
  deals:
    table: deals
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}}
    dimensions:
      status: {expr: "upper(status)"}
      amount: {column: amount, type: text}            # ? wrong_type
      source:
        column: source
        type: time                                    # ! wrong_type
      a: {expr: "amunt + 1"}                          # ! unknown_field
      b: {expr: "amount || 1"}                        # ! bad_expression
      c: {expr: "rep.nme"}                            # ! unknown_field
      d: {expr: "c || b"}                             # ! unknown_field
    measures:
      x: {sum: status}                                # ! wrong_type
      y: {sum: amount, where: amount}                 # ! wrong_type
      z: {sum: amount, where: "closed_at > 'soon'"}   # ! bad_expression
      good: {percentile: "cast(closed_at as date) - cast(opened_at as date)", p: 0.5, time: closed_at}
      t: {count: rows, time: source}                  # ! wrong_type
  reps: {table: reps, key: [id], dimensions: {name: {column: name}}, measures: {n: {count: rows}}}
metrics:
  m: {measure: reps.n, filter: "active"}
  n: {measure: reps.n, filter: "name"}                # ! wrong_type
  t: {measure: deals.good, time: rep_id}              # ! wrong_type
targets:
  n: {table: targets, period: month, start: amount, value: month_start}      # ! wrong_type wrong_type
  m: {table: targets, period: month, start: month, value: amount}            # ! unknown_column
""",
    "rules": """
datasets:
  reps: {table: reps, key: [id], dimensions: {name: {column: name}}}
  leads: {table: leads, key: [id], joins: {rep: {dataset: reps, on: {rep_id: id}}}}
  deals: {table: deals, key: [id]}                    # ? hidden_dataset
  targets: {table: targets, key: [rep_id], open: true}
row_rules:
  own: {when: "viewer.job = 'rep'", rows: "rep.email = viewer.email"}
  self: {when: "viewer.job = 'rep'", rows: {reps: "email = viewer.email and id in (viewer.a, 3)"}}
  bad: {when: "viewer.job = 'rep'", rows: {reps: "active = viewer.email"}}        # ! bad_expression
""",
}


@pytest.mark.parametrize("name", SCHEMED)
def test_each_check_over_tables(as_marked: AsMarked, schema: SourceSchema, name: str) -> None:
    as_marked(f"leadline: 1\nsource: crm{SCHEMED[name]}", schema)


def test_mistakes_of_form_and_of_meaning_in_one_run(as_marked: AsMarked) -> None:
    as_marked(
        BASE
        + """  broken: {measure: deals.won, god: up}               # ! unknown_key
  wrong: {measure: deals.nothing}                     # ! unknown_measure
  lost: [1]                                           # ! missing_key
  follows: {derived: "lost / sales"}
""",
        None,
    )


def test_what_is_left_out_hides_nothing_else(as_marked: AsMarked) -> None:
    as_marked(
        BASE
        + """  broken: {derived: "sales + 1", filter: "a = 1"}     # ! unknown_key
  wrong: {measure: deals.won, filter: "boss.x = 1"}   # ! unknown_field
""",
        None,
    )


def test_metrics_are_not_derived_without_end(as_marked: AsMarked) -> None:
    chain = "".join(f'  m{i}: {{derived: "m{i - 1} + sales"}}\n' for i in range(1, 11))
    as_marked(BASE + '  m0: {derived: "sales"}\n' + chain, None)
    as_marked(
        BASE + '  m0: {derived: "sales"}\n' + chain + '  m11: {derived: "m10 + 1"}   # ! metric_too_deep\n',
        None,
    )


def test_every_code_is_listed() -> None:
    used = re.compile(r'(?:error|warning)\(\s*"(\w+)"')
    for file in (REPOSITORY / "src/leadline/semantic").rglob("*.py"):
        assert set(used.findall(file.read_text(encoding="utf-8"))) <= set(CODES), file


def test_circles_of_joins_end(as_marked: AsMarked) -> None:
    names = [f"d{i}" for i in range(14)]
    datasets = "".join(
        f"  {one}: {{table: t, key: [id], dimensions: {{x: {{column: x}}}}, joins: {{"
        + ", ".join(f"j_{other}: {{dataset: {other}, on: {{a: id}}}}" for other in names)
        + "}}\n"
        for one in names
    )
    as_marked(
        f"leadline: 1\nsource: crm\ndatasets:\n{datasets}dimensions: {{s: {{d0: j_d1.j_d2.x}}}}\n", None
    )
