"""Questions that differ only in their metrics share one pass, and are answered as if each had been alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.core.result import Result
from leadline.engine import Engine, executing, kin
from leadline.engine.executing import Raw
from leadline.engine.snapshot import Snapshot
from leadline.planner import Answer
from leadline.planner.plan import Plan
from tests.integration.engine.conftest import ADMIN, CLOCK, Setting

_TIME = {"range": {"preset": "this_month"}}
_BY_DAY = {"grain": "day", "range": {"preset": "this_month"}}
_COMPARE = [{"to": "previous_month"}, {"to": "previous_month", "as": "percent"}]


def _questions(**more: Any) -> list[tuple[str, object]]:
    asked = (["revenue"], ["sales"], ["revenue", "avg_deal_size"], ["avg_deal_size"])
    return [(f"q{i}", {"metrics": metrics, **more}) for i, metrics in enumerate(asked)]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """Every plan that is executed."""
    plans: list[Plan] = []
    original = executing.fetched

    async def counted(snapshot: Snapshot, plan: Plan, byte_cap: int) -> Raw:
        plans.append(plan)
        return await original(snapshot, plan, byte_cap)

    for module in (executing, kin):
        monkeypatch.setattr(module, "fetched", counted)
    return plans


async def _all(engine: Engine, questions: list[tuple[str, object]]) -> dict[str, Result | LeadlineError]:
    return {tag: outcome async for tag, outcome in engine.ask_many(questions, ADMIN)}


def _told(result: Result | LeadlineError) -> Result:
    """A result without what differs from reading to reading."""
    assert isinstance(result, Result), result
    return replace(result, ms={}, as_of="", data_version="")


@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize(
    "more",
    [
        {"time": _TIME},
        {"time": _BY_DAY},
        {"time": _TIME, "compare": _COMPARE},
        {"time": _BY_DAY, "totals": True},
    ],
)
async def test_each_is_answered_as_if_it_were_alone(
    setting: Setting, passes: list[Plan], more: dict[str, Any], refreshed: bool
) -> None:
    if refreshed:
        rollups = await setting.rollups()
        for name in rollups.definitions:
            await rollups.refresh(name)
    engine, questions = Engine(setting.source, None, setting.models, CLOCK), _questions(**more)
    together = await _all(engine, questions)
    layers = {tag: _told(one).served_by.layer for tag, one in together.items()}
    if len(set(layers.values())) == 1:
        assert len(passes) == 1
    alone = {tag: await engine.ask(question, ADMIN) for tag, question in questions}
    assert {tag: _told(one) for tag, one in together.items()} == {
        tag: _told(one) for tag, one in alone.items()
    }


async def test_who_asks_otherwise_is_no_kin(setting: Setting, passes: list[Plan]) -> None:
    engine = Engine(setting.source, None, setting.models, CLOCK)
    others: list[tuple[str, object]] = [
        ("a", {"metrics": ["revenue"], "time": _TIME}),
        ("b", {"metrics": ["sales"], "time": _BY_DAY}),
        ("c", {"metrics": ["avg_deal_size"], "time": _TIME, "compare": _COMPARE}),
        ("d", {"metrics": ["sales"], "time": _TIME, "filters": [{"field": "source", "op": "not_null"}]}),
        ("e", {"metrics": ["avg_deal_size"], "dimensions": ["source"], "time": _TIME}),
        ("f", {"metrics": ["sales"], "dimensions": ["source"], "time": _TIME}),
        ("g", {"metrics": ["sales"], "time": {"grain": "month", "range": {"preset": "all"}}}),
        ("h", {"metrics": ["revenue"], "time": {"grain": "month", "range": {"preset": "all"}}}),
        ("i", {"metrics": ["sales"], "time": {"grain": "month", "range": {"from": "2026-03-01"}}}),
        ("j", {"metrics": ["revenue"], "time": {"grain": "month", "range": {"from": "2026-03-01"}}}),
    ]
    await _all(engine, others)
    assert len(passes) == len(others)


async def test_a_pass_that_fails_fails_nobody(
    setting: Setting, passes: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(snapshot: Snapshot, plan: Plan, byte_cap: int) -> Answer:
        raise LeadlineError("too_large", "the pass is too large", "Ask less.")

    monkeypatch.setattr(kin, "execute", broken)
    engine = Engine(setting.source, None, setting.models, CLOCK)
    answers = await _all(engine, _questions(time=_TIME))
    assert all(isinstance(one, Result) for one in answers.values())
    assert len(passes) == len(answers)
