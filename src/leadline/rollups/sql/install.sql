-- Our objects in a source, all in the schema `leadline`. Run again, it changes nothing and locks nothing.
CREATE TABLE IF NOT EXISTS leadline.rollup_state (
    name          text PRIMARY KEY,
    definition    text,          -- hash of the SELECT and the indexes that it was built from
    relation      oid,           -- the relation itself: a name alone may already mean another one
    tables        oid[],         -- the tables that it reads
    table_names   text[],        -- their names, in the same order
    filenodes     oid[],         -- their storage: changes when one is rewritten
    columns       text[],        -- the identity of their columns that it reads
    triggers      text[],        -- the identity of their triggers: changes when one is switched off and on
    marks         oid,           -- the table of marks that the triggers write to
    inexact       text,          -- why changes cannot be noticed (then it serves for some seconds only)
    cluster       bigint,        -- transaction numbers mean something in this cluster only
    seen          pg_snapshot,   -- the transactions that its rows reflect
    whole         boolean,       -- every row of it that names a partner in a joined table has found one
    thinned       bigint NOT NULL DEFAULT 0,   -- how often its marks were thinned out
    version       bigint NOT NULL DEFAULT 0,
    refreshed_at  timestamptz,
    finished_at   timestamptz,
    took_ms       double precision,
    rows          bigint,
    error         text,
    error_at      timestamptz
);

-- Where transactions changed what a rollup is made from: one row for each rollup, transaction and bucket (of
-- dates, their midnight in UTC). `everywhere`: nobody knows where; NULL: a joined table got rows, which matters
-- only to a rollup that is not whole.
CREATE TABLE IF NOT EXISTS leadline.change_mark (
    rollup      text        NOT NULL,
    xid         xid8        NOT NULL,
    everywhere  boolean,
    bucket      timestamptz,
    UNIQUE NULLS NOT DISTINCT (rollup, xid, everywhere, bucket)
)
