-- Nothing that it is made from changed since the last refresh: the rows hold for this snapshot as well. Marks that
-- meant nothing to it are seen now: that counts as thinned out, so that the count of the others is not taken for an
-- older one.
UPDATE leadline.rollup_state
   SET seen = pg_current_snapshot(), refreshed_at = transaction_timestamp(), finished_at = clock_timestamp(),
       thinned = thinned + (%(marks)s > 0)::int,
       error = NULL, error_at = NULL
 WHERE name = %(name)s
RETURNING version, took_ms, refreshed_at
