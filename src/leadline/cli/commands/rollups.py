"""`leadline rollups`: what is stored, how old it is, how it is defined; and a refresh by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from leadline.cli.answers import console
from leadline.cli.place import DataDir, ModelDir, Place, Source
from leadline.cli.reaching import data, settings_for
from leadline.core.errors import LeadlineError
from leadline.rollups.landing import landing_at
from leadline.rollups.overview import Overview, overview
from leadline.rollups.service import Rollups, rollups_for
from leadline.sources.postgres import Source as PostgresSource

T = TypeVar("T")
group = typer.Typer(help="Rollups: materialized views made from the model.", no_args_is_help=True)


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"


AsFormat = Annotated[Format, typer.Option("--format", help="How to print.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="As in the model.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="rollups")


@group.command("list")
def list_(
    *, data_dir: DataDir = None, source: Source = None, model: ModelDir = None, form: AsFormat = Format.TABLE
) -> None:
    """All rollups of the model, with their age and state."""
    found = _with(Place(source, model, data_dir), overview)
    if form is Format.JSON:
        typer.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False))
    else:
        _show(found)


@group.command("refresh")
def refresh(
    name: Name,
    *,
    data_dir: DataDir = None,
    source: Source = None,
    model: ModelDir = None,
    form: AsFormat = Format.TABLE,
) -> None:
    """Build or refresh one now, whether or not its tables changed."""

    async def act(rollups: Rollups) -> dict[str, Any]:
        await rollups.install()
        done = await rollups.refresh(name, always=True)
        return {"name": name, "action": done.action, "version": done.version, "took_ms": done.took_ms}

    done = _with(Place(source, model, data_dir), act)
    if form is Format.JSON:
        typer.echo(json.dumps(done))
    elif done["action"] == "busy":
        typer.echo(f"{name}: another worker is at it")
    else:
        typer.echo(f"{name}: {done['action']} in {done['took_ms']:.0f} ms, version {done['version']}")


@group.command("explain")
def explain(
    name: Name,
    *,
    data_dir: DataDir = None,
    source: Source = None,
    model: ModelDir = None,
    form: AsFormat = Format.TABLE,
) -> None:
    """How one is defined, from which tables, and what is known of it."""
    found = next((one for one in _with(Place(source, model, data_dir), overview) if one.name == name), None)
    if found is None:
        raise LeadlineError("not_found", f"the model has no rollup {name!r}", "See leadline rollups list.")
    if form is Format.JSON:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    for label, value in found.facts():
        typer.echo(f"{label:<10} {value}")
    typer.echo(found.pretty_select() if found.select else "")


def _with(place: Place, act: Callable[[Rollups], Awaitable[T]]) -> T:
    async def run() -> T:
        async with data(place) as parts, _landing(place) as landing:
            return await act(await rollups_for(parts.source, parts.models.current, landing))

    return asyncio.run(run())


@asynccontextmanager
async def _landing(place: Place) -> AsyncIterator[PostgresSource | None]:
    """Our own database, where a source that lets us only read has its rollups."""
    landing = landing_at(settings_for(place).state_url)
    if landing is None:
        yield None
        return
    await landing.open()
    try:
        yield landing
    finally:
        await landing.close()


def _show(found: tuple[Overview, ...]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for head in ("NAME", "STATE", "ROWS", "VERSION", "REFRESHED", "TOOK", "SCHEDULE", "NOTE"):
        table.add_column(head, justify="right" if head in ("ROWS", "VERSION", "TOOK") else "left")
    for one in found:
        table.add_row(
            one.name,
            one.state,
            "" if one.rows is None else f"{one.rows:,}",
            str(one.version or ""),
            _when(one.refreshed_at, one.zone),
            "" if one.took_ms is None else f"{one.took_ms:.0f} ms",
            one.schedule,
            one.note,
        )
    console().print(table)


def _when(moment: datetime | None, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
