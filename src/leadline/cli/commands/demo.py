"""`leadline demo`: the whole product over a company that lives, or over an example's files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadline import settings
from leadline.cli import examples
from leadline.cli.starting import AsFormat, AsOf, DataDir, Format, ModelDir, NoOpen, Port, start
from leadline.core.errors import LeadlineError
from leadline.embedded import demo
from leadline.embedded.options import Company

Seed = Annotated[int, typer.Option(help="Of the company's history.")]
Leads = Annotated[int, typer.Option(help="How many leads its three years have.", min=100, max=20_000_000)]
Quiet = Annotated[bool, typer.Option("--no-simulator", help="The company does not go on by itself.")]
Name = Annotated[str | None, typer.Option("--example", metavar="NAME", help="An example instead: crm.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="PATH", help="The folder of its files.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo")(command)


def command(
    *,
    port: Port = None,
    data_dir: DataDir = None,
    model: ModelDir = None,
    as_of: AsOf = None,
    no_open: NoOpen = False,
    form: AsFormat = Format.TEXT,
    seed: Seed = demo.SEED,
    leads: Leads = demo.LEADS,
    no_simulator: Quiet = False,
    example: Name = None,
    data: Data = None,
) -> None:
    """Start the product with a demo company, or with an example. Ctrl-C ends it; the data stays."""
    programs = {"serve": ["serve"], "worker": ["worker"]}
    if example is not None:
        found = examples.find(example, data)
        known = settings.load(port=port, data_dir=data_dir, model_dir=model or found.model)
        when = as_of or found.as_of
        start(
            known,
            as_of=when,
            no_open=no_open,
            form=form,
            programs=programs,
            files=found.files,
            title=found.title,
        )
    if data is not None:
        raise LeadlineError(
            "bad_usage", "--data goes with --example", "Add --example crm, or use leadline up."
        )
    if not no_simulator:
        programs["simulate"] = ["simulate"]
    known = settings.load(port=port, data_dir=data_dir, model_dir=model)
    start(known, as_of=as_of, no_open=no_open, form=form, programs=programs, company=Company(seed, leads))
