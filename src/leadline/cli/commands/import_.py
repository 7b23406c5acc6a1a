"""`leadline import`: CSV files into tables of the source."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline import settings
from leadline.core.errors import FINDINGS
from leadline.embedded import status
from leadline.imports.schemas import Bad, Options, TablePlan, plan_json
from leadline.imports.service import asked_types, check_request, import_files, plan_files
from leadline.imports.survey import dialect_words


class OnError(StrEnum):
    """What a bad row does."""

    ABORT = "abort"
    REPORT = "report"


class Format(StrEnum):
    """How the outcome is printed."""

    TEXT = "text"
    JSON = "json"


Paths = Annotated[list[Path], typer.Argument(help="CSV files (also .gz) and folders of them.")]
Into = Annotated[str, typer.Option("--into", help="The schema of the tables.")]
Types = Annotated[list[str], typer.Option("--type", help="column=type, in place of what was found.")]
TypesFile = Annotated[Path | None, typer.Option("--types", help="YAML file of `column: type`.")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="One character, or tab. Default: found.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="utf-8, cp1252, … Default: found.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be loaded, and stop.")]
Source = Annotated[str | None, typer.Option("--source", help="Address of a database that may be written.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="The data directory of a running product.")]
OnBad = Annotated[OnError, typer.Option("--on-error", help="A bad row: abort all, or report and go on.")]
Out = Annotated[Format, typer.Option("--format")]


def import_(
    paths: Paths,
    *,
    into: Into = "public",
    on_error: OnBad = OnError.ABORT,
    output: Out = Format.TEXT,
    source: Source = None,
    data_dir: DataDir = None,
    types: Types = [],  # noqa: B006  typer copies it
    types_file: TypesFile = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    dry_run: DryRun = False,
) -> None:
    """Loads CSV files into tables: types are found over whole files, shown, and loaded all or nothing."""
    mode: Literal["abort", "report"] = "abort" if on_error is OnError.ABORT else "report"
    options = Options(into, mode, asked_types(types, types_file), delimiter, encoding)
    check_request(paths, options)
    if dry_run:
        _leave(_dry(paths, options, output))
    dsn = source_dsn(source, data_dir)
    show = _show if output is Format.TEXT else None
    report = import_files(dsn, paths, options, on_plan=show)
    if output is Format.JSON:
        typer.echo(json.dumps(report.to_json()))
    else:
        for table in report.tables:
            verb = "replaced" if table.replaced else "created"
            typer.echo(f"{verb} {table.schema}.{table.plan.table}: {table.plan.rows} rows")
    _leave(report.bad_rows)


def source_dsn(source: str | None, data_dir: Path | None) -> str:
    """Where to write: what was named, else the source that is set, else that of the running product."""
    if source:
        return source
    found = settings.load(data_dir=data_dir)
    if data_dir is None and found.source_url:
        return found.source_url
    return str(status.read(found.data_dir)["source_dsn"])


def _dry(paths: list[Path], options: Options, output: Format) -> int:
    plans = plan_files(paths, options)
    bad = sum(plan.bad.count for plan in plans)
    if output is Format.JSON:
        tables = [plan_json(plan, options.schema) for plan in plans]
        typer.echo(json.dumps({"tables": tables, "rows": sum(p.rows for p in plans), "bad_rows": bad}))
        return bad
    for plan in plans:
        _show(plan)
    return bad


def _leave(bad_rows: int) -> None:
    raise typer.Exit(FINDINGS if bad_rows else 0)


def _show(plan: TablePlan) -> None:
    """A file as it was understood: columns with their types, then the rows that cannot be loaded."""
    console = Console(highlight=False, markup=False)
    words = f"{plan.encoding}, {dialect_words(plan.dialect)}, {plan.rows} rows"
    console.print(f"{plan.path} ({words})", style="bold", soft_wrap=True)
    table = Table("column", "header", "type", box=None)
    for column in plan.columns:
        kind = f"{column.type.sql} (asked for)" if column.asked else column.type.sql
        table.add_row(Text(column.name), Text(column.header), Text(kind))
    console.print(table)
    _show_bad(console, plan.bad)


def _show_bad(console: Console, bad: Bad) -> None:
    for row in bad.first:
        console.print(f"bad row {row.file}:{row.line}: it {row.why}", soft_wrap=True)
    if bad.count > len(bad.first):
        console.print(f"and {bad.count - len(bad.first)} more bad rows")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("import")(import_)
