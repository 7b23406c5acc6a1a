"""How long the tiles' questions take from JSON to SQL: for the first time, and again."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.stack.model import DASHBOARD
from bench.stack.servers import Database
from bench.stack.serving import clock, opened
from leadline.core.viewer import Viewer
from leadline.dashboards.service import compose, documents, read_request
from leadline.engine import Engine, Models
from leadline.engine.asking import Prepared
from leadline.engine.models import Ready
from leadline.engine.plans import Plans
from leadline.planner.plan import RollupState
from leadline.rollups.states import read_states

_VIEWER = Viewer("main", "ada@example.com", "admin", "Ada")
States = dict[str, RollupState]


async def planning(database: Database, model: Path, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each question: of a first plan, and of a known one. Medians of so many tries."""
    async with opened(database) as source:
        models = Models(model, source)
        await models.poll()
        engine, ready = Engine(source, None, models, clock()), models.ready
        states = await source.read(lambda reader: read_states(reader, ready.rollups))
    document = documents(model / "dashboards", ready.bound.model)[0][DASHBOARD]
    questions = [one.query for one in compose(document, read_request({}), lambda _: True)]
    first, known = [], []
    for question in questions:
        prepared = engine.prepare(question, _VIEWER)
        first.append(_median(lambda p=prepared, q=question: _first(engine, ready, q, states), times))  # type: ignore[misc]
        known.append(_median(lambda p=prepared: _plan(ready.plans, p, states), times))  # type: ignore[misc]
    return first, known


def _first(engine: Engine, ready: Ready, question: object, states: States) -> None:
    _plan(Plans(ready.bound), engine.prepare(question, _VIEWER), states)


def _plan(plans: Plans, prepared: Prepared, states: States) -> None:
    plans.plan(prepared.asked.query, prepared.question, states)


def _median(work: Callable[[], None], times: int) -> float:
    """Milliseconds, the first try left out."""
    took = []
    for _ in range(times + 1):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])
