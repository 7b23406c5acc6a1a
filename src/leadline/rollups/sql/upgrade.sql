-- From the first version, whose marks did not say where. All its rollups are built anew.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute
                WHERE attrelid = to_regclass('leadline.change_mark') AND attname = 'source_table') THEN
        SET LOCAL lock_timeout = '500ms';
        DROP FUNCTION IF EXISTS leadline.mark_change() CASCADE;
        DROP TABLE leadline.change_mark;
        ALTER TABLE leadline.rollup_state
            ADD COLUMN filenodes oid[], ADD COLUMN columns text[], ADD COLUMN marks oid,
            ADD COLUMN thinned bigint NOT NULL DEFAULT 0, ADD COLUMN finished_at timestamptz;
    END IF;
    IF to_regclass('leadline.rollup_state') IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = to_regclass('leadline.rollup_state') AND attname = 'whole') THEN
        SET LOCAL lock_timeout = '500ms';
        ALTER TABLE leadline.rollup_state ADD COLUMN whole boolean;
        ALTER TABLE IF EXISTS leadline.change_mark ALTER COLUMN everywhere DROP NOT NULL;
    END IF;
END
$$
