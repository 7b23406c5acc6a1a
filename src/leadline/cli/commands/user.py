"""`leadline user add | list | password | disable | enable | remove`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from leadline.accounts.schemas import NewUser, User
from leadline.cli.accounts import AsFormat, DataDir, Format, show_json, show_table, with_accounts
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Attribute

group = typer.Typer(help="Who may sign in.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="user")


@group.command("add")
def add(
    email: Email,
    *,
    role: Annotated[str, typer.Option(help="admin, editor, viewer or guest.")] = "viewer",
    name: Annotated[str, typer.Option(help="As others see them.")] = "",
    attr: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="For row rules; the same key again: a list.")
    ] = None,
    locale: Annotated[str, typer.Option(help="How numbers and dates are shown.")] = "en-US",
    zone: Annotated[str | None, typer.Option(help="IANA zone. [default: the model's]")] = None,
    password_stdin: FromStdin = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="For API keys only.")] = False,
    data_dir: DataDir = None,
    form: AsFormat = Format.TABLE,
) -> None:
    """Add a user."""
    attributes = read_attributes(attr or ())
    password = None if no_password else read_password(password_stdin)
    new = NewUser(email, role, name, attributes, locale, zone, password)
    user = with_accounts(data_dir, lambda accounts: accounts.add_user(new))
    _show([user], form)


@group.command("list")
def list_(data_dir: DataDir = None, form: AsFormat = Format.TABLE) -> None:
    """All users."""
    _show(with_accounts(data_dir, lambda accounts: accounts.users()), form)


@group.command("password")
def password(email: Email, password_stdin: FromStdin = False, data_dir: DataDir = None) -> None:
    """Set a new password; the user's sessions end."""
    new = read_password(password_stdin)
    with_accounts(data_dir, lambda accounts: accounts.set_password(email, new))


@group.command("disable")
def disable(email: Email, data_dir: DataDir = None) -> None:
    """Shut a user out at once, keys included."""
    with_accounts(data_dir, lambda accounts: accounts.set_disabled(email, True))


@group.command("enable")
def enable(email: Email, data_dir: DataDir = None) -> None:
    """Let a user in again."""
    with_accounts(data_dir, lambda accounts: accounts.set_disabled(email, False))


@group.command("remove")
def remove(email: Email, data_dir: DataDir = None) -> None:
    """Remove a user with sessions and keys."""
    with_accounts(data_dir, lambda accounts: accounts.remove_user(email))


def read_attributes(given: Sequence[str]) -> dict[str, Attribute]:
    """`KEY=VALUE` texts as attributes; a key that comes again makes a list. Raises `bad_usage`."""
    found: dict[str, list[str]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise LeadlineError("bad_usage", f"{text!r} is no attribute.", "Write --attr key=value.")
        found.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else tuple(values) for key, values in found.items()}


def read_password(from_stdin: bool) -> str:
    """The first line of standard input, or what is typed twice at a terminal. Never an argument."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise LeadlineError("bad_usage", "There is no password.", "Pipe it in with --password-stdin.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _facts(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "attributes": dict(user.attributes),
        "locale": user.locale,
        "zone": user.zone,
        "disabled": user.disabled,
    }


def _show(users: Sequence[User], form: Format) -> None:
    facts = [_facts(user) for user in users]
    if form is Format.JSON:
        show_json({"users": facts})
        return
    rows = [(one["email"], one["role"], one["name"], _words(one), one["disabled"] or "") for one in facts]
    show_table(("E-MAIL", "ROLE", "NAME", "ATTRIBUTES", "DISABLED"), rows)


def _words(facts: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in facts["attributes"].items())
