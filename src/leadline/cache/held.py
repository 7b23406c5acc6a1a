"""A few answers in this process: their bytes need not travel again, the versions do at every request."""

from __future__ import annotations

from collections import OrderedDict

from leadline.cache.entry import Entry

_BESIDES = 500
"""Bytes that an entry takes besides its body."""


class Held:
    """The entries used last, by name, up to `most` bytes. Never replaces one by an older one."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()

    def get(self, name: str) -> Entry | None:
        """The entry of that name."""
        found = self._entries.get(name)
        if found is not None:
            self._entries.move_to_end(name)
        return found

    def put(self, name: str, entry: Entry) -> None:
        """Holds an entry, unless the one that is held is newer or it is too large."""
        old = self._entries.get(name)
        size = _size(entry)
        if (old is not None and old.newer_than(entry)) or size > self._most // 8:
            return
        self._size += size - (_size(old) if old is not None else 0)
        self._entries[name] = entry
        self._entries.move_to_end(name)
        while self._size > self._most:
            _, gone = self._entries.popitem(last=False)
            self._size -= _size(gone)


def _size(entry: Entry) -> int:
    return len(entry.body) + _BESIDES
