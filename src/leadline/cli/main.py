"""`leadline`: gathers the commands and turns every error into one line and an exit status."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys

import typer
from click.exceptions import ClickException, Exit

from leadline import __version__
from leadline.core.errors import LeadlineError

app = typer.Typer(name="leadline", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"leadline {__version__}")
        raise typer.Exit


@app.callback()
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True)) -> None:
    """A live view of the business for its leadership, over its own PostgreSQL."""


def register_commands() -> None:
    """Adds every module of `leadline.cli.commands` by its `register(app)`."""
    package = importlib.import_module("leadline.cli.commands")
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        importlib.import_module(f"{package.__name__}.{found.name}").register(app)


def _report(error: LeadlineError, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(error.to_json()), err=True)
        return
    place = f" ({error.at})" if error.at else ""
    fix = f" Fix: {error.fix}" if error.fix else ""
    typer.echo(f"leadline: {error.code}: {error.why}{place}{fix}", err=True)


def _wants_json(arguments: list[str]) -> bool:
    pairs = zip(arguments, arguments[1:], strict=False)
    return "--format=json" in arguments or ("--format", "json") in pairs


def main(arguments: list[str] | None = None) -> None:
    """Runs one command and exits with the status of the contract."""
    given = sys.argv[1:] if arguments is None else arguments
    register_commands()
    try:
        status = app(given, standalone_mode=False)
    except LeadlineError as error:
        _report(error, _wants_json(given))
        status = error.exit_status
    except Exit as leave:
        status = leave.exit_code
    except ClickException as wrong:
        _report(LeadlineError("bad_usage", wrong.format_message(), "See leadline --help."), _wants_json(given))
        status = 2
    except KeyboardInterrupt:
        status = 0
    sys.exit(status if isinstance(status, int) else 0)
