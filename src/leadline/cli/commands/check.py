"""`leadline check`: all that is wrong or doubtful in a model and its dashboards, to the line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from leadline import settings
from leadline.core.errors import FINDINGS, LeadlineError
from leadline.core.schema import SourceSchema
from leadline.dashboards.service import documents
from leadline.embedded import status
from leadline.planner.plan import Statement
from leadline.semantic.checks import check_loaded
from leadline.semantic.checks.data import DataCheck, data_checks
from leadline.semantic.issues import Issue, in_order
from leadline.semantic.loader import Loaded, load
from leadline.semantic.loader.files import UNREADABLE
from leadline.sources.postgres import Source, SourceSettings, parse_url

DASHBOARDS = "dashboards"
STATEMENT_SECONDS = 600.0
"""Counting the keys of a large table takes longer than a question may."""


class Format(StrEnum):
    """How the issues are printed."""

    TEXT = "text"
    JSON = "json"


ModelDir = Annotated[Path | None, typer.Option("--model", help="Folder or file. [default: the sales pack]")]
Data = Annotated[bool, typer.Option("--data", help="Also read the tables: their columns and their keys.")]
Url = Annotated[
    str | None, typer.Option("--source", metavar="URL", help="The source: its columns are checked too.")
]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Of a running product, for its source.")]
Out = Annotated[Format, typer.Option("--format", help="How to print.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check")(command)


def command(
    model: ModelDir = None,
    *,
    data: Data = False,
    source: Url = None,
    data_dir: DataDir = None,
    form: Out = Format.TEXT,
) -> None:
    """Check a model and its dashboards: every mistake with file, line, cause and a way out."""
    known = settings.load(model_dir=model, data_dir=data_dir)
    folder = known.model_dir or settings.default_model_dir()
    loaded = load(folder)
    _refuse_unreadable(loaded)
    url = (source or _source_url(known, data_dir)) if source or data else None
    issues = asyncio.run(_with_source(loaded, url, data)) if url else check_loaded(loaded)
    found = in_order([*issues, *_dashboards(folder, loaded)])
    _print(found, form)
    if any(issue.severity == "error" for issue in found):
        raise typer.Exit(FINDINGS)


def _refuse_unreadable(loaded: Loaded) -> None:
    """A file or folder that cannot be read is no finding about a model."""
    for issue in loaded.issues:
        if issue.code == UNREADABLE:
            raise LeadlineError("bad_usage", issue.why, issue.fix, issue.place.file)


def _source_url(known: settings.Settings, data_dir: Path | None) -> str:
    """The source as set, else that of the product that runs over the data directory. Raises `not_running`."""
    if known.source_url and data_dir is None:
        return known.source_url
    return str(status.read(known.data_dir)["source_dsn"])


async def _with_source(loaded: Loaded, url: str, data: bool) -> tuple[Issue, ...]:
    """The issues with the source's columns known; `data`: also those of its rows."""
    source = Source(SourceSettings(parse_url(url), statement_timeout=STATEMENT_SECONDS))
    await source.open()
    try:
        schema = await source.schema()
        issues = check_loaded(loaded, schema)
        rows = await _rows(source, loaded, schema) if data else []
        return in_order([*issues, *rows])
    finally:
        await source.close()


async def _rows(source: Source, loaded: Loaded, schema: SourceSchema) -> list[Issue]:
    found: list[Issue] = []
    for one in data_checks(loaded.partial, schema) if loaded.partial else ():
        found.extend(await _run(source, one))
    return found


async def _run(source: Source, check: DataCheck) -> Sequence[Issue]:
    """Each check in a transaction of its own: a long one must not hold back the clean-up of the source."""
    sql = check.statement.sql(dialect="postgres", identify=True).replace("%", "%%")
    async with source.reading() as reader:
        (row,) = await reader.fetch(Statement(sql, {}))
    return check.read(row)


def _dashboards(folder: Path, loaded: Loaded) -> tuple[Issue, ...]:
    """What is wrong in the dashboards beside a sound model."""
    inside = folder / DASHBOARDS
    if loaded.model is None or not inside.is_dir():
        return ()
    return documents(inside, loaded.model)[1]


def _print(issues: Sequence[Issue], form: Format) -> None:
    errors = sum(issue.severity == "error" for issue in issues)
    warnings = len(issues) - errors
    if form is Format.JSON:
        shown = {"issues": [issue.to_json() for issue in issues], "errors": errors, "warnings": warnings}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    for issue in issues:
        typer.echo(_plain(str(issue)))
    typer.echo(_summary(errors, warnings))


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "The model is sound."
    return f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"


def _plain(text: str) -> str:
    """One line: control characters of names and values are shown, not obeyed."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
