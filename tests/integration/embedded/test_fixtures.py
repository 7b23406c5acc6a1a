"""The servers that all other tests stand on."""

from __future__ import annotations

import psycopg
import pytest
import redis

from tests.support.databases import Database, Databases, Follower


def test_the_reader_reads_what_the_business_writes(database: Database) -> None:
    with psycopg.connect(database.business) as business:
        business.execute("CREATE TABLE deals AS SELECT 7 AS id")
    with psycopg.connect(database.reader) as reader:
        assert reader.execute("SELECT id FROM deals").fetchall() == [(7,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM deals")


def test_tables_in_a_new_schema_are_readable(database: Database) -> None:
    with psycopg.connect(database.business) as business:
        business.execute("CREATE SCHEMA crm")
        business.execute("CREATE TABLE crm.deals AS SELECT 7 AS id")
    with psycopg.connect(database.reader) as reader:
        assert reader.execute("SELECT id FROM crm.deals").fetchall() == [(7,)]


def test_rollups_own_their_schema_and_may_mark_changes(database: Database) -> None:
    with psycopg.connect(database.business) as business:
        business.execute("CREATE TABLE deals (id int)")
    with psycopg.connect(database.rollups) as rollups:
        rollups.execute("CREATE MATERIALIZED VIEW leadline.counts AS SELECT count(*) FROM deals")
        rollups.execute(
            "CREATE FUNCTION leadline.mark() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$"
        )
        rollups.execute(
            "CREATE TRIGGER mark AFTER INSERT ON deals FOR EACH STATEMENT EXECUTE FUNCTION leadline.mark()"
        )
    with psycopg.connect(database.business) as business:
        business.execute("INSERT INTO deals VALUES (1)")
    with psycopg.connect(database.reader) as reader:
        assert reader.execute("SELECT * FROM leadline.counts").fetchall() == [(0,)]


def test_a_database_is_copied_with_its_rows(databases: Databases, database: Database) -> None:
    with psycopg.connect(database.business) as business:
        business.execute("CREATE TABLE deals AS SELECT 7 AS id")
    copy = databases.create(template=database.name)
    with psycopg.connect(copy.reader) as reader:
        assert reader.execute("SELECT id FROM deals").fetchall() == [(7,)]
    databases.drop(copy)


def test_the_replica_follows_and_refuses_writes(database: Database, replica: Follower) -> None:
    with psycopg.connect(database.business) as business:
        business.execute("CREATE TABLE deals AS SELECT 7 AS id")
    replica.catch_up()
    with psycopg.connect(replica.database(database).business) as there:
        assert there.execute("SELECT id FROM deals").fetchall() == [(7,)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            there.execute("DELETE FROM deals")


def test_valkey_is_empty_and_wants_its_password(valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        assert client.dbsize() == 0
    with (
        redis.Redis.from_url(valkey.replace(":test@", ":wrong@")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
