"""All that a start needs to know, as one value that travels to the supervisor's own process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leadline.embedded.addresses import Wanted


@dataclass(frozen=True, slots=True)
class Company:
    """The demo company to make at the first start."""

    seed: int
    leads: int


@dataclass(frozen=True, slots=True)
class Options:
    """How to start. `clock` is `core.clock.Clock.text`; `settings` goes to all processes as environment.

    `company`: live with the demo company; `files`: CSV files for an empty source; `simulate`: keep writing
    rows. `programs`: the product's processes, each a name and the arguments of `leadline`.
    """

    data_dir: Path
    port: int
    clock: str
    settings: dict[str, str]
    programs: dict[str, list[str]]
    wanted: Wanted = field(default_factory=Wanted)
    company: Company | None = None
    files: tuple[Path, ...] = ()
    simulate: bool = False
    as_json: bool = False
    browser: bool = False

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_text(cls, text: str) -> Options:
        """What `to_text` wrote."""
        given: dict[str, Any] = json.loads(text)
        wanted: dict[str, Any] = given.pop("wanted")
        for name in ("pg_bin", "valkey_bin"):
            wanted[name] = wanted[name] and Path(wanted[name])
        wanted["replica_urls"] = tuple(wanted["replica_urls"])
        company = given.pop("company")
        given["data_dir"] = Path(given["data_dir"])
        given["files"] = tuple(map(Path, given["files"]))
        return cls(**given, wanted=Wanted(**wanted), company=company and Company(**company))
