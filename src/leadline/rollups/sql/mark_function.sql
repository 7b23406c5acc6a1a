-- Marks the buckets of the rows that one statement changed. It must never make a customer's write fail: what it
-- cannot work out is marked as a change everywhere; without our table it does nothing, and no reader trusts a
-- rollup then. It runs as the owner of the schema, whoever writes, and with the settings of the session that
-- refreshes, so that both find the same bucket for a row.
CREATE OR REPLACE FUNCTION leadline.{function}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT SET "TimeZone" FROM CURRENT SET "DateStyle" FROM CURRENT
    SET "IntervalStyle" FROM CURRENT SET extra_float_digits FROM CURRENT
AS {body}
