"""A reading transaction with what is known in it, found out once for all questions answered in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leadline.core.errors import LeadlineError
from leadline.engine.models import Ready
from leadline.planner.plan import RollupState
from leadline.rollups.states import read_states, still_there
from leadline.sources.postgres import ReadConflictError, Reader


class Snapshot:
    """One commit of the source. `reader`: reads it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._states: tuple[Ready, Mapping[str, RollupState]] | None = None
        self._certain: set[str] = set()

    async def states(self, ready: Ready) -> Mapping[str, RollupState]:
        """The states of all rollups of a model, by name."""
        if self._states is None or self._states[0] is not ready:
            self._states = ready, await read_states(self.reader, ready.rollups)
        return self._states[1]

    async def verify(self, rollups: Iterable[str]) -> None:
        """Raises `ReadConflictError` if one of those that were read was swapped since `states`.

        What was read cannot be swapped any more before the transaction ends, so each is looked at once.
        """
        doubtful = [name for name in rollups if name not in self._certain]
        if doubtful and not await still_there(self.reader, doubtful):
            raise ReadConflictError(
                LeadlineError("timeout", "a rollup was rebuilt while it was read", "Ask again in a moment.")
            )
        self._certain.update(doubtful)
