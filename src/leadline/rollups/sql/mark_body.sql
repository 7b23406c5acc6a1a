#variable_conflict use_column
DECLARE
    v_buckets     pg_catalog.timestamptz[];
    v_everywhere  pg_catalog.bool := true;
    v_arrived     pg_catalog.bool := false;
BEGIN
    IF pg_catalog.to_regclass('leadline.change_mark') IS NULL THEN
        RETURN NULL;
    END IF;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            {insert}
        ELSIF TG_OP = 'UPDATE' THEN
            {update}
        ELSIF TG_OP = 'DELETE' THEN
            {delete}
        END IF;
    EXCEPTION WHEN OTHERS THEN
        v_everywhere := true;
    END;
    IF v_everywhere THEN
        INSERT INTO leadline.change_mark (rollup, xid, everywhere)
        VALUES ({rollup}, pg_catalog.pg_current_xact_id(), true)
        ON CONFLICT DO NOTHING;
    ELSIF v_arrived THEN
        INSERT INTO leadline.change_mark (rollup, xid)
        VALUES ({rollup}, pg_catalog.pg_current_xact_id())
        ON CONFLICT DO NOTHING;
    ELSIF v_buckets IS NOT NULL THEN
        INSERT INTO leadline.change_mark (rollup, xid, everywhere, bucket)
        SELECT {rollup}, pg_catalog.pg_current_xact_id(), false, v_bucket
          FROM pg_catalog.unnest(v_buckets) AS v_bucket
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
