"""What a data directory is about, so that a demo company and somebody's own data are never mixed up."""

from __future__ import annotations

from pathlib import Path

from leadline.core.errors import LeadlineError
from leadline.embedded.files import read_json, write_json
from leadline.embedded.options import Options

_FILE = "contents.json"


def of(options: Options) -> str:
    """The kind of contents that a start wants."""
    if options.company:
        return "demo"
    return "files" if options.files else "own"


def require(folder: Path, wanted: str) -> bool:
    """Whether `folder` already has these contents. Raises `data_dir_invalid` where it has others."""
    found = (read_json(folder / _FILE) or {}).get("contents")
    if found is None:
        return False
    if wanted not in (found, "own"):
        raise LeadlineError(
            "data_dir_invalid",
            f"{folder} holds other data ({found}) than what is asked for ({wanted})",
            "Use another --data-dir.",
        )
    return True


def noted(folder: Path) -> bool:
    """Whether a start has got as far as filling this directory."""
    return (folder / _FILE).is_file()


def note(folder: Path, contents: str) -> None:
    """Writes down that the contents are there."""
    write_json(folder / _FILE, {"contents": contents})
