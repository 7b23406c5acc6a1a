"""What a server that was killed left behind, and whether it has really gone."""

from __future__ import annotations

import time
from pathlib import Path

from leadline.core.errors import LeadlineError

_PATIENCE_SECONDS = 20


def clear(folder: Path) -> None:
    """Waits for an earlier server over `folder` to end and removes its pid file.

    Its number may meanwhile belong to another program, which would keep PostgreSQL from starting. Raises
    `data_dir_busy` where the server goes on.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (pid := _running(folder)) is not None:
        if time.monotonic() > deadline:
            raise LeadlineError(
                "data_dir_busy", f"process {pid} still runs over {folder}", f"Stop it: kill -INT {pid}"
            )
        time.sleep(0.1)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _running(folder: Path) -> int | None:
    """The process that holds the pid file, where it is alive and really serves this folder."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    ours = str(folder).encode() in arguments and b"postgres" in arguments[0]
    return pid if ours and state != "Z" else None
