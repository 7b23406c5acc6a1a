"""What a guess must do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from leadline.imports.schemas import Type


class Guess(Protocol):
    """Looks at the values of one column, block by block; empty ones are not shown to it."""

    def see(self, values: Iterable[str]) -> bool:
        """Takes in some values; False as soon as the column cannot be of this type: it is asked no more."""
        ...

    def verdict(self) -> Type | None:
        """The type after at least one value, or None where it is not proved."""
        ...
