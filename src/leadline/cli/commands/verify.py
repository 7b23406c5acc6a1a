"""`leadline verify`: runs cases, each a query and hand-written SQL that must give the same answer."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from leadline.cli.answers import console
from leadline.cli.place import DataDir, ModelDir, Place, Source
from leadline.cli.reaching import data, viewer_of_email
from leadline.verify import Failure, Report, Verifier, read_cases
from leadline.verify.cases import Case

CasesPath = Annotated[Path, typer.Argument(metavar="PATH", help="A file of cases, or a folder of them.")]


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("verify")(command)


def command(
    path: CasesPath,
    *,
    data_dir: DataDir = None,
    source: Source = None,
    model: ModelDir = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Run cases and say where query and SQL differ. Status 1 if a case failed, 2 if a file cannot be read."""
    cases = read_cases(path)
    report = asyncio.run(_run(cases, Place(source, model, data_dir)))
    if form is Format.JSON:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        _show(report)
    raise typer.Exit(1 if report.failed else 0)


async def _run(cases: tuple[Case, ...], place: Place) -> Report:
    async with data(place) as parts:
        find = None if place.source else lambda email: viewer_of_email(place, email)
        return await Verifier(parts.engine, parts.source, find).run(cases)


def _show(report: Report) -> None:
    out = console()
    for failure in report.failed:
        _show_failure(out, failure)
    good = report.cases - len(report.failed)
    out.print(f"{good} of {report.cases} cases agree", style="green" if not report.failed else "red")


def _show_failure(out: Console, failure: Failure) -> None:
    where = f"{failure.file}:{failure.line}"
    out.print(f"[red]{escape(where)}[/red] [bold]{escape(failure.name)}[/bold]: {escape(failure.why)}")
    for side, rows in (("query", failure.query_rows), ("SQL  ", failure.sql_rows)):
        for row in rows:
            out.print(f"    {side} {escape(json.dumps(row, ensure_ascii=False))}")
