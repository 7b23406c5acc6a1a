"""What would stop the source one day, for `/readyz`: looked at now and then, however often it is asked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from leadline.core.errors import LeadlineError
from leadline.doctor.finding import Finding
from leadline.doctor.service import STOPPING, examine, signed_in
from leadline.sources.postgres import SourceSettings

FRESH = 5.0
"""Seconds for which a look is good: each one signs in to the source."""
_NOTHING = "nothing would stop the source"


@dataclass
class Risks:
    """The checks of `doctor.service.STOPPING` over the primary of a source.

    `data_dir`: where the source's data are, if we started it on this machine.
    """

    settings: SourceSettings
    data_dir: Path | None = None
    _found: tuple[Finding, ...] = ()
    _until: float = 0.0
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def check(self) -> str:
        """A note that all is well. Raises `disk_full` with what the doctor found and the SQL that helps.

        Raises `source_unavailable` or `source_login` where nobody can look.
        """
        async with self._looking:
            if time.monotonic() >= self._until:
                self._found = await self._look()
                self._until = time.monotonic() + FRESH
        if not self._found:
            return _NOTHING
        why = " ".join(one.why for one in self._found)
        raise LeadlineError("disk_full", why, " ".join(sql for one in self._found for sql in one.sql))

    async def _look(self) -> tuple[Finding, ...]:
        alone = replace(self.settings, replicas=(), owner=None)
        async with signed_in(alone, data_dir=self.data_dir) as patient:
            return (await examine(patient, STOPPING)).findings
