"""What is asked, prepared for its answer, and how an answer was served."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.cache.entry import Entry
from leadline.cache.revive import result_of
from leadline.core.result import CacheState, Result
from leadline.engine.answering import Asked

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question with the name of its answer in the cache."""

    asked: Asked
    name: str

    @property
    def question(self) -> str:
        """Its key with everything resolved: equal for equal questions of one minute."""
        return self.asked.keys.cache

    @property
    def fingerprint(self) -> str:
        """Of the model that it is asked of."""
        return self.asked.ready.bound.fingerprint


def slot(asked: Asked) -> int:
    """0 or 1 by the minute of its `now`: so the next minute's answer can be made while this one's holds."""
    query = asked.query
    return 0 if query.fixed else int(query.as_of.timestamp()) // _MINUTE % 2


@dataclass(frozen=True, slots=True)
class Served:
    """An answer on its way out.

    `state`: what the cache had to do with it. `ms`: the milliseconds by step.
    """

    entry: Entry
    state: CacheState
    ms: dict[str, float]

    @property
    def layer(self) -> str:
        """Which layer gave it."""
        return self.entry.layer

    @property
    def key(self) -> str:
        """The Result's key: equal for equal answers to one question."""
        return self.entry.key

    def json(self) -> bytes:
        """The Result as JSON."""
        return self.entry.json(self.state, self.ms)

    def result(self) -> Result:
        """The Result as values."""
        return result_of(self.entry, self.state, self.ms)
