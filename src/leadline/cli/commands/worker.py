"""`leadline worker`: one background worker; any number may run."""

from __future__ import annotations

import asyncio

import typer

from leadline import settings
from leadline.api.log import configure
from leadline.app import data as composition
from leadline.engine import Models
from leadline.settings import Settings
from leadline.worker import Worker, run_until_told


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("worker")(command)


def command() -> None:
    """Keep the rollups of the model built and fresh. SIGTERM ends it; everything is set by LEADLINE_…."""
    configure()
    asyncio.run(_work(settings.load()))


async def _work(known: Settings) -> None:
    source = composition.source_of(known)
    await source.open()
    try:
        await run_until_told(Worker(source, Models(composition.model_dir(known), source)))
    finally:
        await source.close()
