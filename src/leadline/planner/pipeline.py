"""The steps from a question to a plan: pure, each in its file. Their order matters and is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from leadline.planner.bound import BoundModel
from leadline.planner.draft import Draft, start
from leadline.planner.plan import Plan, RollupState
from leadline.planner.query import Query
from leadline.planner.steps.columns import choose_columns
from leadline.planner.steps.names import find_names
from leadline.planner.steps.rollups import choose_rollups
from leadline.planner.steps.scans import gather_scans
from leadline.planner.steps.statement import to_plan
from leadline.planner.steps.times import find_times
from leadline.planner.unanswered import refuse_unanswered

STEPS: tuple[Callable[[Draft], Draft], ...] = (
    find_names,
    find_times,
    choose_columns,
    gather_scans,
    choose_rollups,
)


def _through(draft: Draft) -> Draft:
    for step in STEPS:
        draft = step(draft)
    return draft


def make_plan(query: Query, model: BoundModel, states: Mapping[str, RollupState]) -> Plan:
    """The plan of a query over a bound model, given what is known of its rollups in the snapshot to be read.

    Raises LeadlineError for every question that cannot be answered, before anything reaches a database.
    """
    refuse_unanswered(query)
    draft = start(query, model, states)
    rows = _through(draft)
    totals = _through(replace(draft, grain=None, fields=())) if query.totals else None
    return to_plan(rows, totals)
