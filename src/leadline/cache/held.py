"""A few answers in this process: their bytes need not travel again while nobody has kept another one."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from leadline.cache.entry import Entry

_BESIDES = 700
"""Bytes that an entry takes besides its body."""


@dataclass(slots=True)
class _Slot:
    """An entry, how its bytes begin (`entry.beginning`), and the mark under which it was the one in Redis."""

    entry: Entry
    begins: bytes
    mark: bytes | None

    @property
    def size(self) -> int:
        return len(self.entry.body) + _BESIDES


class Held:
    """The entries used last, by name, up to `most` bytes. Never replaces one by an older one."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._slots: OrderedDict[str, _Slot] = OrderedDict()

    def get(self, name: str) -> Entry | None:
        """The entry of that name."""
        slot = self._slots.get(name)
        if slot is None:
            return None
        self._slots.move_to_end(name)
        return slot.entry

    def agrees(self, name: str, mark: bytes | None) -> bool:
        """Whether the entry of that name is the one in Redis, if the mark there is this one."""
        slot = self._slots.get(name)
        return slot is not None and mark is not None and slot.mark == mark

    def compared(self, name: str, data: bytes | None, mark: bytes | None) -> Entry | None:
        """The entry of that name if it is the one in Redis (`data`, None: there is none, under `mark`)."""
        slot = self._slots.get(name)
        if slot is None or not (data is None or data.startswith(slot.begins)):
            return None
        slot.mark = mark
        self._slots.move_to_end(name)
        return slot.entry

    def put(self, name: str, entry: Entry, begins: bytes, mark: bytes | None = None) -> Entry:
        """Holds an entry, unless it is too large or the one that is held is newer. The newer one of both."""
        old = self._slots.get(name)
        if old is not None and old.entry.newer_than(entry):
            old.mark = mark
            return old.entry
        slot = _Slot(entry, begins, mark)
        if slot.size <= self._most // 8:
            self._hold(name, slot)
        return entry

    def _hold(self, name: str, slot: _Slot) -> None:
        old = self._slots.pop(name, None)
        self._size += slot.size - (old.size if old is not None else 0)
        self._slots[name] = slot
        while self._size > self._most:
            _, gone = self._slots.popitem(last=False)
            self._size -= gone.size
