-- Everything that is recorded of our rollups.
SELECT name, definition, version, refreshed_at, took_ms, rows, inexact, error, error_at, finished_at
  FROM leadline.rollup_state
 ORDER BY name
