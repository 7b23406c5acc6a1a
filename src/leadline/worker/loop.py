"""One loop: read the model, make its rollups, refresh those that are due, and never give up.

Any number of workers may run: each rollup is refreshed by one of them at a time. Refresh times follow the
real clock, also where the product plays another day. A worker rests as long as it has refreshed.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from leadline.core.errors import LeadlineError
from leadline.engine import Models
from leadline.engine.publishing_models import Publisher
from leadline.planner import BoundModel
from leadline.rollups.refresh import Outcome
from leadline.rollups.service import Known, Rollups, rollups_for
from leadline.sources.postgres import Source
from leadline.sources.tasks import end
from leadline.worker.backoff import Backoff

log = structlog.get_logger("leadline.worker")
_TICK = 1.0


class Worker:
    """Works on one source by one model. `tick`: seconds between looks.

    `landing`: our own database, for the rollups of a source that lets us only read. `publisher`: of the model
    that all nodes use; None where there is no database of ours.
    """

    def __init__(
        self,
        source: Source,
        models: Models,
        *,
        landing: Source | None = None,
        publisher: Publisher | None = None,
        tick: float = _TICK,
    ) -> None:
        self._source, self._models, self._landing, self._tick = source, models, landing, tick
        self._publisher = publisher
        self._bound: BoundModel | None = None
        self._rollups: Rollups | None = None
        self._backoff = Backoff()
        self._warned: dict[str, str] = {}

    async def run(self) -> None:
        """Works until cancelled. No failure of a source, a model or a rollup ends it."""
        log.info("worker_started")
        while True:
            pause = await self._once()
            await asyncio.sleep(pause)

    async def _once(self) -> float:
        """One look; the seconds until the next."""
        began = time.monotonic()
        try:
            await self.look()
        except LeadlineError as error:
            pause = self._backoff.failed()
            log.warning("worker_waits", code=error.code, why=error.why, seconds=pause)
            return pause
        self._backoff.succeeded()
        return max(self._tick, time.monotonic() - began)

    async def look(self) -> None:
        """Publishes and reads the model if it changed, and refreshes what is due. Raises LeadlineError."""
        await self._publish()
        await self._models.poll()
        rollups = await self._current()
        known = await rollups.known()
        now = datetime.now(UTC)
        self._warn(rollups, known, now)
        due = rollups.due(known, now)
        if due:
            async for name, done in rollups.refresh_all(due):
                _tell(name, done)
        await rollups.forget_marks()

    async def _current(self) -> Rollups:
        """The rollups of the model in use; made ready in the source when it is another one than before."""
        bound = self._models.current
        if self._rollups is None or bound is not self._bound:
            rollups = await rollups_for(self._source, bound, self._landing)
            await rollups.install()
            dropped = await rollups.drop_others()
            for name, error in rollups.failed.items():
                log.warning("rollup_undefined", rollup=name, code=error.code, why=error.why)
            log.info(
                "rollups_known",
                rollups=sorted(rollups.definitions),
                dropped=list(dropped),
                landed=rollups.lands,
            )
            self._bound, self._rollups = bound, rollups
        return self._rollups

    async def _publish(self) -> None:
        """Rollups go on by the last model that is known while our own database is away."""
        if self._publisher is None:
            return
        try:
            await self._publisher.look()
        except LeadlineError as error:
            log.warning("model_unpublished", code=error.code, why=error.why)

    def _warn(self, rollups: Rollups, known: Mapping[str, Known], now: datetime) -> None:
        """Names each rollup that cannot keep its pace, once until it can again."""
        troubles = rollups.troubles(known, now)
        for name, why in troubles.items():
            if name not in self._warned:
                log.warning("rollup_slow", rollup=name, why=why)
        self._warned = troubles


def _tell(name: str, done: Outcome | LeadlineError) -> None:
    """Logs how a refresh went; a failure is also recorded beside the rollup."""
    if isinstance(done, LeadlineError):
        log.warning("rollup_failed", rollup=name, code=done.code, why=done.why)
    else:
        log.info("rollup_" + done.action, rollup=name, version=done.version, ms=done.took_ms)


async def run_until_told(worker: Worker) -> None:
    """Runs until SIGTERM or SIGINT; a refresh under way is cancelled and rolled back."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    running = asyncio.create_task(worker.run())
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
    await end(waiting)
    await end(running)
    log.info("worker_ended")
