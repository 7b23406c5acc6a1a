"""What answers questions, built from settings: source, model, cache, engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.app.cache import cache_of
from leadline.cache import ResultCache
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.engine import Engine, Models
from leadline.engine.origins import Origin
from leadline.engine.publishing_versions import Publishing
from leadline.rollups.landing import landing_at
from leadline.settings import Settings, default_model_dir
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.sources.tasks import end


@dataclass(frozen=True, slots=True)
class Data:
    """What answers questions: the source, its model, and the gate between them."""

    source: Source
    models: Models
    engine: Engine
    clock: Clock
    cache: ResultCache | None = None


def model_dir(settings: Settings) -> Path:
    """The model that the settings name, else the shipped one."""
    return settings.model_dir or default_model_dir()


def source_of(settings: Settings) -> Source:
    """The source of the settings. Raises `bad_usage` where there is none."""
    if settings.source_url is None:
        raise LeadlineError(
            "bad_usage",
            "There is no source to read.",
            "Set LEADLINE_SOURCE_URL, or start everything with leadline demo or leadline up.",
        )
    return Source(
        SourceSettings(
            primary=parse_url(settings.source_url),
            replicas=tuple(parse_url(url) for url in settings.replica_urls),
            owner=parse_url(settings.owner_url) if settings.owner_url else None,
        )
    )


@asynccontextmanager
async def data(
    settings: Settings, *, watched: bool = False, origin: Origin | None = None
) -> AsyncIterator[Data]:
    """The way to answers, opened; closed at the end. `watched`: changed models and tables are read again.

    `origin`: where the model comes from, if not from the folder of the settings.
    A model that cannot be used is no error here: whoever asks it is told.
    """
    async with AsyncExitStack() as stack:
        source = source_of(settings)
        await source.open()
        stack.push_async_callback(source.close)
        models = Models(origin or model_dir(settings), source)
        await models.poll()
        cache = cache_of(settings)
        if cache is not None:
            stack.push_async_callback(cache.close)
        if watched:
            await stack.enter_async_context(running(models.watch()))
        if watched and cache is not None:
            await stack.enter_async_context(running(Publishing(source, cache, models).run()))
        clock = Clock.from_text(settings.clock)
        landing = await stack.enter_async_context(_landing(settings)) if watched else None
        yield Data(source, models, Engine(source, cache, models, clock, landing=landing), clock, cache)


@asynccontextmanager
async def _landing(settings: Settings) -> AsyncIterator[Source | None]:
    """Our own database as the place where rollups land, where it can be one."""
    landing = landing_at(settings.state_url)
    if landing is not None:
        await landing.open()
    try:
        yield landing
    finally:
        if landing is not None:
            await landing.close()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Work that goes on as long as the block lasts."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)
