"""Which state the rollups are in, published for all processes; a lookup goes by it, a reading moves it on.

One text for each version of the model, without expiry: in a space from which nothing is evicted. Scores only
ever grow (`lua/publish.lua`); one that is not there is no state at all, and what relies on it is not found.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from leadline.cache.lua import lua
from leadline.cache.store import Store
from leadline.cache.wire import Command, Reply

Published = Mapping[str, str]
"""Scores by rollup."""
_decoder = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.encode


def beginning(published: Published | None) -> str | None:
    """When the count began; None where nothing is published (or Redis is away).

    Without it nothing is known: perhaps Redis was emptied. What a replica that lags has, or what a process
    holds, may then be older than what was shown before.
    """
    return published.get("") if published is not None else None


class Versions:
    """The published scores in one Redis, for the products that share `space`."""

    def __init__(self, store: Store, space: str) -> None:
        self._store, self._space = store, space
        self._read: tuple[bytes, Published] = (b"{}", {})

    @property
    def latest(self) -> Published:
        """Those that were read last: a guess of what is published now, and no more."""
        return self._read[1]

    def knows(self, scores: Published) -> bool:
        """Whether all of these were seen published, or greater ones: then there is nothing to publish.

        Where Redis has been emptied since, what relies on them is not found, and read and published anew.
        """
        latest = self._read[1]
        return beginning(latest) is not None and all(
            latest.get(name, "") >= one for name, one in scores.items()
        )

    def name(self, fingerprint: str) -> str:
        """Where those of one version of the model stand."""
        return f"ll:{self._space}:v:{fingerprint}"

    def parsed(self, reply: Reply) -> Published:
        """The scores in a reply; none where there are none, or none that can be read."""
        if not isinstance(reply, bytes):
            self._read = b"", {}
        elif reply != self._read[0]:
            try:
                self._read = reply, _decoder.decode(reply)
            except msgspec.MsgspecError:
                self._read = reply, {}
        return self._read[1]

    async def read(self, fingerprint: str) -> Published | None:
        """The scores; None where Redis is away."""
        replies = await self._store.run_all((("GET", self.name(fingerprint)),))
        return None if replies is None else self.parsed(replies[0])

    def publishing(
        self, fingerprint: str, scores: Published, *, primary: bool, before: Published | None = None
    ) -> Command:
        """The command that publishes what is greater. `primary`: the snapshot was the primary's.

        `before`: what was published before that snapshot was taken; smaller scores than these are a source
        that was set back, and replace them.
        """
        told = _encode(dict(scores)), "1" if primary else "0", _encode(dict(before or {}))
        return ("EVAL", lua("publish"), 1, self.name(fingerprint), *told)

    async def publish(
        self, fingerprint: str, scores: Published, *, primary: bool, before: Published | None = None
    ) -> None:
        """Publishes what is greater; see `publishing`."""
        await self._store.run(*self.publishing(fingerprint, scores, primary=primary, before=before))
