-- A rollup now holds what this transaction's snapshot sees, or one elsewhere (`as_of`: when that was taken).
-- `rows` of a refresh in part is the difference.
INSERT INTO leadline.rollup_state AS s
       (name, definition, relation, tables, table_names, filenodes, columns, triggers, marks, inexact, cluster, seen, whole,
        version, refreshed_at, finished_at, took_ms, rows)
SELECT %(name)s, %(digest)s, to_regclass(format('leadline.%%I', %(name)s::text))::oid, %(tables)s::oid[],
       %(table_names)s::text[], %(filenodes)s::oid[], %(columns)s::text[], %(triggers)s::text[],
       to_regclass('leadline.change_mark')::oid, %(inexact)s::text, (SELECT system_identifier FROM pg_control_system()),
       pg_current_snapshot(), %(whole)s::boolean, 1, coalesce(%(as_of)s::timestamptz, transaction_timestamp()), clock_timestamp(),
       extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000, %(rows)s
    ON CONFLICT (name) DO UPDATE
   SET definition = EXCLUDED.definition, relation = EXCLUDED.relation, tables = EXCLUDED.tables,
       table_names = EXCLUDED.table_names, filenodes = EXCLUDED.filenodes, columns = EXCLUDED.columns,
       triggers = EXCLUDED.triggers, marks = EXCLUDED.marks, inexact = EXCLUDED.inexact, cluster = EXCLUDED.cluster,
       seen = EXCLUDED.seen, whole = EXCLUDED.whole, version = s.version + 1, refreshed_at = EXCLUDED.refreshed_at,
       finished_at = EXCLUDED.finished_at, took_ms = EXCLUDED.took_ms, error = NULL, error_at = NULL,
       rows = EXCLUDED.rows + CASE WHEN %(in_part)s THEN s.rows ELSE 0 END
RETURNING version, took_ms, refreshed_at
