"""From the last words of a server to an error that a user can act on."""

from __future__ import annotations

import json
import re
from pathlib import Path

from leadline.core.errors import LeadlineError

_DISK = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
_PORT = re.compile(r"Address already in use", re.IGNORECASE)
_VERSION = re.compile(r"database files are incompatible|was initialized by PostgreSQL version (\S+),")
_MEMORY = re.compile(r"could not create shared memory|Cannot allocate memory")
_LOUD = re.compile(r"(?:FATAL|PANIC|ERROR|error|fatal):\s+(.+)")


def explain(name: str, words: str, folder: Path) -> LeadlineError:
    """The error for a server or tool `name` over `folder` that ended and had written `words`."""
    if _DISK.search(words):
        return LeadlineError(
            "disk_full", f"no space left for {folder}", "Free some space, or use another --data-dir."
        )
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
    return LeadlineError("process_failed", f"{name} ended: {_loudest(words)}", "Its log tells more.")


def last_error(name: str, words: str, log: Path) -> LeadlineError:
    """The error for a process of our own that ended: what it reported itself, if it did."""
    for line in reversed(words.splitlines()):
        try:
            said = json.loads(line)
            return LeadlineError(said["code"], said["why"], said["fix"], said.get("at", ""))
        except (ValueError, KeyError, TypeError):
            continue
    return LeadlineError("process_failed", f"{name} ended: {_loudest(words)}", f"Read {log}.")


def _loudest(words: str) -> str:
    loud = _LOUD.findall(words)
    lines = [line for line in words.splitlines() if line.strip()]
    return (loud or lines or ["it said nothing"])[-1].strip()
