"""What a viewer may see: rules that fit, the predicates that hold, and the key that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.core.viewer import Attribute, Viewer
from leadline.semantic.expressions.parse import parse
from leadline.semantic.loader import Loaded
from leadline.semantic.model import Model
from leadline.semantic.rules import RowRules, RowScope, row_scope, scope_key
from leadline.semantic.viewer_values import expanded
from tests.unit.semantic.viewers import having, viewer

MODEL = """leadline: 1
source: crm
datasets:
  reps:
    table: reps
    key: [id]
    dimensions: {name: {column: name}, email: {column: email}, region: {column: region}}
  leads: {table: leads, key: [id], joins: {rep: {dataset: reps, on: {rep_id: id}}}}
  deals:
    table: deals
    key: [id]
    joins: {rep: {dataset: reps, on: {rep_id: id}}, lead: {dataset: leads, on: {lead_id: id}}}
  targets: {table: targets, key: [rep_id], open: true}
"""
RULES = """row_rules:
  own: {when: "viewer.job = 'rep'", rows: {deals: "rep.email = viewer.email", reps: "email = viewer.email"}}
  area: {when: "viewer.region is not null", rows: "rep.region = viewer.region"}
  some: {when: "viewer.level > 3", rows: "lead.source = 'web'", datasets: [deals, leads]}
  staff: {when: "viewer.role = 'editor'", rows: {reps: "true"}}
"""
AsMarked = Callable[[str, SourceSchema | None], object]


@pytest.fixture
def model_of(load_text: Callable[[str], Loaded]) -> Callable[[str], Model]:
    """The model of a text that is right in form."""

    def read(text: str) -> Model:
        found = load_text(text)
        assert found.model is not None, found.issues
        return found.model

    return read


@pytest.fixture
def model(model_of: Callable[[str], Model]) -> Model:
    """Four datasets, one of them open, under four rules."""
    return model_of(MODEL + RULES)


def texts(scope: RowScope) -> dict[str, list[str]]:
    """The predicates by dataset, as written."""
    return {dataset: [one.text for one in listed] for dataset, listed in scope.rows.items()}


def test_without_rules_and_for_admins_everything_is_seen(
    model: Model, model_of: Callable[[str], Model]
) -> None:
    everything = RowScope(True, {}, ())
    assert row_scope(model_of(MODEL), viewer("guest")) == everything
    assert row_scope(model, viewer("admin", job="rep")) == everything


def test_nothing_is_seen_where_no_rule_fits(model: Model) -> None:
    scope = row_scope(model, viewer())
    assert scope == RowScope(False, {"reps": (), "leads": (), "deals": ()}, ())


def test_rules_that_fit_are_joined_by_dataset(model: Model) -> None:
    scope = row_scope(model, viewer("editor", job="rep", region="East", level=5))
    assert scope.names == ("area", "own", "some", "staff")
    assert texts(scope) == {
        "reps": ["email = viewer.email", "true"],
        "leads": ["rep.region = viewer.region"],
        "deals": ["rep.region = viewer.region", "rep.email = viewer.email", "lead.source = 'web'"],
    }


def test_equal_predicates_of_several_rules_are_one(model_of: Callable[[str], Model]) -> None:
    rules = """row_rules:
  a: {when: "true", rows: {reps: "name = 'x' and region = 'y'"}}
  b: {when: "true", rows: {reps: "(region = 'y') AND name='x'"}}
