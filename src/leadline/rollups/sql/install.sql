-- Our objects in a source, all in the schema `leadline`. Run again, it changes nothing.
CREATE TABLE IF NOT EXISTS leadline.rollup_state (
    name          text PRIMARY KEY,
    definition    text,          -- hash of the SELECT and the indexes that it was built from
    relation      oid,           -- the materialized view itself: a name alone may already mean another one
    tables        oid[],         -- the tables that it reads
    table_names   text[],        -- their names, in the same order
    triggers      text[],        -- the identity of their triggers: changes when one is switched off and on
    inexact       text,          -- why changes cannot be noticed (then it serves for some seconds only)
    cluster       bigint,        -- transaction numbers mean something in this cluster only
    seen          pg_snapshot,   -- the transactions that its rows reflect
    version       bigint NOT NULL DEFAULT 0,
    refreshed_at  timestamptz,
    took_ms       double precision,
    rows          bigint,
    error         text,
    error_at      timestamptz
);

-- One row for each table and transaction that wrote to it. A rollup is stale while there is one that its
-- snapshot has not seen.
CREATE TABLE IF NOT EXISTS leadline.change_mark (
    source_table  oid  NOT NULL,
    xid           xid8 NOT NULL,
    PRIMARY KEY (source_table, xid)
);

-- It must never make a customer's write fail: without our table it does nothing, and no reader trusts a rollup
-- then. It runs as the owner of the schema, whoever writes.
CREATE OR REPLACE FUNCTION leadline.mark_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_catalog.to_regclass('leadline.change_mark') IS NOT NULL THEN
        INSERT INTO leadline.change_mark (source_table, xid)
        VALUES (TG_RELID, pg_catalog.pg_current_xact_id())
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION leadline.mark_change() FROM PUBLIC;
