"""Whole answers put together once: their parts joined, and compressed, for all who get the same."""

from __future__ import annotations

import gzip
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping

from leadline.api.lines import done, result_line
from leadline.api.questions import Composed
from leadline.engine.finding import Finds

_LEVEL = 1
_MOST = 64
_PAUSE = 0.02
"""Seconds between two calls for what is not current: a call may be lost, the answers of many are not."""


class Whole:
    """All lines of one request. `counts`: answers by layer and cache state.

    `finds`: what they were put together of, as it was found last.
    """

    def __init__(self, composed: Composed, finds: Finds) -> None:
        self.composed, self.finds = composed, finds
        self._current = all(one.freshness == "hit" for one in finds.found)
        self._next_refresh = 0.0
        self.counts: Mapping[tuple[str, str], int] = Counter(
            (one.entry.layer, one.freshness) for one in finds.found if one.entry is not None
        )
        self._between = tuple(_between(composed, finds))
        self._packed: bytes | None = None

    def refresh_due(self) -> bool:
        """Whether answers that are not current should be asked for now: again and again, yet not at once."""
        now = time.monotonic()
        if self._current or now < self._next_refresh:
            return False
        self._next_refresh = now + _PAUSE
        return True

    def plain(self, began: float) -> bytes:
        """The bytes. Each answer took as long as the lookup of all, which `began` then."""
        ms = b'{"plan":0.0,"source":0.0,"total":%.2f}' % ((time.perf_counter() - began) * 1000)
        return ms.join(self._between) + done(len(self.composed.heads), began) + b"\n"

    def packed(self, began: float) -> bytes:
        """The bytes compressed, once; the milliseconds in them are those of that time."""
        if self._packed is None:
            self._packed = gzip.compress(self.plain(began), _LEVEL, mtime=0)
        return self._packed


def _between(composed: Composed, finds: Finds) -> Iterator[bytes]:
    """What stands before, between and after the milliseconds of all lines."""
    before = b""
    for head, one in zip(composed.heads, finds.found, strict=True):
        *pieces, ms, end, close = result_line(head, one.served({}), b"")
        yield b"".join((before, *pieces, ms))
        before = b"".join((end, close, b"\n"))
    yield before


class Wholes:
    """The whole answers given out last. One that shows answers that are not current shows what they are."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Whole] = OrderedDict()

    def last(self, composed: Composed) -> Finds | None:
        """What was found for a request when its answer was given out last."""
        known = self._of(composed)
        return known.finds if known is not None else None

    def get(self, composed: Composed, finds: Finds) -> Whole | None:
        """The answer that was put together of what was found again."""
        known = self._of(composed)
        if known is None or not _equal(known.finds, finds):
            return None
        known.finds = finds
        self._kept.move_to_end(id(composed))
        return known

    def put(self, composed: Composed, finds: Finds) -> Whole:
        """An answer put together now."""
        made = Whole(composed, finds)
        self._kept[id(composed)] = made
        self._kept.move_to_end(id(composed))
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return made

    def _of(self, composed: Composed) -> Whole | None:
        known = self._kept.get(id(composed))
        return known if known is not None and known.composed is composed else None


def _equal(first: Finds, second: Finds) -> bool:
    """Whether the same answers were found in the same state."""
    return first.found is second.found or all(
        one.entry is other.entry and one.freshness == other.freshness
        for one, other in zip(first.found, second.found, strict=True)
    )


def accepted(header: bytes) -> bool:
    """Whether `Accept-Encoding` takes gzip."""
    for part in header.split(b","):
        coding, *more = part.replace(b" ", b"").split(b";")
        if coding == b"gzip":
            return not any(weight in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000") for weight in more)
    return False
