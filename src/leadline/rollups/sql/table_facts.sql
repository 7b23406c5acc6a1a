-- Whether statement triggers tell every change of a table, and what identifies it.
SELECT c.oid::bigint,
       c.relkind::text,
       EXISTS (SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhparent, i.inhrelid)) AS has_parts,
       EXISTS (SELECT FROM pg_subscription_rel AS p WHERE p.srrelid = c.oid) AS subscribed,
       c.relrowsecurity,
       c.relfilenode::bigint,
       (SELECT array_agg(format('%%s:%%s:%%s', a.attrelid, a.attname, a.xmin))
          FROM pg_attribute AS a
         WHERE a.attrelid = c.oid AND a.attname = ANY (%(columns)s) AND NOT a.attisdropped) AS columns,
       (SELECT array_agg(format('%%s:%%s', g.oid, g.xmin))
          FROM pg_trigger AS g
         WHERE g.tgrelid = c.oid AND g.tgenabled IN ('O', 'A')
           AND g.tgfoid = to_regproc(%(function)s)) AS triggers,
       EXISTS (SELECT FROM pg_trigger AS g
                WHERE g.tgrelid = c.oid AND g.tgenabled NOT IN ('O', 'A')
                  AND g.tgfoid = to_regproc(%(function)s)) AS switched_off
  FROM pg_class AS c
 WHERE c.oid = to_regclass(%(name)s)
