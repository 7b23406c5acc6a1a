"""The company over time: how many leads a day brings and from where, prices, and who takes them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate
from math import cos, pi
from random import Random

from leadline.embedded.demo.chance import chance
from leadline.embedded.demo.days import day_of, is_holiday, midnight, weekday
from leadline.embedded.demo.incidents import Incident, Kind, incidents_of
from leadline.embedded.demo.world import REGION_SHARE, REGIONS, REPS, SOURCE_SHARE, SOURCES, Rep

_WEEK = (1.08, 1.10, 1.04, 1.0, 0.92, 0.42, 0.34)
_GROWTH = 0.12
"""More leads by this share from year to year; prices rise by half of it."""
_AUTUMN = date(2025, 10, 1).toordinal()
ORIGINS = tuple((region, source) for region in REGIONS for source in SOURCES)


@dataclass(frozen=True)
class Company:
    """All that follows from the present (an instant) at which the company was made, and its seed."""

    seed: int
    present: int
    incidents: tuple[Incident, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Places the incidents around the present."""
        object.__setattr__(self, "incidents", incidents_of(self.present))

    @cached_property
    def today(self) -> int:
        """The local day of the present."""
        return day_of(self.present)

    def factor(
        self, kind: Kind, at: int, *, region: str | None = None, rep: str | None = None, neutral: float = 1.0
    ) -> float:
        """What the incidents of a kind multiply by at an instant, for a region or a rep."""
        value = neutral
        for one in self._by_kind[kind]:
            if one.holds(at) and (not one.regions or region in one.regions) and one.rep in (None, rep):
                value = one.factor if neutral == 0.0 else value * one.factor
        return value

    @cached_property
    def _by_kind(self) -> dict[Kind, list[Incident]]:
        kinds: dict[Kind, list[Incident]] = {
            "leads": [],
            "no_show": [],
            "outage": [],
            "skill": [],
            "price": [],
        }
        for one in self.incidents:
            kinds[one.kind].append(one)
        return kinds

    def years(self, day: int) -> float:
        """Years since the company's present (negative before it)."""
        return (day - self.today) / 365.25

    def season(self, day: int) -> float:
        """Trend and season of the year, without week, holidays and chance."""
        return float((1 + _GROWTH) ** self.years(day)) * (1 + 0.11 * cos(2 * pi * (day - _AUTUMN) / 365.25))

    def price_level(self, at: int) -> float:
        """Prices as a multiple of today's list without its last rise."""
        day = day_of(at)
        return float((1 + _GROWTH / 2) ** self.years(day)) * self.factor("price", at)

    def weight(self, day: int) -> float:
        """How much of a usual day's leads a day brings; the same for the same seed and day."""
        noise = chance(self.seed * 1_000_003 + day).gauss(1.0, 0.06)
        calm = 0.25 if is_holiday(day) else 1.0
        return self.season(day) * _WEEK[weekday(day)] * calm * max(0.5, noise) * sum(self.origins(day))

    def origins(self, day: int) -> list[float]:
        """The weight of each of `ORIGINS` on a day; 1 together where nothing happens."""
        noon = midnight(day) + (midnight(day + 1) - midnight(day)) // 2
        now = [one for one in self._by_kind["leads"] if one.holds(noon)]
        weights = []
        for region, source in ORIGINS:
            share = REGION_SHARE[region] * SOURCE_SHARE[region][SOURCES.index(source)]
            for one in now:
                share *= one.factor if one.touches(region, source) else 1.0
            weights.append(share)
        return weights

    def team(self, region: str, day: int) -> list[Rep]:
        """The reps of a region who are there on a day."""
        return [rep for rep in REPS if rep.region == region and self.hired(rep) <= day]

    def hired(self, rep: Rep) -> int:
        """The local day on which a rep began."""
        return self.today - rep.hired if rep.hired else self.today - 2000 - 31 * rep.id


class Draw:
    """Draws by weight, quickly, many times."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._steps = list(accumulate(weights))

    def __call__(self, rng: Random) -> int:
        """The number of one of the weights."""
        return min(bisect(self._steps, rng.random() * self._steps[-1]), len(self._steps) - 1)
