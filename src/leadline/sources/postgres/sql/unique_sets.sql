-- Sets of columns that valid, complete, immediate unique indexes hold unique.
SELECT n.nspname AS schema_name,
       c.relname AS table_name,
       array_agg(a.attname::text ORDER BY a.attname) AS columns
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place) ON k.place <= i.indnkeyatts
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
 WHERE (c.relkind = 'p' OR NOT c.relhassubclass)
   AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'leadline')
 GROUP BY n.nspname, c.relname, i.indexrelid
