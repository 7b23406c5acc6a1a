"""The settings of a PostgreSQL source, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from leadline.sources.postgres.login import Login


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Which databases, and how long anything may take (seconds).

    `primary` and `replicas` say where servers are; which of them takes writes is asked, since it may change.
    `owner`: the role that owns the `leadline` schema (None: the primary's own). `connect_timeout`: for a
    first connection; `answer_timeout`: for a server that has answered before, to give any sign of life.
    `wait_timeout`: in the queue for a connection. `statement_timeout`: one statement; `question_timeout`: all
    that one question needs, a second try included (None: as one statement). `lag_bound`: a replica that knows
    less than this is not asked while the primary answers.
    """

    primary: Login
    replicas: tuple[Login, ...] = ()
    owner: Login | None = None
    pool_size: int = 8
    connect_timeout: float = 3.0
    answer_timeout: float = 0.8
    wait_timeout: float = 2.0
    statement_timeout: float = 30.0
    question_timeout: float | None = None
    lag_bound: timedelta = timedelta(seconds=10)

    @property
    def patience(self) -> float:
        """Seconds that one question may take."""
        return self.question_timeout or self.statement_timeout
