-- What is known of rollups in the present snapshot. Stale is also one whose table's name means another relation
-- now, whose trigger is missing, off, or was touched since (then writes may have gone unmarked), or whose rows
-- were copied from another cluster.
SELECT s.name,
       s.definition,
       s.version,
       s.refreshed_at,
       s.relation IS NULL
           OR s.relation IS DISTINCT FROM to_regclass(format('leadline.%%I', s.name))::oid AS gone,
       CASE
           WHEN s.inexact IS NOT NULL
               THEN clock_timestamp() - s.refreshed_at > make_interval(secs => %(age_bound)s)
           ELSE s.cluster IS DISTINCT FROM (SELECT system_identifier FROM pg_control_system())
               OR EXISTS (
                   SELECT FROM leadline.change_mark AS m
                    WHERE m.source_table = ANY (s.tables)
                      AND m.xid >= pg_snapshot_xmin(s.seen)
                      AND NOT pg_visible_in_snapshot(m.xid, s.seen))
               OR EXISTS (
                   SELECT FROM unnest(s.tables, s.table_names, s.triggers) AS t (oid, name, mark)
                    WHERE to_regclass(t.name)::oid IS DISTINCT FROM t.oid
                       OR NOT EXISTS (
                           SELECT FROM pg_trigger AS g
                            WHERE g.tgrelid = t.oid AND g.tgenabled IN ('O', 'A')
                              AND format('%%s:%%s', g.oid, g.xmin) = t.mark))
       END AS stale
  FROM leadline.rollup_state AS s
 WHERE s.name = ANY (%(names)s)
