-- Whether statement triggers tell every change of a table, and whether ours is there.
SELECT c.oid::bigint,
       c.relkind::text,
       c.relispartition OR EXISTS (
           SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhparent, i.inhrelid)) AS has_parts,
       EXISTS (SELECT FROM pg_subscription_rel AS p WHERE p.srrelid = c.oid) AS subscribed,
       c.relrowsecurity,
       (SELECT format('%%s:%%s', g.oid, g.xmin)
          FROM pg_trigger AS g
         WHERE g.tgrelid = c.oid AND g.tgname = 'leadline_mark' AND g.tgenabled IN ('O', 'A')
           AND g.tgfoid = to_regproc('leadline.mark_change')) AS mark
  FROM pg_class AS c
 WHERE c.oid = to_regclass(%(name)s)
