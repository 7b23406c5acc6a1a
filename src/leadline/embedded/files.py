"""Small JSON files of the data directory: written whole or not at all, read back as values."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from leadline.core.errors import LeadlineError


def write_json(path: Path, value: object) -> None:
    """Replaces `path` by `value`; only the owner may read it."""
    half = path.with_name(f".{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(value, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in `path`, None where there is no file. Raises `data_dir_invalid`."""
    try:
        value = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except PermissionError:
        raise LeadlineError(
            "no_permission", f"{path} may be read by its owner only", "Run as the user who started it."
        ) from None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise LeadlineError("data_dir_invalid", f"{path} is damaged", "Restore it from a backup.")
    return value
