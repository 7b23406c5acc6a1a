"""What has been done already: a stamp beside the result holds the hash of what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """The hash of files (by path and content) and of some words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_done(stamp: Path, mark: str) -> bool:
    """Whether the result was made from just this."""
    return stamp.is_file() and stamp.read_text() == mark


def done(stamp: Path, mark: str) -> None:
    """Notes it."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)


def files_under(folder: Path, leave_out: tuple[str, ...] = ("node_modules", "dist")) -> list[Path]:
    """All files of a folder but those of the named sub-folders."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in found if not set(path.relative_to(folder).parts) & set(leave_out)]
