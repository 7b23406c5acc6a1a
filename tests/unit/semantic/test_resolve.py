"""A field as written and the dimension meant, by the rules of "Names"."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from leadline.core.errors import LeadlineError
from leadline.semantic.loader import Loaded
from leadline.semantic.model import Model
from leadline.semantic.paths import paths
from leadline.semantic.resolve import FieldRef, end_of, resolve

TEXT = """leadline: 1
source: crm
datasets:
  teams:
    table: teams
    key: [id]
    dimensions: {name: {column: name}, region: {column: region}}
  reps:
    table: reps
    key: [id]
    joins: {team: {dataset: teams, on: {t: id}}, boss: {dataset: reps, on: {b: id}}}
    dimensions: {name: {column: name}, hired_at: {column: hired_at, type: time}, team: {column: t}}
  leads:
    table: leads
    key: [id]
    joins: {rep: {dataset: reps, on: {r: id}}, deal: {dataset: deals, on: {d: id}}}
    dimensions: {source: {column: source}, created_at: {column: created_at, type: time}}
  deals:
    table: deals
    key: [id]
    joins:
      rep: {dataset: reps, on: {r: id}}
      lead: {dataset: leads, on: {l: id}}
      reps: {dataset: teams, on: {t: id}}
    dimensions:
      source: {column: source}
      stage: {column: stage, type: text}
      month: {column: month}
      closed_at: {column: closed_at, type: time}
  visits:
    table: visits
    key: [id]
    joins: {deal: {dataset: deals, on: {d: id}}}
    dimensions: {kind: {column: kind}, team: {column: team}}
  lone: {table: lone, key: [id], dimensions: {x: {column: x}}}
dimensions:
  source: {leads: source, deals: lead.source, visits: deal.lead.source}
"""


@pytest.fixture
def model(load_text: Callable[[str], Loaded]) -> Model:
    """Joins in a circle, onto the own table, and two ways to the same dataset."""
    found = load_text(TEXT).model
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("dataset", "text", "ref"),
    [
        ("deals", "stage", FieldRef((), "deals", "stage")),
        ("deals", "deals.stage", FieldRef((), "deals", "stage")),
        ("deals", "rep.name", FieldRef(("rep",), "reps", "name")),
        ("deals", "rep.team", FieldRef(("rep",), "reps", "team")),
        ("deals", "rep.team.region", FieldRef(("rep", "team"), "teams", "region")),
        ("deals", "rep.boss.boss.name", FieldRef(("rep", "boss", "boss"), "reps", "name")),
        ("deals", "lead.deal.lead.source", FieldRef(("lead", "deal", "lead"), "leads", "source")),
        ("deals", "source", FieldRef(("lead",), "leads", "source")),
        ("deals", "deals.source", FieldRef((), "deals", "source")),
        ("leads", "source", FieldRef((), "leads", "source")),
        ("visits", "source", FieldRef(("deal", "lead"), "leads", "source")),
        ("visits", "deals.stage", FieldRef(("deal",), "deals", "stage")),
        ("visits", "leads.created_at", FieldRef(("deal", "lead"), "leads", "created_at")),
        ("reps", "teams.region", FieldRef(("team",), "teams", "region")),
        ("deals", "reps.region", FieldRef(("reps",), "teams", "region")),  # a join before a dataset
        ("deals", "closed_at.month", FieldRef((), "deals", "closed_at", "month")),
        ("deals", "deals.closed_at.weekday", FieldRef((), "deals", "closed_at", "weekday")),
        ("deals", "rep.hired_at.year", FieldRef(("rep",), "reps", "hired_at", "year")),
        ("visits", "deal.month", FieldRef(("deal",), "deals", "month")),  # a dimension before a part
        ("reps", "reps.hired_at.hour", FieldRef((), "reps", "hired_at", "hour")),
    ],
)
def test_what_is_meant(model: Model, dataset: str, text: str, ref: FieldRef) -> None:
    assert resolve(model, dataset, text) == ref


@pytest.mark.parametrize(
    ("dataset", "text", "code"),
    [
        ("visits", "reps.name", "ambiguous_path"),
        ("leads", "teams.name", "ambiguous_path"),
        ("visits", "reps.hired_at.month", "ambiguous_path"),
        ("reps", "deals.stage", "unreachable_field"),
        ("reps", "rep.name", "unreachable_field"),
        ("reps", "stage", "unreachable_field"),
        ("reps", "source", "unreachable_field"),
        ("lone", "leads.source", "unreachable_field"),
        ("lone", "leads.created_at.month", "unreachable_field"),
        ("deals", "nothing", "unknown_field"),
        ("deals", "rep.nothing", "unknown_field"),
        ("deals", "rep.tem.region", "unknown_field"),
        ("deals", "nobody.name", "unknown_field"),
        ("reps", "deals.nothing", "unknown_field"),
        ("deals", "stage.month", "unknown_field"),
        ("deals", "closed_at.fortnight", "unknown_field"),
        ("deals", "rep", "unknown_field"),
        ("deals", "", "unknown_field"),
        ("deals", ".", "unknown_field"),
        ("deals", "rep..name", "unknown_field"),
        ("deals", "rep.", "unknown_field"),
        ("deals", ".".join(["rep"] * 500), "unknown_field"),
    ],
)
def test_what_cannot_be_meant(model: Model, dataset: str, text: str, code: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        resolve(model, dataset, text)
    assert refused.value.code == code
    assert refused.value.fix


def test_among_several_datasets_a_bare_name_is_shared_or_nothing(model: Model) -> None:
    assert resolve(model, "deals", "source", alone=False).path == ("lead",)
    with pytest.raises(LeadlineError, match="unreachable_field"):
        resolve(model, "deals", "stage", alone=False)
    assert resolve(model, "deals", "deals.stage", alone=False).name == "stage"


def test_did_you_mean(model: Model) -> None:
    with pytest.raises(LeadlineError) as refused:
        resolve(model, "deals", "rep.nam")
    assert refused.value.fix == "Did you mean name?"


def test_the_end_of_a_path(model: Model) -> None:
    end = end_of(model, "visits", ("deal", "rep", "boss"))
    assert end is not None
    assert end.name == "reps"
    assert end_of(model, "visits", ("rep",)) is None


def test_paths_visit_no_dataset_twice(model: Model) -> None:
    assert paths(model, "deals", "reps") == [("rep",), ("lead", "rep")]
    assert paths(model, "reps", "reps") == []
    assert paths(model, "visits", "teams")[0] == ("deal", "reps")


def test_a_search_among_many_joins_ends(load_text: Callable[[str], Loaded]) -> None:
    names = [f"d{i}" for i in range(16)]
    lines = [
        "leadline: 1",
        "source: crm",
        "datasets:",
        "  end: {table: t, key: [id], dimensions: {x: {column: x}}}",
    ]
    for one in names:
        joins = ", ".join(f"j{other}: {{dataset: {other}, on: {{a: id}}}}" for other in names)
        lines.append(
            f"  {one}: {{table: t, key: [id], joins: {{{joins}}}, dimensions: {{y: {{column: y}}}}}}"
        )
    found = load_text("\n".join(lines)).model
    assert found is not None
    start = time.process_time()
    with pytest.raises(LeadlineError, match="unreachable_field"):
        resolve(found, "d0", "end.x")
    with pytest.raises(LeadlineError, match="ambiguous_path"):
        resolve(found, "d0", "d9.y")
    assert time.process_time() - start < 1
