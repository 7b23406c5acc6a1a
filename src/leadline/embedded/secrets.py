"""Passwords that we make ourselves: drawn once for each data directory, kept in it for its owner only."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from leadline.embedded.files import read_json, write_json
from leadline.embedded.roles import NAMES, Roles

_FILE = "secrets.json"
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Secrets:
    """`databases` by the keys of `roles.NAMES`; `admin` is what a person types to sign in."""

    superuser: str
    databases: dict[str, str]
    redis: str
    admin: str

    @property
    def roles(self) -> Roles:
        """The logins of the cluster."""
        return Roles.with_passwords(self.databases)


def load(folder: Path) -> Secrets:
    """The secrets in `folder`, drawn and written at the first call."""
    found = read_json(folder / _FILE)
    if found is not None:
        return Secrets(**found)
    drawn = Secrets(_long(), {key: _long() for key in NAMES}, _long(), _typed())
    write_json(folder / _FILE, asdict(drawn))
    return drawn


def _long() -> str:
    return secrets.token_urlsafe(24)


def _typed() -> str:
    """Three groups of four letters and digits that are not mistaken for each other (60 bits)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
