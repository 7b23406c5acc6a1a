"""What the commands about accounts share: our own database, found and opened, and how results are printed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from leadline import settings
from leadline.embedded import status
from leadline.settings import Settings

if TYPE_CHECKING:
    from leadline.accounts.service import Accounts

T = TypeVar("T")


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"


DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Of a running demo or up. [default: leadline-data]")
]
AsFormat = Annotated[Format, typer.Option("--format", help="How to print.")]


def settings_of(data_dir: Path | None) -> Settings:
    """Settings that lead to the accounts: as set, else of the product that runs over the data directory.

    Raises `not_running` where neither is known. A data directory that is named counts first.
    """
    known = settings.load(data_dir=data_dir)
    if known.state_url and data_dir is None:
        return known
    found = status.read(known.data_dir)
    facts = {
        "state_url": found["state_dsn"],
        "source_url": found["source_dsn"],
        "redis_url": found["redis_url"],
    }
    return known.model_copy(update=facts)


def with_accounts(data_dir: Path | None, act: Callable[[Accounts], Awaitable[T]]) -> T:
    """Does something with the accounts of our own database, whose schema must be this version's.

    Whoever is shut out by it is out at once: what processes remember of them is in the Redis of the settings.
    """

    # Here, not above: every other command would wait for the database library too.
    from leadline.app.accounts import accounts_at  # noqa: PLC0415

    async def run() -> T:
        async with accounts_at(settings_of(data_dir)) as accounts:
            return await act(accounts)

    return asyncio.run(run())


def show_json(value: Any) -> None:
    """One JSON document."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows in columns; control characters of their texts are shown, not obeyed."""
    texts = [tuple(_plain(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *texts, strict=True)]
    for row in (tuple(head), *texts):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
