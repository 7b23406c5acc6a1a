"""Imports files: survey all of them, show what was found, load in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from psycopg import Connection

from leadline.core.errors import LeadlineError
from leadline.imports import repository
from leadline.imports.dialect import known_delimiter
from leadline.imports.encoding import known_encoding
from leadline.imports.files import find
from leadline.imports.schemas import Options, Report, TablePlan, TableReport
from leadline.imports.survey import check_types_used, survey
from leadline.imports.types import asked_types

__all__ = [
    "Options",
    "Report",
    "TablePlan",
    "asked_types",
    "check_request",
    "import_files",
    "load",
    "plan_files",
    "refuse_bad_rows",
]

_NAMED = 10


def import_files(
    dsn: str,
    paths: Sequence[Path],
    options: Options | None = None,
    *,
    on_plan: Callable[[TablePlan], None] | None = None,
) -> Report:
    """Files and folders of files into tables of the source at `dsn` (a role that may create tables).

    `on_plan` is called with each file's plan before anything is loaded. All or nothing: with `on_error`
    "abort" a bad row stops it (`bad_rows`), with "report" bad rows are left out and stand in the Report.
    """
    chosen = options or Options()
    plans = plan_files(paths, chosen)
    for plan in plans:
        if on_plan:
            on_plan(plan)
    if chosen.on_error == "abort":
        refuse_bad_rows(plans)
    return load(dsn, plans, chosen)


def check_request(paths: Sequence[Path], options: Options) -> None:
    """Refuses at once what no file's content can make right: paths, encoding, delimiter."""
    find(paths)
    if options.encoding:
        known_encoding(options.encoding)
    if options.delimiter:
        known_delimiter(options.delimiter)


def plan_files(paths: Sequence[Path], options: Options) -> tuple[TablePlan, ...]:
    """What the files hold, without touching a database."""
    plans = tuple(survey(path, table, options) for path, table in find(paths))
    check_types_used(plans, options.types)
    return plans


def refuse_bad_rows(plans: Sequence[TablePlan]) -> None:
    """Raises `bad_rows` that names the first ones, if there are any."""
    count = sum(plan.bad.count for plan in plans)
    if not count:
        return
    first = [row for plan in plans for row in plan.bad.first]
    words = "; ".join(f"{row.file}:{row.line} {row.why}" for row in first[:_NAMED])
    more = f"; and {count - _NAMED} more" if count > _NAMED else ""
    raise LeadlineError(
        "bad_rows",
        f"{count} row{'s' * (count != 1)} cannot be loaded, so nothing was: {words}{more}",
        "Mend the file, or load the good rows with --on-error report.",
        f"{first[0].file}:{first[0].line}",
    )


def load(dsn: str, plans: Sequence[TablePlan], options: Options) -> Report:
    """Loads surveyed files in one transaction."""
    with repository.connected(dsn) as connection:
        return Report(tuple(_load(connection, plan, options.schema) for plan in plans))


def _load(connection: Connection, plan: TablePlan, schema: str) -> TableReport:
    made = repository.make_table(connection, schema, plan)
    repository.copy_rows(connection, schema, plan)
    if not made.kept:
        repository.add_indexes(connection, schema, plan)
    repository.analyze(connection, schema, plan)
    return TableReport(plan, schema, made.replaced)
