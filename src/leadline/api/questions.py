"""The questions of a dashboard's request, prepared once a minute for all who may see the same."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from leadline.api.answers import encode
from leadline.api.body import read_json
from leadline.api.gateway import Engine
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.dashboards.service import Asked, Dashboards, Document, compose, read_request
from leadline.engine.asking import Prepared

_MOST = 100
_LARGEST_BODY = 4096
"""Bytes of a request that is remembered; a larger one is no page's."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Composed:
    """A request, ready to be answered. `heads`: what each line begins with, up to the answer.

    `good`: the questions without the refused ones. `viewer`: one of those who asked; `used`: when the last
    did, by the monotonic clock.
    """

    dashboard: str
    body: bytes
    document: Document
    viewer: Viewer
    heads: tuple[bytes, ...]
    questions: tuple[Prepared | LeadlineError, ...]
    used: float = field(default_factory=time.monotonic)
    good: list[Prepared] = field(init=False)

    def __post_init__(self) -> None:
        self.good = [one for one in self.questions if isinstance(one, Prepared)]


class Questions:
    """Composes requests and remembers the latest ones.

    What a client sends is never a key alone: equal bytes of viewers with other rights, of another minute,
    model or document are other questions.
    """

    def __init__(self, engine: Engine, dashboards: Dashboards, is_number: Callable[[str], bool]) -> None:
        """`is_number`: whether a metric of that name is a number."""
        self._engine, self._dashboards, self._is_number = engine, dashboards, is_number
        self._known: OrderedDict[Hashable, Composed] = OrderedDict()

    async def of(self, dashboard: str, body: bytes, viewer: Viewer, now: datetime | None = None) -> Composed:
        """The questions of a request. Raises LeadlineError. `now`: if not that of the clock."""
        document = await self._dashboards.get(dashboard)
        key = (dashboard, body, self._engine.context(viewer, now))
        known = self._known.get(key)
        if known is None or known.document is not document:
            known = self._composed(dashboard, body, document, viewer, now)
            self._keep(key, known)
        elif now is None:
            known.used = time.monotonic()
        return known

    def recent(self, seconds: float) -> Iterator[Composed]:
        """Those that were asked within the last seconds."""
        since = time.monotonic() - seconds
        return (one for one in list(self._known.values()) if one.used > since)

    def _keep(self, key: Hashable, composed: Composed) -> None:
        if len(composed.body) > _LARGEST_BODY:
            return
        self._known[key] = composed
        self._known.move_to_end(key)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def _composed(
        self, dashboard: str, body: bytes, document: Document, viewer: Viewer, now: datetime | None
    ) -> Composed:
        asked = compose(document, read_request(read_json(body)), self._is_number)
        prepared = tuple(self._engine.try_prepare(one.query, viewer, now) for one in asked)
        return Composed(dashboard, body, document, viewer, tuple(_head(one) for one in asked), prepared)


def _head(asked: Asked) -> bytes:
    return encode({"tile": asked.tile, "query": asked.name})[:-1] + b","
