-- The last good rows stay; why there are no newer ones is kept beside them.
INSERT INTO leadline.rollup_state (name, error, error_at)
VALUES (%(name)s, %(error)s, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET error = EXCLUDED.error, error_at = EXCLUDED.error_at
