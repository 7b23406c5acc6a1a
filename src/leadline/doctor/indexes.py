"""Tables that lack an index which begins with certain columns."""

from __future__ import annotations

from collections.abc import Sequence

from leadline.doctor.patient import Patient

MANY = 1000
"""Rows from which on an index pays; a table that was never analysed counts as large."""
_LACKS = """
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname || '.' || c.relname = %(table)s AND c.relkind IN ('r', 'p', 'm')
       AND (c.reltuples < 0 OR c.reltuples >= %(many)s OR c.relkind = 'p')
       AND (SELECT count(*) FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid = c.oid AND a.attname = ANY (%(columns)s::text[]) AND NOT a.attisdropped)
           = cardinality(%(columns)s::text[])
       AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_index AS i
            WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL
              AND (SELECT array_agg(a.attname::text ORDER BY a.attname)
                     FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place)
                     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
                    WHERE k.place <= cardinality(%(columns)s::text[]))
                  = ARRAY(SELECT unnest(%(columns)s::text[]) ORDER BY 1)))
"""


async def lacks_index(patient: Patient, table: str, columns: Sequence[str]) -> bool:
    """Whether a large table has these columns, and no whole index that begins with them in any order."""
    found = await patient.reader.value(_LACKS, table=table, columns=list(columns), many=MANY)
    return bool(found)
