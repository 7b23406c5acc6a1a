"""`leadline simulate`: keeps the demo company in business."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from leadline import settings
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.embedded import datadir, status
from leadline.settings import Settings

Rate = Annotated[float, typer.Option("--rate", help="Rows a second.", min=0.001, max=10_000)]
Seed = Annotated[int | None, typer.Option("--seed", help="Repeatable choices.")]
Source = Annotated[str | None, typer.Option("--source", help="Address of a database that may be written.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="The data directory of a running product.")]
_PATIENCE = 120.0
"""Seconds to wait for a product that is just starting."""


def simulate(*, rate: Rate = 1.0, seed: Seed = None, source: Source = None, data_dir: DataDir = None) -> None:
    """Writes rows as a business does: leads, appointments, deals won, lost, corrected, reopened, deleted."""
    from leadline.embedded.demo.simulate import simulate as run  # noqa: PLC0415  only where it is used

    found = settings.load(data_dir=data_dir)
    stop = _stopped_by_signals()
    clock = Clock.from_text(found.clock)
    if clock.still is not None:
        typer.echo("The clock stands still: nothing is written.", err=True)
        stop.wait()
        return
    dsn = source or _dsn(found, stop, data_dir is not None)
    if dsn:
        rows = run(dsn, rate=rate, now=clock.now, stop=stop, seed=seed, say=_say)
        typer.echo(f"{rows} rows written")


def _say(words: str) -> None:
    typer.echo(words, err=True)


def _stopped_by_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _dsn(found: Settings, stop: Event, named: bool) -> str:
    """The writing address of the running product, waiting while it starts; else the source that is set."""
    began = time.monotonic()
    while not stop.is_set():
        try:
            return str(status.read(found.data_dir)["source_dsn"])
        except LeadlineError:
            if not datadir.is_held(found.data_dir):
                if found.source_url and not named:
                    return found.source_url
                raise
            if time.monotonic() - began > _PATIENCE:
                raise
        stop.wait(0.3)
    return ""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("simulate")(simulate)
