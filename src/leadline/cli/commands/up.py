"""`leadline up`: the product over one's own source."""

from __future__ import annotations

import typer

from leadline import settings
from leadline.cli.starting import AsFormat, AsOf, DataDir, Format, ModelDir, NoOpen, Port, start


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("up")(command)


def command(
    *,
    port: Port = None,
    data_dir: DataDir = None,
    model: ModelDir = None,
    as_of: AsOf = None,
    no_open: NoOpen = False,
    form: AsFormat = Format.TEXT,
) -> None:
    """Start the product over your own source (LEADLINE_SOURCE_URL, or an empty one to import into)."""
    known = settings.load(port=port, data_dir=data_dir, model_dir=model)
    programs = {"serve": ["serve"], "worker": ["worker"]}
    start(known, as_of=as_of, no_open=no_open, form=form, programs=programs)
