-- Of several marks for one place the youngest is enough, where there are many. Run only while no refresh is under
-- way: whoever sees this sees every mark that it looked at, and every later refresh has seen their transactions.
WITH many AS (
    SELECT rollup FROM leadline.change_mark GROUP BY rollup HAVING count(*) > %(many)s
), gone AS (
    DELETE FROM leadline.change_mark AS m
     USING (SELECT rollup, everywhere, bucket, max(xid) AS xid
              FROM leadline.change_mark JOIN many USING (rollup) GROUP BY 1, 2, 3) AS youngest
     WHERE m.rollup = youngest.rollup AND m.everywhere IS NOT DISTINCT FROM youngest.everywhere
       AND m.bucket IS NOT DISTINCT FROM youngest.bucket AND m.xid < youngest.xid
    RETURNING m.rollup
)
UPDATE leadline.rollup_state SET thinned = thinned + 1 WHERE name IN (SELECT rollup FROM gone)
