"""What happens in a business: each action is one transaction of real rows, and says how many it wrote."""

# ruff: noqa: S608 - statements are put together from texts of this file only
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from psycopg import Connection

from leadline.embedded.demo.company import ORIGINS, Company
from leadline.embedded.demo.days import business_time, day_of, instant, moment
from leadline.embedded.demo.history import judged
from leadline.embedded.demo.life import comes, corrected, opening, opens
from leadline.embedded.demo.pools import Pools
from leadline.embedded.demo.rows import cents_text
from leadline.embedded.demo.world import COMPANIES, REPS, STAGES


@dataclass(slots=True)
class Scene:
    """Where an action takes place."""

    connection: Connection
    company: Company
    rng: Random
    now: datetime
    pools: Pools

    def write(self, query: str, **values: object) -> tuple[object, ...] | None:
        """Runs a statement of this file; it returns one row where it found what it expected."""
        return self.connection.execute(query, {"now": self.now, **values}).fetchone()


Action = Callable[[Scene], int]

_HISTORY = """INSERT INTO public.stage_history (deal_id, stage, entered_at, amount, expected_close)
              SELECT id, {stage}, %(now)s, amount, expected_close FROM changed RETURNING deal_id"""


def _changing(change: str, condition: str, stage: str) -> str:
    """An update of one deal together with its row of history."""
    return (
        f"WITH changed AS (UPDATE public.deals SET {change} WHERE id = %(id)s AND {condition} RETURNING *) "
        + _HISTORY.format(stage=stage)
    )


def new_lead(scene: Scene) -> int:
    """Somebody gets in touch."""
    weights = scene.company.origins(day_of(instant(scene.now)))
    region, source = scene.rng.choices(ORIGINS, weights)[0]
    team = [rep.id for rep in REPS if rep.region == region]
    found = scene.write(
        """INSERT INTO public.leads (created_at, source, region, company, rep_id)
           VALUES (%(now)s, %(source)s, %(region)s, %(company)s, %(rep)s) RETURNING id""",
        source=source,
        region=region,
        company=scene.rng.choice(COMPANIES),
        rep=scene.rng.choice(team) if scene.rng.random() > 0.05 else None,
    )
    if found:
        scene.pools.fresh_leads.append(int(str(found[0])))
    return 1


def drop_lead(scene: Scene) -> int:
    """A lead turns out to be a double and is deleted."""
    lead = scene.pools.take(scene.rng, scene.pools.fresh_leads)
    query = """DELETE FROM public.leads l WHERE id = %(id)s
               AND NOT EXISTS (SELECT FROM public.appointments a WHERE a.lead_id = l.id)
               AND NOT EXISTS (SELECT FROM public.deals d WHERE d.lead_id = l.id) RETURNING id"""
    return 1 if lead and scene.write(query, id=lead) else 0


def assign_lead(scene: Scene) -> int:
    """A lead goes to another seller of its region, or to its first one."""
    lead = scene.pools.pick(scene.rng, scene.pools.fresh_leads)
    query = """UPDATE public.leads l SET rep_id = (SELECT id FROM public.reps r WHERE r.region = l.region
               ORDER BY random() LIMIT 1) WHERE id = %(id)s RETURNING id"""
    return 1 if lead and scene.write(query, id=lead) else 0


def book(scene: Scene) -> int:
    """A lead makes an appointment."""
    lead = scene.pools.take(scene.rng, scene.pools.fresh_leads)
    starts = business_time(scene.rng, instant(scene.now + timedelta(days=1 + 7 * scene.rng.random())))
    query = """INSERT INTO public.appointments (lead_id, rep_id, booked_at, starts_at, status)
               SELECT id, rep_id, %(now)s, date_trunc('hour', %(starts)s::timestamptz), 'booked'
               FROM public.leads
               WHERE id = %(id)s RETURNING id"""
    return 1 if lead and scene.write(query, id=lead, starts=moment(starts)) else 0


def reschedule(scene: Scene) -> int:
    """An appointment to come is put off by some days."""
    appointment = scene.pools.pick(scene.rng, scene.pools.booked)
    query = """UPDATE public.appointments SET starts_at = starts_at + make_interval(days => %(days)s)
               WHERE id = %(id)s AND status = 'booked' RETURNING id"""
    days = scene.rng.choice((-1, 1, 1, 2))
    return 1 if appointment and scene.write(query, id=appointment, days=days) else 0


def hold(scene: Scene) -> int:
    """An appointment whose time has come is held, and often opens a deal; or the customer does not come."""
    appointment = scene.pools.take(scene.rng, scene.pools.due)
    held = comes(scene.rng, scene.company, None, instant(scene.now))
    query = """UPDATE public.appointments SET status = %(status)s WHERE id = %(id)s AND status = 'booked'
               RETURNING lead_id, rep_id"""
    found = appointment and scene.write(query, id=appointment, status="held" if held else "no_show")
    if not found:
        return 0
    return 1 + (_open_deal(scene, *found) if held and opens(scene.rng) else 0)


