"""True and false, or yes and no."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.imports.schemas import Type

_PAIRS = ({"true", "false"}, {"yes", "no"})


class Boolean:
    """A column of `true`/`false` in any case; `yes`/`no` only if both occur (NO is also Norway)."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def see(self, values: Iterable[str]) -> bool:
        """Whether all are words of one pair."""
        self._seen |= {value.lower() for value in values}
        return any(self._seen <= pair for pair in _PAIRS)

    def verdict(self) -> Type | None:
        """Boolean, unless there is only `yes` or only `no`."""
        return Type("boolean") if len(self._seen) == 2 or self._seen <= _PAIRS[0] else None
