"""An engine over a filled business, with a cache."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from leadline.cache import CacheSettings, ResultCache
from leadline.core.clock import Clock
from leadline.core.viewer import Viewer
from leadline.engine import Engine, Models
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source, SourceSettings, parse_url
from tests.support import business
from tests.support.databases import Database

ADMIN = Viewer("o1", "ada@example.com", "admin")
CLOCK = Clock.from_as_of("2026-05-31", business.ZONE)


@dataclass(frozen=True)
class Setting:
    """Everything around one engine."""

    database: Database
    source: Source
    models: Models
    cache: ResultCache
    engine: Engine
    model_file: Path

    async def rollups(self) -> Rollups:
        """The model's rollups, installed."""
        made = Rollups(self.source, self.models.current)
        await made.install()
        return made


@pytest.fixture
async def setting(database: Database, valkey: str, tmp_path: Path) -> AsyncIterator[Setting]:
    """A filled database, a model, an empty cache."""
    business.fill(database.business)
    model_file = tmp_path / "model.yaml"
    model_file.write_text(business.MODEL)
    source = Source(SourceSettings(parse_url(database.reader), owner=parse_url(database.rollups)))
    await source.open()
    models = Models(tmp_path, source)
    await models.poll()
    cache = ResultCache.at(valkey, CacheSettings(ttl=30))
    yield Setting(database, source, models, cache, Engine(source, cache, models, CLOCK), model_file)
    await cache.close()
    await source.close()