def _open_deal(scene: Scene, lead: object, rep: object) -> int:
    new = opening(scene.rng, scene.company, instant(scene.now))
    found = scene.write(
        """WITH changed AS (
             INSERT INTO public.deals
                 (lead_id, rep_id, source, product, amount, probability, opened_at, expected_close)
             VALUES (%(lead)s, %(rep)s, (SELECT source FROM public.leads WHERE id = %(lead)s), %(product)s,
                     %(amount)s, %(chance)s, %(now)s, %(now)s::date + 21) RETURNING *) """
        + _HISTORY.format(stage="'new'"),
        lead=lead,
        rep=rep,
        product=new.product,
        amount=cents_text(new.cents),
        chance=judged(scene.rng, "new"),
    )
    return 2 if found else 0


def move(scene: Scene) -> int:
    """An open deal goes to the next stage, or back to the one before."""
    deal = scene.pools.pick(scene.rng, scene.pools.open_deals)
    ahead = scene.rng.random() < 0.55
    pairs = list(pairwise(STAGES))
    steps = dict(pairs if ahead else [(after, before) for before, after in pairs])
    found = deal and scene.write(
        """SELECT stage FROM public.deals WHERE id = %(id)s AND status = 'open' FOR UPDATE""", id=deal
    )
    stage = steps.get(str(found[0])) if found else None
    query = _changing("stage = %(stage)s, probability = %(chance)s", "status = 'open'", "%(stage)s")
    if stage and scene.write(query, id=deal, stage=stage, chance=judged(scene.rng, stage)):
        return 2
    return 0


def correct(scene: Scene) -> int:
    """The amount of an open deal changes after another round of talks."""
    return _correct(scene, scene.pools.open_deals, "status = 'open'")


def correct_closed(scene: Scene) -> int:
    """The amount of a deal won today was mistyped."""
    return _correct(scene, scene.pools.closed_deals, "status = 'won'")


def _correct(scene: Scene, ids: list[int], condition: str) -> int:
    deal = scene.pools.pick(scene.rng, ids)
    found = deal and scene.write(
        f"SELECT (amount * 100)::bigint FROM public.deals WHERE id = %(id)s AND amount > 0 AND {condition}",
        id=deal,
    )
    if not found:
        return 0
    cents = int(str(found[0]))
    # As often up as down: corrections alone must not move the company.
    new = (
        corrected(scene.rng, cents)
        if scene.rng.random() < 0.5
        else cents * cents // max(1, corrected(scene.rng, cents))
    )
    stage = "CASE WHEN status = 'open' THEN stage ELSE status END"
    return (
        2
        if scene.write(_changing("amount = %(amount)s", condition, stage), id=deal, amount=cents_text(new))
        else 0
    )


def win(scene: Scene) -> int:
    """An open deal is won."""
    return _close(scene, "won")


def lose(scene: Scene) -> int:
    """An open deal is lost."""
    return _close(scene, "lost")


def _close(scene: Scene, status: str) -> int:
    deal = scene.pools.take(scene.rng, scene.pools.open_deals)
    change = "status = %(status)s, closed_at = %(now)s"
    condition = "status = 'open' AND opened_at <= %(now)s"
    if not deal or not scene.write(_changing(change, condition, "%(status)s"), id=deal, status=status):
        return 0
    scene.pools.closed_deals.append(deal)
    return 2


def reopen(scene: Scene) -> int:
    """A deal closed lately was not over after all."""
    deal = scene.pools.take(scene.rng, scene.pools.closed_deals)
    change = "status = 'open', closed_at = NULL, expected_close = %(now)s::date + 14"
    if not deal or not scene.write(_changing(change, "status IN ('won', 'lost')", "stage"), id=deal):
        return 0
    scene.pools.open_deals.append(deal)
    return 2


def drop_deal(scene: Scene) -> int:
    """An open deal was entered by mistake and is deleted, its history with it."""
    deal = scene.pools.take(scene.rng, scene.pools.open_deals)
    query = "DELETE FROM public.deals WHERE id = %(id)s AND status = 'open' RETURNING id"
    return 1 if deal and scene.write(query, id=deal) else 0


MIX: dict[Action, float] = {
    new_lead: 22,
    drop_lead: 1,
    assign_lead: 6,
    book: 9,
    reschedule: 4,
    hold: 14,
    move: 20,
    correct: 8,
    correct_closed: 3,
    win: 6,
    lose: 7,
    reopen: 2,
    drop_deal: 0.6,
}
"""How often each happens, before the day's pace turns it."""
