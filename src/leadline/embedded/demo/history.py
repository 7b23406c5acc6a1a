"""The company's history between two instants: lives are drawn whole and written down as far as the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from leadline.embedded.demo.company import ORIGINS, Company, Draw
from leadline.embedded.demo.days import HOUR, MINUTE, day_of, midnight, part_gone, time_of_day
from leadline.embedded.demo.life import Step, book, course, opening, opens, win_chance
from leadline.embedded.demo.rows import Rows, cents_text, day_text, instant_text
from leadline.embedded.demo.world import CHANCE, COMPANIES, REGION_SHARE, REGIONS, STAGES, Rep


@dataclass(frozen=True, slots=True)
class Customer:
    """Where a deal comes from."""

    lead: int | None
    region: str
    source: str | None
    rep: Rep | None


def part_between(day: int, start: int, end: int) -> float:
    """How much of a local day's business lies between two instants."""
    first = part_gone(start) if day_of(start) == day else 0.0
    last = part_gone(end) if day_of(end) == day else 1.0
    return max(0.0, last - first)


@dataclass(slots=True)
class Historian:
    """Writes down the history of a company up to `end`; `rows` gathers what it finds."""

    company: Company
    rng: Random
    end: int
    rows: Rows

    def days(self, start: int, volume: float) -> Iterator[int]:
        """Goes through the days from `start` on, giving the number of leads of each."""
        for day in range(day_of(start), day_of(self.end) + 1):
            usual = volume * self.company.weight(day) * part_between(day, start, self.end)
            count = int(usual + self.rng.random())
            self.day(day, count, start)
            yield count

    def day(self, day: int, count: int, start: int = 0) -> None:
        """One local day with so many leads, none before `start` or after the end."""
        origin, teams = Draw(self.company.origins(day)), self._teams(day)
        for at in self._moments(day, count, start):
            region, source = ORIGINS[origin(self.rng)]
            self._lead(at, region, source, teams)
        for at in self._moments(day, int(count * 0.006 + self.rng.random()), start):
            region = self.rng.choices(REGIONS, list(REGION_SHARE.values()))[0]
            known = "referral" if self.rng.random() < 0.6 else None
            self.deal(Customer(None, region, known, self._rep(region, teams)), at)

    def _moments(self, day: int, count: int, start: int) -> list[int]:
        begin, moments = midnight(day), list[int]()
        low, high = max(start + 1, begin), min(self.end, midnight(day + 1) - 1)
        while len(moments) < count and high - low > MINUTE:
            at = begin + time_of_day(self.rng)
            if low <= at <= high:
                moments.append(at)
        return sorted(moments)

    def _teams(self, day: int) -> dict[str, tuple[list[Rep], Draw]]:
        teams = {region: self.company.team(region, day) for region in REGIONS}
        return {region: (team, Draw([rep.skill**0.5 for rep in team])) for region, team in teams.items()}

    def _rep(self, region: str, teams: dict[str, tuple[list[Rep], Draw]]) -> Rep:
        team, draw = teams[region]
        return team[draw(self.rng)]

    def _lead(self, at: int, region: str, source: str, teams: dict[str, tuple[list[Rep], Draw]]) -> None:
        rng = self.rng
        rep = self._rep(region, teams)
        owner = None if rng.random() < 0.015 else rep.id
        known = None if rng.random() < 0.004 else source
        company = COMPANIES[int(rng.random() * len(COMPANIES))]
        lead = self.rows.add("leads", instant_text(at), known, region, company, owner)
        self.appointment(Customer(lead, region, known, rep if owner or rng.random() < 0.8 else None), at)

    def appointment(self, who: Customer, at: int) -> None:
        """The appointment of a lead of instant `at`, if it makes one before the end, and what follows."""
        booking = book(self.rng, self.company, who.source, who.region, at)
        if booking is None or booking.booked > self.end:
            return
        past = booking.starts <= self.end
        status = ("held" if booking.held else "no_show") if past else "booked"
        moments = instant_text(booking.booked), instant_text(booking.starts)
        self.rows.add("appointments", who.lead, who.rep.id if who.rep else None, *moments, status)
        if status == "held" and opens(self.rng):
            self.deal(who, booking.starts + int((0.3 + 1.5 * self.rng.random()) * HOUR))

    def deal(self, who: Customer, at: int) -> None:
        """A deal that opens at an instant, if that is not after the end, with its course."""
        if at > self.end:
            return
        new = opening(self.rng, self.company, at)
        first = Step(at, "new", new.cents, day_of(at) + 14 + int(14 * self.rng.random()))
        chance = win_chance(self.company, who.source, who.rep, at)
        steps = [first, *course(self.rng, self.company, first, chance, who.region == "Online")]
        seen = [step for step in steps if step.at <= self.end]
        source = None if self.rng.random() < 0.003 else who.source
        number = self._write_deal(who, source, new.product, seen)
        self.write_steps(number, seen)

    def write_steps(self, deal: int, steps: list[Step]) -> None:
        """Rows of history."""
        for step in steps:
            cells = step.stage, instant_text(step.at), cents_text(step.cents), day_text(step.expected)
            self.rows.add("stage_history", deal, *cells)

    def _write_deal(self, who: Customer, source: str | None, product: str, seen: list[Step]) -> int:
        last = seen[-1]
        closed = last.stage in {"won", "lost"}
        stage = seen[-2].stage if closed else last.stage
        return self.rows.add(
            "deals",
            who.lead,
            who.rep.id if who.rep else None,
            source,
            product,
            last.stage if closed else "open",
            stage,
            cents_text(last.cents),
            judged(self.rng, stage),
            instant_text(seen[0].at),
            instant_text(last.at) if closed else None,
            day_text(last.expected),
        )


def judged(rng: Random, stage: str) -> str:
    """A stage's probability as the seller judges it."""
    return f"{CHANCE[STAGES.index(stage)] + rng.choice((-0.05, 0.0, 0.0, 0.05)):.3f}"
