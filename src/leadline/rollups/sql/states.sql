-- What is known of rollups in the present snapshot. Stale is one of which nobody can say where it changed: a
-- mark says so, or there are too many; its table's name means another relation now, was rewritten, lost or
-- changed a column, got parts; its triggers are missing, off, or were touched since (then writes may have gone
-- unmarked); or its rows were copied from another cluster.
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
               OR s.marks IS DISTINCT FROM to_regclass('leadline.change_mark')::oid
               OR coalesce(m.everywhere, false) OR m.marks > %(most)s
               OR EXISTS (
                   SELECT FROM unnest(s.tables, s.table_names, s.filenodes) AS t (oid, name, filenode)
                    WHERE to_regclass(t.name)::oid IS DISTINCT FROM t.oid
                       OR NOT EXISTS (
                           SELECT FROM pg_class AS c
                            WHERE c.oid = t.oid AND c.relfilenode = t.filenode AND NOT c.relrowsecurity)
                       OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = t.oid)
                       OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = t.oid)
                       OR EXISTS (SELECT FROM pg_subscription_rel AS p WHERE p.srrelid = t.oid))
               OR cardinality(s.triggers) <> (
                   SELECT count(*)
                     FROM pg_trigger AS g
                    WHERE g.tgrelid = ANY (s.tables) AND g.tgenabled IN ('O', 'A')
                      AND format('%%s:%%s', g.oid, g.xmin) = ANY (s.triggers))
               OR cardinality(s.columns) <> (
                   SELECT count(*)
                     FROM pg_attribute AS a
                    WHERE a.attrelid = ANY (s.tables) AND a.attnum > 0
                      AND format('%%s:%%s:%%s', a.attrelid, a.attname, a.xmin) = ANY (s.columns))
       END AS stale,
       m.buckets,
       m.marks,
       s.thinned,
       s.inexact IS NULL AS exact,
       s.whole
  FROM leadline.rollup_state AS s
 CROSS JOIN LATERAL (
       SELECT count(*) AS marks, bool_or(coalesce(u.everywhere, s.whole IS NOT TRUE)) AS everywhere,
              array_agg(DISTINCT u.bucket) FILTER (WHERE NOT u.everywhere) AS buckets
         FROM (SELECT m.everywhere, m.bucket
                 FROM leadline.change_mark AS m
                WHERE m.rollup = s.name
                  AND m.xid >= pg_snapshot_xmin(s.seen)
                  AND NOT pg_visible_in_snapshot(m.xid, s.seen)
                LIMIT %(most)s + 1) AS u) AS m
 WHERE s.name = ANY (%(names)s)
