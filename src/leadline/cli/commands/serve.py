"""`leadline serve`: the API and the page, over a source and our own database."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from leadline import settings
from leadline.api.app import create_app
from leadline.api.log import configure
from leadline.api.server import listen, serve, url_of
from leadline.app import api_services
from leadline.settings import Settings

Port = Annotated[int | None, typer.Option(help="On loopback. [default: 8400]")]
ModelDir = Annotated[Path | None, typer.Option("--model", help="The model's folder.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(command)


def command(*, port: Port = None, model: ModelDir = None) -> None:
    """Serve the API and the page. Any number of these may run behind a load balancer."""
    configure()
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_serve(settings.load(port=port, model_dir=model)))


async def _serve(known: Settings) -> None:
    bound = listen(known.port)
    async with api_services(known) as services:
        await serve(create_app(services), bound, lambda: typer.echo(url_of(bound)))
