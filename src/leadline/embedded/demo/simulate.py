"""Keeps a demo company in business: so many rows a second, until told to stop, through broken connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from random import Random
from threading import Event

import psycopg
from psycopg import Connection

from leadline.core.errors import LeadlineError
from leadline.embedded.demo.actions import MIX, Scene
from leadline.embedded.demo.chance import chance
from leadline.embedded.demo.company import Company
from leadline.embedded.demo.connect import connected
from leadline.embedded.demo.days import instant
from leadline.embedded.demo.pace import pace_at
from leadline.embedded.demo.pools import pools_at

_LOOK_AGAIN = 4.0
"""Seconds after which pools and pace are read anew; sooner after many rows."""
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


def simulate(
    dsn: str,
    *,
    rate: float,
    now: Callable[[], datetime],
    stop: Event,
    seed: int | None = None,
    say: Callable[[str], None] = lambda _words: None,
) -> int:
    """Writes about `rate` rows a second until `stop` is set; says how many it wrote.

    `now` is the company's clock (aware). With a `seed` the choices can be repeated, as far as the data are
    the same. A lost connection is tried again for ever; a source without a demo company is `not_found`.
    """
    rng = chance(seed if seed is not None else f"{time.time()}")
    written, failures = 0, 0
    while not stop.is_set():
        try:
            with connected(dsn) as connection:
                session = _Session(connection, rng, now, rate)
                failures = 0
                while not stop.wait(session.pause()):
                    written += session.act()
        except (LeadlineError, psycopg.OperationalError) as error:
            if isinstance(error, LeadlineError) and error.code != "source_unavailable":
                raise
            pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
            failures += 1
            say(f"The source is not there; trying again in {pause:g} s.")
            stop.wait(pause)
    return written


class _Session:
    """One connection's worth of business."""

    def __init__(self, connection: Connection, rng: Random, now: Callable[[], datetime], rate: float) -> None:
        self._connection, self._rng, self._now, self._rate = connection, rng, now, rate
        self._company = company_of(connection)
        self._next = time.monotonic()
        self._look()

    def _look(self) -> None:
        now = self._now()
        self._pools = pools_at(self._connection, now)
        usual = {action.__name__: weight for action, weight in MIX.items()}
        turned = pace_at(self._connection, now).weights(usual)
        self._weights = [turned[action.__name__] for action in MIX]
        self._connection.execute("UPDATE demo_company.state SET until = greatest(until, %s)", [now])
        self._looked, self._since = time.monotonic(), 0

    def pause(self) -> float:
        """Seconds until the next action."""
        return max(0.0, self._next - time.monotonic())

    def act(self) -> int:
        """One action; how many rows it wrote."""
        if self._since > max(20.0, self._rate / 4) or time.monotonic() - self._looked > _LOOK_AGAIN:
            self._look()
        action = self._rng.choices(list(MIX), self._weights)[0]
        scene = Scene(self._connection, self._company, self._rng, self._now(), self._pools)
        with self._connection.transaction():
            rows = action(scene)
        self._since += rows
        # Where there was nothing to do, another action follows soon; time lost is not made up for at once.
        self._next = max(self._next + max(rows, 0.1) / self._rate, time.monotonic() - 1.0)
        return rows


def company_of(connection: Connection) -> Company:
    """The company that lives in a source. Raises `not_found`."""
    missing = connection.execute("SELECT to_regclass('demo_company.state') IS NULL").fetchone() == (True,)
    found = None if missing else connection.execute("SELECT seed, present FROM demo_company.state").fetchone()
    if found is None:
        raise LeadlineError(
            "not_found",
            "this source holds no demo company",
            "Make one: leadline demo. Or name another --source.",
        )
    return Company(found[0], instant(found[1]))
