"""Sessions with our own database: one block, one transaction."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import select, update

from leadline.core.errors import LeadlineError
from leadline.storage.session import State
from leadline.storage.tables import organisation
from tests.support.databases import Database


async def _name(state: State) -> str:
    async with state.reading() as reader:
        row = await reader.one(select(organisation.c.name))
    return str(row[0]) if row else ""


async def test_a_block_is_committed_whole_or_not_at_all(state: State) -> None:
    with pytest.raises(RuntimeError):
        async with state.writing() as writer:
            assert await writer.run(update(organisation).values(name="Half")) == 1
            raise RuntimeError
    assert await _name(state) == "Main"
    async with state.writing() as writer:
        await writer.run(update(organisation).values(name="Whole"))
    assert await _name(state) == "Whole"


async def test_a_connection_that_was_cut_is_replaced(state: State, state_database: Database) -> None:
    await state.ping()
    with psycopg.connect(state_database.admin, autocommit=True) as connection:
        own = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'leadline'"
        connection.execute(own + " AND datname = current_database()")
    await state.ping()


async def test_a_database_that_is_away_is_named_without_its_password() -> None:
    away = State("postgresql://user:geheim@127.0.0.1:1/x")
    with pytest.raises(LeadlineError) as refused:
        await away.ping()
    assert refused.value.code == "state_unavailable"
    assert "geheim" not in str(refused.value.to_json())
    await away.close()


@pytest.mark.parametrize(
    "setting", ["service=x", "passfile=/etc/passwd", "options=-c%20x", "hostaddr=10.0.0.1"]
)
def test_a64_an_address_cannot_make_the_driver_read_files(setting: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        State(f"postgresql://u@127.0.0.1/x?{setting}")
    assert setting.split("=", maxsplit=1)[0] in refused.value.why


def test_an_address_that_is_none_is_named_without_its_text() -> None:
    with pytest.raises(LeadlineError) as refused:
        State("postgres//geheim")
    assert refused.value.code == "state_unavailable"
    assert "geheim" not in str(refused.value.to_json())
