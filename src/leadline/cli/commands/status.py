"""`leadline status`: where a running product is, and how to come in."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from leadline import settings
from leadline.embedded import status


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


AsFormat = Annotated[Format, typer.Option("--format", help="How to print.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Of a running demo or up. [default: leadline-data]")
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("status")(command)


def command(data_dir: DataDir = None, form: AsFormat = Format.TEXT) -> None:
    """Say where the product that runs over a data directory is."""
    found = status.read(settings.load(data_dir=data_dir).data_dir)
    if form is Format.JSON:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{found['url']}\nE-mail    {found['admin']['email']}\nPassword  {found['admin']['password']}")
    for name, pid in found["pids"].items():
        typer.echo(f"{name:<12} {pid}")
