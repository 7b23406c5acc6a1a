"""`leadline worker`: one background worker; any number may run."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import typer

from leadline import settings
from leadline.api.log import configure
from leadline.app import data as composition
from leadline.engine import Models
from leadline.engine.origins import Shared
from leadline.engine.published import Published
from leadline.engine.publishing_models import Publisher
from leadline.rollups.landing import landing_at
from leadline.settings import Settings
from leadline.sources.postgres import Source
from leadline.storage.migrate import require_current
from leadline.storage.session import State
from leadline.worker import Worker, run_until_told


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("worker")(command)


def command() -> None:
    """Keep the rollups of the model built and fresh. SIGTERM ends it; everything is set by LEADLINE_…."""
    configure()
    asyncio.run(_work(settings.load()))


async def _work(known: Settings) -> None:
    async with AsyncExitStack() as stack:
        source = await _opened(stack, composition.source_of(known))
        landing = landing_at(known.state_url)
        if landing is not None:
            await _opened(stack, landing)
        models, publisher = await _models(stack, known, source)
        await run_until_told(Worker(source, models, landing=landing, publisher=publisher))


async def _models(stack: AsyncExitStack, known: Settings, source: Source) -> tuple[Models, Publisher | None]:
    """The model that all nodes use, published from the folder; without a database of ours, the folder's."""
    folder = composition.model_dir(known)
    if known.state_url is None:
        return Models(folder, source), None
    state = State(known.state_url)
    stack.push_async_callback(state.close)
    await require_current(state)
    published = Published(state)
    return Models(Shared(published), source), Publisher(folder, source, published)


async def _opened(stack: AsyncExitStack, source: Source) -> Source:
    await source.open()
    stack.push_async_callback(source.close)
    return source
