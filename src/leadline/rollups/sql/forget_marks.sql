-- Removes the marks that every rollup of their table has seen. Run only while no refresh is under way.
DELETE FROM leadline.change_mark AS m
 WHERE NOT EXISTS (
     SELECT FROM leadline.rollup_state AS s
      WHERE s.inexact IS NULL AND s.seen IS NOT NULL AND m.source_table = ANY (s.tables)
        AND NOT pg_visible_in_snapshot(m.xid, s.seen))
