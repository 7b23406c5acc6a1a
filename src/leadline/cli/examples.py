"""The examples that are shipped: a model over somebody's files, and what must be known about them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from leadline import settings
from leadline.core.errors import LeadlineError


@dataclass(frozen=True, slots=True)
class Example:
    """`files` are to be imported, each into the table of its name; `as_of` is the day it lives at."""

    model: Path
    title: str
    as_of: str | None
    files: tuple[Path, ...]


def find(name: str, data: Path | None) -> Example:
    """The example `name` over the files in `data`. Raises `not_found`, `bad_usage`, `bad_file`."""
    folder = settings.example_dir(name)
    facts = tomllib.loads((folder / "example.toml").read_text())
    if data is None:
        raise LeadlineError("bad_usage", f"the example {name} needs its files", "Add --data FOLDER.")
    files = tuple(data / file for file in facts["tables"].values())
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise LeadlineError("bad_file", f"{data} lacks {', '.join(missing)}", "Name the folder of that set.")
    as_of = facts.get("as_of")
    return Example(folder, str(facts.get("title", name)), as_of and as_of.isoformat(), files)
