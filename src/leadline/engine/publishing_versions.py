"""What is done besides answering: the states of the rollups are published for all processes."""

from __future__ import annotations

import asyncio

import structlog

from leadline.cache import ResultCache
from leadline.cache.versions import Published
from leadline.core.errors import LeadlineError
from leadline.engine.models import Models
from leadline.engine.reading import PRIMARY
from leadline.engine.reliance import scores
from leadline.rollups.define import Definition
from leadline.rollups.states import read_states
from leadline.sources.postgres import Reader, Source

log = structlog.get_logger("leadline.engine")
_EVERY = 0.5
_TURN = 0.45


class Publishing:
    """Publishes the states of the rollups, so that all processes see a refresh or a write within a second.

    One process of the cluster at a time does it. It reads what is published first and the primary then: what
    is smaller there was set back (restored, dropped), for all that was ever published was in the primary.
    """

    def __init__(self, source: Source, cache: ResultCache, models: Models) -> None:
        self._source, self._cache, self._models = source, cache, models

    async def run(self) -> None:
        """Publishes until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            await self.once()

    async def once(self) -> None:
        """Publishes once, if it is this process's turn. Never raises."""
        try:
            await self._cache.store.set_clock()
            if await self._cache.leases.turn("versions", _TURN):
                await self.publish()
        except LeadlineError as error:
            log.debug("versions_unpublished", code=error.code)
        except Exception:  # our bug: answers hold for their time then, and no longer
            log.exception("versions_unpublished")

    async def publish(self) -> None:
        """Publishes what the primary says now. Raises LeadlineError."""
        ready, versions = self._models.ready, self._cache.versions
        fingerprint = ready.bound.fingerprint
        before = await versions.read(fingerprint)
        if before is None:
            return
        told, primary = await self._source.read(lambda reader: _told(reader, ready.rollups), need=PRIMARY)
        await versions.publish(fingerprint, told, primary=primary, before=before if primary else None)


async def _told(reader: Reader, definitions: dict[str, Definition]) -> tuple[Published, bool]:
    """The scores of all rollups in this snapshot, and whether it is the primary's."""
    return scores(await read_states(reader, definitions)), reader.lag_ms is None
