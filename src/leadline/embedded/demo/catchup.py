"""Goes on where the history ended: what was open then moves on, what is new comes, up to now."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from psycopg import Connection

from leadline.embedded.demo.chance import chance
from leadline.embedded.demo.company import Company
from leadline.embedded.demo.days import DAY, day_of, instant, moment
from leadline.embedded.demo.history import Customer, Historian, judged
from leadline.embedded.demo.life import Step, comes, course, opens, win_chance
from leadline.embedded.demo.load import CHUNK, failing_plainly, flush, write_plan
from leadline.embedded.demo.rows import COLUMNS, Rows, cents_text, day_text, instant_text, line
from leadline.embedded.demo.world import REPS

_BY_ID = {rep.id: rep for rep in REPS}
_BOOKS_LATE = 0.25
"""Share of the bookings that come more than a day after their lead."""


def catch_up(connection: Connection, now: datetime) -> int:
    """Fills the gap in one transaction; two at once wait for each other. Gives the number of rows written."""
    with failing_plainly(), connection.transaction():
        state = connection.execute(
            "SELECT seed, present, until, volume FROM demo_company.state FOR UPDATE"
        ).fetchone()
        if state is None or now <= state[2]:
            return 0
        seed, present, until, volume = state
        company = Company(seed, instant(present))
        # What somebody else wrote since then must not be overtaken by ids of ours.
        connection.execute("LOCK TABLE public.leads, public.appointments, public.deals, public.stage_history")
        rows = Rows(ids=_last_ids(connection))
        writer = Historian(company, chance(f"{seed} {until.isoformat()}"), instant(now), rows)
        done = _go_on(connection, writer, instant(until))
        done += _new_days(connection, writer, instant(until), volume)
        write_plan(connection, company, volume, instant(now))
        _remember(connection, rows, now)
    connection.execute("ANALYZE public.leads, public.appointments, public.deals, public.stage_history")
    return done


def _last_ids(connection: Connection) -> dict[str, int]:
    query = (
        "SELECT greatest(coalesce(max(id), 0), (SELECT last_value FROM public.{0}_id_seq)) FROM public.{0}"
    )
    return {table: _one(connection, query.format(table)) for table in COLUMNS}


def _one(connection: Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _go_on(connection: Connection, writer: Historian, until: int) -> int:
    done = _late_bookings(connection, writer, until)
    done += _keep_appointments(connection, writer)
    done += _move_deals(connection, writer, until)
    return done


def _late_bookings(connection: Connection, writer: Historian, until: int) -> int:
    """Leads of the last two days before the cut may still have been about to book."""
    found = connection.execute(
        """SELECT l.id, l.region, l.source, l.rep_id FROM public.leads l
           WHERE l.created_at > %s AND l.created_at <= %s
             AND NOT EXISTS (SELECT FROM public.appointments a WHERE a.lead_id = l.id)
           ORDER BY l.id""",
        [moment(until - 2 * DAY), moment(until)],
    ).fetchall()
    before = len(writer.rows)
    share = _BOOKS_LATE * min(1.0, (writer.end - until) / DAY)
    for lead, region, source, rep in found:
        if writer.rng.random() < share:
            writer.appointment(Customer(lead, region, source, _BY_ID.get(rep)), until)
    return len(writer.rows) - before


def _keep_appointments(connection: Connection, writer: Historian) -> int:
    found = connection.execute(
        """SELECT a.id, a.starts_at, a.lead_id, l.region, l.source, a.rep_id
           FROM public.appointments a LEFT JOIN public.leads l ON l.id = a.lead_id
           WHERE a.status = 'booked' AND a.starts_at <= %s ORDER BY a.starts_at, a.id""",
        [moment(writer.end)],
    ).fetchall()
    changes: list[str] = []
    for appointment, starts_at, lead, region, source, rep in found:
        starts = instant(starts_at)
        held = comes(writer.rng, writer.company, region, starts)
        changes.append(line(appointment, "held" if held else "no_show"))
        if held and opens(writer.rng):
            writer.deal(Customer(lead, region or "Online", source, _BY_ID.get(rep)), starts + DAY // 24)
    _update(connection, "appointments", "status text", "status = c.status", changes)
    return len(changes)


def _move_deals(connection: Connection, writer: Historian, until: int) -> int:
    found = connection.execute(
        """SELECT d.id, d.stage, (d.amount * 100)::bigint, d.expected_close, d.source, d.rep_id,
                  coalesce(h.last, d.opened_at)
           FROM public.deals d LEFT JOIN LATERAL (
               SELECT max(entered_at) AS last FROM public.stage_history WHERE deal_id = d.id) h ON true
           WHERE d.status = 'open' AND d.opened_at <= %s ORDER BY d.id""",
        [moment(until)],
    ).fetchall()
    changes: list[str] = []
    for deal, stage, cents, expected, source, rep_id, entered_at in found:
        at = max(until, instant(entered_at))
        here = Step(at, stage, cents, expected.toordinal() if expected else day_of(at) + 14)
        steps = _steps_after(writer, here, source, rep_id)
        if steps:
            writer.write_steps(deal, steps)
            changes.append(_changed(writer.rng, deal, here, steps))
    _update(
        connection,
        "deals",
        "status text, stage text, amount numeric(12,2), probability numeric(4,3), closed_at timestamptz, "
        "expected_close date",
        "status = c.status, stage = c.stage, amount = c.amount, closed_at = c.closed_at, "
        "expected_close = c.expected_close, probability = coalesce(c.probability, t.probability)",
        changes,
    )
    return len(changes)


def _steps_after(writer: Historian, here: Step, source: str | None, rep_id: int | None) -> list[Step]:
    rep = _BY_ID.get(rep_id) if rep_id else None
    stage = ("new", "qualified", "proposal", "negotiation").index(here.stage)
    chance = win_chance(writer.company, source, rep, here.at, stage)
    online = rep is not None and rep.region == "Online"
    steps = course(writer.rng, writer.company, here, chance, online, going_on=True)
    return [step for step in steps if step.at <= writer.end]


def _changed(rng: Random, deal: int, here: Step, steps: list[Step]) -> str:
    last = steps[-1]
    closed = last.stage in {"won", "lost"}
    stage = (here, *steps)[-2].stage if closed else last.stage
    status = last.stage if closed else "open"
    closed_at = instant_text(last.at) if closed else None
    probability = None if stage == here.stage else judged(rng, stage)
    return line(deal, status, stage, cents_text(last.cents), probability, closed_at, day_text(last.expected))


def _update(connection: Connection, table: str, columns: str, changes: str, lines: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE changed (id bigint, {columns}) ON COMMIT DROP")
        with cursor.copy("COPY changed FROM STDIN") as copy:
            copy.write("".join(lines))
        cursor.execute(f"UPDATE public.{table} t SET {changes} FROM changed c WHERE c.id = t.id")  # noqa: S608
        cursor.execute("DROP TABLE changed")


def _new_days(connection: Connection, writer: Historian, until: int, volume: float) -> int:
    done = 0
    for _count in writer.days(until, volume):
        if len(writer.rows) >= CHUNK:
            done += len(writer.rows)
            flush(connection, writer.rows)
    done += len(writer.rows)
    flush(connection, writer.rows)
    return done


def _remember(connection: Connection, rows: Rows, now: datetime) -> None:
    for table, last in rows.ids.items():
        connection.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f"public.{table}", last + 1]
        )
    connection.execute("UPDATE demo_company.state SET until = %s", [now.astimezone(UTC)])
