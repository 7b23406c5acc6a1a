"""Answers made before their minute begins: only of what is being looked at, once for the whole cluster."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from leadline.api.gateway import Engine
from leadline.api.questions import Questions
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.engine.asking import Prepared

log = structlog.get_logger("leadline.api")
_MINUTE = timedelta(minutes=1)
_BEFORE = 5.0
"""Seconds before the turn of the minute."""
_LOOKED_AT = 90.0
"""Seconds for which a dashboard counts as looked at."""


class Ahead:
    """Asks the questions of the next minute. Where the product's clock stands still there is none."""

    def __init__(self, questions: Questions, engine: Engine, clock: Clock) -> None:
        self._questions, self._engine, self._clock = questions, engine, clock

    async def run(self) -> None:
        """Works until cancelled."""
        while self._clock.still is None:
            await asyncio.sleep(_until_turn(self._clock.now()))
            try:
                await self.once()
            except LeadlineError as error:
                log.debug("not_ahead", code=error.code)
            except Exception:  # our bug: the next minute's first viewers wait a little
                log.exception("not_ahead")
            await asyncio.sleep(_BEFORE)

    async def once(self) -> None:
        """Has the next minute's answers made, as far as there are none yet. Raises LeadlineError."""
        now = self._clock.now() + _MINUTE
        seen: set[int] = set()
        for composed in self._questions.recent(_LOOKED_AT):
            following = await self._questions.of(composed.dashboard, composed.body, composed.viewer, now)
            if id(following) not in seen:
                seen.add(id(following))
                await self._make(following.good)

    async def _make(self, questions: list[Prepared]) -> None:
        finds = await self._engine.find(questions)
        self._engine.refresh(
            [
                question
                for question, found in zip(questions, finds.found, strict=True)
                if found.freshness != "hit"
            ]
        )


def _until_turn(now: datetime) -> float:
    """Seconds until shortly before the next minute that is not yet near."""
    left = 60 - now.timestamp() % 60 - _BEFORE
    return left if left > 0 else left + 60
