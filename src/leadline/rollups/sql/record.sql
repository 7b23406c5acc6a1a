-- A rollup now holds what this transaction's snapshot sees.
INSERT INTO leadline.rollup_state AS s
       (name, definition, relation, tables, table_names, triggers, inexact, cluster, seen, version, refreshed_at, took_ms, rows)
SELECT %(name)s, %(digest)s, to_regclass(format('leadline.%%I', %(name)s::text))::oid, %(tables)s::oid[],
       %(table_names)s::text[], %(triggers)s::text[], %(inexact)s::text, (SELECT system_identifier FROM pg_control_system()),
       pg_current_snapshot(), 1, transaction_timestamp(),
       extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000, %(rows)s
    ON CONFLICT (name) DO UPDATE
   SET definition = EXCLUDED.definition, relation = EXCLUDED.relation, tables = EXCLUDED.tables,
       table_names = EXCLUDED.table_names, triggers = EXCLUDED.triggers, inexact = EXCLUDED.inexact, cluster = EXCLUDED.cluster,
       seen = EXCLUDED.seen, version = s.version + 1, refreshed_at = EXCLUDED.refreshed_at,
       took_ms = EXCLUDED.took_ms, rows = EXCLUDED.rows, error = NULL, error_at = NULL
RETURNING version, took_ms, refreshed_at
