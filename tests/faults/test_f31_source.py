"""F31, the source's part: a source that is down is said at once, and found again without a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded.postgres import PostgresServer
from leadline.sources.postgres import Login, Source, SourceSettings, parse_url
from tests.support.databases import Database
from tests.support.relay import Relay
from tests.support.servers import Home, folder, running_primary
from tests.support.sources import kill, one, opened
from tests.support.waiting import LATE, best_of, until


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    with folder("f31") as path, running_primary(Home.at(path)) as found:
        yield found


async def _refused(source: Source) -> tuple[str, float]:
    """The code of the refusal and the seconds until it came."""
    started = time.monotonic()
    with pytest.raises(LeadlineError) as refused:
        await one(source)
    return refused.value.code, time.monotonic() - started


async def _answers(source: Source) -> bool:
    try:
        return await one(source) == [(1,)]
    except LeadlineError:
        return False


async def test_f31_a_killed_source_is_said_within_a_second_and_found_again(server: PostgresServer) -> None:
    async with opened(SourceSettings(parse_url(server.dsn()))) as source:
        assert await _answers(source)
        kill(server)
        code, seconds = await _refused(source)
        assert (code, seconds < 1 + LATE) == ("source_unavailable", True)
        server.start()
        await until(lambda: _answers(source), 10)


async def test_f31_a_frozen_source_is_said_within_a_second_and_found_again(database: Database) -> None:
    login = parse_url(database.reader)
    async with Relay(login.port) as relay, _through(relay, login) as source:
        assert await _answers(source)
        relay.freeze()
        code, seconds = await _refused(source)
        assert (code, seconds < 1 + LATE) == ("source_unavailable", True)

        async def again() -> float:
            code, seconds = await _refused(source)
            assert code == "source_unavailable"
            return seconds

        assert await best_of(again, 0.1) < 0.1, "nobody waits for it again at once"
        await relay.mend()
        await until(lambda: _answers(source), 10)


def _through(relay: Relay, login: Login) -> AbstractAsyncContextManager[Source]:
    return opened(SourceSettings(replace(login, port=relay.port)))
