"""Where a command reads: its options, without any of what reading needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Of a running demo or up. [default: leadline-data]")
]
Source = Annotated[
    str | None, typer.Option("--source", metavar="URL", help="A PostgreSQL of your own, without a product.")
]
ModelDir = Annotated[Path | None, typer.Option("--model", metavar="DIR", help="The model of the source.")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read: the options of a command."""

    source: str | None = None
    model: Path | None = None
    data_dir: Path | None = None
