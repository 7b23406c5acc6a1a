"""Questions that are read together: few transactions, none held up or spoilt by another, none left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.engine.sitting import Sitting
from leadline.engine.snapshot import Snapshot
from leadline.planner.plan import Statement
from leadline.sources.postgres import ReadConflictError, Reader, Source
from tests.integration.engine.conftest import Setting
from tests.support.sources import until

_ONE = Statement("SELECT txid_current_snapshot()::text", {})
_SLOW = Statement("SELECT pg_sleep(30)", {})
_WRONG = Statement("SELECT 1 / %(zero)s", {"zero": 0})


def _reads(statement: Statement) -> Any:
    async def read(snapshot: Snapshot) -> Any:
        return (await snapshot.reader.fetch(statement))[0][0]

    return read


@pytest.fixture
def begun(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """Every transaction that is begun."""
    readers: list[Reader] = []
    original = Source.reading

    @asynccontextmanager
    async def counted(source: Source, **options: Any) -> AsyncIterator[Reader]:
        async with original(source, **options) as reader:
            readers.append(reader)
            yield reader

    monkeypatch.setattr(Source, "reading", counted)
    return readers


async def _left(sitting: Sitting, work: Any) -> Any:
    try:
        return await sitting.read(work)
    except LeadlineError as error:
        return error.code
    finally:
        await sitting.leave()


async def _nothing_open(setting: Setting) -> None:
    """Until no transaction of the product is open any more."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leadline' AND xact_start IS NOT NULL"
    )
    async with await psycopg.AsyncConnection.connect(setting.database.admin, autocommit=True) as connection:

        async def none() -> bool:
            return (await (await connection.execute(query)).fetchone()) == (0,)

        await until(none, 10)


async def test_many_questions_need_few_transactions(setting: Setting, begun: list[Reader]) -> None:
    sitting = Sitting(setting.source, 40, 8)
    answers = await asyncio.gather(*(_left(sitting, _reads(_ONE)) for _ in range(40)))
    assert len(answers) == 40
    assert len(begun) < 8
    await _nothing_open(setting)


async def test_one_that_fails_takes_no_other_with_it(setting: Setting, begun: list[Reader]) -> None:
    sitting = Sitting(setting.source, 9, 1)
    works = [_reads(_WRONG if place % 3 == 1 else _ONE) for place in range(9)]
    answers = await asyncio.gather(*(_left(sitting, work) for work in works))
    assert [isinstance(one, str) and ":" in one for one in answers] == [place % 3 != 1 for place in range(9)]
    await _nothing_open(setting)


async def test_a_slow_one_holds_nobody_up(setting: Setting, begun: list[Reader]) -> None:
    sitting = Sitting(setting.source, 12, 3)
    slow = [asyncio.create_task(_left(sitting, _reads(_SLOW))) for _ in range(2)]
    async with asyncio.timeout(15):
        await asyncio.gather(*(_left(sitting, _reads(_ONE)) for _ in range(10)))
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    await _nothing_open(setting)


async def test_what_a_swap_cut_off_is_read_again(setting: Setting) -> None:
    sitting, tries = Sitting(setting.source, 1, 2), 0

    async def cut_once(snapshot: Snapshot) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ReadConflictError(LeadlineError("timeout", "cut", "Ask again."))
        return tries

    assert await _left(sitting, cut_once) == 2


async def test_who_leaves_while_waiting_takes_no_place(setting: Setting) -> None:
    sitting = Sitting(setting.source, 3, 1)
    slow = asyncio.create_task(_left(sitting, _reads(_SLOW)))
    await asyncio.sleep(0.2)
    waiting = [asyncio.create_task(_left(sitting, _reads(_ONE))) for _ in range(2)]
    await asyncio.sleep(0.1)
    waiting[0].cancel()
    slow.cancel()
    async with asyncio.timeout(10):
        assert await waiting[1]
    await asyncio.gather(slow, waiting[0], return_exceptions=True)
    await _nothing_open(setting)


async def test_a_source_that_is_away_is_told_to_all(setting: Setting) -> None:
    await setting.source.close()
    sitting = Sitting(setting.source, 3, 2)
    answers = await asyncio.gather(*(_left(sitting, _reads(_ONE)) for _ in range(3)), return_exceptions=True)
    assert all(one == "source_unavailable" for one in answers), answers
