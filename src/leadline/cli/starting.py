"""What `demo` and `up` share: their options, and from settings and options to a start."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from leadline import settings
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.embedded.addresses import Wanted
from leadline.embedded.launch import become_supervisor
from leadline.embedded.options import Company, Options
from leadline.semantic.loader import load
from leadline.semantic.model import Model
from leadline.settings import Settings
from leadline.sources.postgres.login import parse_url


class Format(StrEnum):
    """How a start tells what it does."""

    TEXT = "text"
    JSON = "json"


Port = Annotated[
    int | None, typer.Option(help="Where to listen, on loopback. [default: 8400]", min=1, max=65535)
]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Where servers keep their data. [default: leadline-data]")
]
ModelDir = Annotated[
    Path | None, typer.Option("--model", help="Folder of the model. [default: the sales pack]")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="ISO", help="An instant: the clock runs from there. A date: it stands."),
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")]
AsFormat = Annotated[Format, typer.Option("--format", help="text, or one JSON object a line.")]


def start(
    known: Settings,
    *,
    as_of: str | None,
    no_open: bool,
    form: Format,
    programs: dict[str, list[str]],
    company: Company | None = None,
    files: tuple[Path, ...] = (),
    title: str = "",
) -> NoReturn:
    """Becomes the supervisor of a product with these settings. Raises `model_invalid` or `bad_as_of`.

    Under a clock that stands nobody simulates: what was written would lie in the future.
    """
    _check_addresses(known)
    folder = (known.model_dir or settings.default_model_dir()).resolve()
    model = _model(folder)
    clock = Clock.from_as_of(as_of, model.calendar.zone) if as_of else Clock.from_text(known.clock)
    options = Options(
        data_dir=known.data_dir.absolute(),
        port=known.port,
        clock=clock.text,
        settings=_variables(folder, known.company or title),
        programs={name: words for name, words in programs.items() if name != "simulate" or not clock.still},
        wanted=_wanted(known),
        company=company,
        files=tuple(file.resolve() for file in files),
        as_json=form is Format.JSON,
        browser=not no_open and form is Format.TEXT and _has_display(),
    )
    become_supervisor(options)


def _check_addresses(known: Settings) -> None:
    """Raises `bad_usage` for an address that none can be, before anything is started."""
    for url in (known.source_url, known.owner_url, known.state_url, *known.replica_urls):
        if url:
            parse_url(url)


def _model(folder: Path) -> Model:
    """The model, so that a mistake in it is told before anything is started."""
    loaded = load(folder)
    if loaded.model is not None:
        return loaded.model
    first = next(issue for issue in loaded.issues if issue.severity == "error")
    fix = f"{first.fix} See all: leadline check --model {folder}".strip()
    raise LeadlineError("model_invalid", first.why, fix, str(first.place))


def _variables(folder: Path, title: str) -> dict[str, str]:
    named = {"LEADLINE_COMPANY": title} if title else {}
    return {"LEADLINE_MODEL_DIR": str(folder), **named}


def _wanted(known: Settings) -> Wanted:
    return Wanted(
        source_url=known.source_url,
        owner_url=known.owner_url,
        replica_urls=known.replica_urls,
        state_url=known.state_url,
        redis_url=known.redis_url,
        pg_bin=known.pg_bin,
        valkey_bin=known.valkey_bin,
    )


def _has_display() -> bool:
    """Whether a browser could be seen; without one a text browser would take over the terminal."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
