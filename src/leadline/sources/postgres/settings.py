"""The settings of a PostgreSQL source, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from leadline.sources.postgres.login import Login


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Which databases, and how long anything may take (seconds).

    `owner`: the role that owns the `leadline` schema (None: the primary's own). `lag_bound`: a replica that
    knows less than this is not asked while the primary answers.
    """

    primary: Login
    replicas: tuple[Login, ...] = ()
    owner: Login | None = None
    pool_size: int = 8
    connect_timeout: float = 3.0
    wait_timeout: float = 5.0
    statement_timeout: float = 30.0
    lag_bound: timedelta = timedelta(seconds=10)
