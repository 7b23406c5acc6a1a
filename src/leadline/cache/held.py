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
        self._since: dict[str, str | None] = {}

    def get(self, name: str) -> Entry | None:
        """The entry of that name."""
        found = self._entries.get(name)
        if found is not None:
            self._entries.move_to_end(name)
        return found

    def since(self, name: str) -> str | None:
        """The beginning of the published versions under which the entry of that name was last put."""
        return self._since.get(name)

    def put(self, name: str, entry: Entry, since: str | None = None) -> None:
        """Holds an entry, unless the one that is held is newer or it is too large."""
        old = self._entries.get(name)
        size = _size(entry)
        if (old is not None and old.newer_than(entry)) or size > self._most // 8:
            return
        self._size += size - (_size(old) if old is not None else 0)
        self._entries[name], self._since[name] = entry, since
        self._entries.move_to_end(name)
        while self._size > self._most:
            first, gone = self._entries.popitem(last=False)
            del self._since[first]
            self._size -= _size(gone)


def _size(entry: Entry) -> int:
    return len(entry.body) + _BESIDES
