-- Removes the marks that their rollup has seen. Run only while no refresh is under way.
DELETE FROM leadline.change_mark AS m
 WHERE NOT EXISTS (
     SELECT FROM leadline.rollup_state AS s
      WHERE s.name = m.rollup AND s.inexact IS NULL AND s.seen IS NOT NULL
        AND NOT pg_visible_in_snapshot(m.xid, s.seen))
