"""The data directory: whose it is, of which version, and that only one supervisor uses it at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leadline import __version__
from leadline.core.errors import LeadlineError
from leadline.embedded.failures import explain
from leadline.embedded.files import read_json, write_json

FORMAT = 1
"""Grows when what lies in the directory, or how, changes."""
_VERSION, _LOCK, _LOGS = "leadline.json", "lock", "logs"
_KEPT = {_LOCK, _LOGS}


@dataclass(frozen=True, slots=True)
class DataDir:
    """A data directory that we hold. `fresh`: it was made by this start."""

    path: Path
    fresh: bool

    @property
    def logs(self) -> Path:
        """The folder of all logs."""
        return self.path / _LOGS

    def postgres_major(self) -> int | None:
        """The major version of PostgreSQL that its databases were made with; None before there are any."""
        return (read_json(self.path / _VERSION) or {}).get("postgres")

    def require_postgres(self, major: int) -> None:
        """Notes the version at the first start; another one later is `data_dir_version`."""
        made = self.postgres_major()
        if made is None:
            write_json(self.path / _VERSION, {**_stamp(), "postgres": major})
        elif made != major:
            raise LeadlineError(
                "data_dir_version",
                f"{self.path} was made with PostgreSQL {made}, this is {major}",
                f"Set LEADLINE_PG_BIN to PostgreSQL {made}, or use another --data-dir.",
            )

    def discard(self) -> None:
        """Takes back a first start that failed: nothing half-done stays, only the logs."""
        for entry in self.path.iterdir():
            if entry.name in _KEPT:
                continue
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@contextmanager
def held(path: Path) -> Iterator[DataDir]:
    """The directory, made where it is missing and ours alone until the end.

    Raises `data_dir_busy`, `data_dir_invalid`, `data_dir_version`, `no_permission` or `disk_full`.
    """
    path = path.absolute()
    with _refusals(path):
        _require_ours(path)
        path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # the user of the servers passes through
            path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o711)
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock, path)
        with _refusals(path):
            fresh = _check_version(path)
            (path / _LOGS).mkdir(mode=0o700, exist_ok=True)
        yield DataDir(path, fresh)
    finally:
        os.close(lock)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """What the file system refuses, as errors with a way out."""
    try:
        yield
    except PermissionError as error:
        raise LeadlineError(
            "no_permission", f"{path} cannot be used: {error.strerror}", "Use another --data-dir."
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise LeadlineError(
            "data_dir_invalid", f"{path} is not a folder", "Use another --data-dir."
        ) from error
    except OSError as error:
        raise explain("leadline", error.strerror or str(error), path) from error


def _stamp() -> dict[str, object]:
    return {"format": FORMAT, "made_by": __version__}


def _require_ours(path: Path) -> None:
    """A folder with something else in it is never touched."""
    if not path.exists() or (path / _VERSION).is_file():
        return
    if {entry.name for entry in path.iterdir()} - {*_KEPT, "lost+found"}:
        raise LeadlineError(
            "data_dir_invalid",
            f"{path} holds something else than Leadline's data",
            "Use an empty folder, or none, as --data-dir.",
        )


def is_held(path: Path) -> bool:
    """Whether a supervisor uses the directory now."""
    try:
        lock = os.open(path / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _locked(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _locked(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _take(lock: int, path: Path) -> None:
    for _ in range(20):  # whoever only asks whether it is held does so for an instant
        if _locked(lock, fcntl.LOCK_EX):
            break
        time.sleep(0.02)
    else:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip() or "?"
        raise LeadlineError(
            "data_dir_busy",
            f"{path} is in use by process {holder}",
            f"Stop that one (kill {holder}), or use another --data-dir.",
        )
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _check_version(path: Path) -> bool:
    """Whether the directory is new; writes its version then. Raises `data_dir_version`."""
    found = read_json(path / _VERSION)
    if found is None:
        write_json(path / _VERSION, _stamp())
        return True
    if found.get("format") != FORMAT:
        raise LeadlineError(
            "data_dir_version",
            f"{path} has format {found.get('format')}, this version ({__version__}) reads {FORMAT}",
            "Use the version that made it, or another --data-dir.",
        )
    return False
