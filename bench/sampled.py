"""Sampled answers, compared with SQL at the version of the data that they name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

import psycopg

from bench.client import body_of
from bench.line import Line, WrongAnswerError
from bench.stack.model import AREAS
from bench.stack.sizes import AS_OF, ZONE

TILE = ("revenue_month", "spark")
"""A question that the refreshed rollup answers alone: its data version tells the state of the data."""
_TRUTH = f"""
SELECT r.region, s.id, sum(d.amount)
  FROM unnest(%(ids)s::bigint[]) AS s (id)
  JOIN public.deals AS d ON d.id <= s.id
  JOIN public.reps AS r ON r.id = d.rep_id
 WHERE d.status = 'won' AND d.closed_at >= timestamp '{AS_OF}' AT TIME ZONE '{ZONE}'
   AND r.region = ANY (%(areas)s)
 GROUP BY 1, 2
"""
States = dict[str, int]
"""Data versions, and the last deal that each of them has."""


class Samples:
    """One answer of so many: whose, of which version, and today's revenue in it."""

    def __init__(self, every: int) -> None:
        self._every, self._seen = every, 0
        self.taken: Counter[tuple[str, str, Decimal]] = Counter()

    def take(self, turn: int, answer: bytes) -> None:
        """Looks at an answer to the request of the viewer `turn`."""
        self._seen += 1
        if self._seen % self._every == 0:
            self.taken[(AREAS[turn], *_read(body_of(answer)))] += 1


def _read(body: bytes) -> tuple[str, Decimal]:
    for line in body.splitlines():
        found = json.loads(line)
        if (found.get("tile"), found.get("query")) == TILE:
            if "error" in found:
                raise WrongAnswerError(str(found))
            return found["result"]["data_version"], Decimal(found["result"]["data"][1][-1])
    raise WrongAnswerError(f"an answer without {'/'.join(TILE)}")


def states(lines: str) -> States:
    """What the business said of its states."""
    told = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]  # others are its log
    return {one["version"]: one["id"] for one in told}


def compared(samples: Samples, known: States, dsn: str) -> Iterator[Line]:
    """How many were compared. Raises where one is not what SQL says.

    An answer between a write and its refresh names no version of the rollup: it must be that of one state.
    """
    truth = _truth(known, dsn)
    named = other = 0
    for (area, version, value), times in samples.taken.items():
        if version in known:
            right, named = {truth.get((area, known[version]), Decimal(0))}, named + times
        else:
            right, other = {truth.get((area, one), Decimal(0)) for one in known.values()}, other + times
        if value not in right:
            raise WrongAnswerError(f"{area} at {version}: {value}, SQL {sorted(right)[:3]}")
    yield Line("warm", "answers_right_at_their_version", named, "", "> 0", named > 0)
    yield Line("warm", "answers_right_between_versions", other, "", "", None)


def _truth(known: States, dsn: str) -> Mapping[tuple[str, int], Decimal]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            _TRUTH.encode(), {"ids": sorted(set(known.values())), "areas": list(AREAS)}
        ).fetchall()
    return {(region, number): amount for region, number, amount in rows}
