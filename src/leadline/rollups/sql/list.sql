-- Everything that is recorded of our rollups.
SELECT name, definition, version, refreshed_at, took_ms, rows, inexact, error, error_at,
       clock_timestamp() - finished_at >= make_interval(secs => took_ms / 1000) AS rested
  FROM leadline.rollup_state
 ORDER BY name
