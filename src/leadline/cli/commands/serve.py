"""`leadline serve`: the API and the page, over a source and our own database."""

from __future__ import annotations

import dataclasses
import json
import socket
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from leadline import settings
from leadline.cli.accounts import AsFormat, Format
from leadline.settings import Settings

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="0: any free one. [default: 8400]")]
LOOPBACK = "127.0.0.1"
Host = Annotated[str, typer.Option(help="The address to listen at; behind a load balancer its network's.")]
ModelDir = Annotated[Path | None, typer.Option("--model", help="The model's folder.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(command)


def command(
    *, port: Port = None, host: Host = LOOPBACK, model: ModelDir = None, form: AsFormat = Format.TABLE
) -> None:
    """Serve the API and the page. Any number of these may run behind a load balancer."""
    # Here, not above: every other command would wait for the server's libraries too.
    import uvloop  # noqa: PLC0415

    from leadline.api.log import configure  # noqa: PLC0415
    from leadline.api.server import listen  # noqa: PLC0415

    configure()
    known = settings.load(port=port or None, model_dir=model)
    bound = listen(known.port if port is None else port, host)
    uvloop.run(_serve(known, bound, form))


async def _serve(known: Settings, bound: socket.socket, form: Format) -> None:
    from leadline.api.app import create_app  # noqa: PLC0415
    from leadline.api.server import serve, url_of  # noqa: PLC0415
    from leadline.app.api import api_services  # noqa: PLC0415

    async with api_services(known) as services:
        known_at = dataclasses.replace(services, origins=services.origins | origins(known.url))
        await serve(create_app(known_at), bound, lambda: _say_ready(url_of(bound), form))


def origins(url: str | None) -> frozenset[str]:
    """The origin of the address under which browsers know the product, where it is set."""
    parts = urlsplit(url or "")
    return frozenset({f"{parts.scheme}://{parts.netloc}"}) if parts.scheme and parts.netloc else frozenset()


def _say_ready(url: str, form: Format) -> None:
    typer.echo(json.dumps({"event": "ready", "url": url}) if form is Format.JSON else url)
