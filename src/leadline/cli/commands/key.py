"""`leadline key add | list | remove`: API keys for scripts and other programs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leadline.accounts.schemas import ApiKey
from leadline.cli.accounts import AsFormat, DataDir, Format, show_json, show_table, with_accounts
from leadline.core.errors import LeadlineError

group = typer.Typer(help="API keys.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="key")


@group.command("add")
def add(
    name: Name,
    *,
    user: Annotated[str | None, typer.Option(metavar="EMAIL", help="The key acts for this user.")] = None,
    role: Annotated[
        str | None, typer.Option(help="Or it stands for itself with this role. [default: viewer]")
    ] = None,
    data_dir: DataDir = None,
    form: AsFormat = Format.TABLE,
) -> None:
    """Make a key. It is shown this once."""
    if user and role:
        raise LeadlineError("bad_usage", "A key has a user or a role, not both.", "Leave one out.")
    made = with_accounts(data_dir, lambda accounts: accounts.add_key(name, email=user, role=role))
    if form is Format.JSON:
        show_json({"key": made.key, **_facts(made.shown)})
    else:
        typer.echo(made.key)
        typer.echo("Keep it now: it is not shown again.", err=True)


@group.command("list")
def list_(data_dir: DataDir = None, form: AsFormat = Format.TABLE) -> None:
    """All keys in use."""
    facts = [_facts(one) for one in with_accounts(data_dir, lambda accounts: accounts.keys())]
    if form is Format.JSON:
        show_json({"keys": facts})
        return
    columns = ("name", "prefix", "user", "role", "created_at", "last_used_at")
    show_table([column.upper() for column in columns], [[one[column] for column in columns] for one in facts])


@group.command("remove")
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Revoke a key (by name or prefix) at once."""
    with_accounts(data_dir, lambda accounts: accounts.remove_key(name))


def _facts(key: ApiKey) -> dict[str, Any]:
    used = key.last_used_at
    return {
        "name": key.name,
        "prefix": key.prefix,
        "user": key.email,
        "role": key.role,
        "created_at": key.created_at.isoformat(timespec="seconds"),
        "last_used_at": used.isoformat(timespec="seconds") if used else None,
    }
