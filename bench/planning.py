"""How long the tiles' questions take from JSON to SQL: for the first time, and again."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.stack.model import DASHBOARD
from bench.stack.servers import Database
from bench.stack.serving import clock, opened
from leadline.core.memory import settle
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


@dataclass
class Planned:
    """Milliseconds of the processor by question, each the median of its tries.

    `first`: from JSON to SQL; `prepared`: of it, reading the question and making its keys; `known`: finding
    the plan of a question that has been prepared.
    """

    first: list[float] = field(default_factory=list)
    prepared: list[float] = field(default_factory=list)
    known: list[float] = field(default_factory=list)


async def planning(database: Database, model: Path, times: int) -> Planned:
    """Plans each question of the dashboard so many times."""
    async with opened(database) as source:
        models = Models(model, source)
        await models.poll()
        engine, ready = Engine(source, None, models, clock()), models.ready
        states = await source.read(lambda reader: read_states(reader, ready.rollups))
    settle()  # as a serving process does
    document = documents(model / "dashboards", ready.bound.model)[0][DASHBOARD]
    took = Planned()
    for one in compose(document, read_request({}), lambda _: True):
        prepare = partial(engine.prepare, one.query, _VIEWER)
        took.first.append(_median(partial(_first, prepare, ready, states), times))
        took.prepared.append(_median(prepare, times))
        took.known.append(_median(partial(_plan, ready.plans, prepare(), states), times))
    return took


def _first(prepare: Callable[[], Prepared], ready: Ready, states: States) -> None:
    _plan(Plans(ready.bound), prepare(), states)


def _plan(plans: Plans, prepared: Prepared, states: States) -> None:
    plans.plan(prepared.asked.query, prepared.question, states)


def _median(work: Callable[[], object], times: int) -> float:
    """Milliseconds, the first try left out."""
    took = []
    for _ in range(times + 1):
        began = time.thread_time()
        work()
        took.append((time.thread_time() - began) * 1000)
    return statistics.median(took[1:])
