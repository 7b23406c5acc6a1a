"""Which files are meant, and which table each becomes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leadline.core.errors import LeadlineError
from leadline.imports.names import identifier

ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
"""What is taken from a folder; a file named by itself may end otherwise."""


def find(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Every file with its table, folders in order of name. Errors: `bad_file`, `bad_usage`."""
    found = [(path, table_name(path)) for given in paths for path in _files(given)]
    seen: dict[str, Path] = {}
    for path, table in found:
        if table in seen:
            raise LeadlineError(
                "bad_usage",
                f"{seen[table]} and {path} would both become the table {table}",
                "Import one of them, or rename it.",
            )
        seen[table] = path
    return found


def table_name(path: Path) -> str:
    """The identifier of a file's name without its endings."""
    stem = path.name
    for ending in (".gz", ".csv", ".tsv", ".txt"):
        stem = stem[: -len(ending)] if stem.lower().endswith(ending) else stem
    return identifier(stem, "imported")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = [
            one for one in sorted(path.iterdir()) if one.name.lower().endswith(ENDINGS) and one.is_file()
        ]
        if not files:
            raise LeadlineError(
                "bad_file", f"{path} holds no CSV file", f"Files end in {', '.join(ENDINGS)}."
            )
        return files
    if not path.exists():
        raise LeadlineError("bad_file", f"{path} does not exist", "Check the path.", str(path))
    if not path.is_file():
        raise LeadlineError(
            "bad_file", f"{path} is no file", "Name a CSV file or a folder of them.", str(path)
        )
    return [path]