"""
    scope = row_scope(model_of(MODEL + rules), viewer())
    assert scope.names == ("a", "b")
    assert len(scope.rows["reps"]) == 1


def test_a_rule_shows_no_rows_where_its_names_lead_nowhere(
    model_of: Callable[[str], Model], schema: SourceSchema
) -> None:
    rules = 'row_rules: {all: {when: "true", rows: "score > 1"}}'
    model = model_of(MODEL.replace("table: ", "table: public.") + rules)
    assert len(row_scope(model, viewer()).rows["reps"]) == 1  # no tables are known: every column is believed
    scope = row_scope(model, viewer(), schema)
    assert {name for name, listed in scope.rows.items() if listed} == {"leads"}


@pytest.mark.parametrize(
    ("when", "attributes", "fits"),
    [
        ("true", {}, True),
        ("null", {}, False),
        ("viewer.role in ('viewer', 'guest')", {}, True),
        ("lower(viewer.email) like '%@x'", {}, True),
        ("viewer.job = 'rep'", {"job": "rep"}, True),
        ("viewer.job = 'rep'", {"job": "Rep"}, False),
        ("viewer.job = 'rep'", {}, False),
        ("viewer.job <> 'rep'", {}, False),
        ("not viewer.job = 'rep'", {}, False),
        ("coalesce(viewer.job, 'none') <> 'rep'", {}, True),
        ("viewer.job is null", {}, True),
        ("viewer.level >= 3", {"level": 3}, True),
        ("viewer.level >= 3", {"level": "10"}, True),
        ("viewer.level >= 3", {}, False),
        ("viewer.senior", {"senior": True}, True),
        ("viewer.senior", {"senior": "true"}, True),
        ("viewer.senior", {"senior": "no"}, False),
        ("viewer.senior", {}, False),
        ("not viewer.senior", {}, False),
        ("viewer.since < '2026-01-01'", {"since": "2025-06-30"}, True),
        ("cast(viewer.since as date) < date '2026-01-01'", {"since": "2025-06-30"}, True),
        ("'East' in (viewer.regions)", {"regions": ("West", "East")}, True),
        ("'East' in (viewer.regions)", {"regions": "East"}, True),
        ("'East' in (viewer.regions)", {"regions": ("West",)}, False),
        ("'East' in (viewer.regions)", {"regions": ()}, False),
        ("'East' not in (viewer.regions)", {"regions": ()}, False),
        ("'East' in (viewer.regions, 'East')", {}, True),
        ("3 in (viewer.levels)", {"levels": ("1", "3")}, True),
    ],
)
def test_when(
    model_of: Callable[[str], Model], when: str, attributes: dict[str, Attribute], fits: bool
) -> None:
    rules = f'row_rules: {{all: {{when: "{when}", rows: {{reps: "true"}}}}}}'
    scope = row_scope(model_of(MODEL + rules), having(attributes))
    assert bool(scope.names) is fits


@pytest.mark.parametrize(
    ("when", "attributes", "words"),
    [
        ("viewer.level > 3", {"level": "high"}, "viewer.level"),
        ("viewer.level > 3", {"level": True}, "viewer.level"),
        ("viewer.job = 'rep'", {"job": 7}, "viewer.job"),
        ("viewer.region = 'East'", {"region": ("East", "West")}, "list"),
        ("viewer.senior", {"senior": "perhaps"}, "viewer.senior"),
        ("cast(viewer.level as int) > 3", {"level": "high"}, "fails"),
        ("viewer.a.b = 'x'", {"b": "x"}, "nothing of a viewer"),
        ("region = 'x'", {}, "nothing of a viewer"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_at_the_rule(
    model_of: Callable[[str], Model], when: str, attributes: dict[str, Attribute], words: str
) -> None:
    model = model_of(MODEL + f'row_rules: {{all: {{when: "{when}", rows: {{reps: "true"}}}}}}')
    with pytest.raises(LeadlineError) as refused:
        row_scope(model, having(attributes))
    assert refused.value.code == "model_invalid"
    assert words in refused.value.why and refused.value.fix
    assert refused.value.at.endswith(":14")


def test_the_key_is_that_of_the_predicates_with_the_values_that_they_read(model: Model) -> None:
    rules = RowRules(model)

    def key(asked: Viewer) -> str:
        return scope_key(rules.scope(asked), asked)

    ann = viewer(job="rep")
    assert key(ann) == key(replace(ann, name="Another", zone="Asia/Tokyo", locale="de-DE"))
    assert key(ann) != key(replace(ann, email="bob@x"))
    east = viewer(region="East")
    assert key(east) == key(replace(east, email="bob@x")), "this rule does not read the address"
    assert key(east) != key(viewer(region="West"))
    assert key(viewer(level="5")) == key(viewer(level=5)), "a level decides on a rule, and is in no predicate"
    assert key(viewer()) == key(viewer(email="bob@x"))
    assert key(viewer("admin")) != key(viewer())


def test_true_is_not_one(model_of: Callable[[str], Model]) -> None:
    rules = RowRules(model_of(MODEL + 'row_rules: {a: {when: "viewer.x", rows: "id = 1"}}'))
    assert rules.scope(viewer(x=True)).names == ("a",)
    with pytest.raises(LeadlineError):
        rules.scope(viewer(x=1))


WORDS = st.text(st.sampled_from('a"\\,[]{}:*\n \u0430\u200b0'), max_size=4)
VALUES = st.one_of(WORDS, st.integers(-2, 2), st.booleans(), st.lists(WORDS, max_size=3).map(tuple))
ATTRIBUTES = st.fixed_dictionaries({}, optional={"x": VALUES, "y": VALUES})
VIEWERS = st.builds(lambda email, name, given: having(given, "viewer", email, name), WORDS, WORDS, ATTRIBUTES)
PREDICATES = st.lists(
    st.sampled_from(
        [
            "a = viewer.email",
            "a = viewer.name",
            "a in (viewer.x)",
            "a in (viewer.x, viewer.y)",
            "a in (viewer.y, viewer.email)",
            "a = 'viewer.x'",
        ]
    ),
    max_size=3,
    unique=True,
)


def _held(scope: RowScope, asked: Viewer) -> dict[str, frozenset[tuple[str, tuple[Any, ...]]]]:
    """The same fact said another way: predicates with the values in them, by dataset."""

    def values(text: str) -> tuple[Any, ...]:
        own = {"email": asked.email or None, "name": asked.name or None}
        given = {name: own[name] for name in own if f'"viewer"."{name}"' in text}
        flat = {
            name: tuple(sorted(set(value))) if isinstance(value, tuple) else (type(value).__name__, value)
            for name, value in asked.attributes
            if f'"viewer"."{name}"' in text or f'"viewer"."{name}[' in text
        }
        return (*given.items(), *flat.items())

    return {
        dataset: frozenset((one.canonical, values(one.canonical)) for one in listed)
        for dataset, listed in scope.rows.items()
    }


@given(st.data())
def test_two_viewers_share_a_key_just_if_predicates_and_values_are_equal(data: st.DataObject) -> None:
    first, second = data.draw(VIEWERS), data.draw(VIEWERS)
    second = data.draw(st.sampled_from([second, replace(first, org="acme", zone="UTC")]))
    keys, held = [], []
    for asked in (first, second):
        predicates = [parse(text, viewer_names=True) for text in data.draw(PREDICATES)]
        scope = RowScope(False, {"t": tuple(expanded(one, asked) for one in predicates), "u": ()})
        keys.append(scope_key(scope, asked))
        held.append(_held(scope, asked))
    assert (keys[0] == keys[1]) == (held[0] == held[1]), held


CHECKED = (
    MODEL.replace("  targets:", "  lone: {table: lone, key: [id]}           # ? hidden_dataset\n  targets:")
    + """row_rules:
  typed: {when: "viewer.email > 3", rows: {reps: "true"}}                         # ! bad_expression
  mail: {when: "viewer.email", rows: {reps: "true"}}                              # ! wrong_type
  sum: {when: "1 + 1", rows: {reps: "true"}}                                      # ! wrong_type
  flag: {when: "viewer.senior", rows: {reps: "true"}}
  listed: {when: "'a' in (viewer.list)", rows: {reps: "name in (viewer.list)"}}
  deep: {when: "viewer.a.b = 'x'", rows: {reps: "true"}}                          # ! unknown_field
  below: {when: "true", rows: {reps: "name = viewer.a.b"}}                        # ! unknown_field
  apart: {when: "true", rows: {leads: "true"}, datasets: [deals]}                 # ! unknown_field
  nowhere: {when: "true", rows: "rep.lead.x = 1", datasets: [deals, leads]}       # ! unknown_field
  far: {when: "true", rows: "rep.region = viewer.region"}
"""
)


def test_what_check_finds_in_rules(as_marked: AsMarked) -> None:
    as_marked(CHECKED, None)
