"""`leadline migrate`: brings our own database to the schema of this version."""

from __future__ import annotations

import typer

from leadline.cli.accounts import AsFormat, DataDir, Format, settings_of, show_json


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("migrate")(command)


def command(data_dir: DataDir = None, form: AsFormat = Format.TABLE) -> None:
    """Bring our own database to the schema of this version; safe to run on many nodes at once."""
    # Here, not above: other commands do not wait for the database library.
    from leadline.app.state import state_url  # noqa: PLC0415
    from leadline.storage.migrate import migrate  # noqa: PLC0415

    done = migrate(state_url(settings_of(data_dir)))
    if form is Format.JSON:
        show_json({"before": done.before, "after": done.after, "changed": done.changed})
    elif done.changed:
        typer.echo(f"Schema {done.before or '(none)'} -> {done.after}.")
    else:
        typer.echo(f"Schema {done.after} already.")
