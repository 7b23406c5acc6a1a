"""Whole answers, compressed once for all who get the same bytes. Joined compressed parts would be twice as large."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable

from leadline.api.lines import Pieces

_LEVEL = 5
_MOST = 4 * 1024 * 1024


class Packed:
    """The latest compressed answers, up to a few megabytes.

    The milliseconds in them are those that it took when they were packed.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size = 0

    def get(self, parts: tuple[object, ...], plain: Callable[[], Pieces]) -> bytes:
        """The compressed answer that is made of these parts; `plain` gives its bytes.

        Parts are compared by what they are, and kept alive: equal ones are the same entries and states.
        """
        found = self._kept.get(parts)
        if found is None:
            found = gzip.compress(b"".join(plain()), _LEVEL, mtime=0)
            self._kept[parts] = found
            self._size += len(found)
        self._kept.move_to_end(parts)
        while self._size > _MOST:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)
        return found


def accepted(header: bytes) -> bool:
    """Whether `Accept-Encoding` takes gzip."""
    return any(
        part.partition(b";")[0].strip() == b"gzip" and b"q=0" not in part.replace(b" ", b"").split(b";")[1:]
        for part in header.split(b",")
    )
