"""The shared data sets, which are never part of this repository."""

from __future__ import annotations

import os
from pathlib import Path

NO_SHARED_DATA = "no shared data (LEADLINE_SHARED)"
"""The reason of a skipped test; the data sets are never part of the repository, not even in CI."""
ROOT = Path(__file__).parents[2]


def shared_folder() -> Path | None:
    """`LEADLINE_SHARED` (default: `shared` beside the repository) where it is there."""
    folder = ROOT / os.environ.get("LEADLINE_SHARED", "../shared")
    return folder.resolve() if (folder / "data").is_dir() else None
