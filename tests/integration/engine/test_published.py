"""One version of the model for all nodes: published if it can be used, in use within a second or two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.engine import Engine, Models
from leadline.engine.origins import Shared
from leadline.engine.published import Published
from leadline.engine.publishing_models import Publisher
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.sources.tasks import end
from leadline.storage.session import State
from tests.integration.engine.conftest import ADMIN, CLOCK
from tests.support import business
from tests.support.databases import Database
from tests.support.state import migrated, state, state_database

__all__ = ["migrated", "state", "state_database"]
_MORE = business.MODEL.replace("rollups:", "  deals_won: {measure: deals.won_count}\nrollups:")
_BROKEN = business.MODEL.replace("sum: amount", "sum: amuont")


@pytest.fixture
async def source(database: Database) -> AsyncIterator[Source]:
    """A filled business."""
    business.fill(database.business)
    opened = Source(SourceSettings(parse_url(database.reader)))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the model of the business."""
    (tmp_path / "model.yaml").write_text(business.MODEL)
    return tmp_path


def _publisher(folder: Path, source: Source, state: State) -> Publisher:
    return Publisher(folder, source, Published(state))


async def test_two_engines_switch_by_what_is_published(source: Source, state: State, folder: Path) -> None:
    publisher = _publisher(folder, source, state)
    nodes = [Models(Shared(Published(state)), source) for _ in range(2)]
    engines = [Engine(source, None, models, CLOCK) for models in nodes]
    with pytest.raises(LeadlineError) as none_yet:
        await engines[0].ask({"metrics": ["revenue"]}, ADMIN)
    assert none_yet.value.code == "model_invalid"
    await publisher.look()
    watching = [asyncio.create_task(models.watch()) for models in nodes]
    await _asked(engines, "revenue")
    (folder / "model.yaml").write_text(_MORE)
    assert await _refused(engines, "deals_won"), "a folder is nothing to a node"
    await publisher.look()
    async with asyncio.timeout(30):
        await _asked(engines, "deals_won")
    assert len({engine.model.fingerprint for engine in engines}) == 1
    for task in watching:
        await end(task)


async def _asked(engines: list[Engine], metric: str) -> None:
    """Returns once all of them answer it."""
    for _ in range(600):
        if not await _refused(engines, metric):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(metric)


async def _refused(engines: list[Engine], metric: str) -> bool:
    for engine in engines:
        try:
            await engine.ask({"metrics": [metric]}, ADMIN)
        except LeadlineError:
            return True
    return False


async def test_an_invalid_edit_leaves_the_last_good_version_and_is_told_to_all(
    source: Source, state: State, folder: Path
) -> None:
    publisher, node = _publisher(folder, source, state), Models(Shared(Published(state)), source)
    await publisher.look()
    assert await node.poll()
    good = node.current.fingerprint
    (folder / "model.yaml").write_text(_BROKEN)
    await publisher.look()
    assert not await node.poll()
    assert node.current.fingerprint == good
    assert any("amuont" in issue.why for issue in node.issues)
    assert node.issues[0].place.line > 1
    (folder / "model.yaml").write_text(business.MODEL + "# mended\n")
    await publisher.look()
    await node.poll()
    assert node.issues == ()
    assert node.current.fingerprint == good


async def test_a_node_that_starts_while_the_files_are_broken_uses_the_last_good_version(
    source: Source, state: State, folder: Path
) -> None:
    publisher = _publisher(folder, source, state)
    await publisher.look()
    (folder / "model.yaml").write_text("leadline: 1\nbroken: true\n")
    await publisher.look()
    node = Models(Shared(Published(state)), source)
    await node.poll()
    assert "revenue" in node.current.model.metrics
    assert {issue.code for issue in node.issues} == {"missing_key", "unknown_key"}


async def test_of_two_workers_only_the_one_whose_files_changed_publishes(
    source: Source, state: State, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "model.yaml").write_text(_MORE)
    first, second = _publisher(folder, source, state), _publisher(other, source, state)
    published = Published(state)
    await first.look()
    before, _ = await published.in_use()
    await second.look()
    after, _ = await published.in_use()
    assert before is not None
    assert after is not None
    assert after > before
    for _ in range(3):
        await first.look()
        await second.look()
    assert (await published.in_use())[0] == after


async def test_the_same_files_are_one_version_however_many_publish_them(
    source: Source, state: State, folder: Path
) -> None:
    await asyncio.gather(*(_publisher(folder, source, state).look() for _ in range(4)))
    published = Published(state)
    number, issues = await published.in_use()
    assert issues == ()
    assert await published.files() == {"model.yaml": business.MODEL}
    await _publisher(folder, source, state).look()
    assert (await published.in_use())[0] == number


async def test_a_model_that_lacks_a_table_is_published_once_the_table_is_there(
    source: Source, database: Database, state: State, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.engine.models._SCHEMA_EVERY", 0)
    more = business.MODEL.replace(
        "datasets:", "datasets:\n  extra: {table: public.extra, row: one, key: [id]}"
    )
    (folder / "model.yaml").write_text(more)
    publisher, published = _publisher(folder, source, state), Published(state)
    await publisher.look()
    number, issues = await published.in_use()
    assert (number, issues[0].code) == (None, "unknown_table")
    with psycopg.connect(database.business) as connection:
        connection.execute("CREATE TABLE extra (id int PRIMARY KEY)")
    await publisher.look()
    number, issues = await published.in_use()
    assert number is not None
    assert issues == ()


async def test_without_our_database_a_node_keeps_its_model(
    source: Source, state_database: Database, folder: Path
) -> None:
    state = State(state_database.business)
    publisher, node = _publisher(folder, source, state), Models(Shared(Published(state)), source)
    await publisher.look()
    await node.poll()
    await state.close()
    away = State(state_database.business.replace(state_database.name, "no_such_database"))
    lonely = Models(Shared(Published(away)), source)
    assert not await lonely.poll()
    with pytest.raises(LeadlineError) as gone:
        _ = lonely.current
    assert gone.value.code == "state_unavailable"
    await away.close()
