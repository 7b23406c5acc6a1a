"""The status file of a running product: what `leadline status` prints and other programs rely on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.embedded.datadir import is_held
from leadline.embedded.files import read_json, write_json

_FILE = "status.json"


@dataclass(frozen=True, slots=True)
class Status:
    """Where everything is. `source_dsn` may write: with it one plays the business.

    `clock` is `core.clock.Clock.text`: commands that read beside the product live in its time.
    """

    url: str
    admin: dict[str, str]
    api_key: str
    source_dsn: str
    replica_dsns: list[str]
    state_dsn: str
    redis_url: str
    model_dir: str
    clock: str
    pids: dict[str, int] = field(default_factory=dict)


def write(folder: Path, status: Status) -> None:
    """Writes the file (mode 0600), whole or not at all."""
    write_json(folder / _FILE, asdict(status))


def remove(folder: Path) -> None:
    """Says that nothing runs here any more."""
    (folder / _FILE).unlink(missing_ok=True)


def read(folder: Path) -> dict[str, Any]:
    """The status of the product that runs over `folder`. Raises `not_running`."""
    found = read_json(folder / _FILE)
    if found is None or not is_held(folder):
        raise LeadlineError(
            "not_running", f"nothing runs over {folder}", "Start it: leadline demo, or leadline up."
        )
    return found
