"""The demo company at a size, made once and kept; larger ones have each row many times, a little moved."""

from __future__ import annotations

import sys

import psycopg
from psycopg import Connection

from bench.stack.sizes import AS_OF, ZONE, Size
from leadline.core.clock import Clock
from leadline.embedded import demo

_STRIDE = 10_000_000
"""How far the ids of one copy lie from those of the next."""
_MINUTES = 37
_MOVED = {
    "leads": ("id + {step}", "created_at - {back}", "source", "region", "company", "rep_id"),
    "appointments": (
        "id + {step}", "lead_id + {step}", "rep_id", "booked_at - {back}", "starts_at - {back}", "status"
    ),
    "deals": (
        "id + {step}", "lead_id + {step}", "rep_id", "source", "product", "status", "stage",
        "round(amount * (1 + n * 0.003), 2)", "probability", "opened_at - {back}", "closed_at - {back}",
        "expected_close",
    ),
}  # fmt: skip
"""The columns of a copy, in the tables' order. The history of stages is not copied: no tile reads it."""
_SAVED = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', c.conrelid::regclass, c.conname) AS drop,
       CASE WHEN c.contype <> 'f'
            THEN format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname,
                        pg_get_constraintdef(c.oid)) END AS make
  FROM pg_constraint AS c
 WHERE c.conrelid = ANY (%(tables)s::regclass[]) AND c.contype IN ('p', 'u', 'f')
 UNION ALL
SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
  FROM pg_index AS i
 WHERE i.indrelid = ANY (%(tables)s::regclass[]) AND NOT i.indisunique
 ORDER BY 1 DESC
"""


def make(dsn: str, size: Size) -> None:
    """Fills the empty database at `dsn` (of the company's role)."""
    _tell(f"makes {size.leads * size.copies:,} leads, once")
    demo.create(dsn, as_of=Clock.from_as_of(AS_OF, ZONE).now(), leads=size.leads)
    if size.copies > 1:
        with psycopg.connect(dsn) as connection:
            _multiply(connection, size.copies)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
    _tell("made")


def _multiply(connection: Connection, copies: int) -> None:
    """Copies without indexes, which are made anew; references are right by construction, and not checked."""
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    tables = [f"public.{name}" for name in _MOVED]
    saved = connection.execute(_SAVED, {"tables": tables}).fetchall()
    for drop, _ in saved:
        guarded = f"DO $$ BEGIN {drop}; EXCEPTION WHEN undefined_object THEN NULL; END $$"
        connection.execute(guarded.encode())
    for table, columns in _MOVED.items():
        texts = ", ".join(columns).format(step=f"n * {_STRIDE}", back=f"n * interval '{_MINUTES} minutes'")
        rows = f"SELECT {texts} FROM public.{table}, generate_series(1, {copies - 1}) AS n"
        connection.execute(f"INSERT INTO public.{table} {rows}".encode())
        _tell(f"{table} copied")
    connection.execute(f"UPDATE public.targets SET amount = amount * {copies}".encode())
    for _, make_again in saved:
        if make_again:
            connection.execute(make_again.encode())


def _tell(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()
