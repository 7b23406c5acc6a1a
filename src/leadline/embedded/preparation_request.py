"""What the preparation is asked, as it travels between the two processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """What to prepare. `business` may write the source; `incidents`: where the company's are written down.

    `seed` and `leads` are set where the demo company is wanted, `files` where CSV files are to be imported.
    """

    state: str
    business: str
    clock: str
    email: str
    password: str
    api_key: str
    incidents: str
    seed: int | None = None
    leads: int | None = None
    files: tuple[str, ...] = ()
