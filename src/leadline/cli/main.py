"""`leadline`: gathers the commands and turns every error into one line and an exit status."""

from __future__ import annotations

import importlib
import itertools
import json
import pkgutil
import sys
from typing import NoReturn

import typer

from leadline import __version__
from leadline.core.errors import LeadlineError

app = typer.Typer(
    name="leadline",
    help="A live view of the business for its leadership, over its own PostgreSQL.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"leadline {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def register_commands(first: str = "") -> None:
    """Adds the modules of `leadline.cli.commands` by their `register(app)`.

    Where the `first` argument names one, only that one is loaded: each brings its own libraries.
    """
    package = importlib.import_module("leadline.cli.commands")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    for name in [name for name in names if name.rstrip("_") == first] or names:
        importlib.import_module(f"{package.__name__}.{name}").register(app)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs one command and exits with the status of the contract."""
    given = sys.argv[1:] if arguments is None else arguments
    register_commands(given[0] if given else "")
    try:
        status = app(given, prog_name="leadline", standalone_mode=False)
    except LeadlineError as error:
        status = _report(error, given)
    except typer.Exit as leave:
        status = leave.exit_code
    except typer.TyperException as wrong:
        status = _report(LeadlineError("bad_usage", _message(wrong), "See leadline --help."), given)
    except (typer.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; there is nobody to tell
        status = 0
    sys.exit(status if isinstance(status, int) else 0)


def _message(wrong: typer.TyperException) -> str:
    spoken = getattr(wrong, "format_message", None)
    return str(spoken() if spoken else wrong)


def _report(error: LeadlineError, given: list[str]) -> int:
    """One line (or one JSON object) to standard error; the exit status."""
    if _wants_json(given):
        typer.echo(json.dumps(error.to_json()), err=True)
    else:
        typer.echo(_line(error), err=True)
    return error.exit_status


def _line(error: LeadlineError) -> str:
    place = f" (at {error.at})" if error.at else ""
    fix = f" Fix: {error.fix}" if error.fix else ""
    return " ".join(f"leadline: {error.code}: {error.why}{place}{fix}".split())


def _wants_json(given: list[str]) -> bool:
    return "--format=json" in given or ("--format", "json") in itertools.pairwise(given)
