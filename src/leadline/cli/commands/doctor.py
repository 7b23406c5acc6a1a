"""`leadline doctor`: what a source lacks, the SQL that gives it, what it brings, what goes on without."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from leadline.cli.answers import console
from leadline.cli.place import DataDir, ModelDir, Place, Source
from leadline.cli.reaching import settings_for
from leadline.core.errors import FINDINGS
from leadline.doctor.finding import Finding
from leadline.doctor.service import Report, examine, signed_in
from leadline.semantic.loader import Loaded, load
from leadline.settings import Settings, default_model_dir
from leadline.sources.postgres import SourceSettings, parse_url

_STYLES = {"error": "bold red", "warning": "bold yellow", "advice": "bold blue"}


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


Out = Annotated[Format, typer.Option("--format", help="How to print.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(command)


def command(
    *, source: Source = None, model: ModelDir = None, data_dir: DataDir = None, form: Out = Format.TEXT
) -> None:
    """Say what the source lacks (rights, settings, indexes) and print the SQL that gives it."""
    known = settings_for(Place(source, model, data_dir))
    report = asyncio.run(_examined(known, None if source else known.data_dir))
    if form is Format.JSON:
        findings = [one.to_json() for one in report.findings]
        skipped = [{"check": name, "why": why} for name, why in report.skipped]
        typer.echo(json.dumps({"findings": findings, "skipped": skipped}, ensure_ascii=False))
    else:
        _show(report, console())
    if report.findings:
        raise typer.Exit(FINDINGS)


async def _examined(known: Settings, data_dir: Path | None) -> Report:
    loaded = load(known.model_dir or default_model_dir())
    async with signed_in(_source(known), loaded.partial, data_dir) as patient:
        report = await examine(patient)
    broken = _broken(loaded)
    return Report((broken, *report.findings), report.skipped) if broken else report


def _source(known: Settings) -> SourceSettings:
    return SourceSettings(
        primary=parse_url(known.source_url or ""),
        replicas=tuple(parse_url(url) for url in known.replica_urls),
        owner=parse_url(known.owner_url) if known.owner_url else None,
    )


def _broken(loaded: Loaded) -> Finding | None:
    """A model with mistakes: what hangs on its sound parts is examined all the same."""
    first = next((issue for issue in loaded.issues if issue.severity == "error"), None)
    if first is None:
        return None
    return Finding(
        "error",
        f"The model cannot be used: {first}",
        (),
        "All metrics: run leadline check.",
        "Nothing.",
        "model",
    )


def _show(report: Report, out: Console) -> None:
    for number, one in enumerate(report.findings, 1):
        _show_one(number, one, out)
    for name, why in report.skipped:
        out.print(Text(f"Not checked: {name} ({why})", style="dim"))
    out.print(_summary(report))


def _show_one(number: int, one: Finding, out: Console) -> None:
    out.print(Text.assemble((f"{number:>2}  ", "dim"), (one.severity, _STYLES[one.severity]), "  ", one.why))
    for line in one.sql:
        out.print(Text(f"      {line}", style="cyan"), soft_wrap=True)
    out.print(Text.assemble(("    gains    ", "dim"), one.gain))
    out.print(Text.assemble(("    without  ", "dim"), one.without, "\n"))


def _summary(report: Report) -> str:
    many = len(report.findings)
    if not many:
        return "Nothing is missing."
    return f"{many} thing{'' if many == 1 else 's'} to look at; run the SQL as a role that may grant it."
