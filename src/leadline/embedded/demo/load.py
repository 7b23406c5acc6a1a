"""Makes the company in an empty source: tables, three years of rows by COPY, keys, plan. All or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

import psycopg
from psycopg import Connection, sql

from leadline.core.errors import LeadlineError
from leadline.embedded.demo.chance import chance
from leadline.embedded.demo.company import Company
from leadline.embedded.demo.days import day_of, instant, midnight, moment, part_gone
from leadline.embedded.demo.history import Historian
from leadline.embedded.demo.incidents import Incident
from leadline.embedded.demo.plan import month_after, quotas
from leadline.embedded.demo.rows import COLUMNS, Rows
from leadline.embedded.demo.world import REPS

YEARS = 3
WARM_UP = 75
"""Days before these years: the first leads need some weeks to become sales."""
CHUNK = 40_000
"""Rows gathered before they are copied: keeps memory flat."""
Progress = Callable[[int, int], None]
"""Called with the leads made so far and all that will be made."""


@dataclass(frozen=True, slots=True)
class Created:
    """What was made: rows by table, and the incidents to be written down."""

    rows: dict[str, int]
    incidents: tuple[Incident, ...]


def start_of(present: int) -> int:
    """The first instant of the history of a company of that present."""
    day = date.fromordinal(day_of(present))
    return midnight(date(day.year - YEARS, day.month, min(day.day, 28)).toordinal() - WARM_UP)


def create(
    connection: Connection, *, seed: int, leads: int, as_of: datetime, progress: Progress | None = None
) -> Created:
    """Fills an empty source in one transaction. The same seed, size and moment give the same rows."""
    company = Company(seed, instant(as_of))
    with failing_plainly(), connection.transaction():
        connection.execute(_script("schema.sql"))
        _people(connection, company)
        weights = _weights(company)
        volume = leads / sum(weights.values())
        rows = _history(connection, company, leads, weights, progress or _silent)
        _legacy(rows)
        flush(connection, rows)
        write_plan(connection, company, volume)
        _incidents(connection, company)
        connection.execute(_script("finish.sql"))
        _after_load(connection, company, rows, volume)
    return Created(dict(rows.ids), company.incidents)


@contextmanager
def failing_plainly() -> Iterator[None]:
    """What the database refuses becomes an error with a way out."""
    try:
        yield
    except psycopg.errors.DuplicateTable as error:
        raise LeadlineError(
            "conflict",
            f"the source already has tables of its own ({error.diag.message_primary})",
            "Use another --data-dir, or `leadline up` to work on that source.",
        ) from error
    except psycopg.errors.DiskFull as error:
        raise LeadlineError("disk_full", "the disk is full", "Make room, then start again.") from error


def _silent(_made: int, _of: int) -> None:
    return None


def _script(name: str) -> sql.SQL:
    text = files("leadline.embedded.demo").joinpath(name).read_text(encoding="utf-8")
    return sql.SQL(text)


def _people(connection: Connection, company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO public.reps VALUES (%s, %s, %s, %s, %s, 0, %s)",
            [
                (rep.id, rep.name, rep.email, rep.region, rep.manager, date.fromordinal(company.hired(rep)))
                for rep in REPS
            ],
        )


def _weights(company: Company) -> dict[int, float]:
    """How much each day of the history weighs; today only as far as it has come."""
    days = range(day_of(start_of(company.present)), company.today + 1)
    weights = {day: company.weight(day) for day in days}
    weights[company.today] *= part_gone(company.present)
    return weights


def _counts(weights: dict[int, float], leads: int) -> Iterator[tuple[int, int]]:
    """Shares `leads` out over the days, to the last one."""
    total, gone, given = sum(weights.values()), 0.0, 0
    for day, weight in weights.items():
        gone += weight
        upto = round(leads * gone / total)
        yield day, upto - given
        given = upto


def _history(
    connection: Connection, company: Company, leads: int, weights: dict[int, float], progress: Progress
) -> Rows:
    rows = Rows()
    writer = Historian(company, chance(company.seed), company.present, rows)
    for day, count in _counts(weights, leads):
        writer.day(day, count)
        if len(rows) >= CHUNK:
            flush(connection, rows)
            progress(min(rows.ids["leads"], leads), leads)
    progress(leads, leads)
    return rows


def flush(connection: Connection, rows: Rows) -> None:
    """Copies what is gathered."""
    with connection.cursor() as cursor:
        for table, text in rows.take().items():
            command = sql.SQL(f"COPY public.{table} ({COLUMNS[table]}) FROM STDIN")
            with cursor.copy(command) as copy:
                copy.write(text)


def _legacy(rows: Rows) -> None:
    """Deals won before the present system: no dates, some without source or amount."""
    for number in range(14):
        source = ("referral", None, "partner")[number % 3]
        amount = None if number == 9 else f"{3100 + 437 * number}.00"
        rows.add("deals", None, None, source, None, "won", "negotiation", amount, "0.780", None, None, None)


def write_plan(connection: Connection, company: Company, volume: float, until: int | None = None) -> None:
    """Adds the months of the plan that are missing, from the start to the end of next year."""
    last = date.fromordinal(day_of(company.present if until is None else until))
    first = date.fromordinal(day_of(start_of(company.present))).replace(day=1)
    month, rows = first, list[tuple[date, int, str]]()
    while month < date(last.year + 2, 1, 1):
        plan = quotas(company, volume, month)
        rows += [(month, rep, f"{cents // 100}.00") for rep, cents in plan.items()]
        month = month_after(month)
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO public.targets VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", rows)
    _quota_of_month(connection, last.replace(day=1))


def _quota_of_month(connection: Connection, month: date) -> None:
    connection.execute(
        """UPDATE public.reps SET quota = t.amount FROM public.targets t
           WHERE t.rep_id = id AND month_start = %s AND quota <> t.amount""",
        [month],
    )


def _incidents(connection: Connection, company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO demo_company.incidents VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (one.name, one.kind, moment(one.starts), moment(one.ends), list(one.regions), one.source,
                 one.rep, one.factor, one.about)
                for one in company.incidents
            ],
        )  # fmt: skip


def _after_load(connection: Connection, company: Company, rows: Rows, volume: float) -> None:
    for table, last in rows.ids.items():
        connection.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f"public.{table}", last + 1]
        )
    present = moment(company.present)
    connection.execute(
        "INSERT INTO demo_company.state (seed, present, until, volume) VALUES (%s, %s, %s, %s)",
        [company.seed, present, present, volume],
    )
