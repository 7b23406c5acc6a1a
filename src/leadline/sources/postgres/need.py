"""What a reading must know: how old its data may be, and which write it must see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Need:
    """How fresh a reading must be.

    `within`: how old its data may be at most (None: the source's bound). `seen`: the token of a write
    (`Source.written`) that it must see; then a node that has not is never asked, and where none is left the
    reading fails. Without `seen` an older node is better than none.
    """

    within: timedelta | None = None
    seen: str | None = None


ANY = Need()
"""The source's bound, and every write of this process."""
