"""What the edge needs of the engine."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine.asking import Prepared, Served
from leadline.engine.finding import Finds


class Engine(Protocol):
    """The one gate to a source."""

    def context(self, viewer: Viewer, now: datetime | None = None) -> Hashable:
        """Equal as long as, and for whom, equal queries are equal questions with equal answers."""
        ...

    def try_prepare(
        self, data: object, viewer: Viewer, now: datetime | None = None
    ) -> Prepared | LeadlineError:
        """A query, ready to be answered, or what is wrong with it."""
        ...

    async def find(
        self, prepared: Sequence[Prepared], beside: Sequence[str] = (), last: Finds | None = None
    ) -> Finds:
        """What the cache has, in one round trip, and other values of the same instant.

        `last`: what was found for the same questions before.
        """
        ...

    def refresh(self, prepared: Sequence[Prepared], ahead: float = 0.0) -> None:
        """Reads answers anew in the background, unless they hold for `ahead` seconds."""
        ...

    async def serve(self, prepared: Prepared, *, fresh_only: bool = False) -> Served:
        """The answer to one question; raises LeadlineError."""
        ...

    def serve_many(
        self, questions: Sequence[Prepared | LeadlineError]
    ) -> AsyncGenerator[tuple[list[int], Served | LeadlineError]]:
        """Many answers in order of readiness, with the places of their questions; equal ones run once."""
        ...

    async def rows(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """A page of the rows behind a cell of an answer; raises LeadlineError."""
        ...

    async def values(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """The members of a field that the viewer may see; raises LeadlineError."""
        ...

    async def explain(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """How the answer to a question comes about; raises LeadlineError."""
        ...
