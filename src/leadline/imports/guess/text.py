"""Text: always possible."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.imports.schemas import Type


class Text:
    """What everything is that is nothing else."""

    def see(self, values: Iterable[str]) -> bool:
        """Always."""
        return True

    def verdict(self) -> Type | None:
        """Text."""
        return Type("text")
