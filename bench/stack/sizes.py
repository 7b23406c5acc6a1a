"""How large the company is over which a scenario measures."""

from __future__ import annotations

import os
from dataclasses import dataclass

AS_OF = "2026-11-20"
"""The day at whose end the history stops and the product's clock stands still."""
ZONE = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Size:
    """`leads`: of the generated company; every row of it is there `copies` times, moved a little in time."""

    name: str
    leads: int
    copies: int = 1

    @property
    def database(self) -> str:
        """The database that keeps it between runs."""
        return f"bench_{self.leads}x{self.copies}"


SIZES = {one.name: one for one in (Size("tiny", 2_000, 2), Size("S", 300_000), Size("M", 300_000, 20))}


def chosen(default: str) -> Size:
    """The size that `BENCH_SIZE` names, else `default`. Ends with 2 where there is none of that name."""
    name = os.environ.get("BENCH_SIZE") or default
    if name not in SIZES:
        raise SystemExit(f"bench: no size {name!r}; there are {', '.join(SIZES)}")
    return SIZES[name]
