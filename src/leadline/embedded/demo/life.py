"""The life of one lead: an appointment, a deal, its stages and its end. Drawn whole, cut at the present.

Instants are ints (see `days.py`), amounts cents, days ordinals.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from random import Random

from leadline.embedded.demo.company import Company
from leadline.embedded.demo.days import DAY, HOUR, MINUTE, SECOND, business_time, day_of, midnight
from leadline.embedded.demo.world import (
    BOOKS,
    CHANCE,
    DROP,
    MISSES,
    OPENS,
    PRICE,
    PRODUCT_SHARE,
    PRODUCTS,
    SPREAD,
    STAGES,
    WHALE,
    WHALE_TIMES,
    WINS,
    Rep,
)

LONGEST = 300 * DAY
"""No deal stays open longer."""


@dataclass(frozen=True, slots=True)
class Step:
    """A deal from an instant on: its stage (or won, lost), amount and expected close."""

    at: int
    stage: str
    cents: int | None
    expected: int


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment: when it was booked, when it takes place, and whether the customer comes."""

    booked: int
    starts: int
    held: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """How a deal begins: product and price are known, the rest is open."""

    product: str
    cents: int | None


def book(rng: Random, company: Company, source: str | None, region: str | None, at: int) -> Booking | None:
    """The appointment that a lead of instant `at` makes, or None."""
    if rng.random() >= BOOKS.get(source or "", 0.3):
        return None
    booked = at + int((0.01 + 2.2 * rng.random() * rng.random()) * DAY)
    starts = business_time(rng, booked + DAY + int(7 * rng.random() * DAY))
    starts -= starts % (30 * MINUTE)
    return Booking(booked, max(starts, booked + HOUR), comes(rng, company, region, starts))


def comes(rng: Random, company: Company, region: str | None, starts: int) -> bool:
    """Whether the customer is there."""
    return rng.random() >= MISSES * company.factor("no_show", starts, region=region)


def opens(rng: Random) -> bool:
    """Whether an appointment held becomes a deal."""
    return rng.random() < OPENS


def opening(rng: Random, company: Company, at: int) -> Opening:
    """Product and amount of a deal that opens then. Very few have no amount yet, and never get one."""
    which = _pick(rng, PRODUCT_SHARE)
    if rng.random() < 0.0004:
        return Opening(PRODUCTS[which], None)
    price = PRICE[which] * company.price_level(at) * exp(rng.gauss(0.0, SPREAD))
    if rng.random() < WHALE:
        price *= WHALE_TIMES * (0.5 + rng.random())
    return Opening(PRODUCTS[which], max(100, round(price / 10) * 10) * 100)


def win_chance(company: Company, source: str | None, rep: Rep | None, at: int, stage: int = 0) -> float:
    """The chance that a deal at a stage is won in the end."""
    skill = rep.skill * company.factor("skill", at, rep=rep.name) if rep else 0.8
    first = WINS.get(source or "", 0.3) * max(0.3, min(1.35, 0.4 + 0.6 * skill))
    return min(0.95, first * CHANCE[stage] / CHANCE[0])


def course(
    rng: Random, company: Company, start: Step, chance: float, online: bool, *, going_on: bool = False
) -> list[Step]:
    """The steps of a deal after `start`, in order; the last one is `won` or `lost`.

    `going_on`: the deal is older than `start`, so that what is left of its life has no least length.
    """
    stage = STAGES.index(start.stage)
    won = rng.random() < chance
    last = len(STAGES) - 1 if won else stage + _pick(rng, DROP[stage:])
    names = [name for name in STAGES[stage + 1 : last + 1] if rng.random() > 0.06 or name == STAGES[last]]
    lag = _left(rng, stage) if going_on else min(LONGEST, int((3 + 16 * exp(rng.gauss(0.0, 0.75))) * DAY))
    parts = sorted(rng.random() for _ in names)
    steps, before = [], start
    for name, part in zip([*names, "won" if won else "lost"], [*parts, 1.0], strict=True):
        at = business_time(rng, start.at + int(lag * part), online and rng.random() < 0.3)
        at = max(at, before.at + int((5 + 55 * rng.random()) * MINUTE))
        before = _step(rng, company, before, name, at=at, end=start.at + lag)
        steps.append(before)
    return _with_correction(rng, start, steps)


def _left(rng: Random, stage: int) -> int:
    return int(rng.expovariate(1 / (24 - 5 * stage)) * DAY)


def _step(rng: Random, company: Company, before: Step, name: str, *, at: int, end: int) -> Step:
    if name in {"won", "lost"}:
        at = _put_off(rng, company, at)
        return Step(at, name, before.cents, before.expected)
    cents = before.cents
    if cents and rng.random() < 0.14:
        cents = corrected(rng, cents)
    slip = int(rng.gauss(0.0, 5.0) * DAY)
    return Step(at, name, cents, max(day_of(at) + 1, day_of(end + slip)))


def corrected(rng: Random, cents: int) -> int:
    """An amount after another round of talks, rather lower than higher."""
    return max(10_000, int(cents * exp(rng.gauss(-0.04, 0.11))))


def _put_off(rng: Random, company: Company, at: int) -> int:
    down = company.factor("outage", at, neutral=0.0)
    if down and rng.random() < down:
        return midnight(day_of(at) + 1) + int((9 + 6 * rng.random()) * HOUR)
    return at


def _with_correction(rng: Random, start: Step, steps: list[Step]) -> list[Step]:
    """Some deals change their amount between two steps: a row of history of the same stage."""
    if start.cents is None or rng.random() > 0.07:
        return steps
    whole = [start, *steps]
    spot = rng.randrange(len(steps))
    here, after = whole[spot], whole[spot + 1]
    if after.at - here.at < 2 * HOUR or here.cents is None:
        return steps
    cents = corrected(rng, here.cents)
    at = here.at + int((after.at - here.at) * (0.2 + 0.6 * rng.random()))
    change = Step(at - at % SECOND, here.stage, cents, here.expected)
    tail = [
        Step(one.at, one.stage, cents if one.cents == here.cents else one.cents, one.expected)
        for one in steps[spot:]
    ]
    return [*steps[:spot], change, *tail]


def _pick(rng: Random, weights: tuple[float, ...]) -> int:
    left = rng.random() * sum(weights)
    for number, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return number
    return len(weights) - 1
