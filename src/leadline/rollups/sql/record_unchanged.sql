-- Nothing that it is made from changed since the last refresh: the rows hold for this snapshot as well.
UPDATE leadline.rollup_state
   SET seen = pg_current_snapshot(), refreshed_at = transaction_timestamp(), finished_at = clock_timestamp(),
       error = NULL, error_at = NULL
 WHERE name = %(name)s
RETURNING version, took_ms, refreshed_at
