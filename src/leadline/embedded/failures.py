"""From the last words of a server to an error that a user can act on."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from leadline.core.errors import LeadlineError

_DISK = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
_PORT = re.compile(r"Address already in use", re.IGNORECASE)
_VERSION = re.compile(r"database files are incompatible|was initialized by PostgreSQL version (\S+),")
_MEMORY = re.compile(r"could not create shared memory|Cannot allocate memory")
_PIECE = 16 * 1024 * 1024
_READ_LOGS = "Read the logs in the data directory, and start again."
_LOUD = re.compile(r"(?:FATAL|PANIC|ERROR|error|fatal):\s+(.+)")


def explain(name: str, words: str, folder: Path) -> LeadlineError:
    """The error for a server or tool `name` over `folder` that ended and had written `words`.

    A full disk is also looked for on the disk: what fails first is often something that only lost its server.
    """
    if _DISK.search(words) or _is_full(folder):
        fix = "Free some space, or use another --data-dir."
        return LeadlineError("disk_full", f"no space left for {folder}", fix)
    if _PORT.search(words):
        return LeadlineError("port_taken", f"{name} found its port taken", "Start again.")
    if _VERSION.search(words):
        return LeadlineError(
            "data_dir_version",
            f"{folder} was made by another version of PostgreSQL",
            "Use that version (LEADLINE_PG_BIN), or another --data-dir.",
        )
    if _MEMORY.search(words):
        return LeadlineError("process_failed", f"{name} got no memory", "Free some memory and start again.")
    return LeadlineError("process_failed", f"{name} failed: {_loudest(words)}", _READ_LOGS)


def _is_full(folder: Path) -> bool:
    """Whether less is free than the next piece of PostgreSQL's log would need."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(place).free < _PIECE


def last_error(name: str, words: str, log: Path) -> LeadlineError:
    """The error for a process of our own that ended: what it reported itself, if it did."""
    for line in reversed(words.splitlines()):
        try:
            said = json.loads(line)
            return LeadlineError(said["code"], said["why"], said["fix"], said.get("at", ""))
        except (ValueError, KeyError, TypeError):
            continue
    return LeadlineError("process_failed", f"{name} failed: {_loudest(words)}", f"Read {log}.")


def _loudest(words: str) -> str:
    loud = _LOUD.findall(words)
    lines = [line for line in words.splitlines() if line.strip()]
    return (loud or lines or ["it said nothing"])[-1].strip()
